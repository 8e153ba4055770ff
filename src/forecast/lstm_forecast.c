#include "lstm_forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/sort.h"
#include "paraudit/forecast/lstm_series.h"
#include "paraudit/forecast/lstm_train.h"

enum { L = PA_FORECAST_LANES, SEED = 1, HEAD = 2 };

static const pa_lstm_shape shape = {PA_LSTM_INPUTS, 24};
static const pa_lstm_training training = {
    .epochs = 40, .pieces_a_step = 8, .rate = .01, .seed = SEED};

/* ---- pieces ---- */

/* Room of one piece. */
typedef struct {
    double *input, *target;
    int32_t room; /* steps */
} piece_room;

static void free_piece(piece_room *p)
{
    free(p->input);
    free(p->target);
    *p = (piece_room){0};
}

static pa_status new_piece(int32_t steps, piece_room *p, pa_error *err)
{
    size_t lanes = (size_t)steps * L * sizeof(double);
    free_piece(p);
    p->input = aligned_alloc(PA_FORECAST_ALIGN, PA_LSTM_INPUTS * lanes);
    p->target = aligned_alloc(PA_FORECAST_ALIGN, lanes);
    p->room = steps;
    if (p->input && p->target) return PA_OK;
    return pa_fail(err, PA_E_MEMORY, "no memory for %d steps of a network", (int)steps);
}

/* Lanes without a series have nothing to be told, and zeros to be told it by. */
static void clear_piece(const piece_room *p, pa_lstm_kind kind, int32_t steps, pa_lstm_series *s)
{
    *s = (pa_lstm_series){.steps = steps, .input = p->input};
    memset(p->input, 0, (size_t)steps * PA_LSTM_INPUTS * L * sizeof *p->input);
    for (size_t i = 0; i < (size_t)steps * L; i++) p->target[i] = NAN;
    for (int k = 0; k < L; k++) s->scale[k] = 1;
    if (kind == PA_LSTM_COUNTS)
        s->count = p->target;
    else
        s->value = p->target;
}

/* Lane k: the n values y. */
static void fill_lane(const piece_room *p, const pa_lstm_form *f, size_t n, const double y[],
                      size_t k, pa_lstm_series *s)
{
    if (f->kind == PA_LSTM_COUNTS) s->scale[k] = f->unit;
    for (size_t t = 0; t < n; t++) {
        pa_lstm_input(f, t, y + t, p->input + t * PA_LSTM_INPUTS * L + k);
        p->target[t * L + k] = pa_lstm_target(f, t, y + t);
    }
}

/* Series of a file as if their last `cut` values were not known yet. */
typedef struct {
    const pa_series_file *file;
    size_t cut;
} view;

static size_t known_of(const view *v, size_t i)
{
    size_t n = v->file->first[i + 1] - v->file->first[i];
    return v->cut > 0 ? pa_fitted_on_trial(n, v->cut) : n;
}

static size_t length_of(const view *v, size_t i)
{
    size_t n = known_of(v, i);
    return n < PA_LSTM_STEPS ? n : PA_LSTM_STEPS;
}

/* Of the first one of those that length_of counts. */
static int32_t place_of(const view *v, size_t i, int32_t season)
{
    const pa_series_file *f = v->file;
    int64_t step =
        pa_step_number(&f->step, f->time[f->first[i] + known_of(v, i) - length_of(v, i)]);
    return (int32_t)((step % season + season) % season);
}

static const double *end_of(const view *v, size_t i)
{
    return v->file->value + v->file->first[i] + known_of(v, i);
}

/* ---- what the network is trained on ---- */

typedef struct {
    pa_lstm_kind kind;
    int32_t season;
    pa_buffer own;   /* of this rank: of each one its length, place and values */
    double *all;     /* of all ranks */
    size_t n, n_all; /* series; numbers in `all` */
    size_t *at;      /* n: where each one's length is */
    uint32_t *order; /* n: by length */
    size_t n_pieces;
    piece_room *room;
    pa_lstm_series *piece;
} sample;

static void free_sample(sample *s)
{
    pa_buffer_free(&s->own);
    pa_free(s->all);
    pa_free(s->at);
    pa_free(s->order);
    for (size_t i = 0; s->room && i < s->n_pieces; i++) free_piece(s->room + i);
    pa_free(s->room);
    pa_free(s->piece);
}

static pa_lstm_kind kind_of(pa_comm *comm, const pa_series_file *f)
{
    size_t n = f->first[f->n];
    int64_t may[2] = {pa_lstm_may_be_counts(n, f->value), pa_lstm_may_be_logs(n, f->value)};
    pa_min_i64(comm, may, 2);
    return may[0] ? PA_LSTM_COUNTS : may[1] ? PA_LSTM_LOGS : PA_LSTM_REALS;
}

