/* Sums of amounts as doubles. */
#ifndef PARAUDIT_FEATURES_SUMS_H
#define PARAUDIT_FEATURES_SUMS_H

#include "paraudit/base/exact.h"

/* Nearly every sum has 64 bits, and converting those costs a quarter. */
static inline double pa_sum_to_f64(pa_i128 sum)
{
    int64_t narrow = (int64_t)sum;
    return narrow == sum ? (double)narrow : pa_i128_to_f64(sum);
}

#endif
