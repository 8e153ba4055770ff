/* Exact places of the distribution of each column over the points of all ranks: what a
 * detector keeps of columns that it looks at one by one. */
#ifndef PARAUDIT_DETECT_COLUMN_KNOTS_H
#define PARAUDIT_DETECT_COLUMN_KNOTS_H

#include "paraudit/detect/detector.h"

/* Knots of column c are number first[c] .. first[c + 1] - 1: values of points, ascending,
 * none twice; none of a column that is nowhere known. Which they are pa_ecod_ordinals says. */
typedef struct {
    size_t n_columns, n; /* columns, knots */
    int64_t *first;      /* n_columns + 1 */
    int64_t *rows;       /* n_columns: points in which the column is known */
    float *value;
    int64_t *below, *up_to; /* points with a smaller value; with at most that value */
} pa_column_knots;

/* The same on all ranks for any cut of the points; calls pa_detector_step. step: what progress
 * is told of. On failure nothing is to be freed. Collective. */
pa_status pa_column_knots_fit(const pa_detector_context *context, const char *step,
                              const pa_points *points, size_t max_knots, pa_column_knots *knots,
                              pa_error *err);
void pa_column_knots_free(pa_column_knots *knots);

#endif
