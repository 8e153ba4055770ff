/* The walk through a batch, for processors of several kinds. */
#ifndef PARAUDIT_FORECAST_ARMA_PARTS_H
#define PARAUDIT_FORECAST_ARMA_PARTS_H

#include "paraudit/forecast/arma.h"

enum { PA_ARMA_PAIRS = PA_ARMA_MOST * (PA_ARMA_MOST + 1) / 2 };

/* The sum of squares, and of the products of the errors' slopes with the errors and with each
 * other (i >= j at i (i + 1) / 2 + j). */
typedef struct {
    _Alignas(PA_FORECAST_ALIGN) pa_lanes squares, gradient[PA_ARMA_MOST], hessian[PA_ARMA_PAIRS];
} pa_arma_sums;

/* Of orders (p, 2). with_mean: 0, and the slope along the mean is 0; or 1. at: as in
 * pa_arma_fitted. */
typedef void pa_arma_walk(const pa_forecast_batch *batch, int p, double with_mean,
                          const pa_lanes at[], pa_arma_sums *sums);

/* Puts at - (H + D)^-1 gradient into to, of orders (p, 2); D: held_back times H's diagonal along
 * the thetas. */
typedef void pa_arma_step(int p, const pa_arma_sums *sums, const pa_lanes held_back,
                          const pa_lanes at[], pa_lanes to[]);

/* Given theta, at[1 + p] and on, errors are linear in all else: puts the mean and phi of the least
 * sum of squares into at, and that into squares, infinity where they are not stable or theta is
 * not. */
typedef void pa_arma_given_theta(const pa_forecast_batch *batch, int p, int q, bool mean,
                                 pa_lanes at[], pa_lanes squares);

#endif
