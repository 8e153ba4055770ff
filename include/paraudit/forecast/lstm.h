/* One recurrent network for all series: from the values before, the distribution of each next one
 * (D. Salinas, V. Flunkert, J. Gasthaus, T. Januschowski, DeepAR, Int. J. Forecasting 36, 2020).
 * A layer of LSTM cells with forget gates (F. Gers, J. Schmidhuber, F. Cummins, Neural Computation
 * 12, 2000), and two heads: of counts, negative-binomial; of real values, normal.
 *
 *     i, f, o = sigmoid(..)   g = tanh(..)   each of 1, the inputs at t and h[t-1]
 *     c[t] = f c[t-1] + i g                  h[t] = o tanh(c[t])
 *     mean of the count = scale softplus(a0)   its variance = mean + mean^2 softplus(a1)
 *     mean of the value = a2                   its deviation = softplus(a3)    a = heads of h[t]
 *
 * Gradients go back through all steps (P. Werbos, Proc. IEEE 78, 1990). Kernel: the bits are the
 * same on every x86-64 machine. */
#ifndef PARAUDIT_FORECAST_LSTM_H
#define PARAUDIT_FORECAST_LSTM_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"
#include "paraudit/forecast/batch.h"

enum { PA_LSTM_GATES = 4, PA_LSTM_HEADS = 4 };

/* inputs, hidden: 1 .. 256. */
typedef struct {
    int32_t inputs, hidden;
} pa_lstm_shape;

/* Weights as they lie: of each cell the rows of its gates i, f, g, o, a row having the bias, those
 * of the inputs and those of h; then the heads a0 .. a3, each a bias and those of h. */
size_t pa_lstm_n_weights(const pa_lstm_shape *shape);

/* Even ones within 1 / sqrt(hidden), by draws; the forget gates' biases 1 more. */
void pa_lstm_start(const pa_lstm_shape *shape, uint64_t seed, double weight[]);

/* Up to PA_FORECAST_LANES series side by side; borrowed; at multiples of PA_FORECAST_ALIGN. */
typedef struct {
    int32_t steps;
    const double *input; /* steps x inputs x PA_FORECAST_LANES: what is known before the value */
    const double *count, *value;     /* steps x PA_FORECAST_LANES: a whole number, 0 or more, and a
                                        real one; NaN: there is none. NULL: there are none at all */
    double scale[PA_FORECAST_LANES]; /* of counts, above 0 */
} pa_lstm_series;

/* What the heads say of a step. */
typedef struct {
    double mean, dispersion; /* of the count: its variance is mean + mean^2 dispersion */
    double middle, spread;   /* of the value */
} pa_lstm_said;

/* Room for series of up to most_steps. */
typedef struct pa_lstm pa_lstm;

pa_status pa_lstm_open(const pa_lstm_shape *shape, int32_t most_steps, pa_lstm **net,
                       pa_error *err);
void pa_lstm_close(pa_lstm *net); /* takes NULL */

/* From c and h of zeros through all steps; said: steps x PA_FORECAST_LANES. */
void pa_lstm_walk(pa_lstm *net, const double weight[], const pa_lstm_series *series,
                  pa_lstm_said said[]);

/* Goes on behind the last step of a walk (or of this) by one: input: inputs x PA_FORECAST_LANES,
 * aligned; scale, said: PA_FORECAST_LANES. */
void pa_lstm_step(pa_lstm *net, const double weight[], const double input[], const double scale[],
                  pa_lstm_said said[]);

/* What pa_lstm_step goes on from in lane `to_lane` of another net: what a lane was behind the first
 * `steps` of its last walk, 1 or more. */
void pa_lstm_copy_lane(const pa_lstm *net, int lane, int32_t steps, pa_lstm *to, int to_lane);

/* -ln likelihood of all counts and values that there are, added up; gradient: its derivatives by
 * the weights. */
double pa_lstm_gradient(pa_lstm *net, const double weight[], const pa_lstm_series *series,
                        double gradient[]);

/* -ln likelihood of a count; *by_mean, *by_dispersion: its derivatives, may be NULL both.
 * mean, dispersion: above 0. */
double pa_negative_binomial_loss(double count, double mean, double dispersion, double *by_mean,
                                 double *by_dispersion);

#endif
