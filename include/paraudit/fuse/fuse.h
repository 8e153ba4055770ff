/* How the detectors' tails become one margin and one score.
 *
 * A tail is the share of a detector's fitting rows that look at least as odd
 * as this row. Under the hypothesis that the row is one of them it is uniform
 * on (0, 1], so -ln(tail) is a unit exponential, and the sum over k independent
 * detectors follows Gamma(k, 1): Fisher's combination (R. A. Fisher,
 * Statistical Methods for Research Workers, 4th ed., 1932, section 21.1; his
 * statistic is twice ours). Pure functions on arrays. */
#ifndef PARAUDIT_FUSE_FUSE_H
#define PARAUDIT_FUSE_FUSE_H

#include <stddef.h>

#include "paraudit/base/status.h"

/* Steps of the stored score function. */
enum { PA_SCORE_STEPS = 16384 };

/* -ln(tail) * weight, rounded to float32; tail in (0, 1]. */
float pa_fuse_contribution(float tail, double weight);

/* Contributions of all rows, and their margin: the float64 sum of the rounded
 * contributions in the order of the detectors.
 *
 * tail, contribution: n_detectors columns of n rows; weight >= 0. A row without
 * any tail (NaN) is not scored: its contributions and its margin are NaN. A
 * detector that says nothing on a row that others scored contributes 0.
 *
 * PA_E_DATA where a tail is outside (0, 1]: names the detector and the row. */
pa_status pa_fuse_rows(size_t n, size_t n_detectors, const char *const detector[],
                       const float *const tail[], const double weight[],
                       float *const contribution[], double margin[], pa_error *err);

/* The score as a stored function of the margin: values at 0, step, 2 step, ...,
 * PA_SCORE_STEPS * step, straight lines between them, and the last value from
 * there on. Straight lines with monotone knots are monotone bit for bit, which
 * a formula with exp in it is only nearly.
 *
 * The knots here are the distribution function of Gamma(n_detectors, 1): the
 * share of unsuspicious rows with a smaller margin. Fewer than 1e-8 of them
 * lie beyond the last knot. knot: PA_SCORE_STEPS + 1 values. n_detectors >= 1. */
void pa_fuse_score_knots(size_t n_detectors, double *step, double knot[]);

/* margin >= 0, or NaN, which stays NaN. */
void pa_fuse_score(size_t n, const double margin[], double step, const double knot[],
                   float score[]);

/* P(X > x) for X of Gamma(k, 1), k >= 1 a whole number, x >= 0: the Poisson sum
 * exp(-x) * (1 + x + ... + x^(k-1)/(k-1)!) (NIST DLMF 8.4.10). */
double pa_gamma_upper(size_t k, double x);

#endif
