#include "paraudit/order/median.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/sort.h"

static int compare_f32(const void *a, const void *b, void *context)
{
    (void)context;
    float x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

pa_status pa_median_f32(size_t n, float values[], float *median, pa_error *err)
{
    *median = NAN;
    if (n == 0) return PA_OK;
    PA_TRY(pa_sort(values, n, sizeof *values, compare_f32, NULL, err));
    *median = (float)(((double)values[(n - 1) / 2] + (double)values[n / 2]) / 2);
    return PA_OK;
}
