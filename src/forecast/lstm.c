#include "paraudit/forecast/lstm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lstm_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"

enum { L = PA_FORECAST_LANES, MEAN = 0, DISPERSION, MIDDLE, SPREAD };

static const double least_mean = 1e-6, least_dispersion = 1e-4, least_spread = 1e-3;

struct pa_lstm {
    pa_lstm_room room;
    const pa_lstm_loops *loops;
    double *block;     /* all that is in the room */
    double *head;      /* step x PA_LSTM_HEADS x lanes: derivatives by the heads */
    int32_t most, now; /* steps; those gone */
};

static size_t columns_of(const pa_lstm_shape *s)
{
    return 1 + (size_t)s->inputs + (size_t)s->hidden;
}

static size_t cell_weights(const pa_lstm_shape *s)
{
    return (size_t)s->hidden * PA_LSTM_GATES * columns_of(s);
}

size_t pa_lstm_n_weights(const pa_lstm_shape *s)
{
    return cell_weights(s) + PA_LSTM_HEADS * (1 + (size_t)s->hidden);
}

void pa_lstm_start(const pa_lstm_shape *s, uint64_t seed, double weight[])
{
    size_t n = pa_lstm_n_weights(s), columns = columns_of(s);
    double reach = 1 / sqrt(s->hidden);
    for (size_t i = 0; i < n; i++)
        weight[i] = reach * (2 * pa_uniform(seed, PA_DRAW_LSTM_START, i, 0) - 1);
    for (size_t j = 0; j < (size_t)s->hidden; j++) weight[(j * PA_LSTM_GATES + 1) * columns] += 1;
}

/* ---- room ---- */

pa_status pa_lstm_open(const pa_lstm_shape *s, int32_t most, pa_lstm **net, pa_error *err)
{
    size_t hidden = (size_t)s->hidden, columns = columns_of(s);
    size_t steps = (size_t)most, gates = hidden * PA_LSTM_GATES;
    size_t n = (steps + 1) * columns + steps * (2 * gates + hidden + PA_LSTM_HEADS) + 2 * hidden;
    pa_lstm *l;
    *net = NULL;
    PA_TRY(PA_NEW(l, 1, err));
    l->block = aligned_alloc(PA_FORECAST_ALIGN, n * L * sizeof *l->block);
    if (!l->block) {
        pa_free(l);
        return pa_fail(err, PA_E_MEMORY, "no memory for a network of %zu steps", steps);
    }
    memset(l->block, 0, n * L * sizeof *l->block);
    double *at = l->block;
    l->loops = pa_lstm_loops_best();
    l->most = most;
    l->room = (pa_lstm_room){.inputs = s->inputs, .hidden = s->hidden, .n_columns = (int)columns};
    l->room.column = at;
    l->room.gate = at += (steps + 1) * columns * L;
    l->room.change = at += steps * gates * L;
    l->room.cell = at += steps * gates * L;
    l->head = at += steps * hidden * L;
    l->room.by_h = at += steps * PA_LSTM_HEADS * L;
    l->room.by_c = at + hidden * L;
    *net = l;
    return PA_OK;
}

void pa_lstm_close(pa_lstm *l)
{
    if (!l) return;
    free(l->block);
    pa_free(l);
}

static double *column_at(const pa_lstm *l, int32_t step)
{
    return l->room.column + (size_t)step * (size_t)l->room.n_columns * L;
}

static double *h_at(const pa_lstm *l, int32_t step)
{
    return column_at(l, step) + (size_t)(1 + l->room.inputs) * L;
}

/* ---- forward ---- */

static void forward(pa_lstm *l, const double weight[], const double input[], int32_t step)
{
    double *column = column_at(l, step);
    for (int k = 0; k < L; k++) column[k] = 1;
    memcpy(column + L, input, (size_t)l->room.inputs * L * sizeof *input);
    if (step == 0) memset(h_at(l, 0), 0, (size_t)l->room.hidden * L * sizeof *column);
    l->loops->forward(&l->room, weight, step);
}

static void walk(pa_lstm *l, const double weight[], const pa_lstm_series *s)
{
    PA_ASSERT(s->steps <= l->most);
    for (int32_t t = 0; t < s->steps; t++)
        forward(l, weight, s->input + (size_t)t * (size_t)l->room.inputs * L, t);
    l->now = s->steps;
}

static const double *heads_of(const pa_lstm *l, const double weight[])
{
    return weight + (size_t)l->room.hidden * PA_LSTM_GATES * (size_t)l->room.n_columns;
}

