/* The median of values that lie here. Kernel. */
#ifndef PARAUDIT_ORDER_MEDIAN_H
#define PARAUDIT_ORDER_MEDIAN_H

#include <stddef.h>

#include "paraudit/base/status.h"

/* Median of n float32 values, none NaN; NaN for n = 0. The mean of the two in
 * the middle where n is even. Orders `values`; takes half of them as memory. */
pa_status pa_median_f32(size_t n, float values[], float *median, pa_error *err);

#endif
