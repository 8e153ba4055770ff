#include "paraudit/patterns/set_order.h"

#include <string.h>

/* Records are dealt by one key after the other, from that which counts least to that which counts
 * most; what is alike in a key stays in the order that it has. */
typedef struct {
    const pa_set_record *record;
    int32_t *number; /* of each item: how many smaller ones there are in the sets */
    size_t n_numbers;
    size_t *start; /* one for each key, and one more */
} dealer;

static int32_t item_of(const pa_set_record *r, uint32_t k)
{
    int32_t item;
    memcpy(&item, r->items + k * sizeof item, sizeof item);
    return item;
}

/* ---- by size ---- */

static size_t largest(size_t n, const pa_set_record record[])
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (record[i].size > most) most = record[i].size;
    return most;
}

/* Room was made for the sizes. */
static void deal_by_size(const dealer *d, size_t n, size_t most, uint32_t order[])
{
    memset(d->start, 0, (most + 2) * sizeof *d->start);
    for (size_t i = 0; i < n; i++) d->start[d->record[i].size + 1]++;
    for (size_t k = 0; k < most; k++) d->start[k + 1] += d->start[k];
    for (size_t i = 0; i < n; i++) order[d->start[d->record[i].size]++] = (uint32_t)i;
}

/* ---- by items ---- */

static void number_items(dealer *d, size_t n, int32_t n_items)
{
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < d->record[i].size; k++) d->number[item_of(d->record + i, k)] = 1;
    int32_t next = 0;
    for (int32_t i = 0; i < n_items; i++)
        if (d->number[i]) d->number[i] = next++;
    d->n_numbers = (size_t)next;
}

static void deal_by_item(const dealer *d, size_t n, uint32_t k, const uint32_t from[],
                         uint32_t to[])
{
    memset(d->start, 0, (d->n_numbers + 1) * sizeof *d->start);
    for (size_t i = 0; i < n; i++) d->start[d->number[item_of(d->record + from[i], k)] + 1]++;
    for (size_t i = 0; i < d->n_numbers; i++) d->start[i + 1] += d->start[i];
    for (size_t i = 0; i < n; i++)
        to[d->start[d->number[item_of(d->record + from[i], k)]]++] = from[i];
}

/* n records of one size. */
static void deal_by_items(const dealer *d, size_t n, uint32_t size, uint32_t order[],
                          uint32_t other[])
{
    uint32_t *from = order, *to = other;
    for (uint32_t k = size; k-- > 0;) {
        deal_by_item(d, n, k, from, to);
        uint32_t *was = from;
        from = to;
        to = was;
    }
    if (from != order) memcpy(order, from, n * sizeof *order);
}

/* ---- */

static void deal(const dealer *d, size_t n, size_t most, uint32_t order[], uint32_t other[])
{
    deal_by_size(d, n, most, order);
    for (size_t from = 0, until; from < n; from = until) {
        uint32_t size = d->record[order[from]].size;
        until = from + 1;
        while (until < n && d->record[order[until]].size == size) until++;
        deal_by_items(d, until - from, size, order + from, other);
    }
}

pa_status pa_order_sets(size_t n, const pa_set_record record[], int32_t n_items, uint32_t order[],
                        pa_error *err)
{
    dealer d = {.record = record};
    size_t most = largest(n, record), n_keys;
    uint32_t *other = NULL;
    pa_status st = PA_NEW(d.number, (size_t)n_items, err);
    if (st == PA_OK) st = PA_NEW(other, n, err);
    if (st == PA_OK) {
        number_items(&d, n, n_items);
        n_keys = d.n_numbers > most ? d.n_numbers : most + 1;
        st = PA_NEW(d.start, n_keys + 1, err);
    }
    if (st == PA_OK) deal(&d, n, most, order, other);
    pa_free(d.number);
    pa_free(d.start);
    pa_free(other);
    return st;
}
