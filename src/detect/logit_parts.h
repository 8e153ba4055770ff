/* What a fit adds up over rows, and how it solves for a step. */
#ifndef PARAUDIT_DETECT_LOGIT_PARTS_H
#define PARAUDIT_DETECT_LOGIT_PARTS_H

#include "paraudit/base/exact.h"
#include "paraudit/detect/logit.h"

/* Bits behind the point of each kind of sum; columns that are multiplied with one together. */
enum {
    PA_LOGIT_LOSS_BITS = 50,
    PA_LOGIT_SLOPE_BITS = 46,
    PA_LOGIT_BEND_BITS = 48,
    PA_LOGIT_TOGETHER = 4
};

/* Rows whose column j is taken times scale[j], and whose weights times weight_scale: so none is
 * larger than 1. Unknowns are numbered from the intercept's 0; scale[0] is 1. */
typedef struct {
    const pa_logit_rows *rows;
    const double *scale; /* n_columns + 1 */
    double weight_scale;
} pa_logit_scaled;

/* What the sums work with. */
typedef struct {
    double *x;         /* m unknowns, and up to three more, x PA_LOGIT_BLOCK */
    float *taken;      /* columns x PA_LOGIT_BLOCK */
    int64_t *products; /* m (m + 1) / 2 */
} pa_logit_room;

pa_status pa_logit_room_new(size_t n_columns, pa_logit_room *room, pa_error *err);
void pa_logit_room_free(pa_logit_room *room);

/* The values of n rows from `first` on, PA_LOGIT_BLOCK a column. */
void pa_logit_take(const pa_logit_rows *rows, size_t first, size_t n, float value[]);

/* Both add the rows here at these coefficients, the sum of whose sizes is at most 2^20.
 * slopes: the loss, then the gradient, 1 + m sums. bends: the lower half of the Hessian, row by
 * row, m (m + 1) / 2 sums. */
void pa_logit_add_slopes(const pa_logit_scaled *s, const double coefficient[],
                         const pa_logit_room *room, pa_i128 sum[]);
void pa_logit_add_bends(const pa_logit_scaled *s, const double coefficient[],
                        const pa_logit_room *room, pa_i128 sum[]);

/* Adds the products of each two of m columns of a block, with PA_LOGIT_BEND_BITS, to the lower
 * half of a matrix. x: as in pa_logit_room, multiples of 2^-24 up to 1/2 in size; those behind
 * the m are zeros. For processors with AVX2, and with AVX-512F. */
void pa_logit_products_avx2(size_t m, const double x[], int64_t sum[]);
void pa_logit_products_avx512(size_t m, const double x[], int64_t sum[]);

/* Solves a * step = -gradient of m unknowns by Cholesky's method. a: m x m, its lower half;
 * overwritten. held: unknowns whose step is 0. So is that of an unknown which depends on those
 * before it. Returns g' a^-1 g over the unknowns that are solved for. */
double pa_logit_solve(size_t m, double a[], const double gradient[], const bool held[],
                      double step[]);

#endif
