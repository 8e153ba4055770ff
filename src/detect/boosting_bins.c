#define _DEFAULT_SOURCE /* madvise */
#include "boosting_bins.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/math.h"

enum { HUGE_PAGE = 1 << 21, TOGETHER = 16 /* searches that go on together */ };

void pa_boosting_edges_free(pa_boosting_edges *e)
{
    pa_free(e->first);
    pa_free(e->edge);
    *e = (pa_boosting_edges){0};
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* How many outer values edge j of n of one end stands for: one by one in its outer half, then
 * in even steps of their logarithm up to `most`. */
static int64_t tail_ordinal(int64_t most, size_t j, size_t n)
{
    size_t single = n / 2;
    if (j < single) return (int64_t)j;
    double ratio = (double)most / (double)single,
           part = (double)(j - single) / (double)(n - single);
    return (int64_t)((double)single * pa_exp(pa_ln(ratio) * part));
}

size_t pa_boosting_ordinals(int64_t n, size_t max_bins, int64_t ordinal[])
{
    size_t even = max_bins / 2, tail = max_bins / 4, k = 0, m = 1;
    if ((uint64_t)n <= max_bins) {
        for (int64_t i = 0; i < n; i++) ordinal[i] = i;
        return (size_t)n;
    }
    for (size_t i = 0; i < even; i++) ordinal[k++] = (int64_t)((pa_u128)(uint64_t)n * i / even);
    for (size_t j = 0; j < tail; j++) {
        ordinal[k++] = tail_ordinal(n / 2, j, tail);
        ordinal[k] = n - 1 - ordinal[k - 1];
        k++;
    }
    qsort(ordinal, k, sizeof *ordinal, by_size);
    for (size_t i = 1; i < k; i++)
        if (ordinal[i] != ordinal[m - 1]) ordinal[m++] = ordinal[i];
    return m;
}

pa_status pa_boosting_rows_new(pa_boosting_rows *rows, size_t n, size_t n_columns, pa_error *err)
{
    char *block;
    *rows = (pa_boosting_rows){.n = n, .stride = (n_columns + 7) / 8 * 8};
    size_t bytes = n * (rows->stride + n_columns) * sizeof *rows->bin;
    PA_TRY(PA_NEW(block, bytes + HUGE_PAGE, err));
    rows->block = block;
    block += HUGE_PAGE - (uintptr_t)block % HUGE_PAGE;
    rows->bin = (void *)block;
    rows->by_column = rows->bin + n * rows->stride;
    /* Far down a tree each row that is read lies on another page: where the pages are large,
     * their places are known to the processor, and a tree takes half the time. */
    if (bytes >= HUGE_PAGE) madvise(block, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    return PA_OK;
}

void pa_boosting_rows_free(pa_boosting_rows *rows)
{
    pa_free(rows->block);
    *rows = (pa_boosting_rows){0};
}

/* count[i]: how many of k ascending edges are at most value[i]. */
static void search(size_t k, const float edge[], const float value[], uint32_t count[])
{
    uint32_t base[TOGETHER] = {0};
    size_t left = k;
    for (; left > 1; left -= left / 2) {
        uint32_t half = (uint32_t)(left / 2);
        const float *at = edge + half - 1;
        for (size_t i = 0; i < TOGETHER; i++)
            base[i] += half & (0u - (uint32_t)(at[base[i]] <= value[i]));
    }
    for (size_t i = 0; i < TOGETHER; i++)
        count[i] = base[i] + (left == 1 && edge[base[i]] <= value[i]);
}

void pa_boosting_bin(const pa_boosting_edges *e, size_t column, size_t first, size_t n,
                     const float value[], pa_boosting_rows *rows)
{
    size_t k = pa_boosting_value_bins(e, column) - 1;
    const float *edge = e->edge + e->first[column];
    uint16_t *to = rows->bin + first * rows->stride + column;
    uint16_t *other = rows->by_column + column * rows->n + first;
    for (size_t i = 0; i < n; i += TOGETHER) {
        size_t m = n - i < TOGETHER ? n - i : TOGETHER;
        float v[TOGETHER] = {0};
        uint32_t count[TOGETHER];
        for (size_t j = 0; j < m; j++) v[j] = value[i + j];
        search(k, edge, v, count);
        for (size_t j = 0; j < m; j++) {
            uint16_t bin = (uint16_t)(v[j] == v[j] ? count[j] : k + 1);
            to[(i + j) * rows->stride] = other[i + j] = bin;
        }
    }
}
