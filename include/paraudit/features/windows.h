/* Windows over the past of an account or a merchant, up to and including a row.
 *
 * A row's window of w seconds holds the rows of its owner with
 * t - w < time <= t that do not come after it: pandas' rolling('nd'), with ties
 * in the order of rows. Counts and sums are integers (sums of 128 bits, which
 * no book can fill); one division follows, in double precision, rounded once
 * to float. The line's reach is at least w. All are O(rows), pure, and causal
 * by construction. */
#ifndef PARAUDIT_FEATURES_WINDOWS_H
#define PARAUDIT_FEATURES_WINDOWS_H

#include "paraudit/features/line.h"

/* Rows in the window. */
void pa_window_count(const pa_line *line, int64_t window, float count[]);

/* What a window of amounts tells; a column that is NULL is not made. Amounts are
 * in whole currency units, of which each is `units` minor ones. */
typedef struct {
    float *count; /* rows in the window */
    float *sum;   /* of their amounts */
    float *mean;
    float *ratio; /* the row's amount over the mean of the other rows; 1 where there
                   * are none or their sum is not positive */
} pa_window_columns;

void pa_window_amount(const pa_line *line, const int64_t amount_minor[], double units,
                      int64_t window, const pa_window_columns *out);

/* Rows in the window whose value is above a limit. value: one of the columns
 * made here, n values; the line has no halo. */
void pa_window_count_above(const pa_line *line, const float value[], float limit, int64_t window,
                           float count[]);

/* The largest value of the window without the row itself; 0 where there is none above 0.
 * value and the line as above. Only memory can fail. */
pa_status pa_window_largest_before(const pa_line *line, const float value[], int64_t window,
                                   float largest[], pa_error *err);

/* Rows in the window whose flag is 1 (others are 0); the line has no halo. Their share of all
 * rows is the mean of flags as amounts. */
void pa_window_flags(const pa_line *line, const int8_t flag[], int64_t window, float count[]);

/* Rows of the last day over one more than the daily mean of the last 30 days, of
 * the counts that pa_window_count made. The one keeps quiet owners quiet. */
void pa_window_burst(size_t n, const float n_day[], const float n_month[], float burst[]);

#endif
