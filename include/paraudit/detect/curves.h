/* Curves of straight lines, over the values of columns: what a value says, in one number or in
 * several. Below the first knot of its column a value says what the knot says, above the last
 * one as well; a value that is missing (NaN), or of a column without knots, says 0.
 *
 * Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_CURVES_H
#define PARAUDIT_DETECT_CURVES_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* The arrays are borrowed. Knots of column c are number first[c] .. first[c + 1] - 1. */
typedef struct {
    size_t n_columns, width; /* columns, curves of each */
    const int64_t *first;    /* n_columns + 1 */
    const float *value;      /* of each knot, strictly ascending in a column */
    const double *height;    /* knots x width */
} pa_curves;

/* PA_E_DATA where the knots are out of order, or a height is larger than `most` or none (a
 * result file may have been edited). first[0] is 0, and last it is the number of knots. */
pa_status pa_curves_check(const pa_curves *c, double most, pa_error *err);

/* Heights of n values of a column, the `width` of a value side by side. */
void pa_curves_at(const pa_curves *c, size_t column, size_t n, const float x[], double height[]);

#endif
