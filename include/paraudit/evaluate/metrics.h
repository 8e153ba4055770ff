/* How well an order of rows separates frauds from the rest: exact counts.
 *
 * Rows come from the oddest down and are first reduced to runs of equal score,
 * because rows that tie cannot be told apart by a threshold. All sums are
 * integers or fixed-point numbers, so the parts of several ranks add up to the
 * same bits however the rows were cut. Pure functions. */
#ifndef PARAUDIT_EVALUATE_METRICS_H
#define PARAUDIT_EVALUATE_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/exact.h"

typedef struct {
    int64_t frauds, others;
} pa_counts;

/* The rows of one score. key: ~pa_key_of_f64 of it, so that the largest comes first. */
typedef struct {
    uint64_t key;
    pa_counts rows;
} pa_score_run;

/* fraud: 0 or 1 for each of n rows, in view order (key ascending). runs: room
 * for n. Returns how many runs there are. */
size_t pa_score_runs(size_t n, const uint64_t key[], const uint8_t fraud[], pa_score_run runs[]);

/* The same of the rows that `keeps` says so of, where runs without a fraud need not be told apart:
 * neighbours are one run, but for the first and the last, which may go on at other ranks. runs:
 * room for as many as there are; NULL: only counts. */
size_t pa_merged_runs(size_t n, const uint64_t key[], const uint8_t fraud[],
                      bool (*keeps)(const void *of, size_t i), const void *of, pa_score_run runs[]);

/* What a rank tells the others about its runs. */
typedef struct {
    int64_t n;
    pa_score_run first, last;
} pa_run_ends;

pa_run_ends pa_ends_of_runs(size_t n, const pa_score_run runs[]);

/* A run that lies over a cut belongs to the first rank that holds a part of it:
 * adds the parts of later ranks to the last run here, and says in *skip (0 or
 * 1) whether the first run here belongs to an earlier rank. ends: of all ranks,
 * in order; runs: of `rank`. */
void pa_join_runs(int n_ranks, int rank, const pa_run_ends ends[], pa_score_run runs[],
                  size_t *skip);

pa_counts pa_count_runs(size_t n, const pa_score_run runs[]);

/* Area under the ROC curve as a count: twice the number of pairs (fraud, other
 * row) in which the fraud scores higher, a tie counting half. before: rows in
 * earlier runs; all: rows in all runs. Add the parts; then pa_auroc. */
pa_i128 pa_ordered_pairs(size_t n, const pa_score_run runs[], pa_counts before, pa_counts all);
double pa_auroc(pa_i128 pairs, pa_counts all); /* NaN without both classes */

/* Average precision, the step-wise sum over distinct scores of precision times
 * the gain in recall, as scikit-learn's average_precision_score defines it. Add
 * the parts; then pa_average_precision. */
pa_i128 pa_precision_sum(size_t n, const pa_score_run runs[], pa_counts before);
double pa_average_precision(pa_i128 sum, pa_counts all); /* NaN without a fraud */

/* Ratios of a set of flagged rows among all; NaN where the divisor is 0. */
typedef struct {
    double precision, recall, f1;
    double false_per_1000; /* false positives per 1000 rows */
} pa_rates;

pa_rates pa_rates_of(pa_counts flagged, pa_counts all);

/* Which of n_runs runs a curve of at most n_points points shows: the first half
 * of its points are the runs of highest score, where alerts are cut; the rest
 * go in even steps to the last run. Depends on the run's ordinal alone. n_points
 * is 2 or more. */
bool pa_curve_shows(int64_t run, int64_t n_runs, int64_t n_points);

/* How many of the runs before `run` (0 to n_runs) it shows. */
int64_t pa_curve_before(int64_t run, int64_t n_runs, int64_t n_points);

#endif
