#include "sparse.h"

#include <math.h>
#include <stdlib.h>

#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/forecast/count_fit.h"

/* About so many values tell what the filter is to be; of more, evenly taken series do. */
static const int64_t MOST_VALUES = 2000000;

typedef struct {
    const pa_series_file *file;
    const pa_forecast_options *o;
    uint16_t *count; /* of all series */
    int32_t *phase;  /* of each one's first value */
    double factor[PA_SEASON_MOST];
    pa_count_prior prior;
} job;

/* ---- counts ---- */

static pa_status refuse(const job *j, size_t series, size_t at, pa_error *err)
{
    const pa_series_file *f = j->file;
    int64_t number = f->first_series + (int64_t)series;
    size_t begin = f->ids.start[number], length = f->ids.start[number + 1] - begin;
    pa_buffer time = {0};
    pa_status st = pa_step_add_time(&f->step, f->time[at], &time, err);
    if (st == PA_OK)
        st = pa_fail_at(err, PA_E_DATA, 1, number,
                        "series '%.*s' has %.10g at ds %.*s: the model sparse takes counts, whole "
                        "numbers from 0 to %d",
                        (int)length, f->ids.bytes + begin, f->value[at], (int)time.length,
                        time.data, UINT16_MAX);
    pa_buffer_free(&time);
    return st;
}

static pa_status take_counts(const job *j, pa_error *err)
{
    const pa_series_file *f = j->file;
    for (size_t i = 0; i < f->n; i++) {
        for (size_t t = f->first[i]; t < f->first[i + 1]; t++) {
            double v = f->value[t];
            if (!(v >= 0 && v <= UINT16_MAX) || v != floor(v)) return refuse(j, i, t, err);
            j->count[t] = (uint16_t)v;
        }
    }
    return PA_OK;
}

/* The place in the season of a time: the same for all series. */
static int32_t phase_of(const pa_time_step *step, int64_t time, int64_t season)
{
    if (step->kind == PA_STEP_MONTHS) {
        int64_t year;
        int month, day;
        pa_civil_from_days(pa_day_of(time), &year, &month, &day);
        time = 12 * year + month;
    }
    int64_t count = time / step->step - (time % step->step < 0);
    int64_t phase = count % season;
    return (int32_t)(phase < 0 ? phase + season : phase);
}

/* ---- fit ---- */

/* Of the series of this rank every `stride`-th of all. */
typedef struct {
    size_t n, *first;
    uint16_t *count;
    int8_t *segment;
    int32_t *phase, *judged;
} taken;

static void free_taken(taken *t)
{
    pa_free(t->first);
    pa_free(t->count);
    pa_free(t->segment);
    pa_free(t->phase);
    pa_free(t->judged);
}

static pa_status take(const job *j, int64_t stride, taken *t, pa_error *err)
{
    const pa_series_file *f = j->file;
    PA_TRY(PA_NEW(t->first, f->n + 1, err));
    PA_TRY(PA_NEW(t->count, f->first[f->n], err));
    PA_TRY(PA_NEW(t->segment, f->n, err));
    PA_TRY(PA_NEW(t->phase, f->n, err));
    PA_TRY(PA_NEW(t->judged, f->n, err));
    for (size_t i = 0; i < f->n; i++) {
        if ((f->first_series + (int64_t)i) % stride != 0) continue;
        size_t at = t->first[t->n];
        t->phase[t->n] = j->phase[i];
        for (size_t k = f->first[i]; k < f->first[i + 1]; k++) t->count[at++] = j->count[k];
        t->first[++t->n] = at;
    }
    return PA_OK;
}

static pa_status fit_taken(pa_comm *comm, job *j, const taken *t, pa_error *err)
{
    int64_t rows[PA_SEASON_MOST] = {0}, values[PA_SEASON_MOST] = {0}, judged = 0;
    size_t season = (size_t)j->o->season;
    double mean, log_likelihood;
    pa_i128 sum[PA_COUNT_GRID] = {0};
    const pa_count_series s = {t->n,     t->first,  t->count,    t->segment,
                               t->phase, t->judged, j->o->season};
    pa_count_tally(&s, rows, values);
    pa_sum_i64(comm, rows, season);
    pa_sum_i64(comm, values, season);
    pa_count_profile(1, j->o->season, rows, values, &mean, j->factor);
    PA_AGREE(comm, pa_count_score(&s, 1, &mean, j->factor, sum, &judged, err), err);
    pa_sum_i128(comm, sum, PA_COUNT_GRID);
    pa_sum_i64(comm, &judged, 1);
    pa_count_choose(1, &mean, sum, &judged, &j->prior, &log_likelihood);
    return PA_OK;
}

