/* Sums by bin, the best cut by them, and rows that part at a cut: what one rank does to grow
 * a tree. Gradients and hessians of the logistic loss are integers, in 2^-30, so that
 * their sums are exact in any order: 2^33 rows and more add up in 64 bits. Kernel. */
#ifndef PARAUDIT_DETECT_BOOSTING_SUMS_H
#define PARAUDIT_DETECT_BOOSTING_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boosting_bins.h"

#define PA_BOOSTING_ONE ((int32_t)1 << 30)

/* A gradient and a hessian, or sums of them. */
typedef int64_t pa_boosting_sum __attribute__((vector_size(16)));

/* A row that a tree is grown from. */
typedef struct {
    uint32_t row;
    int32_t gradient, hessian; /* of a row of margin m and label y: p - y and p (1 - p), at least
                                * one step, where p = 1 / (1 + e^-m) */
} pa_boosting_entry;

void pa_boosting_slope(double margin, uint8_t label, pa_boosting_entry *entry);

pa_boosting_sum pa_boosting_total(size_t n, const pa_boosting_entry entry[]);

/* Adds n rows to the sums of their bins. The bins of column[k], or of column k where column
 * is NULL, begin at sum + offset[k]. */
void pa_boosting_add(size_t n, const pa_boosting_entry entry[], const pa_boosting_rows *rows,
                     size_t n_columns, const uint32_t column[], const uint32_t offset[],
                     pa_boosting_sum sum[]);

typedef struct {
    double l2, least_gain;
    int64_t least_hessian; /* of each side, in 2^-30 */
} pa_boosting_limits;

/* What the leaves of a node may pay, before the rate. */
typedef struct {
    double low, high;
} pa_boosting_range;

/* The rows of a node over all ranks, and the range of its leaves. */
typedef struct {
    pa_boosting_sum total;
    pa_boosting_range range;
} pa_boosting_whole;

/* What a leaf of all of them pays, before the rate: the step that gains most in its range. */
double pa_boosting_pay(const pa_boosting_limits *limits, const pa_boosting_whole *whole);

/* A column. direction: 1: more of it may only raise the margin, -1: only lower it, 0: both. */
typedef struct {
    int32_t number;
    int direction;
    size_t value_bins;
} pa_boosting_column;

/* Bins up to `bin` go to the left; the last bin of values: missing values are parted from the
 * others. */
typedef struct {
    double gain; /* 0: there is no cut */
    int64_t left_gradient, left_hessian;
    int32_t column, bin;
    int64_t missing_left;
} pa_boosting_split;

/* Whether a is to be preferred: of equal gain, the lower column, then the lower bin, then the
 * one that sends missing values to the right. */
bool pa_boosting_is_better(const pa_boosting_split *a, const pa_boosting_split *b);

/* Room for pa_boosting_scan of columns of up to that many bins of values. */
typedef struct {
    double *left_gradient, *left_hessian;
    uint32_t *bin;
} pa_boosting_scanner;
pa_status pa_boosting_scanner_new(pa_boosting_scanner *s, size_t most_bins, pa_error *err);
void pa_boosting_scanner_free(pa_boosting_scanner *s);

/* Makes *best the best cut of a column where that is better. sum: of its value_bins bins of
 * values and the one of missing values. Where bins between two cuts are empty, the cut lies in the
 * middle of them. Missing values go to the side that gains more by them; where there are none, to
 * that of the larger hessian. A cut between values pays its sides by the column's direction. */
void pa_boosting_scan(const pa_boosting_scanner *s, const pa_boosting_limits *limits,
                      const pa_boosting_column *column, const pa_boosting_sum sum[],
                      const pa_boosting_whole *whole, pa_boosting_split *best);

/* A cut and the number of the missing values' bin of its column. */
typedef struct {
    const uint16_t *bin; /* of each row, in that column */
    uint16_t last, missing_bin;
    bool missing_left;
} pa_boosting_fork;

pa_boosting_fork pa_boosting_fork_of(const pa_boosting_edges *edges, const pa_boosting_rows *rows,
                                     const pa_boosting_split *split);

/* Parts n rows in place, keeping their order: those that go to the left come first. Returns
 * how many. scratch: n. */
size_t pa_boosting_part(size_t n, pa_boosting_entry entry[], const pa_boosting_fork *fork,
                        pa_boosting_entry scratch[]);

/* How many of n rows go to the left; adds value[0] to the margins of these, value[1] to those
 * of the others. margin: of all rows here. */
size_t pa_boosting_settle(size_t n, const pa_boosting_entry entry[], const pa_boosting_fork *fork,
                          const double value[2], double margin[]);

#endif
