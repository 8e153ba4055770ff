#include "paraudit/forecast/forecast.h"

#include <math.h>

#include "dated.h"
#include "learn.h"
#include "lstm_forecast.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/forecast/combine.h"
#include "paraudit/forecast/normal.h"
#include "sparse.h"

typedef struct {
    const pa_series_file *file;
    const pa_forecast_options *o;
    pa_forecasts *to;
    double z[PA_FORECAST_LEVELS]; /* standard errors that a level reaches */
    pa_member_series batch;
    size_t series[PA_FORECAST_LANES];
    pa_lstm_member network; /* NULLs where the model has none */
    pa_dated dated[PA_FORECAST_LANES];
    pa_member_forecasts f;
} job;

/* ---- one series ---- */

static void set_single(job *j, int k, int member)
{
    const pa_forecast_options *o = j->o;
    size_t at = j->series[k] * o->horizon;
    j->to->member[j->series[k]] = (uint8_t)member;
    for (size_t h = 0; h < o->horizon; h++, at++) {
        j->to->mean[at] = pa_member_at(&j->f, member, k, h, 0);
        if (j->to->disagreement) j->to->disagreement[at] = NAN;
        for (size_t l = 0; l < o->n_levels; l++) {
            j->to->low[at * o->n_levels + l] = pa_member_at(&j->f, member, k, h, -j->z[l]);
            j->to->high[at * o->n_levels + l] = pa_member_at(&j->f, member, k, h, j->z[l]);
        }
    }
}

/* Members that fit this series, and the last value; false where none does. */
static bool set_weights(const job *j, int k, double weight[])
{
    bool any = false;
    for (int m = 0; m < PA_N_MEMBERS; m++) {
        bool fits = j->f.aicc[m][k] < INFINITY;
        weight[m] = fits || m == PA_MEMBER_LAST ? j->to->learned.weight[m] : 0;
        any = any || (fits && weight[m] > 0);
    }
    return any;
}

static double combined(const job *j, const double weight[], int k, size_t h, double z,
                       double said[PA_N_MEMBERS])
{
    for (int m = 0; m < PA_N_MEMBERS; m++)
        said[m] = weight[m] > 0 ? pa_member_at(&j->f, m, k, h, z) : NAN;
    return pa_combine(PA_N_MEMBERS, weight, said, 1);
}

static double disagreement(const double weight[], const double said[], double mean, double change)
{
    double apart = pa_combine_disagreement(PA_N_MEMBERS, weight, said, mean);
    return apart == 0 ? 0 : change > 0 ? apart / change : NAN;
}

/* By what the combination's errors were, or, where that is not known, the mean of what its
 * members say. */
static void set_combined(job *j, int k, const double weight[])
{
    const pa_forecast_options *o = j->o;
    double change = pa_change_of((size_t)j->batch.n[k], j->batch.y[k], o->season);
    size_t at = j->series[k] * o->horizon;
    j->to->member[j->series[k]] = PA_N_MEMBERS;
    for (size_t h = 0; h < o->horizon; h++, at++) {
        double said[PA_N_MEMBERS], mean = combined(j, weight, k, h, 0, said);
        j->to->mean[at] = mean;
        j->to->disagreement[at] = disagreement(weight, said, mean, change);
        for (size_t l = 0; l < o->n_levels; l++) {
            double reach = change * j->to->learned.reach[l * o->horizon + h];
            bool known = !isnan(reach);
            j->to->low[at * o->n_levels + l] =
                known ? mean - reach : combined(j, weight, k, h, -j->z[l], said);
            j->to->high[at * o->n_levels + l] =
                known ? mean + reach : combined(j, weight, k, h, j->z[l], said);
        }
    }
}

static void set_series(job *j, int k)
{
    double weight[PA_N_MEMBERS];
    if (j->o->model->combines && set_weights(j, k, weight))
        set_combined(j, k, weight);
    else
        set_single(j, k, pa_member_best(&j->f, j->o->model->members, k));
}

/* ---- all of them ---- */

static pa_status fit_batch(job *j, pa_error *err)
{
    if (j->batch.n_series == 0) return PA_OK;
    PA_TRY(pa_members_fit(&j->batch, j->o->model->members, &j->f, err));
    for (int k = 0; k < (int)j->batch.n_series; k++) set_series(j, k);
    j->batch.n_series = 0;
    return PA_OK;
}

/* Series of like length, and among them of one calendar, go together. */
static pa_status order_by_length(const pa_series_file *f, uint32_t order[], pa_error *err)
{
    uint64_t *length = NULL;
    int64_t *begin = NULL;
    pa_status st = PA_NEW(length, f->n, err);
    if (st == PA_OK) st = PA_NEW(begin, f->n, err);
    for (size_t i = 0; st == PA_OK && i < f->n; i++) {
        length[i] = f->first[i + 1] - f->first[i];
        begin[i] = f->time[f->first[i]];
    }
    if (st == PA_OK) st = pa_sort_pairs(f->n, length, begin, order, err);
    pa_free(length);
    pa_free(begin);
    return st;
}

