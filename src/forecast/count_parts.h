/* What filter and fit of counts share. */
#ifndef PARAUDIT_SRC_FORECAST_COUNT_PARTS_H
#define PARAUDIT_SRC_FORECAST_COUNT_PARTS_H

#include <math.h>
#include <stdint.h>

#include "paraudit/forecast/batch.h"
#include "paraudit/forecast/count_filter.h"

/* The share of what a segment begins with that comes back as an account's own is forgotten. */
#define PA_COUNT_LEAN .25

/* What of a count goes into the rate: the variance is w rows (days + w) / days^2. */
static inline double pa_count_kept(double rows, double days, double w, double count)
{
    double expected = w * rows, above = count * days - expected;
    if (count <= 1 || above <= 0) return count;
    double most = 9 * expected * (days + w);
    if (above * above <= most) return count;
    return fmin(count, -floor(-(expected + sqrt(most)) / days));
}

/* ln of Gamma(rows + n) / (Gamma(rows) n!) */
double pa_count_ln_ways(double rows, int64_t n);

/* The walk through a batch, for processors of several kinds. factor: season x lanes, from each
 * lane's first value on. */
typedef struct {
    const pa_count_prior *prior;
    int32_t season;
    const double *factor;
} pa_count_walk_of;

typedef void pa_count_walk(const pa_forecast_batch *batch, const pa_count_walk_of *of,
                           pa_lanes rows, pa_lanes days);

#endif
