/* The theta model with what it was given by hand found by least squares
 *
 *     mu[t] = l[t-1] + (1 - 1/theta) ((1-alpha)^t A[t-1] + (1 - (1-alpha)^(t+1)) / alpha B[t-1])
 *     l[t]  = alpha y[t] + (1 - alpha) l[t-1]
 *
 * where A + B t is the line through all values (the optimised theta model) or through those so
 * far (the dynamic one) (J. Fiorucci, T. Pellegrini, F. Louzada, F. Petropoulos, A. Koehler,
 * Models for optimising the theta method and their relationship to state space models, Int. J.
 * Forecasting 32, 2016). mu is linear in the first level and in 1 - 1/theta, so that only alpha
 * is searched for. Seasons are taken out before (season.h). */
#ifndef PARAUDIT_FORECAST_THETA_H
#define PARAUDIT_FORECAST_THETA_H

#include <stdbool.h>

#include "paraudit/forecast/batch.h"

enum { PA_THETA_LEAST = 4 /* values that a fit takes; lanes of fewer have infinity */ };

/* Of each lane. */
typedef struct {
    bool dynamic;
    _Alignas(PA_FORECAST_ALIGN) pa_lanes alpha, drift, first; /* drift: 1 - 1/theta, 0 to 1 */
    pa_lanes squares;                                         /* from the second value on */
    pa_lanes level, mean, a, b;                               /* behind the end */
    int32_t n[PA_FORECAST_LANES];
} pa_theta_fitted;

void pa_theta_fit(const pa_forecast_batch *batch, bool dynamic, pa_theta_fitted *fitted);

/* Of one lane, as pa_smooth_ahead. */
void pa_theta_ahead(const pa_theta_fitted *fitted, int lane, size_t horizon, double mean[],
                    double times[]);

#endif
