/* ECOD: how far out a row lies in each of its columns, and all of them together.
 *
 * Z. Li, Y. Zhao, X. Hu, N. Botta, C. Ionescu, G. H. Chen, "ECOD: Unsupervised
 * Outlier Detection Using Empirical Cumulative Distribution Functions", TKDE 35,
 * 2022. Of a value x, with n known values of its column among the fitting rows,
 *
 *     left  = -ln(values <= x / n)      right = -ln(values >= x / n)
 *
 * where no value lies on that side, one in n + 1 is taken. The column's part is
 * the larger of both, and the row's score is the sum of the parts. NaN: the value
 * is missing; its part is the mean over the known values of the fitting rows (0
 * where there are none), so that rows with gaps are comparable with whole ones:
 * any fixed low part, of the median or 0, ranks them behind (mean AUROC on 17 ODDS
 * sets with two fifths of the cells blanked in every other row: .751 so, .700 with
 * medians, .686 with 0, .762 of whole rows). This is what the authors' own program (PyOD) computes:
 * there the side that the column's skewness chooses is never larger than the larger side, but for a
 * skewness of exactly 0. (The paper's text takes the largest of three sums over all columns
 * instead; on 17 ODDS sets that is worse on 11.)
 *
 * Kernel: arrays in, arrays out. */
#ifndef PARAUDIT_DETECT_ECOD_H
#define PARAUDIT_DETECT_ECOD_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_ECOD_MIN_KNOTS = 16, PA_ECOD_MAX_KNOTS = 1 << 20 };

/* What is kept of the columns; the arrays are borrowed. A knot is a value that
 * fitting rows have; all of them where they are few. Between two knots that have
 * other values between them left and right are straight lines. */
typedef struct {
    size_t n_features;
    const int64_t *first; /* n_features + 1: where each feature's knots begin */
    const int64_t *rows;  /* n_features: values that are not NaN */
    const float *value;   /* of each knot, ascending within a feature ... */
    const int64_t *below; /* ... values smaller than it ... */
    const int64_t *up_to; /* ... and at most as large */
} pa_ecod_model;

/* Which of n >= 1 ascending values, numbered from 0, become knots: all of them
 * where max_knots are enough; else the outer quarters of the knots are the
 * smallest and the largest values one by one, and the others lie at even
 * distances of ln(values outside). ordinal: max_knots values, ascending, with
 * repeats where there are few. Returns how many. */
size_t pa_ecod_ordinals(int64_t n, size_t max_knots, int64_t ordinal[]);

/* A model laid out for scoring. */
typedef struct pa_ecod pa_ecod;

/* Copies. PA_E_DATA where the knots are out of order (a result file may have
 * been edited). Freed by pa_ecod_free. */
pa_status pa_ecod_open(const pa_ecod_model *model, pa_ecod **ecod, pa_error *err);
void pa_ecod_free(pa_ecod *ecod);

/* column: n_features pointers to n values each. score: the float64 sum of a row's
 * parts in the order of the features, rounded. part: NULL, or n_features x n, one
 * feature after the other. */
void pa_ecod_score(const pa_ecod *ecod, size_t n, const float *const column[], float score[],
                   float part[]);

#endif
