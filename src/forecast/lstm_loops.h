/* Defines LOOPS, the loops of a width of vectors. */
#include "lanes.h"
#include "lstm_parts.h"

enum { L = PA_FORECAST_LANES };

static inline lanes within(lanes x, double most)
{
    x = pick(x > lanes_of(most), lanes_of(most), x);
    return pick(x < lanes_of(-most), lanes_of(-most), x);
}

/* e^x, |x| up to 80; below 1e-15 of it. A power of 2 times the series of what is left. */
static inline lanes exp_lanes(lanes x)
{
    static const double term[] = {1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320,
                                  1. / 5040,     1. / 720,     1. / 120,    1. / 24,
                                  1. / 6,        .5,           1,           1};
    const lanes rounder = lanes_of(0x1.8p52);
    lanes shifted = x * lanes_of(0x1.71547652b82fep0) + rounder, whole = shifted - rounder;
    lanes left = x - whole * lanes_of(0x1.62e42feep-1) - whole * lanes_of(0x1.a39ef35793c76p-33);
    lanes sum = lanes_of(1. / 479001600);
    for (size_t i = 0; i < sizeof term / sizeof *term; i++) sum = sum * left + lanes_of(term[i]);
    return (lanes)((lane_mask)sum + ((lane_mask)shifted << 52));
}

static inline lanes sigmoid(lanes x)
{
    return lanes_of(1) / (lanes_of(1) + exp_lanes(-within(x, 40)));
}

static inline lanes hyperbolic(lanes x)
{
    lanes e = exp_lanes(within(x, 20) * lanes_of(2));
    return (e - lanes_of(1)) / (e + lanes_of(1));
}

static inline double *at_step(double *of, int32_t step, int32_t n)
{
    return of + (size_t)step * (size_t)n * L;
}

static void forward(const pa_lstm_room *r, const double weight[], int32_t step)
{
    const double *column = at_step(r->column, step, r->n_columns);
    double *gate = at_step(r->gate, step, r->hidden * PA_LSTM_GATES);
    double *cell = at_step(r->cell, step, r->hidden);
    const double *before = step > 0 ? at_step(r->cell, step - 1, r->hidden) : NULL;
    double *h = at_step(r->column, step + 1, r->n_columns) + (size_t)(1 + r->inputs) * L;
    for (int32_t j = 0; j < r->hidden; j++, gate += PA_LSTM_GATES * L) {
        const double *w = weight + (size_t)j * PA_LSTM_GATES * (size_t)r->n_columns;
        lanes a[PA_LSTM_GATES] = {{0}};
        for (int32_t k = 0; k < r->n_columns; k++) {
            lanes v = lanes_at(column + (size_t)k * L);
            for (int g = 0; g < PA_LSTM_GATES; g++) a[g] += lanes_of(w[g * r->n_columns + k]) * v;
        }
        lanes i = sigmoid(a[0]), f = sigmoid(a[1]), g = hyperbolic(a[2]), o = sigmoid(a[3]);
        lanes c = i * g;
        if (before) c += f * lanes_at(before + (size_t)j * L);
        put_lanes(i, gate);
        put_lanes(f, gate + L);
        put_lanes(g, gate + 2 * L);
        put_lanes(o, gate + 3 * L);
        put_lanes(c, cell + (size_t)j * L);
        put_lanes(o * hyperbolic(c), h + (size_t)j * L);
    }
}

/* Derivatives of one cell; that by c behind the step before. */
static inline lanes change_cell(const double gate[], lanes cell, lanes before, lanes by_h,
                                lanes by_c, double change[])
{
    const lanes one = lanes_of(1);
    lanes i = lanes_at(gate), f = lanes_at(gate + L), g = lanes_at(gate + 2 * L),
          o = lanes_at(gate + 3 * L), t = hyperbolic(cell);
    lanes c = by_c + by_h * o * (one - t * t);
    put_lanes(c * g * i * (one - i), change);
    put_lanes(c * before * f * (one - f), change + L);
    put_lanes(c * i * (one - g * g), change + 2 * L);
    put_lanes(by_h * t * o * (one - o), change + 3 * L);
    return c * f;
}

/* What h before the step changes, by all gates of all cells. */
static void change_h(const pa_lstm_room *r, const double weight[], const double change[])
{
    memset(r->by_h, 0, (size_t)r->hidden * L * sizeof *r->by_h);
    for (int32_t j = 0; j < r->hidden; j++, change += PA_LSTM_GATES * L) {
        const double *w = weight + (size_t)j * PA_LSTM_GATES * (size_t)r->n_columns + 1 + r->inputs;
        lanes c[PA_LSTM_GATES];
        for (int g = 0; g < PA_LSTM_GATES; g++) c[g] = lanes_at(change + (size_t)g * L);
        for (int32_t k = 0; k < r->hidden; k++) {
            lanes sum = lanes_at(r->by_h + (size_t)k * L);
            for (int g = 0; g < PA_LSTM_GATES; g++) sum += lanes_of(w[g * r->n_columns + k]) * c[g];
            put_lanes(sum, r->by_h + (size_t)k * L);
        }
    }
}

static void backward(const pa_lstm_room *r, const double weight[], int32_t step)
{
    const double *gate = at_step(r->gate, step, r->hidden * PA_LSTM_GATES);
    const double *cell = at_step(r->cell, step, r->hidden);
    const double *before = step > 0 ? at_step(r->cell, step - 1, r->hidden) : NULL;
    double *change = at_step(r->change, step, r->hidden * PA_LSTM_GATES);
    for (int32_t j = 0; j < r->hidden; j++) {
        size_t at = (size_t)j * L;
        lanes c = before ? lanes_at(before + at) : lanes_of(0);
        c = change_cell(gate + PA_LSTM_GATES * at, lanes_at(cell + at), c, lanes_at(r->by_h + at),
                        lanes_at(r->by_c + at), change + PA_LSTM_GATES * at);
        put_lanes(c, r->by_c + at);
    }
    change_h(r, weight, change);
}

static inline double sum_of(lanes v)
{
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

static void add_up(const pa_lstm_room *r, int32_t steps, double gradient[])
{
    size_t rows = (size_t)r->hidden * PA_LSTM_GATES, columns = (size_t)r->n_columns;
    for (size_t row = 0; row < rows; row += PA_LSTM_GATES) {
        for (size_t k = 0; k < columns; k++) {
            lanes sum[PA_LSTM_GATES] = {{0}};
            for (size_t t = 0; t < (size_t)steps; t++) {
                lanes v = lanes_at(r->column + (t * columns + k) * L);
                const double *change = r->change + (t * rows + row) * L;
                for (int g = 0; g < PA_LSTM_GATES; g++) sum[g] += lanes_at(change + g * L) * v;
            }
            for (size_t g = 0; g < PA_LSTM_GATES; g++)
                gradient[(row + g) * columns + k] = sum_of(sum[g]);
        }
    }
}

const pa_lstm_loops LOOPS = {forward, backward, add_up};
