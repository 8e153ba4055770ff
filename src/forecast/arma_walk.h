/* The loop that a fit of ARMA models spends its time in, and a step from there (walks.h). */
#ifndef PARAUDIT_FORECAST_ARMA_WALK_H
#define PARAUDIT_FORECAST_ARMA_WALK_H

#include "arma_parts.h"
#include "lanes.h"

typedef struct {
    lanes mean, phi[PA_ARMA_AR], theta[PA_ARMA_MA], level_slope;
} arma_point;

/* Of values and errors before, the latest first; slopes along each phi, along the mean, and the
 * filtered errors that are those along each theta. */
typedef struct {
    lanes x[PA_ARMA_AR], e[PA_ARMA_MA];
    lanes phi_slope[PA_ARMA_AR][PA_ARMA_MA], mean_slope[PA_ARMA_MA], filtered[PA_ARMA_MA];
    lanes squares, gradient[PA_ARMA_MOST], hessian[PA_ARMA_PAIRS];
} arma_walker;

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS void push(lanes v, int n, lanes history[])
{
    for (int i = n - 1; i > 0; i--) history[i] = history[i - 1];
    if (n > 0) history[0] = v;
}

/* v - theta1 history[0] - ... */
ALWAYS lanes filter(lanes v, int q, const arma_point *a, const lanes history[])
{
    for (int j = 0; j < q; j++) v -= a->theta[j] * history[j];
    return v;
}

ALWAYS void step_arma(const int p, const int q, const arma_point *a, lanes y, arma_walker *w)
{
    lanes slope[PA_ARMA_MOST], x = y - a->mean, e = x;
    for (int i = 0; i < p; i++) e -= a->phi[i] * w->x[i];
    e = filter(e, q, a, w->e);
    slope[0] = filter(a->level_slope, q, a, w->mean_slope);
    for (int i = 0; i < p; i++) slope[1 + i] = filter(-w->x[i], q, a, w->phi_slope[i]);
    for (int j = 0; j < q; j++) slope[1 + p + j] = -w->filtered[j];
    w->squares += e * e;
    for (int i = 0; i < 1 + p + q; i++) {
        w->gradient[i] += slope[i] * e;
        for (int j = 0; j <= i; j++) w->hessian[i * (i + 1) / 2 + j] += slope[i] * slope[j];
    }
    push(x, p, w->x);
    for (int i = 0; i < p; i++) push(slope[1 + i], q, w->phi_slope[i]);
    push(slope[0], q, w->mean_slope);
    push(filter(e, q, a, w->filtered), q, w->filtered);
    push(e, q, w->e);
}

/* The sums of lanes that have ended stay as they are. */
ALWAYS void keep_sums(const int m, lane_mask goes_on, const arma_walker *before, arma_walker *w)
{
    w->squares = pick(goes_on, w->squares, before->squares);
    for (int i = 0; i < m; i++) w->gradient[i] = pick(goes_on, w->gradient[i], before->gradient[i]);
    for (int i = 0; i < m * (m + 1) / 2; i++)
        w->hessian[i] = pick(goes_on, w->hessian[i], before->hessian[i]);
}

ALWAYS void walk_values_arma(const int p, const int q, const pa_forecast_batch *b,
                             const arma_point *a, arma_walker *at)
{
    arma_walker w = *at;
    for (int32_t t = 0; t < p && t < b->n_most; t++)
        push(lanes_at(b->y + (size_t)t * PA_FORECAST_LANES) - a->mean, p, w.x);
    for (int32_t t = p; t < b->n_least; t++)
        step_arma(p, q, a, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), &w);
    for (int32_t t = b->n_least > p ? b->n_least : p; t < b->n_most; t++) {
        arma_walker before = w;
        step_arma(p, q, a, lanes_at(b->y + (size_t)t * PA_FORECAST_LANES), &w);
        keep_sums(1 + p + q, has_value(b, t), &before, &w);
    }
    *at = w;
}

