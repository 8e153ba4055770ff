#include "paraudit/features/windows.h"

#include "paraudit/base/array.h"
#include "sums.h"

static size_t more_of_halo(const pa_line *line)
{
    size_t more = 0;
    for (size_t i = 0; i < line->n_halo; i++) more += pa_line_more(line, i);
    return more;
}

void pa_window_count(const pa_line *line, int64_t window, float count[])
{
    const uint64_t *at = line->at, w = (uint64_t)window;
    size_t from = 0, more = more_of_halo(line);
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        while (at[i] - at[from] >= w) more -= pa_line_more(line, from++);
        count[k] = (float)(i - from + 1 + more);
    }
}

/* The amount over the mean of the other rows of its window. */
static float ratio_to_others(int64_t own, pa_i128 total, double rows)
{
    pa_i128 others = total - own;
    return others > 0 ? (float)((double)own * (rows - 1) / pa_sum_to_f64(others)) : 1.0f;
}

void pa_window_amount(const pa_line *line, const int64_t amount_minor[], double units,
                      int64_t window, const pa_window_columns *out)
{
    const uint64_t *at = line->at, w = (uint64_t)window;
    pa_i128 total = 0;
    size_t from = 0, more = more_of_halo(line);
    for (size_t i = 0; i < line->n_halo; i++) total += amount_minor[i];
    for (size_t k = 0; k < line->n; k++) {
        size_t i = line->n_halo + k;
        total += amount_minor[i];
        for (; at[i] - at[from] >= w; from++) {
            total -= amount_minor[from];
            more -= pa_line_more(line, from);
        }
        double rows = (double)(i - from + 1 + more);
        if (out->count) out->count[k] = (float)rows;
        if (out->sum) out->sum[k] = (float)(pa_sum_to_f64(total) / units);
        if (out->mean) out->mean[k] = (float)(pa_sum_to_f64(total) / (units * rows));
        if (out->ratio) out->ratio[k] = ratio_to_others(amount_minor[i], total, rows);
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

/* The rows of the window that none behind them exceeds or equals, largest first: the next
 * one to be the largest as those before it leave. */
pa_status pa_window_largest_before(const pa_line *line, const float value[], int64_t window,
                                   float largest[], pa_error *err)
{
    PA_ASSERT(line->n_halo == 0);
    const uint64_t *at = line->at, w = (uint64_t)window;
    size_t *row, first = 0, end = 0;
    PA_TRY(PA_NEW(row, line->n, err));
    for (size_t i = 0; i < line->n; i++) {
        while (first < end && at[i] - at[row[first]] >= w) first++;
        if (first == end) first = end = 0;
        largest[i] = first < end && value[row[first]] > 0 ? value[row[first]] : 0.0f;
        while (end > first && value[row[end - 1]] <= value[i]) end--;
        row[end++] = i;
    }
    pa_free(row);
    return PA_OK;
}

void pa_window_flags(const pa_line *line, const int8_t flag[], int64_t window, float count[])
{
    PA_ASSERT(line->n_halo == 0);
    const uint64_t *at = line->at, w = (uint64_t)window;
    size_t from = 0;
    int64_t flags = 0;
    for (size_t i = 0; i < line->n; i++) {
        flags += flag[i];
        while (at[i] - at[from] >= w) flags -= flag[from++];
        count[i] = (float)flags;
    }
}

void pa_window_burst(size_t n, const float n_day[], const float n_month[], float burst[])
{
    for (size_t i = 0; i < n; i++) {
        burst[i] = (float)((double)n_day[i] / (1 + (double)n_month[i] / 30));
    }
}
