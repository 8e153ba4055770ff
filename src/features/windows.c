#include "paraudit/features/windows.h"

#include "paraudit/base/exact.h"

static double sum_to_f64(pa_i128 sum)
{
    int64_t narrow = (int64_t)sum;
    return narrow == sum ? (double)narrow : pa_i128_to_f64(sum);
}

void pa_window_count(const pa_line *line, int64_t window, float count[])
{
    const uint64_t *at = line->at, w = (uint64_t)window;
    size_t from = 0;
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        while (at[i] - at[from] >= w) from++;
        count[k] = (float)(i - from + 1);
    }
}

void pa_window_amount(const pa_line *line, const int64_t amount_minor[], int64_t window,
                      float count[], float sum[], float mean[])
{
    const uint64_t *at = line->at, w = (uint64_t)window;
    pa_i128 total = 0;
    size_t from = 0;
    for (size_t i = 0; i < line->n_halo; i++) total += amount_minor[i];
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        total += amount_minor[i];
        while (at[i] - at[from] >= w) total -= amount_minor[from++];
        double cents = sum_to_f64(total), rows = (double)(i - from + 1);
        count[k] = (float)rows;
        sum[k] = (float)(cents / 100.0);
        if (mean) mean[k] = (float)(cents / (100.0 * rows));
    }
}

void pa_window_amount_ratio(const pa_line *line, const int64_t amount_minor[], int64_t window,
                            float ratio[])
{
    const uint64_t *at = line->at, w = (uint64_t)window;
    pa_i128 before = 0;
    size_t from = 0;
    for (size_t i = 0; i < line->n_halo; i++) before += amount_minor[i];
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        while (at[i] - at[from] >= w) before -= amount_minor[from++];
        double own = (double)amount_minor[i];
        ratio[k] = before > 0 ? (float)(own * (double)(i - from) / sum_to_f64(before)) : 1.0f;
        before += amount_minor[i];
    }
}

void pa_window_count_above(const pa_line *line, const float value[], float limit, int64_t window,
                           float count[])
{
    PA_ASSERT(line->n_halo == 0);
    const uint64_t *at = line->at, w = (uint64_t)window;
    size_t from = 0, above = 0;
    for (size_t i = 0; i < line->n; i++) {
        above += value[i] > limit;
        while (at[i] - at[from] >= w) above -= value[from++] > limit;
        count[i] = (float)above;
    }
}
