/* The features that say most against a row. Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_TOP_REASONS_H
#define PARAUDIT_DETECT_TOP_REASONS_H

#include <stddef.h>
#include <stdint.h>

/* The PA_REASONS features with the largest positive parts, the largest first,
 * ties to the smaller number; -1 where there are no more. share: their parts
 * over the sum of the row's positive parts, 0 where there is no reason. part:
 * n_features x n, in any unit; the sum of a row is below 2^53. reason, share:
 * PA_REASONS x n, the first reasons first. */
void pa_top_reasons(size_t n_features, size_t n, const int64_t part[], int32_t reason[],
                    float share[]);

/* What is not there is no reason: the part of a missing value (NaN) becomes 0.
 * column: n_features pointers to n values each. */
void pa_drop_missing(size_t n_features, size_t n, const float *const column[], int64_t part[]);

#endif
