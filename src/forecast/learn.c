#include "learn.h"

#include <math.h>
#include <stdbool.h>

#include "lstm_forecast.h"
#include "paraudit/base/array.h"
#include "paraudit/forecast/combine.h"

/* Trials of each series, and how many are aimed at where series are few. */
enum { TRIALS_OF_EACH = 2, TRIALS_OF_FEW = 256 };

typedef struct {
    const pa_series_file *file;
    const pa_forecast_options *o;
    pa_member_forecasts f;
    pa_member_series batch;
    const double *behind[PA_FORECAST_LANES]; /* the values that follow */
    size_t n_behind[PA_FORECAST_LANES];
    pa_lstm_member network[TRIALS_OF_EACH]; /* of the latest trials; NULLs where the model has
                                               none */
    int64_t n_trials;
    pa_buffer points; /* rows of `ahead` and the errors of all members */
} trials;

static double error_of(const trials *t, int member, int k, size_t h, double change)
{
    bool fitted = t->o->model->members >> member & 1 &&
                  (t->f.aicc[member][k] < INFINITY || member == PA_MEMBER_LAST);
    return fitted ? (t->behind[k][h] - pa_member_at(&t->f, member, k, h, 0)) / change : NAN;
}

static pa_status add_points(trials *t, int k, pa_error *err)
{
    double change = pa_change_of((size_t)t->batch.n[k], t->batch.y[k], t->o->season);
    if (change == 0) return PA_OK;
    t->n_trials++;
    for (size_t h = 0; h < t->n_behind[k]; h++) {
        double row[1 + PA_N_MEMBERS] = {(double)h};
        for (int m = 0; m < PA_N_MEMBERS; m++) row[1 + m] = error_of(t, m, k, h, change);
        PA_TRY(pa_buffer_add(&t->points, row, sizeof row, err));
    }
    return PA_OK;
}

static pa_status fit_batch(trials *t, pa_error *err)
{
    if (t->batch.n_series == 0) return PA_OK;
    PA_TRY(pa_members_fit(&t->batch, t->o->model->members, &t->f, err));
    for (int k = 0; k < (int)t->batch.n_series; k++) PA_TRY(add_points(t, k, err));
    t->batch.n_series = 0;
    return PA_OK;
}

/* i: which trial of the series, the latest first. */
static pa_status add_trial(trials *t, size_t series, size_t i, size_t fitted, pa_error *err)
{
    const double *y = t->file->value + t->file->first[series];
    size_t k = t->batch.n_series++, n = t->file->first[series + 1] - t->file->first[series];
    bool said = i < TRIALS_OF_EACH && t->network[i].middle;
    t->batch.middle[k] = said ? t->network[i].middle + series * t->o->horizon : NULL;
    t->batch.spread[k] = said ? t->network[i].spread + series * t->o->horizon : NULL;
    t->batch.y[k] = y;
    t->batch.n[k] = (int32_t)fitted;
    t->behind[k] = y + fitted;
    t->n_behind[k] = n - fitted < t->o->horizon ? n - fitted : t->o->horizon;
    return t->batch.n_series == PA_FORECAST_LANES ? fit_batch(t, err) : PA_OK;
}

size_t pa_fitted_on_trial(size_t n, size_t horizon)
{
    if (n <= PA_TRIAL_LEAST) return n;
    return n > PA_TRIAL_LEAST + horizon ? n - horizon : PA_TRIAL_LEAST;
}

/* Trials of one series, the latest first; the others keep half of the values to be fitted on. */
static pa_status add_series(trials *t, size_t series, size_t most, pa_error *err)
{
    const pa_series_file *f = t->file;
    size_t n = f->first[series + 1] - f->first[series], horizon = t->o->horizon;
    size_t least = n / 2 > PA_TRIAL_LEAST ? n / 2 : PA_TRIAL_LEAST;
    if (n <= PA_TRIAL_LEAST) return PA_OK;
    size_t fitted = pa_fitted_on_trial(n, horizon);
    for (size_t i = 0; i < most; i++) {
        PA_TRY(add_trial(t, series, i, fitted, err));
        if (fitted < least + horizon) break;
        fitted -= horizon;
    }
    return PA_OK;
}

