#include "paraudit/patterns/apriori.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/patterns/item_order.h"

/* ---- levels ---- */

void pa_level_free(pa_level *l)
{
    pa_free(l->item);
    pa_free(l->support);
    *l = (pa_level){0};
}

/* Room for one more. */
static pa_status make_room(pa_level *l, pa_error *err)
{
    if (l->n < l->room) return PA_OK;
    size_t room = pa_larger_room(l->room, l->n + 1);
    PA_TRY(PA_RESIZE(l->item, room * (size_t)l->k, err));
    PA_TRY(PA_RESIZE(l->support, room, err));
    l->room = room;
    return PA_OK;
}

static int32_t *set_of(const pa_level *l, size_t i)
{
    return l->item + i * (size_t)l->k;
}

static pa_status add_set(pa_level *l, const int32_t item[], int64_t support, pa_error *err)
{
    PA_TRY(make_room(l, err));
    memcpy(set_of(l, l->n), item, (size_t)l->k * sizeof *item);
    l->support[l->n++] = support;
    return PA_OK;
}

/* ---- baskets ---- */

void pa_placed_baskets_free(pa_placed_baskets *b)
{
    pa_free(b->first);
    pa_free(b->item);
    pa_free(b->weight);
    *b = (pa_placed_baskets){0};
}

static size_t place_items(const pa_baskets *b, const pa_item_ranks *ranks, size_t basket,
                          int32_t place[])
{
    size_t n = 0;
    for (size_t i = b->first[basket]; i < b->first[basket + 1]; i++) {
        int32_t rank = ranks->rank[b->item[i]];
        if (rank >= 0) place[n++] = ranks->n - 1 - rank;
    }
    pa_sort_items(n, place);
    return n;
}

pa_status pa_place_baskets(const pa_baskets *b, const pa_item_ranks *ranks, pa_placed_baskets *p,
                           pa_error *err)
{
    pa_status st;
    *p = (pa_placed_baskets){0};
    PA_GOTO(PA_NEW(p->first, b->n + 1, err));
    PA_GOTO(PA_NEW(p->weight, b->n, err));
    PA_GOTO(PA_NEW(p->item, b->first[b->n] - b->first[0], err));
    for (size_t k = 0; k < b->n; k++) {
        size_t at = p->first[p->n], n = place_items(b, ranks, k, p->item + at);
        if (n < 2) continue;
        p->weight[p->n++] = b->weight ? b->weight[k] : 1;
        p->first[p->n] = at + n;
    }
out:
    if (st != PA_OK) pa_placed_baskets_free(p);
    return st;
}

/* ---- a trie over a level ---- */

/* Nodes by depth, of each depth in the order of the sets. The children of node v, one deeper,
 * are first[v] .. first[v + 1] - 1; those of the deepest are the sets. */
typedef struct {
    int32_t k;
    uint32_t *begin; /* k + 2: where each depth begins, from 1 on */
    uint32_t *first;
    int32_t *item;
} trie;

static void free_trie(trie *t)
{
    pa_free(t->begin);
    pa_free(t->first);
    pa_free(t->item);
}

/* How many items at the front set i has in common with the one before. */
static int32_t shared_with_last(const pa_level *l, size_t i)
{
    const int32_t *set = set_of(l, i), *last = set - l->k;
    int32_t n = 0;
    while (i > 0 && n < l->k && set[n] == last[n]) n++;
    return n;
}

static pa_status find_depths(const pa_level *l, trie *t, pa_error *err)
{
    uint64_t all = 0;
    PA_TRY(PA_NEW(t->begin, (size_t)t->k + 2, err));
    for (size_t i = 0; i < l->n; i++)
        for (int32_t d = shared_with_last(l, i) + 1; d <= t->k; d++) t->begin[d + 1]++, all++;
    if (all >= UINT32_MAX)
        return pa_fail(err, PA_E_MEMORY, "apriori: %zu sets of %d items are too many for a trie",
                       l->n, t->k);
    for (int32_t d = 1; d <= t->k; d++) t->begin[d + 1] += t->begin[d];
    return PA_OK;
}

static void hang_set(trie *t, const int32_t set[], int32_t shared, uint32_t next[])
{
    for (int32_t d = shared + 1; d <= t->k; d++) {
        uint32_t v = next[d]++;
        t->item[v] = set[d - 1];
        t->first[v] = d < t->k ? next[d + 1] : 0;
    }
}

static pa_status make_trie(const pa_level *l, trie *t, pa_error *err)
{
    uint32_t *next = NULL;
    *t = (trie){.k = l->k};
    pa_status st;
    PA_GOTO(find_depths(l, t, err));
    size_t n = t->begin[t->k + 1];
    PA_GOTO(PA_NEW(t->first, n, err));
    PA_GOTO(PA_NEW(t->item, n, err));
    PA_GOTO(PA_NEW(next, (size_t)t->k + 1, err));
    memcpy(next, t->begin, ((size_t)t->k + 1) * sizeof *next);
    for (size_t i = 0; i < l->n; i++) hang_set(t, set_of(l, i), shared_with_last(l, i), next);
out:
    pa_free(next);
    if (st != PA_OK) free_trie(t);
    return st;
}

