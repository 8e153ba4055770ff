#include "paraudit/alerts/reasons.h"

#include <math.h>

#include "paraudit/order/median.h"
#include "paraudit/table/table.h"

int32_t pa_reasons_from(size_t n_detectors, const pa_detector_view detector[], size_t row)
{
    int32_t from = -1;
    for (size_t k = 0; k < n_detectors; k++) {
        const pa_detector_view *d = detector + k;
        if (!d->feature[0] || pa_code_at(d->feature[0], row) < 0) continue;
        if (from < 0 || d->contribution[row] > detector[from].contribution[row]) from = (int32_t)k;
    }
    return from;
}

pa_status pa_account_usual(const pa_column *feature, const int32_t account[], size_t row,
                           float *usual, int32_t *n_usual, pa_error *err)
{
    float earlier[PA_USUAL_ROWS];
    size_t n = 0;
    for (size_t back = 1; back <= row && back <= PA_USUAL_ROWS; back++) {
        if (account[row - back] != account[row]) break;
        float v = pa_column_value(feature, row - back);
        if (!isnan(v)) earlier[n++] = v;
    }
    *n_usual = (int32_t)n;
    return pa_median_f32(n, earlier, usual, err);
}
