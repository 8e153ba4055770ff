/* The features that say most against a row. Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_TOP_REASONS_H
#define PARAUDIT_DETECT_TOP_REASONS_H

#include <stddef.h>
#include <stdint.h>

/* Families of features that say the same of a row: family k holds
 * member[first[k]] .. member[first[k + 1] - 1], ascending; each feature is in one.
 * Borrowed. */
typedef struct {
    size_t n;
    const int32_t *first;  /* n + 1 */
    const int32_t *member; /* as many as features */
} pa_families;

/* The PA_REASONS families with the largest sums of positive parts, the largest
 * first, ties to the first family. A family stands for one reason: reason is its
 * feature of the largest part, ties to the smaller number; -1 where there are no
 * more. share: the family's sum over the sum of the row's positive parts, 0 where
 * there is no reason. part: a row of n values a feature, in any unit; the sum of a
 * row is below 2^53. reason, share: PA_REASONS x n, the first reasons first. */
void pa_top_reasons(const pa_families *families, size_t n, const int64_t part[], int32_t reason[],
                    float share[]);

/* What is not there is no reason: the part of a missing value (NaN) becomes 0.
 * column: n_features pointers to n values each. */
void pa_drop_missing(size_t n_features, size_t n, const float *const column[], int64_t part[]);

#endif
