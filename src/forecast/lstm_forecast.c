#include "lstm_forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lstm_learn.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"

enum { L = PA_FORECAST_LANES, SEED = 1 };

/* ---- paths ahead ---- */

typedef struct {
    pa_lstm_view view;
    const pa_forecast_options *o;
    pa_lstm_kind kind;
    double *weight;
    size_t series[L];     /* at hand */
    pa_lstm_form form[L]; /* of these */
    pa_lstm *net, *ahead; /* of the series, of paths of one of them */
    pa_lstm_piece room;
    pa_lstm_said *said;
    double scale[L];
    double *recent; /* L lanes: what is looked back at, then what is ahead */
    double *drawn;  /* horizon x PA_LSTM_PATHS */
    double *input;
    pa_forecasts *to;       /* of draw_series */
    pa_lstm_member *member; /* of tell_middles */
} foreteller;

/* Value h ahead of a lane (from 0); those before it lie before it. */
static double *recent_of(const foreteller *f, int lane, size_t h)
{
    size_t before = pa_lstm_memory(f->o->season);
    return f->recent + (size_t)lane * (before + f->o->horizon) + before + h;
}

static void free_foreteller(foreteller *f)
{
    pa_lstm_close(f->net);
    pa_lstm_close(f->ahead);
    pa_lstm_piece_free(&f->room);
    pa_free(f->weight);
    pa_free(f->said);
    pa_free(f->recent);
    pa_free(f->drawn);
    free(f->input);
}

static pa_status new_foreteller(foreteller *f, pa_error *err)
{
    size_t kept = pa_lstm_memory(f->o->season) + f->o->horizon;
    PA_TRY(PA_NEW(f->weight, pa_lstm_n_weights(&pa_lstm_used), err));
    PA_TRY(pa_lstm_open(&pa_lstm_used, PA_LSTM_STEPS, &f->net, err));
    PA_TRY(pa_lstm_open(&pa_lstm_used, 2, &f->ahead, err));
    PA_TRY(pa_lstm_piece_new(PA_LSTM_STEPS, &f->room, err));
    PA_TRY(PA_NEW(f->said, PA_LSTM_STEPS * L, err));
    PA_TRY(PA_NEW(f->recent, L * kept, err));
    PA_TRY(PA_NEW(f->drawn, f->o->horizon * PA_LSTM_PATHS, err));
    f->input = aligned_alloc(PA_FORECAST_ALIGN, (size_t)PA_LSTM_INPUTS * L * sizeof *f->input);
    return f->input ? PA_OK : pa_fail(err, PA_E_MEMORY, "no memory for inputs of a network");
}

/* Lane p of what goes ahead: a series that the net has walked to the end in lane k. */
static void begin_lane(foreteller *f, size_t series, int k, const pa_lstm_form *form, int p)
{
    size_t n = pa_lstm_length(&f->view, series), before = pa_lstm_memory(form->season);
    size_t have = n < before ? n : before;
    pa_lstm_copy_lane(f->net, k, (int32_t)n, f->ahead, p);
    f->scale[p] = form->kind == PA_LSTM_COUNTS ? form->unit : 1;
    memcpy(recent_of(f, p, 0) - have, pa_lstm_end(&f->view, series) - have, have * sizeof(double));
}

static void set_input(foreteller *f, size_t series, const pa_lstm_form *form, int p, size_t h)
{
    pa_lstm_input(form, pa_lstm_length(&f->view, series) + h, recent_of(f, p, h), f->input + p);
}

