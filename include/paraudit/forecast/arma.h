/* ARMA models of stationary series by the least conditional sum of squares
 *
 *     x[t] = y[t] - mean     e[t] = x[t] - phi1 x[t-1] - ... - theta1 e[t-1] - ...     t >= p
 *
 * with e = 0 before, as R's arima(method = "CSS") has it, within the stationary and invertible
 * parameters. Given theta all else is linear (G. Golub, V. Pereyra, Separable nonlinear least
 * squares, Inverse Problems 19, 2003): so one theta is searched for from end to end, and two from
 * the best of places all over the triangle, and where cycles are, by Levenberg and Marquardt's
 * steps with filtered analytic gradients. */
#ifndef PARAUDIT_FORECAST_ARMA_H
#define PARAUDIT_FORECAST_ARMA_H

#include <stdbool.h>

#include "paraudit/forecast/batch.h"

enum { PA_ARMA_AR = 3, PA_ARMA_MA = 2, PA_ARMA_MOST = 1 + PA_ARMA_AR + PA_ARMA_MA };

/* Of each lane. */
typedef struct {
    int p, q;    /* up to PA_ARMA_AR and PA_ARMA_MA */
    bool mean;   /* is there one? else it is 0 */
    bool cycles; /* of two thetas: look into narrow valleys too, where roots nearly cancel */
    _Alignas(PA_FORECAST_ALIGN) pa_lanes at[PA_ARMA_MOST]; /* mean, phi, theta: 1 + p + q */
    pa_lanes squares; /* infinity of lanes that have too few values */
} pa_arma_fitted;

/* p, q, mean and cycles are set. */
void pa_arma_fit(const pa_forecast_batch *batch, pa_arma_fitted *fitted);

/* 1 - a1 z - a2 z^2 - a3 z^3 has no root within the circle of radius 1 / (1 - margin). */
bool pa_arma_is_stable(const double a[], int n, double margin);

/* ln of the exact likelihood of a series by the Kalman filter, at the best variance, which is
 * put into *variance: without n / 2 (ln 2 pi + 1). x: n values, the mean taken away. -infinity
 * where it is not defined. (A. Harvey, Forecasting, Structural Time Series Models and the Kalman
 * Filter, 1989, 3.3) */
double pa_arma_likelihood(size_t n, const double x[], int p, const double phi[], int q,
                          const double theta[], double *variance);

#endif
