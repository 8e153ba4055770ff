/* Prophet's model (S. Taylor, B. Letham, Forecasting at scale, Am. Stat. 72, 2018), as version 1.5
 * has it where nothing is set
 *
 *     y[t] / max |y| = m + k x + sum over changepoints c of d[c] (x - c)+ + seasons + holidays + e
 *
 * x: time, 0 at the first value and 1 at the last; m, k ~ N(0, 5), d ~ Laplace(0, .05), seasons'
 * and holidays' coefficients ~ N(0, 10), e ~ N(0, sigma), sigma ~ half-normal(.5); up to 25
 * changepoints in the first 80 % of values. A year's season (10 terms of sine and cosine) from two
 * years on, a week's (3) from two weeks on where values are closer than a week, a day's (4) from
 * two days on where they are closer than a day.
 *
 * What is found is the most probable (MAP), to the last digits; changepoints that are not used are
 * zeros. Prophet's own search (L-BFGS, for functions without corners) stops before it. Where there
 * are several peaks it is that of the largest sigma, where Prophet ends as well; that of the least
 * has no top where there are as many columns as values.
 * Series of one calendar share their columns and these columns' products. */
#ifndef PARAUDIT_FORECAST_PROPHET_H
#define PARAUDIT_FORECAST_PROPHET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_PROPHET_LEAST = 2 /* values that a fit takes */ };

/* Days that are special: value i says that effect[i] is on at day[i], in the order of both, each
 * pair once. */
typedef struct {
    size_t n, n_effects;
    int32_t *effect; /* from 0 */
    int64_t *day;    /* since 1970-01-01 */
} pa_holidays;

typedef struct {
    bool flat;                   /* no trend: k and all changepoints are 0 */
    const pa_holidays *holidays; /* borrowed; NULL: none */
} pa_prophet_options;

/* Days since 1970-01-01 of n values, PA_PROPHET_LEAST or more, and of `horizon` values behind them
 * that are asked for; ascending. */
typedef struct {
    size_t n, horizon;
    const double *day;
} pa_prophet_calendar;

/* The columns of a calendar: first those with a normal prior (m, k, sine and cosine of year, week
 * and day in turn, holidays that are on at some value), then one for each changepoint. */
typedef struct {
    size_t n, horizon, n_columns, n_smooth;
    double *day;       /* n + horizon: the calendar's */
    double *column;    /* n_columns x n */
    double *ahead;     /* n_columns x horizon */
    double *beyond;    /* horizon: x - 1 */
    double *gram;      /* n_columns x n_columns: columns times columns */
    double *precision; /* n_smooth: 1 / the variance of the prior */
    double *at;        /* n_columns: room for the coefficients of a fit */
    double *work;
    uint32_t *active;
} pa_prophet;

/* p: zeros or one that was made with the same options; to be freed also on failure. The calendar
 * that it was made for costs nothing. PA_E_MEMORY. */
pa_status pa_prophet_make(const pa_prophet_calendar *calendar, const pa_prophet_options *options,
                          pa_prophet *p, pa_error *err);
void pa_prophet_free(pa_prophet *p);

/* at: n_columns coefficients of y / scale, in the caller's memory or that of the calendar. */
typedef struct {
    double scale, sigma;
    double *at;
} pa_prophet_fitted;

/* y: n values. A constant series is m alone, with a sigma of 1e-9. Where columns follow a series
 * to the last digit nothing is most probable: then sigma is 1e-5. */
void pa_prophet_fit(const pa_prophet *p, const double y[], pa_prophet_fitted *fitted);

/* Expected values and standard errors at the days ahead. These are sigma's and those of a trend
 * that goes on to change as often as before and as much, by its variance and not by simulation. */
void pa_prophet_ahead(const pa_prophet *p, const pa_prophet_fitted *fitted, double mean[],
                      double spread[]);

#endif
