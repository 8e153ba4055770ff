/* What counts of a day are to be expected of an account, however few it has: a Poisson count whose
 * rate has a gamma distribution, which each day's count sharpens and each day that passes blurs
 * (J. Smith, J. Miller, A non-Gaussian state space model and application to prediction of records,
 * JRSS B 48, 1986; M. West, J. Harrison, Bayesian Forecasting and Dynamic Models, 1997):
 *
 *     before a day   rate ~ Gamma(rows, days), its count ~ negative binomial with mean
 *                    w rows / days, w the factor of the day in its season
 *     after it       rows' = d (rows + count) + (1 - d) / 4 m s
 *                    days' = d (days + w)     + (1 - d) / 4 s
 *
 * d is the discount; m the mean of the account's segment and s the days that it is worth: what
 * an account begins with, and slowly goes back to. So that a burst moves no expectation, a count
 * goes in as the least whole number that is 3 standard deviations above it, at most. The
 * distribution of a day's count is that of c rows and c days, as days are less alike than those of
 * a steady rate (L. Berry, P. Helman, M. West, Probabilistic forecasting of heterogeneous
 * consumer transaction-sales time series, Int. J. Forecasting 36, 2020). Kernel. */
#ifndef PARAUDIT_FORECAST_COUNT_FILTER_H
#define PARAUDIT_FORECAST_COUNT_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/forecast/batch.h"

/* What is known of a segment. */
typedef struct {
    double mean;      /* m: rows a day, above 0 */
    double strength;  /* s: days, above 0 */
    double discount;  /* d: above 0, up to 1 */
    double certainty; /* c: above 0, up to 1 */
} pa_count_prior;

/* What is known of an account. */
typedef struct {
    double rows, days;
} pa_count_state;

pa_count_state pa_count_start(const pa_count_prior *prior);

/* Over a day of factor w with so many rows; and over one of which nothing is known. */
void pa_count_step(const pa_count_prior *prior, double w, double count, pa_count_state *state);
void pa_count_blur(const pa_count_prior *prior, pa_count_state *state);

/* Over many days without a row, whose factors are 1 on the average. */
void pa_count_skip(const pa_count_prior *prior, double n_days, pa_count_state *state);

/* Over all counts of a batch, 65535 at most, from its start: the same bits as day by day. factor:
 * `season` values; phase: place in the season of each lane's first count. work: season x
 * PA_FORECAST_LANES values of the caller's, at a multiple of PA_FORECAST_ALIGN bytes. */
void pa_count_filter(const pa_count_prior *prior, const pa_forecast_batch *batch, int32_t season,
                     const double factor[], const int32_t phase[PA_FORECAST_LANES], double work[],
                     pa_count_state state[PA_FORECAST_LANES]);

/* How far a finished day lay from its expectation, in standard deviations: within -3 and 3. */
double pa_count_innovation(const pa_count_prior *prior, const pa_count_state *before, double w,
                           double count);

/* ln of the probability of a count. */
double pa_count_log_likelihood(const pa_count_prior *prior, const pa_count_state *before, double w,
                               int64_t count);

/* A day so far, its rows one after the other: what is the chance of so many? */
typedef struct {
    double mean;
    int64_t n;           /* rows so far */
    double rows, q;      /* of the distribution: what it would be after a row more, by q */
    double log_pmf, pmf; /* of n */
    double below;        /* chance of fewer than n */
} pa_count_day;

void pa_count_day_open(const pa_count_prior *prior, const pa_count_state *before, double w,
                       pa_count_day *day);
void pa_count_day_add(pa_count_day *day); /* a row more */

/* The chance of more than n rows and half of that of n (mid-P): as small as 1e-300. */
double pa_count_day_tail(const pa_count_day *day);

/* The chance that the product of as many numbers as a day has rows, each uniform between 0 and 1,
 * is so small (R. Fisher's test of several shares, where their number is one of the things to
 * wonder at). day: as it was opened; product: 1e-300 .. 1, which is that of no row. */
double pa_count_day_product_tail(const pa_count_day *day, double product);

/* The least count that is not exceeded with probability `level`, below 1. */
int64_t pa_count_quantile(const pa_count_prior *prior, const pa_count_state *before, double w,
                          double level);

#endif