/* The heads of all lanes of the h behind a step. */
static void head(const pa_lstm *l, const double weight[], int32_t step, double a[])
{
    const double *w = heads_of(l, weight), *h = h_at(l, step + 1);
    for (int m = 0; m < PA_LSTM_HEADS; m++, w += 1 + l->room.hidden, a += L) {
        for (int k = 0; k < L; k++) a[k] = w[0];
        for (int32_t j = 0; j < l->room.hidden; j++)
            for (int k = 0; k < L; k++) a[k] += w[1 + j] * h[(size_t)j * L + (size_t)k];
    }
}

static double softplus(double a)
{
    return a > 30 ? a : pa_ln1p(pa_exp(a));
}

static double softplus_slope(double a)
{
    return 1 / (1 + pa_exp(-a));
}

static pa_lstm_said said_of(const double a[], int k, double scale)
{
    return (pa_lstm_said){.mean = scale * softplus(a[MEAN * L + k]) + least_mean,
                          .dispersion = softplus(a[DISPERSION * L + k]) + least_dispersion,
                          .middle = a[MIDDLE * L + k],
                          .spread = softplus(a[SPREAD * L + k]) + least_spread};
}

void pa_lstm_walk(pa_lstm *l, const double weight[], const pa_lstm_series *s, pa_lstm_said said[])
{
    double a[PA_LSTM_HEADS * L];
    walk(l, weight, s);
    for (int32_t t = 0; t < s->steps; t++) {
        head(l, weight, t, a);
        for (int k = 0; k < L; k++) *said++ = said_of(a, k, s->scale[k]);
    }
}

/* Steps behind the last are put where the last two were: only they are needed. */
void pa_lstm_step(pa_lstm *l, const double weight[], const double input[], const double scale[],
                  pa_lstm_said said[])
{
    double a[PA_LSTM_HEADS * L];
    size_t hidden = (size_t)l->room.hidden * L;
    if (l->now >= 2) {
        memcpy(l->room.cell, l->room.cell + (size_t)(l->now - 1) * hidden, hidden * sizeof *a);
        memcpy(h_at(l, 1), h_at(l, l->now), hidden * sizeof *a);
        l->now = 1;
    }
    forward(l, weight, input, l->now);
    head(l, weight, l->now, a);
    for (int k = 0; k < L; k++) said[k] = said_of(a, k, scale[k]);
    l->now++;
}

void pa_lstm_copy_lane(const pa_lstm *l, int lane, int32_t steps, pa_lstm *to, int to_lane)
{
    size_t hidden = (size_t)l->room.hidden, from_k = (size_t)lane, k = (size_t)to_lane;
    PA_ASSERT(to->room.hidden == l->room.hidden && steps > 0 && steps <= l->now && to->most >= 2);
    const double *cell = l->room.cell + (size_t)(steps - 1) * hidden * L, *h = h_at(l, steps);
    for (size_t j = 0; j < hidden; j++) {
        to->room.cell[j * L + k] = cell[j * L + from_k];
        h_at(to, 1)[j * L + k] = h[j * L + from_k];
    }
    to->now = 1;
}

/* ---- likelihoods ---- */

/* ln Gamma(x + n) - ln Gamma(x) of n small, and its derivative; products are short. */
static double rising(double x, int32_t n, double *slope)
{
    double product = 1, sum = 0;
    *slope = 0;
    for (int32_t k = 0; k < n; k++) {
        product *= x + k;
        *slope += 1 / (x + k);
        if (k % 32 == 31) {
            sum += pa_ln(product);
            product = 1;
        }
    }
    return sum + pa_ln(product);
}

/* ln Gamma(x) without what is the same for all x, x from 32 on, and its derivative; by Stirling's
 * series. */
static double ln_gamma(double x, double *slope)
{
    double y = 1 / x, z = y * y, ln = pa_ln(x);
    *slope = ln - y / 2 - z * (1. / 12 - z * (1. / 120 - z / 252));
    return (x - .5) * ln - x + y * (1. / 12 - z * (1. / 360 - z * (1. / 1260)));
}

static double ln_rising(double x, double n, double *slope)
{
    enum { SHORT = 64 };
    if (n <= SHORT) return rising(x, (int32_t)n, slope);
    double far, near, sum = rising(x, SHORT, slope);
    sum += ln_gamma(x + n, &far) - ln_gamma(x + SHORT, &near);
    *slope += far - near;
    return sum;
}

