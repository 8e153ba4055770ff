#include "paraudit/embed/nearest.h"

#include <math.h>
#include <stdbool.h>

static double product(int32_t dim, const float x[], const float y[])
{
    double sum = 0;
    for (int32_t d = 0; d < dim; d++) sum += (double)x[d] * y[d];
    return sum;
}

/* Behind all that are as near or nearer. */
static size_t insert(pa_near one, size_t n, size_t k, pa_near near[])
{
    if (n == k && one.cosine <= near[n - 1].cosine) return n;
    size_t at = n < k ? n : n - 1;
    for (; at > 0 && near[at - 1].cosine < one.cosine; at--) near[at] = near[at - 1];
    near[at] = one;
    return n < k ? n + 1 : n;
}

size_t pa_nearest(int32_t n, int32_t dim, const float vector[], int32_t item, size_t k,
                  pa_near near[])
{
    const float *to = vector + (size_t)item * (size_t)dim;
    double length = sqrt(product(dim, to, to));
    size_t found = 0;
    for (int32_t i = 0; i < n && k > 0; i++) {
        const float *v = vector + (size_t)i * (size_t)dim;
        double both = length * sqrt(product(dim, v, v));
        if (i == item) continue;
        const pa_near one = {i, both > 0 ? product(dim, to, v) / both : 0};
        found = insert(one, found, k, near);
    }
    return found;
}
