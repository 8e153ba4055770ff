/* What amounts are to be expected of an account: the logarithm of an amount is normal about the
 * account's own level and what its category adds, each row counting less than the next one.
 * An account begins with the level of its segment, which weighs as much as accounts there are
 * alike. Residuals count as 3 scales at most, so that one large amount moves no expectation, and no
 * scale is less than half the usual one of the segment. Kernel. */
#ifndef PARAUDIT_FORECAST_AMOUNT_FILTER_H
#define PARAUDIT_FORECAST_AMOUNT_FILTER_H

#include <stddef.h>

#include "paraudit/base/exact.h"

/* Of a category: what it adds to the logarithm, and the scale of its residuals. */
typedef struct {
    double effect, scale;
} pa_amount_category;

/* Of a segment. precision: how alike accounts are, 1 over the variance of their levels. scale: of
 * residuals, in scales of their categories. */
typedef struct {
    double level, precision, scale;
} pa_amount_prior;

/* Of an account: sums over its rows, those of precision and level and those of the scale. A zeroed
 * one has none. */
typedef struct {
    double precision, level, rows, deviations;
} pa_amount_state;

/* What is expected: of an account, before a day. */
typedef struct {
    double level, variance, scale;
} pa_amount_expected;

pa_amount_expected pa_amount_expect(const pa_amount_prior *prior, const pa_amount_state *state);

/* The distance of a logarithm from what is expected, in scales. */
double pa_amount_residual(const pa_amount_expected *expected, const pa_amount_category *category,
                          double log_amount);

/* Adds a row of a day to the sums. */
void pa_amount_add(const pa_amount_expected *expected, const pa_amount_category *category,
                   double log_amount, pa_amount_state *state);

/* ---- fit ---- */

/* Rows of accounts, those of one together. category: codes from -1 on, each at one more in arrays
 * of categories; NULL: all are -1. log_amount: NaN of rows that do not count. */
typedef struct {
    size_t n;
    const int32_t *account, *category;
    const int8_t *segment;
    const double *log_amount;
} pa_amount_rows;

enum { PA_AMOUNT_ROUNDS = 4 };

/* Fixed-point sums, exact. A zeroed one is empty. */
typedef struct {
    pa_i128 n, sum;
} pa_amount_sum;

/* 1, PA_AMOUNT_ROUNDS times: adds by category what rows lie above the level of their account; then
 * the effects (zeros at first) go on by that. */
void pa_amount_effects(const pa_amount_rows *rows, const pa_amount_category category[],
                       pa_amount_sum sum[]);
void pa_amount_effects_step(size_t n_categories, const pa_amount_sum sum[],
                            pa_amount_category category[]);

/* 2: adds by category how far rows lie from that; then the scales. */
void pa_amount_scales(const pa_amount_rows *rows, const pa_amount_category category[],
                      pa_amount_sum sum[]);
void pa_amount_scales_set(size_t n_categories, const pa_amount_sum sum[],
                          pa_amount_category category[]);

/* 3: adds by segment levels of accounts, their squares, what their variance would be by their
 * rows alone (n: accounts), and residuals (n: rows); then what is known of each segment. One
 * without accounts is as all. */
typedef struct {
    pa_amount_sum level, square, chance, deviation;
} pa_amount_segment_sums;
void pa_amount_segments(const pa_amount_rows *rows, const pa_amount_category category[],
                        pa_amount_segment_sums sum[]);
void pa_amount_segments_set(size_t n_segments, const pa_amount_segment_sums sum[],
                            pa_amount_prior prior[]);

#endif
