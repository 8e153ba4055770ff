#include "paraudit/patterns/short_baskets.h"

#include "paraudit/base/array.h"
#include "paraudit/patterns/item_order.h"

/* The frequent items of basket k as ranks, ascending; returns how many. */
static size_t take_ranks(const pa_baskets *b, size_t k, const int32_t rank[], int32_t row[])
{
    size_t n = 0;
    for (size_t i = b->first[k]; i < b->first[k + 1]; i++)
        if (rank[b->item[i]] >= 0) row[n++] = rank[b->item[i]];
    pa_sort_items(n, row);
    return n;
}

pa_status pa_shorten_baskets(const pa_baskets *b, const pa_item_ranks *ranks, size_t most,
                             pa_short_baskets *s, pa_error *err)
{
    size_t at = 0;
    *s = (pa_short_baskets){0};
    pa_status st = PA_NEW(s->first, b->n + 1, err);
    if (st == PA_OK) st = PA_NEW(s->item, b->first[b->n] - b->first[0], err);
    if (st != PA_OK) {
        pa_short_baskets_free(s);
        return st;
    }
    for (size_t k = 0; k < b->n; k++) {
        size_t n = take_ranks(b, k, ranks->rank, s->item + at), kept = n < most ? n : most;
        int64_t weight = b->weight ? b->weight[k] : 1;
        for (size_t i = 0; i < kept; i++, at++) s->item[at] = ranks->code[s->item[at]];
        s->n_cut += n > kept ? weight : 0;
        s->n_left_out += (int64_t)(n - kept) * weight;
        s->first[k + 1] = at;
    }
    s->baskets = (pa_baskets){
        .n = b->n, .first = s->first, .item = s->item, .weight = b->weight, .n_items = b->n_items};
    return PA_OK;
}

void pa_short_baskets_free(pa_short_baskets *s)
{
    pa_free(s->first);
    pa_free(s->item);
    *s = (pa_short_baskets){0};
}
