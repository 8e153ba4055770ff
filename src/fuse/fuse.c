#include "paraudit/fuse/fuse.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/math.h"
#include "paraudit/base/sort.h"

static pa_status bad_tail(const char *detector, float tail, size_t row, pa_error *err)
{
    return pa_fail(err, PA_E_DATA, "detector '%s': the tail %g of local row %zu is outside (0, 1]",
                   detector, (double)tail, row);
}

float pa_fuse_contribution(float tail, double weight)
{
    /* 0 - x, so that a tail of 1 contributes +0. */
    return (float)(weight * (0 - pa_ln((double)tail)));
}

/* Fills the contributions of one row; *known says how many tails it has. */
static pa_status fuse_row(size_t row, size_t n_detectors, const char *const detector[],
                          const float *const tail[], const double weight[],
                          float *const contribution[], size_t *known, pa_error *err)
{
    *known = 0;
    for (size_t k = 0; k < n_detectors; k++) {
        float t = tail[k][row];
        contribution[k][row] = 0;
        if (isnan(t)) continue;
        if (!(t > 0 && t <= 1)) return bad_tail(detector[k], t, row, err);
        contribution[k][row] = pa_fuse_contribution(t, weight[k]);
        ++*known;
    }
    return PA_OK;
}

pa_status pa_fuse_rows(size_t n, size_t n_detectors, const char *const detector[],
                       const float *const tail[], const double weight[],
                       float *const contribution[], double margin[], pa_error *err)
{
    for (size_t row = 0; row < n; row++) {
        size_t known;
        PA_TRY(fuse_row(row, n_detectors, detector, tail, weight, contribution, &known, err));
        double sum = 0;
        for (size_t k = 0; k < n_detectors; k++) {
            if (known == 0) contribution[k][row] = NAN;
            sum += (double)contribution[k][row];
        }
        margin[row] = known ? sum : (double)NAN;
    }
    return PA_OK;
}

double pa_gamma_upper(size_t k, double x)
{
    double term = 1, sum = 1;
    for (size_t i = 1; i < k; i++) {
        term = term * x / (double)i;
        sum += term;
    }
    return pa_exp(-x) * sum;
}

void pa_fuse_score_knots(size_t n_detectors, double *step, double knot[])
{
    double end = 1;
    while (pa_gamma_upper(n_detectors, end) > 1e-8) end += 1;
    *step = end / PA_SCORE_STEPS;
    for (size_t i = 0; i <= PA_SCORE_STEPS; i++) {
        double v = 1 - pa_gamma_upper(n_detectors, (double)i * *step);
        double low = i ? knot[i - 1] : 0;
        knot[i] = v > low ? v : low;
    }
    knot[PA_SCORE_STEPS] = 1;
}

static float score_of(double margin, double step, const double knot[])
{
    if (isnan(margin)) return NAN;
    double place = margin / step;
    if (place >= PA_SCORE_STEPS) return (float)knot[PA_SCORE_STEPS];
    size_t i = (size_t)place;
    double v = knot[i] + (place - (double)i) * (knot[i + 1] - knot[i]);
    return (float)(v < knot[i + 1] ? v : knot[i + 1]);
}

void pa_fuse_score(size_t n, const double margin[], double step, const double knot[], float score[])
{
    for (size_t i = 0; i < n; i++) score[i] = score_of(margin[i], step, knot);
}
