/* Logistic regression: the log-odds of fraud as a weighted sum of columns.
 *
 * With s = 1 for a fraud and -1 for a genuine row, and z the intercept plus the sum of
 * coefficient * value, the coefficients are the least of
 *
 *     J = sum of weight * ln(1 + exp(-s z))  +  l2 / 2 * sum of coefficient^2
 *
 * over the rows of all ranks; the intercept is not held back. (scikit-learn's C is 1 / l2.)
 * Newton's steps, halved until J falls (S. Boyd and L. Vandenberghe, Convex Optimization,
 * 2004, section 9.5), by a Hessian that is kept while it foretells the fall of J; with non_negative
 * of the coefficients that are not held at 0 by their gradient (D. P. Bertsekas, SIAM J. Control
 * Optim. 20, 1982). Ends where g' H^-1 g, twice what another step is to gain, is below 1e-18 of J.
 *
 * Each column is scaled by a power of two so that no value is larger than 1. Terms of the
 * gradient are rounded to 2^-46 and those of J to 2^-50; the Hessian, on which the result does
 * not hang, is that of rows rounded to 2^-24. Such sums are exact: they do not depend on the
 * number of ranks or on the cut of the rows, and they cannot overflow below 2^54 rows. What is
 * far smaller than its column's largest value is lost: who has such columns clips them. */
#ifndef PARAUDIT_DETECT_LOGIT_H
#define PARAUDIT_DETECT_LOGIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/comm/comm.h"

enum { PA_LOGIT_MAX_COLUMNS = 2048, PA_LOGIT_BLOCK = 64 };

/* The rows of this rank; the arrays are borrowed. */
typedef struct {
    size_t n, n_columns;        /* n may be 0; the columns are as many on all ranks */
    const float *const *column; /* n_columns pointers to n finite values */
    /* Of columns that are made anew each time, NULL otherwise: puts those of the n rows from
     * `first` on into value, PA_LOGIT_BLOCK a column, of which the first n count; n is up to
     * PA_LOGIT_BLOCK. */
    void (*take)(void *source, size_t first, size_t n, float value[]);
    void *source;
    const uint8_t *label; /* n; 1: fraud, 0: genuine */
    const float *weight;  /* n, finite and 0 or more; NULL: 1 each */
} pa_logit_rows;

typedef struct {
    double l2; /* 0 or more; 0: of columns that depend on each other the later ones get 0 */
    int64_t max_iterations;
    bool non_negative;            /* coefficients are 0 or more, but for the intercept */
    bool goes_on;                 /* from the coefficients that are handed in */
    pa_status (*step)(void *job); /* after each iteration; ends the fit where it does not say
                                     PA_OK; collective. NULL: nothing */
    void *job;
} pa_logit_options;

/* How a fit ended. */
typedef struct {
    double objective; /* J */
    int64_t iterations;
    bool converged;
} pa_logit_end;

/* coefficient: n_columns + 1 values, the intercept first; the same on all ranks. end: NULL
 * where it is not wanted. PA_E_DATA for a value or a weight that may not be, and where all
 * rows of any weight are of one class. Collective. */
pa_status pa_logit_fit(pa_comm *comm, const pa_logit_options *options, const pa_logit_rows *rows,
                       double coefficient[], pa_logit_end *end, pa_error *err);

/* The sum of weight * ln(1 + exp(-s z)) over the rows of all ranks, whose weights are up to 1;
 * |z| counts up to 700. Collective. */
pa_status pa_logit_loss(pa_comm *comm, const pa_logit_rows *rows, const double coefficient[],
                        double *loss, pa_error *err);

/* The log-odds of each row here. Local. */
pa_status pa_logit_odds(const pa_logit_rows *rows, const double coefficient[], double odds[],
                        pa_error *err);

#endif