static pa_status take_series(job *j, size_t series, pa_error *err)
{
    const pa_series_file *f = j->file;
    size_t k = j->batch.n_series, n = f->first[series + 1] - f->first[series];
    pa_dated *d = j->dated + k;
    j->series[k] = series;
    j->batch.y[k] = f->value + f->first[series];
    if (pa_model_takes_gaps(j->o->model)) {
        PA_TRY(pa_dated_fill(f, series, j->o->horizon, d, err));
        j->batch.y[k] = d->value;
        j->batch.day[k] = d->day;
        n = d->n;
    }
    j->batch.n[k] = (int32_t)n;
    j->batch.middle[k] = NULL;
    if (j->network.middle && n >= PA_TRIAL_LEAST) {
        j->batch.middle[k] = j->network.middle + series * j->o->horizon;
        j->batch.spread[k] = j->network.spread + series * j->o->horizon;
    }
    j->batch.n_series++;
    return PA_OK;
}

static pa_status fit_all(job *j, pa_log *log, pa_error *err)
{
    const pa_series_file *f = j->file;
    uint32_t *order;
    PA_TRY(PA_NEW(order, f->n, err));
    pa_status st = order_by_length(f, order, err);
    for (size_t i = 0; st == PA_OK && i < f->n; i++) {
        st = take_series(j, order[i], err);
        if (st == PA_OK && j->batch.n_series == PA_FORECAST_LANES) st = fit_batch(j, err);
        pa_log_progress(log, "forecast", (int64_t)i + 1, (int64_t)f->n);
    }
    if (st == PA_OK) st = fit_batch(j, err);
    pa_free(order);
    return st;
}

pa_status pa_forecasts_new(const pa_series_file *f, const pa_forecast_options *o, pa_forecasts *to,
                           pa_error *err)
{
    size_t n = f->n * o->horizon;
    *to = (pa_forecasts){.n = f->n, .horizon = o->horizon, .n_levels = o->n_levels};
    PA_TRY(PA_NEW(to->mean, n, err));
    PA_TRY(PA_NEW(to->low, n * o->n_levels, err));
    PA_TRY(PA_NEW(to->high, n * o->n_levels, err));
    if (o->model->combines) PA_TRY(PA_NEW(to->disagreement, n, err));
    return PA_NEW(to->member, f->n, err);
}

static pa_status fit_and_combine(pa_comm *comm, job *j, pa_log *log, pa_error *err)
{
    const pa_model *model = j->o->model;
    if (model->combines) PA_TRY(pa_forecast_learn(comm, j->file, j->o, log, &j->to->learned, err));
    if (model->recurrent && j->to->learned.weight[PA_MEMBER_LSTM] > 0)
        PA_TRY(pa_lstm_member_of(comm, j->file, 1, 1, j->o, log, &j->network, err));
    return pa_agree(comm, fit_all(j, log, err), err);
}

static pa_status forecast_by_model(pa_comm *comm, job *j, pa_log *log, pa_error *err)
{
    uint32_t members = j->o->model->members;
    if (members == 0) return pa_forecast_counts(comm, j->file, j->o, j->to, err);
    if (members == 1U << PA_MEMBER_LSTM)
        return pa_lstm_forecast(comm, j->file, j->o, log, j->to, err);
    return fit_and_combine(comm, j, log, err);
}

pa_status pa_forecast_all(pa_comm *comm, const pa_series_file *file, const pa_forecast_options *o,
                          pa_log *log, pa_forecasts *to, pa_error *err)
{
    job j = {.file = file,
             .o = o,
             .to = to,
             .batch = {.horizon = o->horizon, .season = o->season, .prophet = o->prophet}};
    for (size_t l = 0; l < o->n_levels; l++) j.z[l] = pa_normal_quantile((1 + o->level[l]) / 2);
    pa_status st = pa_agree(comm, pa_forecasts_new(file, o, to, err), err);
    if (st == PA_OK) st = forecast_by_model(comm, &j, log, err);
    pa_members_free(&j.f);
    pa_lstm_member_free(&j.network);
    for (size_t k = 0; k < PA_FORECAST_LANES; k++) pa_dated_free(j.dated + k);
    if (st != PA_OK) pa_forecasts_free(to);
    return st;
}

void pa_forecasts_free(pa_forecasts *f)
{
    pa_free(f->mean);
    pa_free(f->low);
    pa_free(f->high);
    pa_free(f->member);
    pa_free(f->disagreement);
    pa_free(f->learned.reach);
    *f = (pa_forecasts){0};
}
