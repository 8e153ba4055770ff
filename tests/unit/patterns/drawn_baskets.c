#include "drawn_baskets.h"

#include <stdlib.h>

#include "paraudit/base/array.h"
#include "unit.h"

void add_set(set_list *l, uint64_t items, uint32_t support)
{
    pa_error err = {0};
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 1024;
        l->set = pa_realloc(l->set, l->room, sizeof *l->set, &err);
    }
    l->set[l->n++] = (item_set){items, support};
}

static int compare_sets(const void *a, const void *b)
{
    const item_set *x = a, *y = b;
    return (x->items > y->items) - (x->items < y->items);
}

/* ---- baskets, drawn ---- */

uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * below >> 32);
}

void draw_baskets(uint32_t *state, int32_t n_items, size_t n, uint32_t odds, drawn *d)
{
    size_t at = 0;
    d->n = n;
    for (size_t r = 0; r < n; r++) {
        d->first[r] = at;
        d->word[r] = 0;
        d->weight[r] = 1 + draw(state, 3);
        for (int32_t i = 0; i < n_items; i++) {
            /* Codes in another order than that of the supports. */
            int32_t code = (i * 7 + 3) % n_items;
            if (draw(state, 100) * (uint32_t)(i + 4) >= odds * 4) continue;
            if (d->word[r] >> code & 1) continue;
            d->word[r] |= UINT64_C(1) << code;
            d->item[at++] = code;
        }
    }
    d->first[n] = at;
}

void draw_even_baskets(uint32_t *state, int32_t n_items, size_t n, uint32_t percent, drawn *d)
{
    size_t at = 0;
    d->n = n;
    for (size_t r = 0; r < n; r++) {
        d->first[r] = at;
        d->word[r] = 0;
        d->weight[r] = 1 + draw(state, 3);
        for (int32_t i = 0; i < n_items; i++) {
            if (draw(state, 100) >= percent) continue;
            d->word[r] |= UINT64_C(1) << i;
            d->item[at++] = i;
        }
    }
    d->first[n] = at;
}

/* ---- the slow twin ---- */

static uint32_t slow_support(const drawn *d, uint64_t items)
{
    uint32_t support = 0;
    for (size_t r = 0; r < d->n; r++)
        if ((d->word[r] & items) == items) support += d->weight[r];
    return support;
}

/* Extends a set by larger codes alone. */
static void extend(const drawn *d, int32_t n_items, uint32_t least, uint64_t items, int32_t from,
                   set_list *all)
{
    for (int32_t i = from; i < n_items; i++) {
        uint64_t more = items | UINT64_C(1) << i;
        uint32_t support = slow_support(d, more);
        if (support < least) continue;
        add_set(all, more, support);
        extend(d, n_items, least, more, i + 1, all);
    }
}

void slow_sets(const drawn *d, int32_t n_items, uint32_t least, set_list *all)
{
    extend(d, n_items, least, 0, 0, all);
}

void sort_sets(size_t n, item_set set[])
{
    if (n > 1) qsort(set, n, sizeof *set, compare_sets);
}

/* ---- the fast one ---- */

pa_status hear_set(void *self, size_t n, const int32_t item[], uint32_t support, pa_error *err)
{
    (void)err;
    uint64_t items = 0;
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_FALSE(items >> item[i] & 1);
        items |= UINT64_C(1) << item[i];
    }
    add_set(self, items, support);
    return PA_OK;
}

pa_baskets baskets_of(const drawn *d, int32_t n_items)
{
    return (pa_baskets){
        .n = d->n, .first = d->first, .item = d->item, .weight = d->weight, .n_items = n_items};
}