/* Paths first .. first + L - 1 of a series that the net has walked to the end in lane k. */
static void draw_paths(foreteller *f, size_t series, int k, const pa_lstm_form *form, size_t first)
{
    uint64_t id = (uint64_t)f->view.file->first_series + series;
    pa_lstm_said said[L];
    for (int p = 0; p < L; p++) begin_lane(f, series, k, form, p);
    for (size_t h = 0; h < f->o->horizon; h++) {
        for (int p = 0; p < L; p++) set_input(f, series, form, p, h);
        pa_lstm_step(f->ahead, f->weight, f->input, f->scale, said);
        for (int p = 0; p < L; p++) {
            double *y = recent_of(f, p, h);
            uint64_t at = (uint64_t)(first + (size_t)p) << 32 | h << 1;
            *y = pa_lstm_draw(form, said + p, y[-1], pa_uniform(SEED, PA_DRAW_LSTM_PATH, id, at),
                              pa_uniform(SEED, PA_DRAW_LSTM_PATH, id, at | 1));
            f->drawn[h * PA_LSTM_PATHS + first + (size_t)p] = *y;
        }
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the drawn values on either side. */
static double quantile(const double sorted[], double share)
{
    double at = share * PA_LSTM_PATHS - .5;
    if (at <= 0) return sorted[0];
    if (at >= PA_LSTM_PATHS - 1) return sorted[PA_LSTM_PATHS - 1];
    size_t below = (size_t)at;
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static void set_series(foreteller *f, size_t series)
{
    size_t horizon = f->o->horizon, levels = f->o->n_levels;
    f->to->member[series] = PA_N_MEMBERS; /* none: the model has a name of its own */
    for (size_t h = 0; h < horizon; h++) {
        double *drawn = f->drawn + h * PA_LSTM_PATHS, sum = 0;
        size_t at = series * horizon + h;
        for (size_t p = 0; p < PA_LSTM_PATHS; p++) sum += drawn[p];
        qsort(drawn, PA_LSTM_PATHS, sizeof *drawn, compare);
        f->to->mean[at] = f->kind == PA_LSTM_COUNTS ? sum / PA_LSTM_PATHS : quantile(drawn, .5);
        for (size_t l = 0; l < levels; l++) {
            f->to->low[at * levels + l] = quantile(drawn, (1 - f->o->level[l]) / 2);
            f->to->high[at * levels + l] = quantile(drawn, (1 + f->o->level[l]) / 2);
        }
    }
}

/* The n series at hand, to their ends. */
static void walk_series(foreteller *f, size_t n)
{
    pa_lstm_series s;
    size_t most = 0;
    for (size_t k = 0; k < n; k++)
        if (pa_lstm_length(&f->view, f->series[k]) > most)
            most = pa_lstm_length(&f->view, f->series[k]);
    pa_lstm_clear(&f->room, f->kind, (int32_t)most, &s);
    for (size_t k = 0; k < n; k++) {
        size_t length = pa_lstm_length(&f->view, f->series[k]);
        const double *y = pa_lstm_end(&f->view, f->series[k]) - length;
        int32_t place = pa_lstm_place(&f->view, f->series[k], f->o->season);
        f->form[k] = pa_lstm_form_of(f->kind, f->o->season, place, length, y);
        pa_lstm_fill(&f->room, f->form + k, length, y, k, &s);
    }
    pa_lstm_walk(f->net, f->weight, &s, f->said);
}

static void draw_series(foreteller *f, size_t n)
{
    walk_series(f, n);
    for (size_t k = 0; k < n; k++) {
        for (size_t p = 0; p < PA_LSTM_PATHS; p += L)
            draw_paths(f, f->series[k], (int)k, f->form + k, p);
        set_series(f, f->series[k]);
    }
}

/* ---- the middle ahead ---- */

/* Of a count its mean; of others the middle of the change, and what changes so far vary by. */
static void take_middle(const pa_lstm_form *form, const pa_lstm_said *said, double *y,
                        double *variance, double *spread)
{
    if (form->kind == PA_LSTM_COUNTS) {
        *y = said->mean;
        *spread = sqrt(said->mean + said->mean * said->mean * said->dispersion);
        return;
    }
    *y = pa_lstm_value(form, y[-1], said->middle);
    *variance += said->spread * said->spread;
    *spread = form->unit * sqrt(*variance) * (form->kind == PA_LSTM_LOGS ? *y : 1);
}

/* Each next value is taken to be what was said of the one before. */
static void tell_middles(foreteller *f, size_t n)
{
    size_t horizon = f->o->horizon;
    pa_lstm_said said[L];
    double variance[L] = {0};
    walk_series(f, n);
    for (int k = 0; k < (int)n; k++) begin_lane(f, f->series[k], k, f->form + k, k);
    for (size_t h = 0; h < horizon; h++) {
        for (int k = 0; k < (int)n; k++) set_input(f, f->series[k], f->form + k, k, h);
        pa_lstm_step(f->ahead, f->weight, f->input, f->scale, said);
        for (size_t k = 0; k < n; k++) {
            double *y = recent_of(f, (int)k, h);
            size_t at = f->series[k] * horizon + h;
            take_middle(f->form + k, said + k, y, variance + k, f->member->spread + at);
            f->member->middle[at] = *y;
        }
    }
}

/* ---- all of them ---- */

typedef void tell(foreteller *f, size_t n);

/* Every so many of all series. */
static void tell_all(foreteller *f, int64_t every, tell *tell_some, pa_log *log)
{
    const pa_series_file *file = f->view.file;
    size_t n = 0;
    for (size_t i = 0; i < file->n; i++) {
        if ((file->first_series + (int64_t)i) % every != 0) continue;
        f->series[n++] = i;
        if (n == L) tell_some(f, L);
        n %= L;
        pa_log_progress(log, "forecast", (int64_t)i, (int64_t)file->n);
    }
    if (n > 0) tell_some(f, n);
}

static pa_status learn(pa_comm *comm, foreteller *f, pa_log *log, pa_error *err)
{
    PA_AGREE(comm, new_foreteller(f, err), err);
    return pa_lstm_learn(comm, &f->view, f->o->season, log, &f->kind, f->weight, err);
}

pa_status pa_lstm_forecast(pa_comm *comm, const pa_series_file *file, const pa_forecast_options *o,
                           pa_log *log, pa_forecasts *to, pa_error *err)
{
    _Static_assert(PA_LSTM_PATHS % L == 0, "whole pieces of paths");
    foreteller f = {.view = {file, 0}, .o = o, .to = to};
    pa_status st = learn(comm, &f, log, err);
    if (st == PA_OK) tell_all(&f, 1, draw_series, log);
    free_foreteller(&f);
    return st;
}

static pa_status new_member(const foreteller *f, pa_lstm_member *m, pa_error *err)
{
    PA_TRY(PA_NEW(m->middle, f->view.file->n * f->o->horizon, err));
    return PA_NEW(m->spread, f->view.file->n * f->o->horizon, err);
}

pa_status pa_lstm_member_of(pa_comm *comm, const pa_series_file *file, size_t n_cuts, int64_t every,
                            const pa_forecast_options *o, pa_log *log, pa_lstm_member member[],
                            pa_error *err)
{
    foreteller f = {.view = {file, (n_cuts - 1) * o->horizon}, .o = o};
    pa_status st = learn(comm, &f, log, err);
    size_t least = n_cuts > 1 ? 1 : 0;
    for (size_t c = least; st == PA_OK && c < n_cuts; c++) {
        f.member = member + c - least;
        f.view.cut = c * o->horizon;
        st = pa_agree(comm, new_member(&f, f.member, err), err);
        if (st == PA_OK) tell_all(&f, every, tell_middles, log);
    }
    free_foreteller(&f);
    return st;
}

void pa_lstm_member_free(pa_lstm_member *m)
{
    pa_free(m->middle);
    pa_free(m->spread);
    *m = (pa_lstm_member){0};
}
