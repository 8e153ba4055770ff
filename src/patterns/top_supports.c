#include "top_supports.h"

#include <string.h>

#include "paraudit/base/array.h"

pa_status pa_top_supports_open(size_t k, top_supports *t, pa_error *err)
{
    *t = (top_supports){.k = k};
    pa_status st = PA_NEW(t->support, k, err);
    if (st == PA_OK) st = PA_NEW(t->saved, k, err);
    if (st != PA_OK) pa_top_supports_free(t);
    return st;
}

void pa_top_supports_free(top_supports *t)
{
    pa_free(t->support);
    pa_free(t->saved);
    *t = (top_supports){0};
}

/* ---- the heap ---- */

static void move_up(top_supports *t, size_t at, uint32_t support)
{
    for (; at > 0 && t->support[(at - 1) / 2] > support; at = (at - 1) / 2)
        t->support[at] = t->support[(at - 1) / 2];
    t->support[at] = support;
}

static void move_down(top_supports *t, uint32_t support)
{
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < t->n; at = child) {
        if (child + 1 < t->n && t->support[child + 1] < t->support[child]) child++;
        if (t->support[child] >= support) break;
        t->support[at] = t->support[child];
    }
    t->support[at] = support;
}

uint32_t pa_top_supports_add(top_supports *t, uint32_t support)
{
    if (t->n < t->k)
        move_up(t, t->n++, support);
    else if (support > t->support[0])
        move_down(t, support);
    return t->n < t->k ? 0 : t->support[0] + 1;
}

void pa_top_supports_save(top_supports *t)
{
    if (t->n) memcpy(t->saved, t->support, t->n * sizeof *t->saved);
    t->n_saved = t->n;
}

void pa_top_supports_restore(top_supports *t)
{
    if (t->n_saved) memcpy(t->support, t->saved, t->n_saved * sizeof *t->support);
    t->n = t->n_saved;
}

/* ---- of all ranks ---- */

static int64_t count_from(pa_comm *comm, const top_supports *t, int64_t least)
{
    int64_t n = 0;
    for (size_t i = 0; i < t->n; i++) n += t->support[i] >= least;
    pa_sum_i64(comm, &n, 1);
    return n;
}

int64_t pa_top_supports_last(pa_comm *comm, const top_supports *t)
{
    int64_t low = 0, high = (int64_t)UINT32_MAX + 1; /* the last one is in low .. high - 1 */
    if (count_from(comm, t, 1) < (int64_t)t->k) return 0;
    while (high - low > 1) {
        int64_t mid = low + (high - low) / 2;
        if (count_from(comm, t, mid) >= (int64_t)t->k)
            low = mid;
        else
            high = mid;
    }
    return low;
}
