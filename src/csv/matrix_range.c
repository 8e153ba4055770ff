/* Large numbers of a matrix, which float32 rounds. */
#include <math.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/matrix_csv.h"

static double value_at(const pa_matrix_rows *r, size_t column, size_t row)
{
    double rest = r->rest[column] ? (double)r->rest[column][row] : 0.0;
    return (double)r->column[column][row] + rest;
}

pa_matrix_range pa_matrix_range_of(const pa_matrix_rows *r, size_t column)
{
    pa_matrix_range range = {.low = INFINITY, .high = -INFINITY};
    if (r->n == 0) return range;
    range.n_rounded = r->n_rounded[column];
    for (size_t i = 0; i < r->n; i++) {
        double v = value_at(r, column, i);
        if (v < range.low) range.low = v;
        if (v > range.high) range.high = v;
    }
    return range;
}

double pa_matrix_offset_of(const pa_matrix_range *range)
{
    if (range->n_rounded == 0) return 0.0;
    double largest = fmax(fabs(range->low), fabs(range->high));
    return range->high - range->low <= largest / 2 ? floor(range->low) : 0.0;
}

void pa_matrix_rows_shift(pa_matrix_rows *r, size_t column, double offset)
{
    if (r->n == 0) return;
    r->n_rounded[column] = 0;
    for (size_t i = 0; i < r->n; i++) {
        double v = value_at(r, column, i) - offset;
        float rounded = (float)v;
        r->n_rounded[column] += fabs(v) >= 0x1p24 && (double)rounded != v;
        r->column[column][i] = rounded;
    }
    pa_free(r->rest[column]);
    r->rest[column] = NULL;
}