double pa_negative_binomial_loss(double count, double mean, double dispersion, double *by_mean,
                                 double *by_dispersion)
{
    double r = 1 / dispersion, slope, unused, all = r + mean;
    double ln_factor = ln_rising(1, count, &unused);
    double ln_share = -pa_ln1p(mean * dispersion); /* of r / all */
    double loss = ln_factor - ln_rising(r, count, &slope) - r * ln_share;
    if (count > 0) loss -= count * pa_ln(mean / all);
    if (by_mean) *by_mean = r * (mean - count) / (mean * all);
    if (by_dispersion) *by_dispersion = r * r * (slope + ln_share + (mean - count) / all);
    return loss;
}

/* -ln likelihood of a step's lane; derivatives by the heads to `by`. */
static double lose(const pa_lstm_series *s, const double a[], size_t at, int k, double by[])
{
    const double half_ln_turn = .918938533204672742;
    double count = s->count ? s->count[at] : NAN, value = s->value ? s->value[at] : NAN, loss = 0;
    pa_lstm_said said = said_of(a, k, s->scale[k]);
    for (int m = 0; m < PA_LSTM_HEADS; m++) by[m * L + k] = 0;
    if (!isnan(count)) {
        double mean, dispersion;
        loss += pa_negative_binomial_loss(count, said.mean, said.dispersion, &mean, &dispersion);
        by[MEAN * L + k] = mean * s->scale[k] * softplus_slope(a[MEAN * L + k]);
        by[DISPERSION * L + k] = dispersion * softplus_slope(a[DISPERSION * L + k]);
    }
    if (!isnan(value)) {
        double z = (value - said.middle) / said.spread;
        loss += pa_ln(said.spread) + z * z / 2 + half_ln_turn;
        by[MIDDLE * L + k] = -z / said.spread;
        by[SPREAD * L + k] = (1 - z * z) / said.spread * softplus_slope(a[SPREAD * L + k]);
    }
    return loss;
}

/* ---- backward ---- */

/* What the heads' derivatives of a step add to those by h behind it. */
static void add_heads(const pa_lstm *l, const double weight[], int32_t step)
{
    const double *w = heads_of(l, weight), *by = l->head + (size_t)step * PA_LSTM_HEADS * L;
    for (int m = 0; m < PA_LSTM_HEADS; m++, w += 1 + l->room.hidden, by += L)
        for (int32_t j = 0; j < l->room.hidden; j++)
            for (int k = 0; k < L; k++) l->room.by_h[(size_t)j * L + (size_t)k] += w[1 + j] * by[k];
}

/* column j: of h behind the step, that before the first being 1. */
static double head_gradient(const pa_lstm *l, int32_t steps, int m, int32_t j)
{
    double sum[L] = {0};
    for (int32_t t = 0; t < steps; t++) {
        const double *by = l->head + ((size_t)t * PA_LSTM_HEADS + (size_t)m) * L;
        const double *h = h_at(l, t + 1) + (size_t)(j - 1) * L;
        for (int k = 0; k < L; k++) sum[k] += j == 0 ? by[k] : by[k] * h[k];
    }
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

double pa_lstm_gradient(pa_lstm *l, const double weight[], const pa_lstm_series *s,
                        double gradient[])
{
    double a[PA_LSTM_HEADS * L], loss = 0;
    size_t cells = (size_t)l->room.hidden * PA_LSTM_GATES * (size_t)l->room.n_columns;
    walk(l, weight, s);
    for (int32_t t = 0; t < s->steps; t++) {
        head(l, weight, t, a);
        for (int k = 0; k < L; k++)
            loss +=
                lose(s, a, (size_t)t * L + (size_t)k, k, l->head + (size_t)t * PA_LSTM_HEADS * L);
    }
    memset(l->room.by_h, 0, (size_t)l->room.hidden * L * sizeof *l->room.by_h);
    memset(l->room.by_c, 0, (size_t)l->room.hidden * L * sizeof *l->room.by_c);
    for (int32_t t = s->steps - 1; t >= 0; t--) {
        add_heads(l, weight, t);
        l->loops->backward(&l->room, weight, t);
    }
    l->loops->add_up(&l->room, s->steps, gradient);
    for (int m = 0; m < PA_LSTM_HEADS; m++)
        for (int32_t j = 0; j <= l->room.hidden; j++)
            gradient[cells + (size_t)m * (1 + (size_t)l->room.hidden) + (size_t)j] =
                head_gradient(l, s->steps, m, j);
    return loss;
}