/* Of so many series one is tried. */
static int64_t one_in(int64_t n_series)
{
    return (n_series + PA_FORECAST_TRIALS - 1) / PA_FORECAST_TRIALS;
}

static pa_status try_series(trials *t, pa_error *err)
{
    int64_t n = t->file->n_global, every = one_in(n);
    size_t most = (size_t)((TRIALS_OF_FEW + n - 1) / n);
    if (most < TRIALS_OF_EACH) most = TRIALS_OF_EACH;
    for (size_t i = 0; i < t->file->n; i++)
        if ((t->file->first_series + (int64_t)i) % every == 0) PA_TRY(add_series(t, i, most, err));
    return fit_batch(t, err);
}

/* ---- of all ranks ---- */

/* rows: n of `ahead` and all members. Takes members that the model has. */
static void put_columns(size_t n, const double rows[], uint32_t members, double error[],
                        int32_t ahead[])
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) ahead[i] = (int32_t)rows[i * (1 + PA_N_MEMBERS)];
    for (int m = 0; m < PA_N_MEMBERS; m++) {
        if (!(members >> m & 1)) continue;
        for (size_t i = 0; i < n; i++) error[at++] = rows[i * (1 + PA_N_MEMBERS) + 1 + (size_t)m];
    }
}

/* The network's place among members: it takes part where it wins. */
static size_t network_of(uint32_t members)
{
    const uint32_t network = 1U << PA_MEMBER_LSTM;
    if (!(members & network)) return PA_COMBINE_MOST;
    return (size_t)__builtin_popcount(members & (network - 1));
}

static pa_status learn_from(size_t n, const double rows[], const pa_forecast_options *o,
                            pa_forecast_learned *l, pa_error *err)
{
    double *error = NULL, weight[PA_N_MEMBERS];
    int32_t *ahead = NULL;
    size_t n_members = (size_t)__builtin_popcount(o->model->members);
    pa_status st = PA_NEW(error, n * n_members, err);
    if (st == PA_OK) st = PA_NEW(ahead, n, err);
    if (st == PA_OK) st = PA_NEW(l->reach, o->n_levels * o->horizon, err);
    if (st == PA_OK) {
        const pa_trials t = {
            l->n_trials, n_members, n, o->horizon, error, ahead, network_of(o->model->members)};
        put_columns(n, rows, o->model->members, error, ahead);
        st = pa_combine_weights(&t, weight, err);
        if (st == PA_OK) st = pa_combine_reach(&t, weight, o->n_levels, o->level, l->reach, err);
    }
    for (int m = 0, at = 0; st == PA_OK && m < PA_N_MEMBERS; m++)
        l->weight[m] = o->model->members >> m & 1 ? weight[at++] : 0;
    pa_free(error);
    pa_free(ahead);
    return st;
}

pa_status pa_forecast_learn(pa_comm *comm, const pa_series_file *file, const pa_forecast_options *o,
                            pa_log *log, pa_forecast_learned *l, pa_error *err)
{
    trials t = {.file = file, .o = o, .batch = {.horizon = o->horizon, .season = o->season}};
    void *rows = NULL;
    size_t bytes = 0;
    pa_status st = PA_OK;
    if (o->model->recurrent)
        st = pa_lstm_member_of(comm, file, 1 + TRIALS_OF_EACH, one_in(file->n_global), o, log,
                               t.network, err);
    if (st == PA_OK) st = pa_agree(comm, try_series(&t, err), err);
    if (st == PA_OK) st = pa_gather_all(comm, t.points.data, t.points.length, &rows, &bytes, err);
    pa_sum_i64(comm, &t.n_trials, 1);
    l->n_trials = (size_t)t.n_trials;
    if (st == PA_OK)
        st = learn_from(bytes / ((1 + PA_N_MEMBERS) * sizeof(double)), rows, o, l, err);
    st = pa_agree(comm, st, err);
    pa_free(rows);
    for (size_t i = 0; i < TRIALS_OF_EACH; i++) pa_lstm_member_free(t.network + i);
    pa_members_free(&t.f);
    pa_buffer_free(&t.points);
    return st;
}