static pa_status fit(pa_comm *comm, job *j, pa_error *err)
{
    int64_t n_values = (int64_t)j->file->first[j->file->n];
    taken t = {0};
    pa_sum_i64(comm, &n_values, 1);
    pa_status st = pa_agree(comm, take(j, 1 + n_values / MOST_VALUES, &t, err), err);
    if (st == PA_OK) st = fit_taken(comm, j, &t, err);
    free_taken(&t);
    return st;
}

/* ---- forecasts ---- */

static void set_series(const job *j, size_t i, pa_count_state s, pa_forecasts *to)
{
    const pa_series_file *f = j->file;
    const pa_forecast_options *o = j->o;
    size_t season = (size_t)o->season, n = f->first[i + 1] - f->first[i], at = i * o->horizon;
    to->member[i] = PA_N_MEMBERS;
    for (size_t h = 0; h < o->horizon; h++, at++) {
        double w = j->factor[((size_t)j->phase[i] + n + h) % season];
        to->mean[at] = w * s.rows / s.days;
        for (size_t l = 0; l < o->n_levels; l++) {
            double outside = (1 - o->level[l]) / 2;
            to->low[at * o->n_levels + l] = (double)pa_count_quantile(&j->prior, &s, w, outside);
            to->high[at * o->n_levels + l] =
                (double)pa_count_quantile(&j->prior, &s, w, 1 - outside);
        }
        pa_count_blur(&j->prior, &s);
    }
}

/* Values of up to PA_FORECAST_LANES series from `from` on, side by side in y. */
static void fill_batch(const job *j, size_t from, size_t n_series, double y[],
                       pa_forecast_batch *batch, int32_t phase[PA_FORECAST_LANES])
{
    const pa_series_file *f = j->file;
    int32_t n[PA_FORECAST_LANES];
    for (size_t k = 0; k < n_series; k++)
        n[k] = (int32_t)(f->first[from + k + 1] - f->first[from + k]);
    pa_forecast_batch_lengths(n_series, n, batch);
    batch->y = y;
    for (size_t k = 0; k < PA_FORECAST_LANES; k++) {
        phase[k] = k < n_series ? j->phase[from + k] : 0;
        for (int32_t t = 0; t < batch->n_most; t++)
            y[(size_t)t * PA_FORECAST_LANES + k] =
                t < batch->n[k] ? j->count[f->first[from + k] + (size_t)t] : 0;
    }
}

static pa_status set_all(const job *j, pa_forecasts *to, pa_error *err)
{
    const pa_series_file *f = j->file;
    size_t most = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->first[i + 1] - f->first[i] > most) most = f->first[i + 1] - f->first[i];
    size_t season = (size_t)j->o->season, width = PA_FORECAST_LANES * sizeof(double);
    double *y = aligned_alloc(PA_FORECAST_ALIGN, (most + season) * width);
    if (!y) return pa_fail(err, PA_E_MEMORY, "no memory for %zu values", most);
    for (size_t i = 0; i < f->n; i += PA_FORECAST_LANES) {
        size_t n = f->n - i < PA_FORECAST_LANES ? f->n - i : PA_FORECAST_LANES;
        pa_forecast_batch batch;
        int32_t phase[PA_FORECAST_LANES];
        pa_count_state state[PA_FORECAST_LANES];
        fill_batch(j, i, n, y, &batch, phase);
        pa_count_filter(&j->prior, &batch, j->o->season, j->factor, phase,
                        y + most * PA_FORECAST_LANES, state);
        for (size_t k = 0; k < n; k++) set_series(j, i + k, state[k], to);
    }
    free(y);
    return PA_OK;
}

static pa_status open_job(job *j, pa_error *err)
{
    const pa_series_file *f = j->file;
    PA_TRY(PA_NEW(j->count, f->first[f->n], err));
    PA_TRY(PA_NEW(j->phase, f->n, err));
    for (size_t i = 0; i < f->n; i++)
        j->phase[i] = phase_of(&f->step, f->time[f->first[i]], j->o->season);
    return take_counts(j, err);
}

pa_status pa_forecast_counts(pa_comm *comm, const pa_series_file *file,
                             const pa_forecast_options *o, pa_forecasts *to, pa_error *err)
{
    job j = {.file = file, .o = o};
    pa_status st = pa_agree(comm, open_job(&j, err), err);
    if (st == PA_OK) st = fit(comm, &j, err);
    if (st == PA_OK) st = pa_agree(comm, set_all(&j, to, err), err);
    pa_free(j.count);
    pa_free(j.phase);
    return st;
}
