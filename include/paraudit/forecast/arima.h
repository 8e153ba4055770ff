/* ARIMA(p, d, q) of each lane, with a mean (a drift where d is 1) or not: d by a test of
 * stationarity (D. Kwiatkowski, P. Phillips, P. Schmidt, Y. Shin, J. Econometrics 54, 1992), the
 * orders up to (3, 2) by AICc of the exact likelihood, at the parameters of the least conditional
 * sum of squares. Seasons are taken out before (season.h). */
#ifndef PARAUDIT_FORECAST_ARIMA_H
#define PARAUDIT_FORECAST_ARIMA_H

#include "paraudit/forecast/arma.h"

enum { PA_ARIMA_DIFFERENCES = 2 };

/* What a lane's model is, and where its series ended. */
typedef struct {
    int p, d, q;
    bool with_mean;
    double mean, phi[PA_ARMA_AR], theta[PA_ARMA_MA];
    double aicc;     /* infinity: no model; of the differenced series */
    double variance; /* of one step's error */
    double x[PA_ARMA_AR], e[PA_ARMA_MA], level[PA_ARIMA_DIFFERENCES]; /* the last ones, latest
                         first; level[i]: of the series differenced i times */
} pa_arima_fitted;

/* How often a series has to be differenced, 0 to PA_ARIMA_DIFFERENCES. y: n values, each `stride`
 * behind the one before; work: n values of the caller's. */
int pa_arima_differences(size_t n, const double y[], size_t stride, double work[]);

/* fitted: PA_FORECAST_LANES of them. work: as many values as the batch has, aligned as they are;
 * one: twice n_most values. */
void pa_arima_fit(const pa_forecast_batch *batch, double work[], double one[],
                  pa_arima_fitted fitted[]);

/* As pa_smooth_ahead. */
void pa_arima_ahead(const pa_arima_fitted *fitted, size_t horizon, double mean[], double times[]);

#endif