static pa_status take_own(const view *v, sample *s, pa_error *err)
{
    const pa_series_file *f = v->file;
    int64_t every = (f->n_global + PA_LSTM_SAMPLE - 1) / PA_LSTM_SAMPLE;
    for (size_t i = 0; i < f->n; i++) {
        if ((f->first_series + (int64_t)i) % every != 0) continue;
        size_t n = length_of(v, i);
        const double head[HEAD] = {(double)n, place_of(v, i, s->season)};
        PA_TRY(pa_buffer_add(&s->own, head, sizeof head, err));
        PA_TRY(pa_buffer_add(&s->own, end_of(v, i) - n, n * sizeof *head, err));
    }
    return PA_OK;
}

static pa_status order_sample(sample *s, pa_error *err)
{
    uint64_t *length;
    for (size_t at = 0; at < s->n_all; at += HEAD + (size_t)s->all[at]) s->n++;
    PA_TRY(PA_NEW(s->at, s->n, err));
    PA_TRY(PA_NEW(s->order, s->n, err));
    PA_TRY(PA_NEW(length, s->n, err));
    for (size_t i = 0, at = 0; i < s->n; i++, at += HEAD + (size_t)s->all[at]) {
        s->at[i] = at;
        length[i] = (uint64_t)s->all[at];
    }
    pa_status st = pa_sort_u64(s->n, length, s->order, err);
    pa_free(length);
    return st;
}

static pa_status make_piece(sample *s, size_t i, pa_error *err)
{
    size_t first = i * L, n = s->n - first < L ? s->n - first : L;
    int32_t steps = (int32_t)s->all[s->at[s->order[first + n - 1]]];
    PA_TRY(new_piece(steps, s->room + i, err));
    clear_piece(s->room + i, s->kind, steps, s->piece + i);
    for (size_t k = 0; k < n; k++) {
        const double *series = s->all + s->at[s->order[first + k]], *y = series + HEAD;
        pa_lstm_form f =
            pa_lstm_form_of(s->kind, s->season, (int32_t)series[1], (size_t)series[0], y);
        fill_lane(s->room + i, &f, (size_t)*series, y, k, s->piece + i);
    }
    return PA_OK;
}

static pa_status make_pieces(sample *s, pa_error *err)
{
    PA_TRY(order_sample(s, err));
    s->n_pieces = (s->n + L - 1) / L;
    PA_TRY(PA_NEW(s->room, s->n_pieces, err));
    PA_TRY(PA_NEW(s->piece, s->n_pieces, err));
    for (size_t i = 0; i < s->n_pieces; i++) PA_TRY(make_piece(s, i, err));
    return PA_OK;
}

static pa_status train(pa_comm *comm, const view *v, sample *s, pa_log *log, double weight[],
                       pa_error *err)
{
    size_t bytes;
    double loss;
    void *all = NULL;
    PA_AGREE(comm, take_own(v, s, err), err);
    PA_TRY(pa_gather_all(comm, s->own.data, s->own.length, &all, &bytes, err));
    s->all = all;
    s->n_all = bytes / sizeof *s->all;
    PA_AGREE(comm, make_pieces(s, err), err);
    return pa_lstm_train(comm, &shape, s->n_pieces, s->piece, &training, log, weight, &loss, err);
}

/* ---- paths ahead ---- */

typedef struct {
    view view;
    const pa_forecast_options *o;
    pa_lstm_kind kind;
    const double *weight;
    pa_lstm *net, *ahead; /* of the series, of paths of one of them */
    piece_room room;
    pa_lstm_said *said;
    double *recent; /* paths of a piece: L x (1 + season + horizon) values, the last known first */
    double *drawn;  /* horizon x PA_LSTM_PATHS */
    double *input;
    pa_forecasts *to;
} foreteller;

static void free_foreteller(foreteller *f)
{
    pa_lstm_close(f->net);
    pa_lstm_close(f->ahead);
    free_piece(&f->room);
    pa_free(f->said);
    pa_free(f->recent);
    pa_free(f->drawn);
    free(f->input);
}

static pa_status new_foreteller(foreteller *f, pa_error *err)
{
    size_t kept = pa_lstm_memory(f->o->season) + f->o->horizon;
    PA_TRY(pa_lstm_open(&shape, PA_LSTM_STEPS, &f->net, err));
    PA_TRY(pa_lstm_open(&shape, 2, &f->ahead, err));
    PA_TRY(new_piece(PA_LSTM_STEPS, &f->room, err));
    PA_TRY(PA_NEW(f->said, PA_LSTM_STEPS * L, err));
    PA_TRY(PA_NEW(f->recent, L * kept, err));
    PA_TRY(PA_NEW(f->drawn, f->o->horizon * PA_LSTM_PATHS, err));
    f->input = aligned_alloc(PA_FORECAST_ALIGN, (size_t)PA_LSTM_INPUTS * L * sizeof *f->input);
    return f->input ? PA_OK : pa_fail(err, PA_E_MEMORY, "no memory for inputs of a network");
}

