/* How what the detectors say becomes one margin and one score.
 *
 * A tail is the share of a detector's fitting rows that look at least as odd
 * as this row. Under the hypothesis that the row is one of them it is uniform
 * on (0, 1], so -ln(tail) is a unit exponential, and the sum over k independent
 * detectors follows Gamma(k, 1): Fisher's combination (R. A. Fisher,
 * Statistical Methods for Research Workers, 4th ed., 1932, section 21.1; his
 * statistic is twice ours).
 *
 * Where labels are known the margin is the log-odds of fraud instead: a weighted sum of the
 * detectors' log-odds and -ln(tail) whose weights are those of a logistic regression
 * (stacking: D. H. Wolpert, Neural Networks 5, 1992). Contributions may then speak for a row as
 * well as against it, and margins may be negative. Pure functions on arrays. */
#ifndef PARAUDIT_FUSE_FUSE_H
#define PARAUDIT_FUSE_FUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "paraudit/base/status.h"

/* What one detector says of n rows. NaN: nothing. */
typedef struct {
    const char *name;
    const float *value; /* its tails, or its log-odds */
    bool is_log_odds;
    double center; /* of log-odds: those that speak neither for a row nor against it */
    double weight; /* of either sign */
} pa_fuse_voice;

/* What is weighed: -ln(tail), or log-odds less the center; NaN stays NaN. */
double pa_fuse_input(const pa_fuse_voice *voice, float value);

/* Contributions of all rows (weight * input, rounded to float32) and their margin: base and
 * the rounded contributions, added in float64 in the order of the detectors.
 *
 * contribution: a column of n rows for each detector. A row of which no detector says
 * anything is not scored: its contributions and its margin are NaN. A detector that says
 * nothing on a row that others scored contributes 0.
 *
 * PA_E_DATA where a tail is outside (0, 1] or log-odds are infinite: names the detector and the
 * row. */
pa_status pa_fuse_rows(size_t n, size_t n_voices, const pa_fuse_voice voice[], double base,
                       float *const contribution[], double margin[], pa_error *err);

/* The score as a stored function of the margin: straight lines between knots,
 * the first score below them and the last above. Straight lines with monotone
 * knots are monotone bit for bit, which a formula with exp in it is only nearly.
 * The arrays are borrowed. */
typedef struct {
    size_t n;             /* 2 or more */
    const double *margin; /* strictly ascending */
    const double *score;  /* ascending, from 0 to 1 */
} pa_score_function;

/* PA_E_DATA where the knots are not so (a result file may have been edited). */
pa_status pa_score_function_check(const pa_score_function *f, pa_error *err);

/* NaN stays NaN. */
void pa_fuse_score(const pa_score_function *f, size_t n, const double margin[], float score[]);

enum { PA_FISHER_KNOTS = 16385 };

/* The knots of Fisher's combination, at even distances from margin 0 on: the
 * distribution function of Gamma(n_detectors, 1), the share of unsuspicious rows
 * with a smaller margin. Fewer than 1e-8 of them lie beyond the last knot, whose
 * score is 1. margin, score: PA_FISHER_KNOTS values. n_detectors >= 1. */
void pa_fisher_knots(size_t n_detectors, double margin[], double score[]);

/* P(X > x) for X of Gamma(k, 1), k >= 1 a whole number, x >= 0: the Poisson sum
 * exp(-x) * (1 + x + ... + x^(k-1)/(k-1)!) (NIST DLMF 8.4.10). */
double pa_gamma_upper(size_t k, double x);

enum { PA_LOGISTIC_KNOTS = 16385 };

/* The knots of a margin that is log-odds: p = 1 / (1 + exp(-margin)), at even distances between
 * the margins -32 and 32. margin, score: PA_LOGISTIC_KNOTS values. */
void pa_logistic_knots(double margin[], double score[]);

#endif
