/* The loop that looks for theta (walks.h). */
#include <math.h>

#include "arma_walk.h"

enum { GIVEN_MOST = 2 + PA_ARMA_AR, GIVEN_PAIRS = GIVEN_MOST * (GIVEN_MOST + 1) / 2 };

/* The columns 1 (0 where there is no mean), x[t-1] .. x[t-p] and x[t], each divided by theta's
 * side; their products are added (i >= j at i (i + 1) / 2 + j). */
typedef struct {
    lanes x[PA_ARMA_AR], filtered[GIVEN_MOST][PA_ARMA_MA], product[GIVEN_PAIRS];
} given_walker;

ALWAYS void step_given(const int p, const int q, const arma_point *a, lanes y, given_walker *w)
{
    lanes x = y - a->mean, column[GIVEN_MOST];
    column[0] = a->level_slope;
    for (int i = 0; i < p; i++) column[1 + i] = w->x[i];
    column[1 + p] = x;
    for (int i = 0; i <= 1 + p; i++) {
        column[i] = filter(column[i], q, a, w->filtered[i]);
        push(column[i], q, w->filtered[i]);
        for (int j = 0; j <= i; j++) w->product[i * (i + 1) / 2 + j] += column[i] * column[j];
    }
    push(x, p, w->x);
}

ALWAYS void walk_given(const int p, const int q, const pa_forecast_batch *b, const arma_point *a,
                       given_walker *at)
{
    const int n_pairs = (p + 2) * (p + 3) / 2;
    given_walker w = *at;
    for (int32_t t = 0; t < p && t < b->n_most; t++)
        push(lanes_at(b->y + (size_t)t * PA_FORECAST_LANES) - a->mean, p, w.x);
    for (int32_t t = p; t < b->n_least; t++)
        step_given(p, q, a, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), &w);
    for (int32_t t = b->n_least > p ? b->n_least : p; t < b->n_most; t++) {
        given_walker before = w;
        step_given(p, q, a, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), &w);
        for (int i = 0; i < n_pairs; i++)
            w.product[i] = pick(has_value(b, t), w.product[i], before.product[i]);
    }
    *at = w;
}

/* Takes what columns 0 .. m - 1 explain out of column m; x: their coefficients. */
static inline lanes regress(int m, const lanes product[], lanes x[])
{
    lanes a[GIVEN_PAIRS], b[GIVEN_MOST], left = product[m * (m + 1) / 2 + m];
    for (int i = 0; i < m; i++) b[i] = product[m * (m + 1) / 2 + i];
    for (int i = 0; i < m * (m + 1) / 2; i++) a[i] = product[i];
    solve_lanes(m, a, b, x);
    for (int i = 0; i < m; i++) left -= x[i] * product[m * (m + 1) / 2 + i];
    return pick(left > lanes_of(0), left, lanes_of(0));
}

ALWAYS void given_theta_of(const int p, const int q, const pa_forecast_batch *b, bool mean,
                           pa_lanes at[], pa_lanes squares)
{
    const double margin = 1e-3;
    arma_point a = {.mean = mean ? lanes_at(b->y) : lanes_of(0), /* near enough for all digits */
                    .level_slope = lanes_of(mean)};
    lanes x[GIVEN_MOST], turned[PA_ARMA_MA], rest = lanes_of(1);
    given_walker w;
    memset(&w, 0, sizeof w);
    for (int j = 0; j < q; j++) a.theta[j] = lanes_at(at[1 + p + j]);
    for (int j = 0; j < q; j++) turned[j] = -a.theta[j];
    walk_given(p, q, b, &a, &w);
    lanes sum = regress(1 + p, w.product, x);
    lane_mask stable = stable_lanes(x + 1, p, margin) & stable_lanes(turned, q, margin);
    for (int i = 0; i < p; i++) rest -= x[1 + i];
    put_lanes(mean ? a.mean + x[0] / rest : lanes_of(0), at[0]);
    for (int i = 0; i < p; i++) put_lanes(x[1 + i], at[1 + i]);
    put_lanes(pick(stable, sum, lanes_of(INFINITY)), squares);
}

#define GIVEN_CASE(P, Q)                                                                           \
    case 3 * (P) + (Q):                                                                            \
        given_theta_of(P, Q, b, mean, at, squares);                                                \
        break

static inline void walk_given_theta(const pa_forecast_batch *b, int p, int q, bool mean,
                                    pa_lanes at[], pa_lanes squares)
{
    switch (3 * p + q) {
        GIVEN_CASE(0, 0);
        GIVEN_CASE(0, 1);
        GIVEN_CASE(0, 2);
        GIVEN_CASE(1, 0);
        GIVEN_CASE(1, 1);
        GIVEN_CASE(1, 2);
        GIVEN_CASE(2, 0);
        GIVEN_CASE(2, 1);
        GIVEN_CASE(2, 2);
        GIVEN_CASE(3, 0);
        GIVEN_CASE(3, 1);
        GIVEN_CASE(3, 2);
    }
}
