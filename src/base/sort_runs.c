#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

/* A round of merges costs about a fifth of a sort, and halves the runs. */
enum { FEW_RUNS = 4 };

typedef struct {
    const uint64_t *key;
    const int64_t *tie;
} pairs;

/* Whether row j, which stands behind row i, goes before it. */
static inline bool overtakes(const pairs *p, uint32_t j, uint32_t i)
{
    if (p->key[j] != p->key[i]) return p->key[j] < p->key[i];
    return p->tie[j] < p->tie[i];
}

/* Merges the runs in[begin .. middle) and in[middle .. end) into `out`. */
static void merge_two(const pairs *p, const uint32_t in[], size_t begin, size_t middle, size_t end,
                      uint32_t out[])
{
    size_t i = begin, j = middle, k = begin;
    while (i < middle && j < end) {
        uint32_t left = in[i], right = in[j];
        bool jump = overtakes(p, right, left);
        out[k++] = jump ? right : left;
        j += jump;
        i += !jump;
    }
    while (i < middle) out[k++] = in[i++];
    while (j < end) out[k++] = in[j++];
}

/* Merges neighbouring runs until one is left, which is in a or in b. a starts as the rows. */
static uint32_t *merge(const pairs *p, size_t n_runs, size_t run[], uint32_t a[], uint32_t b[])
{
    size_t n = run[n_runs];
    while (n_runs > 1) {
        size_t left = 0;
        for (size_t r = 0; r < n_runs; r += 2) {
            size_t begin = run[r], middle = run[r + 1], end = run[r + 1 + (r + 1 < n_runs)];
            merge_two(p, a, begin, middle, end, b);
            run[left++] = begin;
        }
        run[left] = n;
        n_runs = left;
        uint32_t *other = a;
        a = b;
        b = other;
    }
    return a;
}

static pa_status merge_runs(size_t n, const pairs *p, size_t n_runs, size_t run[], uint32_t order[],
                            pa_error *err)
{
    uint32_t *room = NULL;
    PA_TRY(PA_NEW(room, n, err));
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    uint32_t *merged = merge(p, n_runs, run, order, room);
    if (merged != order && n > 0) memcpy(order, merged, n * sizeof *order);
    pa_free(room);
    return PA_OK;
}

/* Joins runs where one goes on behind another, and leaves out empty ones: keeps where those begin
 * that are left, up to FEW_RUNS + 1 of them; returns how many there are. */
static size_t join_runs(const pairs *p, size_t n_runs, const size_t start[], size_t run[])
{
    size_t n = 0;
    for (size_t r = 0; r < n_runs && n <= FEW_RUNS; r++) {
        size_t begin = start[r];
        if (begin == start[r + 1]) continue;
        if (n > 0 && !overtakes(p, (uint32_t)begin, (uint32_t)begin - 1)) continue;
        run[n++] = begin;
    }
    return n;
}

pa_status pa_sort_runs(size_t n, const uint64_t key[], const int64_t tie[], size_t n_runs,
                       const size_t start[], uint32_t order[], pa_error *err)
{
    const pairs p = {key, tie};
    size_t run[FEW_RUNS + 2];
    size_t joined = join_runs(&p, n_runs, start, run);
    if (joined > FEW_RUNS || n > UINT32_MAX) return pa_sort_pairs(n, key, tie, order, err);
    run[joined] = n;
    return merge_runs(n, &p, joined, run, order, err);
}
