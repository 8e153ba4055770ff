#include "paraudit/forecast/smoothing.h"

#include <math.h>

#include "search.h"
#include "walks.h"

/* ---- kinds ---- */

typedef struct {
    size_t n_searched;
    int32_t n_parameters; /* with first states and the variance */
    double last_step;     /* of the search: the valleys of some are narrow */
    size_t n_starts;
    double start[8][PA_SEARCH_MOST];
} kind_facts;

static const kind_facts facts_of[] = {
    [PA_SMOOTH_SIMPLE] = {1, 3, .006, 5, {{.05}, {.25}, {.5}, {.75}, {.95}}},
    [PA_SMOOTH_HOLT] =
        {2,
         5,
         .006,
         8,
         {{.01, .1}, {.1, .1}, {.1, .4}, {.3, .1}, {.3, .4}, {.6, .05}, {.8, .3}, {.95, .1}}},
    [PA_SMOOTH_DAMPED] =
        {3,
         6,
         .0125,
         6,
         {{.01, .1, .9}, {.1, .1, .9}, {.3, .5, .5}, {.6, .05, .9}, {.9, .1, .9}, {.9, .9, .5}}},
    [PA_SMOOTH_COMPLEX] =
        {2, 5, .002, 6, {{.5, .5}, {.7, .5}, {.8, .5}, {.6, .6}, {.8, .6}, {.5, .4}}},
};

int32_t pa_smooth_least(pa_smooth_kind kind)
{
    return facts_of[kind].n_parameters + 2; /* what AICc needs */
}

static double between(double low, double high, double u)
{
    return low + u * (high - low);
}

static void set_trend(double alpha, double beta, double phi, int k, pa_smooth_form *f)
{
    f->f00[k] = 1;
    f->f01[k] = f->f11[k] = f->w[k] = phi;
    f->f10[k] = 0;
    f->g0[k] = alpha;
    f->g1[k] = beta;
}

static void set_complex(double real, double imaginary, int k, pa_smooth_form *f)
{
    f->f00[k] = f->f10[k] = 1;
    f->f01[k] = -(1 - imaginary);
    f->f11[k] = 1 - real;
    f->w[k] = 0;
    f->g0[k] = real - imaginary;
    f->g1[k] = real + imaginary;
}

/* u: from 0 to 1 each. */
static void set_lane(pa_smooth_kind kind, const pa_lanes u[], int k, pa_smooth_fitted *s)
{
    double alpha = between(.0001, .9999, u[0][k]);
    double beta = kind == PA_SMOOTH_SIMPLE ? 0 : between(.0001, alpha, u[1][k]);
    double phi = kind == PA_SMOOTH_DAMPED ? between(.8, .98, u[2][k]) : kind == PA_SMOOTH_HOLT;
    if (kind == PA_SMOOTH_COMPLEX) {
        alpha = between(.01, 1.8, u[0][k]);
        beta = between(.01, 1.9, u[1][k]);
        set_complex(alpha, beta, k, &s->form);
    } else {
        set_trend(alpha, beta, phi, k, &s->form);
    }
    s->parameter[0][k] = alpha;
    s->parameter[1][k] = beta;
    s->parameter[2][k] = phi;
}

/* Are errors forgotten? By the roots of x^2 - (d00 + d11) x + d00 d11 - d01 d10. */
static bool is_stable(const pa_smooth_form *f, int k)
{
    double d00 = f->f00[k] - f->g0[k], d01 = f->f01[k] - f->g0[k] * f->w[k];
    double d10 = f->f10[k] - f->g1[k], d11 = f->f11[k] - f->g1[k] * f->w[k];
    double sum = d00 + d11, product = d00 * d11 - d01 * d10;
    return fabs(product) < 1 && fabs(sum) < 1 + product;
}

/* ---- one fit ---- */

typedef struct {
    const pa_forecast_batch *batch;
    pa_smooth_walk *walk;
    pa_smooth_fitted *fitted;
    pa_smooth_sums sums;
} job;