/* Paths first .. first + L - 1 of a series that the net has walked to the end in lane k. */
static void draw_paths(foreteller *f, size_t series, int k, const pa_lstm_form *form, size_t first)
{
    size_t n = length_of(&f->view, series), before = pa_lstm_memory(form->season),
           horizon = f->o->horizon;
    size_t kept = before + horizon, have = n < before ? n : before;
    uint64_t id = (uint64_t)f->view.file->first_series + series;
    double scale[L];
    pa_lstm_said said[L];
    pa_lstm_spread_lane(f->net, k, (int32_t)n, f->ahead);
    for (size_t p = 0; p < L; p++) {
        scale[p] = form->kind == PA_LSTM_COUNTS ? form->unit : 1;
        memcpy(f->recent + p * kept + before - have, end_of(&f->view, series) - have,
               have * sizeof(double));
    }
    for (size_t h = 0; h < horizon; h++) {
        for (size_t p = 0; p < L; p++)
            pa_lstm_input(form, n + h, f->recent + p * kept + before + h, f->input + p);
        pa_lstm_step(f->ahead, f->weight, f->input, scale, said);
        for (size_t p = 0; p < L; p++) {
            double *y = f->recent + p * kept + before + h;
            uint64_t at = (uint64_t)(first + p) << 32 | h << 1;
            *y = pa_lstm_draw(form, said + p, y[-1], pa_uniform(SEED, PA_DRAW_LSTM_PATH, id, at),
                              pa_uniform(SEED, PA_DRAW_LSTM_PATH, id, at | 1));
            f->drawn[h * PA_LSTM_PATHS + first + p] = *y;
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

/* Series first .. first + n - 1 of this rank. */
static void foretell(foreteller *f, size_t first, size_t n)
{
    pa_lstm_form form[L];
    pa_lstm_series s;
    size_t most = 0;
    for (size_t k = 0; k < n; k++)
        if (length_of(&f->view, first + k) > most) most = length_of(&f->view, first + k);
    clear_piece(&f->room, f->kind, (int32_t)most, &s);
    for (size_t k = 0; k < n; k++) {
        size_t length = length_of(&f->view, first + k);
        const double *y = end_of(&f->view, first + k) - length;
        form[k] = pa_lstm_form_of(f->kind, f->o->season,
                                  place_of(&f->view, first + k, f->o->season), length, y);
        fill_lane(&f->room, form + k, length, y, k, &s);
    }
    pa_lstm_walk(f->net, f->weight, &s, f->said);
    for (size_t k = 0; k < n; k++) {
        for (size_t p = 0; p < PA_LSTM_PATHS; p += L) draw_paths(f, first + k, (int)k, form + k, p);
        set_series(f, first + k);
    }
}

pa_status pa_lstm_forecast(pa_comm *comm, const pa_series_file *file, size_t cut,
                           const pa_forecast_options *o, pa_log *log, pa_forecasts *to,
                           pa_error *err)
{
    _Static_assert(PA_LSTM_PATHS % L == 0, "whole pieces of paths");
    double *weight = NULL;
    sample s = {.kind = kind_of(comm, file), .season = o->season};
    foreteller f = {.view = {file, cut}, .o = o, .kind = s.kind, .to = to};
    pa_status st = PA_NEW(weight, pa_lstm_n_weights(&shape), err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = train(comm, &f.view, &s, log, weight, err);
    free_sample(&s);
    if (st == PA_OK) st = pa_agree(comm, new_foreteller(&f, err), err);
    f.weight = weight;
    for (size_t i = 0; st == PA_OK && i < file->n; i += L) {
        foretell(&f, i, file->n - i < L ? file->n - i : L);
        pa_log_progress(log, "forecast", (int64_t)i, (int64_t)file->n);
    }
    free_foreteller(&f);
    pa_free(weight);
    return st;
}

pa_status pa_lstm_member_of(pa_comm *comm, const pa_series_file *file, size_t cut,
                            const pa_forecast_options *o, pa_log *log, pa_lstm_member *m,
                            pa_error *err)
{
    const double within_one = .682689492137085897; /* standard error */
    pa_forecast_options one = *o;
    pa_forecasts f = {0};
    size_t n = file->n * o->horizon;
    one.n_levels = 1;
    one.level[0] = within_one;
    pa_status st = pa_agree(comm, pa_forecasts_new(file, &one, &f, err), err);
    if (st == PA_OK) st = pa_lstm_forecast(comm, file, cut, &one, log, &f, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) f.low[i] = (f.high[i] - f.low[i]) / 2;
    m->middle = f.mean;
    m->spread = f.low;
    f.mean = f.low = NULL;
    pa_forecasts_free(&f);
    return st;
}

void pa_lstm_member_free(pa_lstm_member *m)
{
    pa_free(m->middle);
    pa_free(m->spread);
    *m = (pa_lstm_member){0};
}
