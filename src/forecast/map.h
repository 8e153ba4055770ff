/* The most probable coefficients and variance of a regression, some of whose coefficients have a
 * normal prior and the others one of Laplace: the least of
 *
 *     n ln s + |y - X a|^2 / (2 s^2) + 2 s^2 + sum of precision a^2 / 2 + rate * sum of |a|
 *
 * Where this has several least places it is that of the largest s. */
#ifndef PARAUDIT_FORECAST_MAP_H
#define PARAUDIT_FORECAST_MAP_H

#include <stddef.h>
#include <stdint.h>

/* The largest value of y is about 1. */
typedef struct {
    size_t n, n_columns, n_smooth; /* the first n_smooth columns have the normal prior */
    const double *gram;            /* n_columns x n_columns: X'X */
    const double *precision;       /* n_smooth, above 0 */
    double rate;
    const double *product; /* n_columns: X'y */
    double squares;        /* y'y */
} pa_map_problem;

/* No variance is below: where X follows y to the last digit there is no least one. */
#define PA_MAP_LEAST_VARIANCE 1e-10

size_t pa_map_work(size_t n_columns); /* numbers */

/* at: n_columns. work: pa_map_work of them; active: n_columns. */
void pa_map_solve(const pa_map_problem *p, double at[], double *variance, double work[],
                  uint32_t active[]);

#endif
