#include "paraudit/forecast/lstm_train.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/base/sort.h"

static const double units = 0x1p36, most_units = 0x1p60; /* of gradients; of one piece's */
static const double longest = 1;                         /* of a step's gradient */

typedef struct {
    pa_comm *comm;
    const pa_lstm_training *o;
    size_t n_weights, n_pieces;
    const pa_lstm_series *piece;
    pa_lstm *net;
    double *gradient;      /* of a piece, then of a step */
    double *mean, *square; /* Adam's moments */
    int64_t *sum;          /* n_weights, the loss, and how many counts and values there are */
    uint64_t *key;
    uint32_t *order;
    int64_t n_steps;
} trainer;

/* ---- room ---- */

static void free_trainer(trainer *t)
{
    pa_lstm_close(t->net);
    pa_free(t->gradient);
    pa_free(t->mean);
    pa_free(t->square);
    pa_free(t->sum);
    pa_free(t->key);
    pa_free(t->order);
}

static pa_status new_trainer(trainer *t, const pa_lstm_shape *shape, pa_error *err)
{
    int32_t most = 0;
    for (size_t i = 0; i < t->n_pieces; i++)
        if (t->piece[i].steps > most) most = t->piece[i].steps;
    PA_TRY(PA_NEW(t->gradient, t->n_weights, err));
    PA_TRY(PA_NEW(t->mean, t->n_weights, err));
    PA_TRY(PA_NEW(t->square, t->n_weights, err));
    PA_TRY(PA_NEW(t->sum, t->n_weights + 2, err));
    PA_TRY(PA_NEW(t->key, t->n_pieces, err));
    PA_TRY(PA_NEW(t->order, t->n_pieces, err));
    return pa_lstm_open(shape, most, &t->net, err);
}

/* ---- a step ---- */

static int64_t whole(double v)
{
    double scaled = v * units;
    if (!(scaled > -most_units)) return -(int64_t)most_units;
    return scaled < most_units ? (int64_t)floor(scaled + .5) : (int64_t)most_units;
}

static int64_t n_told(const pa_lstm_series *s)
{
    int64_t n = 0;
    for (size_t i = 0; i < (size_t)s->steps * PA_FORECAST_LANES; i++) {
        n += s->count && !isnan(s->count[i]);
        n += s->value && !isnan(s->value[i]);
    }
    return n;
}

static void add_piece(trainer *t, const pa_lstm_series *s, const double weight[])
{
    double loss = pa_lstm_gradient(t->net, weight, s, t->gradient);
    for (size_t i = 0; i < t->n_weights; i++) t->sum[i] += whole(t->gradient[i]);
    t->sum[t->n_weights] += whole(loss);
    t->sum[t->n_weights + 1] += n_told(s);
}

static double length_of(size_t n, const double v[])
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += v[i] * v[i];
    return sqrt(sum);
}

static void move(trainer *t, double rate, double weight[])
{
    const double keep_mean = .9, keep_square = .999, least = 1e-8;
    int64_t n = t->sum[t->n_weights + 1];
    if (n == 0) return;
    for (size_t i = 0; i < t->n_weights; i++)
        t->gradient[i] = (double)t->sum[i] / units / (double)n;
    double length = length_of(t->n_weights, t->gradient);
    double shorten = length > longest ? longest / length : 1;
    double steps = (double)++t->n_steps;
    double of_mean = 1 - pa_exp(steps * pa_ln(keep_mean));
    double of_square = 1 - pa_exp(steps * pa_ln(keep_square));
    for (size_t i = 0; i < t->n_weights; i++) {
        double g = t->gradient[i] * shorten;
        t->mean[i] = keep_mean * t->mean[i] + (1 - keep_mean) * g;
        t->square[i] = keep_square * t->square[i] + (1 - keep_square) * g * g;
        weight[i] -= rate * (t->mean[i] / of_mean) / (sqrt(t->square[i] / of_square) + least);
    }
}

/* Pieces first .. first + n - 1 of the epoch's order. */
static void take_step(trainer *t, size_t first, size_t n, double rate, double weight[])
{
    size_t rank = (size_t)pa_comm_rank(t->comm), size = (size_t)pa_comm_size(t->comm);
    memset(t->sum, 0, (t->n_weights + 2) * sizeof *t->sum);
    for (size_t i = rank; i < n; i += size) add_piece(t, t->piece + t->order[first + i], weight);
    pa_sum_i64(t->comm, t->sum, t->n_weights + 2);
    move(t, rate, weight);
}

/* ---- all steps ---- */

/* Half a wave down to a tenth. */
static double rate_of(const pa_lstm_training *o, int32_t epoch)
{
    double gone = (double)epoch / o->epochs;
    return o->rate * (.1 + .9 * (1 + pa_cos_turn(gone / 2)) / 2);
}

static pa_status take_epoch(trainer *t, int32_t epoch, double weight[], double *loss, pa_error *err)
{
    size_t a_step = (size_t)t->o->pieces_a_step;
    double sum = 0, told = 0;
    for (size_t i = 0; i < t->n_pieces; i++)
        t->key[i] = pa_draw(t->o->seed, PA_DRAW_LSTM_ORDER, (uint64_t)epoch, i);
    PA_AGREE(t->comm, pa_sort_u64(t->n_pieces, t->key, t->order, err), err);
    for (size_t first = 0; first < t->n_pieces; first += a_step) {
        size_t n = t->n_pieces - first < a_step ? t->n_pieces - first : a_step;
        take_step(t, first, n, rate_of(t->o, epoch), weight);
        sum += (double)t->sum[t->n_weights] / units;
        told += (double)t->sum[t->n_weights + 1];
    }
    *loss = told > 0 ? sum / told : 0;
    return PA_OK;
}

pa_status pa_lstm_train(pa_comm *comm, const pa_lstm_shape *shape, size_t n_pieces,
                        const pa_lstm_series piece[], const pa_lstm_training *o, pa_log *log,
                        double weight[], double *loss, pa_error *err)
{
    trainer t = {.comm = comm, .o = o, .n_pieces = n_pieces, .piece = piece};
    t.n_weights = pa_lstm_n_weights(shape);
    *loss = 0;
    pa_lstm_start(shape, o->seed, weight);
    pa_status st = pa_agree(comm, new_trainer(&t, shape, err), err);
    for (int32_t epoch = 0; st == PA_OK && epoch < o->epochs; epoch++) {
        st = take_epoch(&t, epoch, weight, loss, err);
        pa_log_progress(log, "lstm", epoch + 1, o->epochs);
    }
    free_trainer(&t);
    return st;
}
