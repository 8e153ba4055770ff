#include "paraudit/detect/top_reasons.h"

#include "paraudit/base/math.h"
#include "paraudit/table/column.h"

void pa_top_reasons(size_t n_features, size_t n, const int64_t part[], int32_t reason[],
                    float share[])
{
    for (size_t r = 0; r < n; r++) {
        int32_t first[PA_REASONS];
        int64_t most[PA_REASONS] = {0}, sum = 0;
        for (int k = 0; k < PA_REASONS; k++) first[k] = -1;
        for (size_t c = 0; c < n_features; c++) {
            int64_t v = part[c * n + r];
            if (v <= 0) continue;
            sum += v;
            if (v <= most[PA_REASONS - 1]) continue;
            int k = PA_REASONS - 1;
            for (; k > 0 && most[k - 1] < v; k--) {
                most[k] = most[k - 1];
                first[k] = first[k - 1];
            }
            most[k] = v;
            first[k] = (int32_t)c;
        }
        for (size_t k = 0; k < PA_REASONS; k++) {
            reason[k * n + r] = first[k];
            share[k * n + r] = sum > 0 ? (float)((double)most[k] / (double)sum) : 0;
        }
    }
}

void pa_drop_missing(size_t n_features, size_t n, const float *const column[], int64_t part[])
{
    for (size_t c = 0; c < n_features; c++) {
        const float *v = column[c];
        if (!pa_any_nan(n, v)) continue;
        for (size_t r = 0; r < n; r++)
            if (v[r] != v[r]) part[c * n + r] = 0;
    }
}
