#include "paraudit/forecast/theta.h"

#include <math.h>

#include "search.h"
#include "walks.h"

typedef struct {
    const pa_forecast_batch *batch;
    pa_theta_walk *walk;
    pa_theta_sums sums;
    bool dynamic;
    pa_lanes a, b;         /* of the line through all values */
    pa_lanes first, drift; /* at the last place that was asked for */
} job;

static void set_line(const pa_forecast_batch *batch, int k, job *j)
{
    double n = batch->n[k], sum = 0, moment = 0;
    for (int32_t t = 0; t < batch->n[k]; t++) {
        double y = batch->y[(size_t)t * PA_FORECAST_LANES + (size_t)k];
        sum += y;
        moment += (t + 1) * y;
    }
    j->a[k] = j->b[k] = 0;
    if (n < 2) return;
    j->b[k] = 6 * (2 * moment - (n + 1) * sum) / (n * (n * n - 1));
    j->a[k] = sum / n - (n + 1) * j->b[k] / 2;
}

/* The first level that is best at a drift. */
static double best_first(const pa_lanes c[], int k, double drift)
{
    return c[3][k] > 0 ? (c[1][k] - drift * c[4][k]) / c[3][k] : 0;
}

/* The least sum of squares with a drift from 0 to 1. */
static double solve(job *j, int k)
{
    const pa_lanes *c = (const pa_lanes *)j->sums.product;
    double pp = c[3][k], pq = c[4][k], qq = c[5][k], ep = c[1][k], eq = c[2][k];
    double left = pp > 0 ? qq - pq * pq / pp : qq, drift = 0;
    if (left > 1e-12 * qq) drift = (eq - (pp > 0 ? pq * ep / pp : 0)) / left;
    drift = drift < 0 ? 0 : drift > 1 ? 1 : drift;
    double first = best_first(c, k, drift);
    double sum = c[0][k] - 2 * first * ep - 2 * drift * eq + first * first * pp +
                 2 * first * drift * pq + drift * drift * qq;
    j->first[k] = first;
    j->drift[k] = drift;
    return sum > 0 ? sum : 0;
}

static double alpha_of(double u)
{
    return .1 + .89 * u; /* the bounds of forecTheta */
}

static void squares_at(void *context, const pa_lanes u[], pa_lanes value)
{
    job *j = context;
    j->sums.dynamic = j->dynamic;
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        j->sums.alpha[k] = alpha_of(u[0][k]);
        j->sums.a[k] = j->a[k];
        j->sums.b[k] = j->b[k];
    }
    j->walk(j->batch, &j->sums);
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        value[k] = j->batch->n[k] >= PA_THETA_LEAST ? solve(j, k) : INFINITY;
}

static void set_lane(const job *j, int k, pa_theta_fitted *f)
{
    f->alpha[k] = j->sums.alpha[k];
    f->drift[k] = j->drift[k];
    f->first[k] = j->first[k];
    f->level[k] = j->sums.level[k] + j->sums.forgotten[k] * j->first[k];
    f->mean[k] = j->sums.mean[k];
    f->a[k] = j->sums.a[k];
    f->b[k] = j->sums.b[k];
    f->n[k] = j->batch->n[k];
}

void pa_theta_fit(const pa_forecast_batch *batch, bool dynamic, pa_theta_fitted *f)
{
    static const double starts[][PA_SEARCH_MOST] = {{0}, {.2}, {.4}, {.6}, {.8}, {1}};
    job j = {.batch = batch, .walk = pa_walks_best()->theta, .dynamic = dynamic};
    const pa_lane_search search = {.n = 1,
                                   .n_starts = sizeof starts / sizeof *starts,
                                   .start = starts,
                                   .first_step = .1,
                                   .last_step = .001,
                                   .function = squares_at,
                                   .job = &j};
    _Alignas(PA_FORECAST_ALIGN) pa_lanes u[PA_SEARCH_MOST];
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_line(batch, k, &j);
    pa_lane_minimise(&search, u, f->squares);
    squares_at(&j, (const pa_lanes *)u, f->squares);
    f->dynamic = dynamic;
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_lane(&j, k, f);
}

void pa_theta_ahead(const pa_theta_fitted *f, int k, size_t horizon, double mean[], double times[])
{
    double alpha = f->alpha[k], rest = 1 - alpha, level = f->level[k], average = f->mean[k];
    double a = f->a[k], b = f->b[k], t = f->n[k], forgotten = 1;
    for (int32_t i = 0; i < f->n[k]; i++) forgotten *= rest;
    for (size_t h = 0; h < horizon; h++, t++, forgotten *= rest) {
        double y = level + f->drift[k] * (a * forgotten + b * (1 - forgotten * rest) / alpha);
        mean[h] = y;
        times[h] = 1 + (double)h * alpha * alpha;
        level = alpha * y + rest * level;
        if (!f->dynamic) continue;
        b = ((t - 1) * b + 6 * (y - average) / (t + 1)) / (t + 2);
        average = (t * average + y) / (t + 1);
        a = average - b * (t + 2) / 2;
    }
}
