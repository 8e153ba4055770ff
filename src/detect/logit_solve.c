#include <math.h>

#include "logit_parts.h"

/* A pivot below this part of its diagonal is rounding: the unknown depends on others. */
static const double LEAST_PIVOT = 1e-11;

/* Row i of the factor, whose earlier rows are there; a row of zeros is an unknown left out. */
static void factor_row(size_t m, double a[], size_t i, bool held)
{
    double *row = a + i * m, diagonal = row[i];
    for (size_t j = 0; j < i; j++) {
        const double *other = a + j * m;
        double sum = row[j];
        for (size_t k = 0; k < j; k++) sum -= row[k] * other[k];
        row[j] = other[j] > 0 ? sum / other[j] : 0;
    }
    double pivot = diagonal;
    for (size_t k = 0; k < i; k++) pivot -= row[k] * row[k];
    bool out = held || !(pivot > LEAST_PIVOT * diagonal);
    row[i] = out ? 0 : sqrt(pivot);
    for (size_t k = 0; out && k < i; k++) row[k] = 0;
}

double pa_logit_solve(size_t m, double a[], const double gradient[], const bool held[],
                      double step[])
{
    double gain = 0;
    for (size_t i = 0; i < m; i++) factor_row(m, a, i, held[i]);
    for (size_t i = 0; i < m; i++) {
        const double *row = a + i * m;
        double sum = -gradient[i];
        for (size_t k = 0; k < i; k++) sum -= row[k] * step[k];
        step[i] = row[i] > 0 ? sum / row[i] : 0;
        gain += step[i] * step[i];
    }
    for (size_t i = m; i-- > 0;) {
        double sum = step[i];
        for (size_t k = i + 1; k < m; k++) sum -= a[k * m + i] * step[k];
        step[i] = a[i * m + i] > 0 ? sum / a[i * m + i] : 0;
    }
    return gain;
}
