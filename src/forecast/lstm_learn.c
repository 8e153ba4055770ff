#include "lstm_learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/forecast/lstm_train.h"

enum { L = PA_FORECAST_LANES, HEAD = 2 };

const pa_lstm_shape pa_lstm_used = {PA_LSTM_INPUTS, 24};

static const pa_lstm_training training = {.epochs = 40, .pieces_a_step = 8, .rate = .01, .seed = 1};

/* ---- pieces ---- */

void pa_lstm_piece_free(pa_lstm_piece *p)
{
    free(p->input);
    free(p->target);
    *p = (pa_lstm_piece){0};
}

pa_status pa_lstm_piece_new(int32_t steps, pa_lstm_piece *p, pa_error *err)
{
    size_t lanes = (size_t)steps * L * sizeof(double);
    pa_lstm_piece_free(p);
    p->input = aligned_alloc(PA_FORECAST_ALIGN, PA_LSTM_INPUTS * lanes);
    p->target = aligned_alloc(PA_FORECAST_ALIGN, lanes);
    if (p->input && p->target) return PA_OK;
    return pa_fail(err, PA_E_MEMORY, "no memory for %d steps of a network", (int)steps);
}

/* Lanes without a series have nothing to be told, and zeros to be told it by. */
void pa_lstm_clear(const pa_lstm_piece *p, pa_lstm_kind kind, int32_t steps, pa_lstm_series *s)
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
void pa_lstm_fill(const pa_lstm_piece *p, const pa_lstm_form *f, size_t n, const double y[],
                  size_t k, pa_lstm_series *s)
{
    if (f->kind == PA_LSTM_COUNTS) s->scale[k] = f->unit;
    for (size_t t = 0; t < n; t++) {
        pa_lstm_input(f, t, y + t, p->input + t * PA_LSTM_INPUTS * L + k);
        p->target[t * L + k] = pa_lstm_target(f, t, y + t);
    }
}

static size_t known_of(const pa_lstm_view *v, size_t i)
{
    size_t n = v->file->first[i + 1] - v->file->first[i];
    return v->cut > 0 ? pa_fitted_on_trial(n, v->cut) : n;
}

size_t pa_lstm_length(const pa_lstm_view *v, size_t i)
{
    size_t n = known_of(v, i);
    return n < PA_LSTM_STEPS ? n : PA_LSTM_STEPS;
}

/* Of the first one of those that length_of counts. */
int32_t pa_lstm_place(const pa_lstm_view *v, size_t i, int32_t season)
{
    const pa_series_file *f = v->file;
    int64_t step =
        pa_step_number(&f->step, f->time[f->first[i] + known_of(v, i) - pa_lstm_length(v, i)]);
    return (int32_t)((step % season + season) % season);
}

const double *pa_lstm_end(const pa_lstm_view *v, size_t i)
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
    pa_lstm_piece *room;
    pa_lstm_series *piece;
} sample;

static void free_sample(sample *s)
{
    pa_buffer_free(&s->own);
    pa_free(s->all);
    pa_free(s->at);
    pa_free(s->order);
    for (size_t i = 0; s->room && i < s->n_pieces; i++) pa_lstm_piece_free(s->room + i);
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

static pa_status take_own(const pa_lstm_view *v, sample *s, pa_error *err)
{
    const pa_series_file *f = v->file;
    int64_t every = (f->n_global + PA_LSTM_SAMPLE - 1) / PA_LSTM_SAMPLE;
    for (size_t i = 0; i < f->n; i++) {
        if ((f->first_series + (int64_t)i) % every != 0) continue;
        size_t n = pa_lstm_length(v, i);
        const double head[HEAD] = {(double)n, pa_lstm_place(v, i, s->season)};
        PA_TRY(pa_buffer_add(&s->own, head, sizeof head, err));
        PA_TRY(pa_buffer_add(&s->own, pa_lstm_end(v, i) - n, n * sizeof *head, err));
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
    PA_TRY(pa_lstm_piece_new(steps, s->room + i, err));
    pa_lstm_clear(s->room + i, s->kind, steps, s->piece + i);
    for (size_t k = 0; k < n; k++) {
        const double *series = s->all + s->at[s->order[first + k]], *y = series + HEAD;
        pa_lstm_form f =
            pa_lstm_form_of(s->kind, s->season, (int32_t)series[1], (size_t)series[0], y);
        pa_lstm_fill(s->room + i, &f, (size_t)*series, y, k, s->piece + i);
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

static pa_status train(pa_comm *comm, const pa_lstm_view *v, sample *s, pa_log *log,
                       double weight[], pa_error *err)
{
    size_t bytes;
    double loss;
    void *all = NULL;
    PA_AGREE(comm, take_own(v, s, err), err);
    PA_TRY(pa_gather_all(comm, s->own.data, s->own.length, &all, &bytes, err));
    s->all = all;
    s->n_all = bytes / sizeof *s->all;
    PA_AGREE(comm, make_pieces(s, err), err);
    return pa_lstm_train(comm, &pa_lstm_used, s->n_pieces, s->piece, &training, log, weight, &loss,
                         err);
}

pa_status pa_lstm_learn(pa_comm *comm, const pa_lstm_view *v, int32_t season, pa_log *log,
                        pa_lstm_kind *kind, double weight[], pa_error *err)
{
    sample s = {.kind = kind_of(comm, v->file), .season = season};
    pa_status st = train(comm, v, &s, log, weight, err);
    *kind = s.kind;
    free_sample(&s);
    return st;
}
