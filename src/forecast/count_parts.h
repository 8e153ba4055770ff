/* What filter and fit of counts share. */
#ifndef PARAUDIT_SRC_FORECAST_COUNT_PARTS_H
#define PARAUDIT_SRC_FORECAST_COUNT_PARTS_H

#include <math.h>
#include <stdint.h>

/* The share of what a segment begins with that comes back as an account's own is forgotten. */
#define PA_COUNT_LEAN .25

/* What of a count goes into the rate: the variance is w rows (days + w) / days^2. */
static inline double pa_count_kept(double rows, double days, double w, double count)
{
    double above = count * days - w * rows;
    if (count <= 1 || above <= 0) return count;
    double most = 9 * w * rows * (days + w);
    if (above * above <= most) return count;
    return fmin(count, -floor(-(w * rows + sqrt(most)) / days));
}

/* ln of Gamma(rows + n) / (Gamma(rows) n!) */
double pa_count_ln_ways(double rows, int64_t n);

#endif
