/* How low an amount is beside what was expected of it: -ln of the share of the history's amounts
 * whose residual (amount_filter.h) is as low or lower. Where amounts are as they were, it has the
 * exponential distribution with mean 1, whatever that of the residuals is. Kernel. */
#ifndef PARAUDIT_FORECAST_LOWNESS_H
#define PARAUDIT_FORECAST_LOWNESS_H

#include <stddef.h>
#include <stdint.h>

/* Eighths of a scale, from -8 on; the last place is for all from 4 on. */
enum { PA_LOWNESS_BINS = 8 * 12, PA_LOWNESS_EDGES };

/* Counts residuals, those that are NaN apart. count: is added to. */
void pa_lowness_count(size_t n, const double residual[], int64_t count[PA_LOWNESS_EDGES]);

/* edge: the share up to each, from -8 to 4, with a hundred normal residuals beside those that were
 * counted. */
void pa_lowness_set(const int64_t count[PA_LOWNESS_EDGES], double edge[PA_LOWNESS_EDGES]);

/* Shares between two edges lie on the line through theirs; one in a thousand is the least. */
double pa_lowness(const double edge[PA_LOWNESS_EDGES], double residual);

#endif
