/* At one variance v = s^2 the coefficients are the least of a convex function, found exactly by
 * its active set: those of Laplace's prior that are not 0, with their signs (H. Lee, A. Battle,
 * R. Raina, A. Ng, Efficient sparse coding algorithms, NIPS 2006). The variance that these ask for
 * is what v has to be: from the largest one down, by Newton's steps. Each is short: a bold one can
 * jump over a v that is in accord into the reach of a smaller one. */
#include "map.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    const pa_map_problem *p;
    double variance;
    double *at;
    size_t n_active;
    uint32_t *active; /* the smooth ones first */
    double *sign;     /* n_columns: 0 of those that are not active, and of smooth ones */
    double *factor;   /* U of U'U, of the active ones; rows n_columns apart */
    double *side, *rest;
} solver;

/* A pivot that is smaller, of a column that others make up, counts as this part of it. */
static const double LEAST_PIVOT = 1e-13;
/* By which a gradient may be steeper than the prior. */
static const double STEEPER = 1e-9;
/* Relative changes of the variance that end the search. */
static const double SAME_VARIANCE = 1e-9;
/* How far a step may go beyond the variance that is asked for, of it; and up to which share of a
 * change is asked for again by what it leads to. */
static const double BEYOND = .03, STEEPEST = .9;
enum { MOST_ROUNDS = 200 };

/* ---- linear algebra of the active set ---- */

static double dot(size_t n, const double a[], const double b[])
{
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++) sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void subtract(size_t n, double times, const double a[], double from[])
{
    for (size_t i = 0; i < n; i++) from[i] -= times * a[i];
}

/* b becomes U'^-1 b, of the first n rows. */
static void solve_forward(const solver *s, size_t n, double b[])
{
    size_t m = s->p->n_columns;
    for (size_t j = 0; j < n; j++) {
        b[j] /= s->factor[j * m + j];
        subtract(n - j - 1, b[j], s->factor + j * m + j + 1, b + j + 1);
    }
}

static void solve_back(const solver *s, size_t n, double b[])
{
    size_t m = s->p->n_columns;
    for (size_t j = n; j-- > 0;) {
        const double *row = s->factor + j * m + j;
        b[j] = (b[j] - dot(n - j - 1, row + 1, b + j + 1)) / row[0];
    }
}

/* Column i of the factor, from those before. */
static void factor_column(solver *s, size_t i)
{
    const pa_map_problem *p = s->p;
    size_t m = p->n_columns, c = s->active[i];
    double *b = s->side, whole = p->gram[c * m + c];
    if (c < p->n_smooth) whole += s->variance * p->precision[c];
    for (size_t j = 0; j < i; j++) b[j] = p->gram[c * m + s->active[j]];
    solve_forward(s, i, b);
    for (size_t j = 0; j < i; j++) s->factor[j * m + i] = b[j];
    s->factor[i * m + i] = sqrt(fmax(whole - dot(i, b, b), LEAST_PIVOT * whole));
}

/* ---- the coefficients at a variance ---- */

/* Where the least would be if no sign changed: `side`, of the active ones. */
static void aim(solver *s)
{
    const pa_map_problem *p = s->p;
    for (size_t i = 0; i < s->n_active; i++) {
        size_t c = s->active[i];
        s->side[i] = p->product[c] - s->variance * p->rate * s->sign[c];
    }
    solve_forward(s, s->n_active, s->side);
    solve_back(s, s->n_active, s->side);
}

static void leave(solver *s, size_t i)
{
    size_t c = s->active[i];
    s->at[c] = s->sign[c] = 0;
    s->n_active--;
    memmove(s->active + i, s->active + i + 1, (s->n_active - i) * sizeof *s->active);
    for (; i < s->n_active; i++) factor_column(s, i);
}

/* Goes there or, on the way, to the first zero, which leaves; false then. */
static bool step(solver *s)
{
    size_t first = s->n_active;
    double part = 1;
    aim(s);
    for (size_t i = s->p->n_smooth; i < s->n_active; i++) {
        double from = s->at[s->active[i]], to = s->side[i];
        if (to * s->sign[s->active[i]] > 0) continue;
        double here = from == 0 ? 0 : from / (from - to);
        if (first < s->n_active && here >= part) continue;
        part = here;
        first = i;
    }
    for (size_t i = 0; i < s->n_active; i++) {
        double *at = s->at + s->active[i];
        *at = part == 1 ? s->side[i] : *at + part * (s->side[i] - *at);
    }
    if (first == s->n_active) return true;
    leave(s, first);
    return false;
}

