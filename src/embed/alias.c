#include "paraudit/embed/alias.h"

#include "paraudit/base/array.h"

/* Columns that have too little, from the front of the list, and those that have too much, from its
 * end. */
typedef struct {
    double *share; /* of a column, 1 on the average */
    uint32_t *list;
    uint32_t n_small, first_large;
} balance;

static void sort_out(uint32_t n, const double weight[], balance *b)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        PA_ASSERT(weight[i] >= 0);
        sum += weight[i];
    }
    PA_ASSERT(sum > 0);
    b->first_large = n;
    for (uint32_t i = 0; i < n; i++) {
        b->share[i] = weight[i] / sum * n;
        if (b->share[i] < 1)
            b->list[b->n_small++] = i;
        else
            b->list[--b->first_large] = i;
    }
}

static uint64_t bits_of(double share)
{
    return share >= 1 ? UINT64_MAX : (uint64_t)(share * 0x1p64);
}

/* A small column is filled up from a large one, which may become small by that. What rounding
 * leaves over stands for itself; but for a weight of 0, which the last large column takes. */
static void fill_up(uint32_t n, balance *b, pa_alias *a)
{
    uint32_t last_large = b->first_large < n ? b->list[b->first_large] : 0;
    while (b->n_small > 0 && b->first_large < n) {
        uint32_t small = b->list[--b->n_small], large = b->list[b->first_large];
        last_large = large;
        a->keep[small] = bits_of(b->share[small]);
        a->other[small] = large;
        b->share[large] -= 1 - b->share[small];
        if (b->share[large] >= 1) continue;
        b->first_large++;
        b->list[b->n_small++] = large;
    }
    for (; b->first_large < n; b->first_large++) a->keep[b->list[b->first_large]] = UINT64_MAX;
    while (b->n_small > 0) {
        uint32_t small = b->list[--b->n_small];
        bool none = b->share[small] <= 0;
        a->keep[small] = none ? 0 : UINT64_MAX;
        if (none) a->other[small] = last_large;
    }
}

pa_status pa_alias_new(uint32_t n, const double weight[], pa_alias *a, pa_error *err)
{
    balance b = {0};
    PA_ASSERT(n > 0);
    *a = (pa_alias){.n = n};
    pa_status st;
    PA_GOTO(PA_NEW(b.share, n, err));
    PA_GOTO(PA_NEW(b.list, n, err));
    PA_GOTO(PA_NEW(a->keep, n, err));
    PA_GOTO(PA_NEW(a->other, n, err));
    for (uint32_t i = 0; i < n; i++) a->other[i] = i;
    sort_out(n, weight, &b);
    fill_up(n, &b, a);
out:
    pa_free(b.share);
    pa_free(b.list);
    if (st != PA_OK) pa_alias_free(a);
    return st;
}

void pa_alias_free(pa_alias *a)
{
    pa_free(a->keep);
    pa_free(a->other);
    *a = (pa_alias){0};
}