/* The first of nodes from .. to - 1, ascending, that is not below an item; `from` is below it. */
static uint32_t seek(const int32_t node[], uint32_t from, uint32_t to, int32_t item)
{
    uint32_t step = 1;
    while (to - from > step && node[from + step] < item) {
        from += step;
        step *= 2;
    }
    uint32_t end = to - from > step ? from + step : to;
    for (from++; from < end;) {
        uint32_t middle = from + (end - from) / 2;
        if (node[middle] < item)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

/* Where the children of a node end that is not of the deepest. */
static uint32_t end_of(const trie *t, int32_t depth, uint32_t v)
{
    return v + 1 < t->begin[depth + 1] ? t->first[v + 1] : t->begin[depth + 2];
}

/* The number of a set, which leaves out the item at `without`; SIZE_MAX: there is none. */
static size_t find_set(const trie *t, const int32_t item[], int32_t without)
{
    uint32_t from = t->begin[1], to = t->begin[2];
    for (int32_t d = 1;; d++, item++) {
        if (without-- == 0) item++;
        if (from < to && t->item[from] < *item) from = seek(t->item, from, to, *item);
        if (from == to || t->item[from] != *item) return SIZE_MAX;
        if (d == t->k) return from - t->begin[d];
        uint32_t v = from;
        from = t->first[v];
        to = end_of(t, d, v);
    }
}

/* ---- candidates ---- */

pa_status pa_apriori_first(const pa_item_ranks *ranks, const int64_t support[], pa_level *first,
                           pa_error *err)
{
    *first = (pa_level){.k = 1};
    for (int32_t p = 0; p < ranks->n; p++)
        PA_TRY(add_set(first, &p, support[pa_place_code(ranks, p)], err));
    return PA_OK;
}

/* Are all subsets there? Those that lack one of the last two are what was joined. */
static bool has_subsets(const trie *t, const int32_t item[])
{
    for (int32_t i = 0; i < t->k - 1; i++)
        if (find_set(t, item, i) == SIZE_MAX) return false;
    return true;
}

/* Do two sets differ in their last items alone? */
static bool may_join(const pa_level *l, size_t a, size_t b)
{
    size_t same = (size_t)l->k - 1;
    return b < l->n && memcmp(set_of(l, a), set_of(l, b), same * sizeof *l->item) == 0;
}

static pa_status join(const pa_level *sets, const trie *t, pa_join_place *at, size_t most,
                      pa_level *to, pa_error *err)
{
    for (; at->one < sets->n; at->one++, at->other = 0) {
        if (at->other == 0) at->other = at->one + 1;
        for (; may_join(sets, at->one, at->other); at->other++) {
            if (to->n == most) return PA_OK;
            PA_TRY(make_room(to, err));
            int32_t *item = set_of(to, to->n);
            memcpy(item, set_of(sets, at->one), (size_t)sets->k * sizeof *item);
            item[sets->k] = set_of(sets, at->other)[sets->k - 1];
            to->support[to->n] = 0;
            to->n += has_subsets(t, item);
        }
    }
    return PA_OK;
}

pa_status pa_apriori_join(const pa_level *sets, pa_join_place *at, size_t most,
                          pa_level *candidates, pa_error *err)
{
    trie t;
    PA_ASSERT(candidates->k == 0 || candidates->k == sets->k + 1);
    candidates->k = sets->k + 1;
    candidates->n = 0;
    PA_TRY(make_trie(sets, &t, err));
    pa_status st = join(sets, &t, at, most, candidates, err);
    free_trie(&t);
    return st;
}

/* ---- counting ---- */

typedef struct {
    const trie *t;
    int64_t *support;
    uint32_t weight;
} counter;

/* Walks down from nodes from .. to - 1 of a depth with the items that a basket has left. */
static void count_below(const counter *c, int32_t depth, uint32_t from, uint32_t to,
                        const int32_t *item, const int32_t *end)
{
    const trie *t = c->t;
    for (; from < to && end - item > t->k - depth; item++) {
        if (t->item[from] < *item) from = seek(t->item, from, to, *item);
        if (from == to) return;
        if (t->item[from] != *item) continue;
        if (depth == t->k)
            c->support[from - t->begin[depth]] += c->weight;
        else
            count_below(c, depth + 1, t->first[from], end_of(t, depth, from), item + 1, end);
        from++;
    }
}

pa_status pa_apriori_count(const pa_placed_baskets *b, pa_level *candidates, pa_error *err)
{
    trie t;
    PA_TRY(make_trie(candidates, &t, err));
    for (size_t k = 0; k < b->n; k++) {
        const counter c = {&t, candidates->support, b->weight[k]};
        count_below(&c, 1, t.begin[1], t.begin[2], b->item + b->first[k],
                    b->item + b->first[k + 1]);
    }
    free_trie(&t);
    return PA_OK;
}

pa_status pa_apriori_keep(const pa_level *candidates, int64_t min_support, pa_level *sets,
                          pa_error *err)
{
    sets->k = candidates->k;
    for (size_t i = 0; i < candidates->n; i++)
        if (candidates->support[i] >= min_support)
            PA_TRY(add_set(sets, set_of(candidates, i), candidates->support[i], err));
    return PA_OK;
}

/* ---- what is larger ---- */

pa_status pa_apriori_compare(const pa_level *sets, const pa_level *larger, uint8_t about[],
                             pa_error *err)
{
    trie t;
    PA_TRY(make_trie(sets, &t, err));
    for (size_t i = 0; i < larger->n; i++) {
        for (int32_t without = 0; without < larger->k; without++) {
            size_t subset = find_set(&t, set_of(larger, i), without);
            PA_ASSERT(subset < sets->n);
            about[subset] |= PA_HAS_LARGER;
            if (sets->support[subset] == larger->support[i]) about[subset] |= PA_HAS_EQUAL;
        }
    }
    free_trie(&t);
    return PA_OK;
}