/* The first states that make the sum of (e - a p - b q)^2 least are first + (a, b). */
static double solve(const pa_smooth_sums *s, bool two, int k, double change[2])
{
    const pa_lanes *c = s->product;
    const double least = 1e-12; /* of what is left of a column beside another */
    double ee = c[0][k], ep = c[1][k], eq = c[2][k], pp = c[3][k], pq = c[4][k], qq = c[5][k];
    double left = two ? qq - pq * pq / pp : 0;
    change[1] = two && left > least * qq ? -(eq - pq * ep / pp) / left : 0;
    change[0] = -(ep + pq * change[1]) / pp;
    double sum = ee + change[0] * ep + (two ? change[1] * eq : 0);
    return sum > 0 ? sum : 0;
}

static void squares_at(void *context, const pa_lanes u[], pa_lanes value)
{
    job *j = context;
    pa_smooth_fitted *s = j->fitted;
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_lane(s->kind, u, k, s);
    j->walk(j->batch, &s->form, &j->sums);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        double change[2];
        bool fits = j->batch->n[k] >= pa_smooth_least(s->kind) && is_stable(&s->form, k);
        value[k] = fits ? solve(&j->sums, s->form.two, k, change) : INFINITY;
    }
}

/* Where the walk starts: near enough that squares keep their digits. */
static void set_first(const pa_forecast_batch *b, pa_smooth_sums *s)
{
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        s->first[0][k] = b->n[k] > 0 ? b->y[k] : 0;
        s->first[1][k] = 0;
    }
}

static void set_states(const job *j, int k)
{
    pa_smooth_fitted *s = j->fitted;
    double change[2];
    solve(&j->sums, s->form.two, k, change);
    for (int i = 0; i < 2; i++) {
        s->first[i][k] = j->sums.first[i][k] + change[i];
        s->state[i][k] = j->sums.state[0][i][k] + change[0] * j->sums.state[1][i][k] +
                         change[1] * j->sums.state[2][i][k];
    }
}

void pa_smooth_fit(const pa_forecast_batch *batch, pa_smooth_kind kind, pa_smooth_fitted *s)
{
    const kind_facts *facts = facts_of + kind;
    job j = {.batch = batch, .walk = pa_walks_best()->smooth, .fitted = s};
    const pa_lane_search search = {.n = facts->n_searched,
                                   .n_starts = facts->n_starts,
                                   .start = facts->start,
                                   .first_step = .1,
                                   .last_step = facts->last_step,
                                   .function = squares_at,
                                   .job = &j};
    _Alignas(PA_FORECAST_ALIGN) pa_lanes u[PA_SEARCH_MOST];
    s->kind = kind;
    s->n_parameters = facts->n_parameters;
    s->form.two = kind != PA_SMOOTH_SIMPLE;
    set_first(batch, &j.sums);
    pa_lane_minimise(&search, u, s->squares);
    squares_at(&j, (const pa_lanes *)u, s->squares);
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_states(&j, k);
}

void pa_smooth_ahead(const pa_smooth_fitted *s, int k, size_t horizon, double mean[],
                     double times[])
{
    const pa_smooth_form *f = &s->form;
    double x0 = s->state[0][k], x1 = s->state[1][k], g0 = f->g0[k], g1 = f->g1[k], sum = 1;
    for (size_t h = 0; h < horizon; h++) {
        double next = f->f00[k] * x0 + f->f01[k] * x1, follows = f->f00[k] * g0 + f->f01[k] * g1;
        double weight = g0 + f->w[k] * g1;
        mean[h] = x0 + f->w[k] * x1;
        times[h] = sum;
        sum += weight * weight;
        x1 = f->f10[k] * x0 + f->f11[k] * x1;
        g1 = f->f10[k] * g0 + f->f11[k] * g1;
        x0 = next;
        g0 = follows;
    }
}