/* X'(y - X a), of all columns. */
static void set_rest(solver *s)
{
    const pa_map_problem *p = s->p;
    memcpy(s->rest, p->product, p->n_columns * sizeof *s->rest);
    for (size_t i = 0; i < s->n_active; i++) {
        size_t c = s->active[i];
        subtract(p->n_columns, s->at[c], p->gram + c * p->n_columns, s->rest);
    }
}

/* Takes in the column whose gradient is the steepest; false where none is too steep. */
static bool admit(solver *s)
{
    const pa_map_problem *p = s->p;
    double most = s->variance * p->rate * (1 + STEEPER);
    size_t found = p->n_columns;
    set_rest(s);
    for (size_t c = p->n_smooth; c < p->n_columns; c++) {
        if (s->sign[c] != 0 || fabs(s->rest[c]) <= most) continue;
        most = fabs(s->rest[c]);
        found = c;
    }
    if (found == p->n_columns) return false;
    s->sign[found] = s->rest[found] > 0 ? 1 : -1;
    s->active[s->n_active] = (uint32_t)found;
    factor_column(s, s->n_active++);
    return true;
}

/* Each step lowers the function and so none comes twice, but for rounding: then it ends here. */
static void solve_at(solver *s, double variance)
{
    size_t most = 64 + 8 * s->p->n_columns;
    s->variance = variance;
    for (size_t i = 0; i < s->n_active; i++) factor_column(s, i);
    for (size_t i = 0; i < most; i++)
        if (step(s) && !admit(s)) return;
    set_rest(s);
}

/* ---- the variance ---- */

static double squares_left(const solver *s)
{
    const pa_map_problem *p = s->p;
    double sum = p->squares - dot(p->n_columns, p->product, s->at);
    return fmax(sum - dot(p->n_columns, s->rest, s->at), 0);
}

/* How fast squares_left grows with the variance, while no sign changes. */
static double squares_slope(solver *s)
{
    const pa_map_problem *p = s->p;
    for (size_t i = 0; i < s->n_active; i++) {
        size_t c = s->active[i];
        s->side[i] = c < p->n_smooth ? p->precision[c] * s->at[c] : p->rate * s->sign[c];
    }
    solve_forward(s, s->n_active, s->side);
    return 2 * s->variance * dot(s->n_active, s->side, s->side);
}

/* The next variance behind this one, for which coefficients ask for `asked`. */
static double next_variance(solver *s, double asked, double root)
{
    double slope = squares_slope(s) / root, v = s->variance;
    double next = slope < STEEPEST ? v + (asked - v) / (1 - slope) : asked;
    return asked < v ? fmax(next, asked * (1 - BEYOND)) : fmin(next, asked * (1 + BEYOND));
}

size_t pa_map_work(size_t n_columns)
{
    return n_columns * (n_columns + 3);
}

void pa_map_solve(const pa_map_problem *p, double at[], double *variance, double work[],
                  uint32_t active[])
{
    size_t m = p->n_columns;
    double n = (double)p->n, v = 1;
    solver s = {.p = p, .at = at, .active = active, .n_active = p->n_smooth};
    s.factor = work;
    s.sign = work + m * m;
    s.side = s.sign + m;
    s.rest = s.side + m;
    memset(s.sign, 0, m * sizeof *s.sign);
    memset(at, 0, m * sizeof *at);
    for (size_t c = 0; c < p->n_smooth; c++) active[c] = (uint32_t)c;
    for (int round = 0; round < MOST_ROUNDS; round++) {
        solve_at(&s, v);
        double squares = squares_left(&s), root = sqrt(n * n + 16 * squares);
        double asked = fmax(2 * squares / (n + root), PA_MAP_LEAST_VARIANCE);
        if (fabs(asked - v) <= SAME_VARIANCE * v) break;
        v = fmax(next_variance(&s, asked, root), PA_MAP_LEAST_VARIANCE);
    }
    *variance = s.variance;
}
