/* How low an amount is beside what was expected of it: the share of the history's amounts whose
 * residual (amount_filter.h) is as low or lower. Where amounts are as they were, it is uniform
 * between 0 and 1, whatever the distribution of the residuals is. Kernel. */
#ifndef PARAUDIT_FORECAST_LOW_SHARE_H
#define PARAUDIT_FORECAST_LOW_SHARE_H

#include <stddef.h>
#include <stdint.h>

/* Eighths of a scale, from -8 on; the last place is for all from 4 on. */
enum { PA_LOW_SHARE_BINS = 8 * 12, PA_LOW_SHARE_EDGES };

/* Counts residuals, those that are NaN apart. count: is added to. */
void pa_low_share_count(size_t n, const double residual[], int64_t count[PA_LOW_SHARE_EDGES]);

/* edge: the share up to each, from -8 to 4, with a hundred normal residuals beside those that were
 * counted. */
void pa_low_share_set(const int64_t count[PA_LOW_SHARE_EDGES], double edge[PA_LOW_SHARE_EDGES]);

/* Shares between two edges lie on the line through theirs; one in a thousand is the least. */
double pa_low_share(const double edge[PA_LOW_SHARE_EDGES], double residual);

#endif
