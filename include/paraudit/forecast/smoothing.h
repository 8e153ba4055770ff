/* Exponential smoothing with one error and two states, of the kind
 *
 *     y[t] = x0 + w x1 + e          x0' = f00 x0 + f01 x1 + g0 e
 *                                   x1' = f10 x0 + f11 x1 + g1 e
 *
 * where the first states are those that make the sum of e^2 least, by linear regression, and
 * what is left (alpha, beta, phi ...) is searched for: simple, Holt's and damped smoothing
 * (R. Hyndman, A. Koehler, J. Ord, R. Snyder, Forecasting with Exponential Smoothing, 2008) and
 * complex smoothing (I. Svetunkov, N. Kourentzes, J. Ord, Nav. Res. Logist. 69, 2022). Seasons
 * are taken out before (season.h). Series of about size 1: what scales them is the caller's. */
#ifndef PARAUDIT_FORECAST_SMOOTHING_H
#define PARAUDIT_FORECAST_SMOOTHING_H

#include <stdbool.h>

#include "paraudit/forecast/batch.h"

typedef enum {
    PA_SMOOTH_SIMPLE, /* alpha: x0 is the level, there is no x1 */
    PA_SMOOTH_HOLT,   /* alpha, beta: x1 is the trend */
    PA_SMOOTH_DAMPED, /* alpha, beta, phi */
    PA_SMOOTH_COMPLEX /* real and imaginary part of the smoothing parameter */
} pa_smooth_kind;

/* What a kind and its parameters make of the form above; of each lane. */
typedef struct {
    bool two; /* states */
    _Alignas(PA_FORECAST_ALIGN) pa_lanes f00, f01, f10, f11, w, g0, g1;
} pa_smooth_form;

/* Of each lane: the sum of squares with the best first states, and the states behind the end.
 * Lanes with fewer values than a fit takes (pa_smooth_least) have infinity. */
typedef struct {
    pa_smooth_kind kind;
    int32_t n_parameters; /* with first states and the error's variance */
    pa_smooth_form form;
    _Alignas(PA_FORECAST_ALIGN) pa_lanes parameter[3], squares, first[2], state[2];
} pa_smooth_fitted;

int32_t pa_smooth_least(pa_smooth_kind kind);

void pa_smooth_fit(const pa_forecast_batch *batch, pa_smooth_kind kind, pa_smooth_fitted *fitted);

/* Of one lane: expected values 1 to `horizon` steps ahead, and how many times the variance of one
 * step theirs is. */
void pa_smooth_ahead(const pa_smooth_fitted *fitted, int lane, size_t horizon, double mean[],
                     double times[]);

#endif