ALWAYS void walk_arma_of(const int p, const int q, const pa_forecast_batch *b, double with_mean,
                         const pa_lanes at[], pa_arma_sums *s)
{
    arma_point a = {.mean = lanes_at(at[0]), .level_slope = lanes_of(-1)};
    arma_walker w;
    memset(&w, 0, sizeof w);
    for (int i = 0; i < p; i++) a.phi[i] = lanes_at(at[1 + i]);
    for (int j = 0; j < q; j++) a.theta[j] = lanes_at(at[1 + p + j]);
    for (int i = 0; i < p; i++) a.level_slope += a.phi[i];
    a.level_slope *= lanes_of(with_mean);
    walk_values_arma(p, q, b, &a, &w);
    put_lanes(w.squares, s->squares);
    for (int i = 0; i < 1 + p + q; i++) put_lanes(w.gradient[i], s->gradient[i]);
    for (int i = 0; i < (1 + p + q) * (2 + p + q) / 2; i++) put_lanes(w.hessian[i], s->hessian[i]);
}

#define ARMA_CASE(P)                                                                               \
    case P:                                                                                        \
        walk_arma_of(P, 2, b, with_mean, at, s);                                                   \
        break

/* Orders are constants of the compiler: so loops over them are unrolled. */
static inline void walk_arma(const pa_forecast_batch *b, int p, double with_mean,
                             const pa_lanes at[], pa_arma_sums *s)
{
    switch (p) {
        ARMA_CASE(0);
        ARMA_CASE(1);
        ARMA_CASE(2);
        ARMA_CASE(3);
    }
}

/* ---- a step ---- */

/* Cholesky's way without roots; a pivot that is nothing leaves its unknown at 0. a: as the
 * Hessian; it and b are changed. */
static inline void solve_lanes(int m, lanes a[], lanes b[], lanes x[])
{
    lanes d[PA_ARMA_MOST], over[PA_ARMA_MOST], zero = lanes_of(0);
    for (int i = 0; i < m; i++) {
        lanes *row = a + i * (i + 1) / 2, left = row[i];
        for (int j = 0; j < i; j++) {
            const lanes *other = a + j * (j + 1) / 2;
            lanes sum = row[j];
            for (int l = 0; l < j; l++) sum -= row[l] * other[l] * d[l];
            row[j] = sum * over[j];
            left -= row[j] * row[j] * d[j];
            b[i] -= row[j] * b[j];
        }
        d[i] = pick(left > lanes_of(1e-10) * row[i], left, zero);
        over[i] = pick(d[i] > zero, lanes_of(1) / d[i], zero);
    }
    for (int i = m - 1; i >= 0; i--) {
        x[i] = b[i] * over[i];
        for (int l = i + 1; l < m; l++) x[i] -= a[l * (l + 1) / 2 + i] * x[l];
    }
}

static inline void step_arma_fit(int p, const pa_arma_sums *s, const pa_lanes held_back,
                                 const pa_lanes at[], pa_lanes to[])
{
    lanes a[PA_ARMA_PAIRS], b[PA_ARMA_MOST], x[PA_ARMA_MOST];
    const int m = 1 + p + PA_ARMA_MA;
    for (int i = 0; i < m; i++) {
        for (int j = i * (i + 1) / 2; j <= i * (i + 3) / 2; j++) a[j] = lanes_at(s->hessian[j]);
        if (i > p) a[i * (i + 3) / 2] *= lanes_of(1) + lanes_at(held_back);
        b[i] = -lanes_at(s->gradient[i]);
    }
    solve_lanes(m, a, b, x);
    for (int i = 0; i < m; i++) put_lanes(lanes_at(at[i]) + x[i], to[i]);
}

ALWAYS lanes size_of_lanes(lanes v)
{
    return pick(v < lanes_of(0), -v, v);
}

/* pa_arma_is_stable of all lanes. */
ALWAYS lane_mask stable_lanes(const lanes a[], const int n, double margin)
{
    lanes one = lanes_of(1), c[PA_ARMA_AR], down = one;
    double grown = 1;
    lane_mask stable = one > lanes_of(0);
    for (int i = 0; i < n; i++) c[i] = a[i] * lanes_of(grown /= 1 - margin);
    if (n == 3) { /* Levinson's recursion backwards, all times 1 - c3^2 */
        lanes c0 = c[0] + c[2] * c[1], c1 = c[1] + c[2] * c[0];
        stable = size_of_lanes(c[2]) < one;
        down -= c[2] * c[2];
        c[0] = c0;
        c[1] = c1;
    }
    if (n == 1) return size_of_lanes(c[0]) < one;
    if (n == 0) return stable;
    return stable & (size_of_lanes(c[1]) < down) & (size_of_lanes(c[0]) < down - c[1]);
}

#endif
