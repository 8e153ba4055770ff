#include "paraudit/patterns/basket_outlier.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"

/* Nodes by the length of their paths, then by their items: the children of a node are child[v] ..
 * child[v + 1] - 1, and their items ascend. As each subset of a set is a set, each node is one, and
 * node `number` is the item of that number alone. */
struct pa_set_trie {
    int32_t *number; /* of each item code; -1: in no set */
    int32_t *item;
    uint32_t *support;
    uint32_t *child;
    double *share;  /* of the baskets, that have the item of that number */
    size_t longest; /* items of a set */
    double n_baskets;
    double least; /* share of the baskets that an infrequent set may be in, at most */
};

/* ---- making ---- */

/* A set, with one of its items before the others. */
typedef struct {
    uint32_t set, leader; /* leader: which of its items */
} path;

typedef struct {
    const pa_frequent_sets *sets;
    const int32_t *number;
    size_t n;
    path *path;
} path_list;

static size_t length_of(const path_list *l, path p)
{
    return l->sets->first[p.set + 1] - l->sets->first[p.set];
}

static int32_t item_of(const path_list *l, path p, size_t depth)
{
    size_t k = depth == 0 ? p.leader : depth <= p.leader ? depth - 1 : depth;
    return l->number[l->sets->item[l->sets->first[p.set] + k]];
}

/* Whether the first n items of two paths are the same; else *order says which is smaller. */
static bool is_alike(const path_list *l, size_t n, path a, path b, int *order)
{
    for (size_t d = 0; d < n; d++) {
        int32_t x = item_of(l, a, d), y = item_of(l, b, d);
        *order = x < y ? -1 : 1;
        if (x != y) return false;
    }
    *order = 0;
    return true;
}

/* Returns how many items there are in the sets. */
static size_t number_items(const pa_frequent_sets *s, int32_t n_items, int32_t number[])
{
    int32_t n = 0;
    for (int32_t i = 0; i < n_items; i++) number[i] = -1;
    for (size_t k = 0; s->n && k < s->first[s->n]; k++) number[s->item[k]] = 0;
    for (int32_t i = 0; i < n_items; i++)
        if (number[i] == 0) number[i] = n++;
    return (size_t)n;
}

/* Paths of sets of one size, from .. until - 1: those of each leader together, in the order of the
 * sets, in which they stay when they lose an item that all of them have. start: room for the items
 * and one more. */
static void list_size(path_list *l, size_t from, size_t until, size_t n_items, size_t start[])
{
    const pa_frequent_sets *s = l->sets;
    memset(start, 0, (n_items + 1) * sizeof *start);
    for (size_t k = s->first[from]; k < s->first[until]; k++) start[l->number[s->item[k]] + 1]++;
    start[0] = l->n;
    for (size_t i = 0; i < n_items; i++) start[i + 1] += start[i];
    for (size_t i = from; i < until; i++)
        for (size_t k = s->first[i]; k < s->first[i + 1]; k++)
            l->path[start[l->number[s->item[k]]]++] =
                (path){(uint32_t)i, (uint32_t)(k - s->first[i])};
    l->n += s->first[until] - s->first[from];
}

static pa_status list_paths(path_list *l, size_t n_items, pa_error *err)
{
    const pa_frequent_sets *s = l->sets;
    size_t *start;
    PA_TRY(PA_NEW(start, n_items + 1, err));
    for (size_t from = 0, until; from < s->n; from = until) {
        size_t size = s->first[from + 1] - s->first[from];
        until = from + 1;
        while (until < s->n && s->first[until + 1] - s->first[until] == size) until++;
        list_size(l, from, until, n_items, start);
    }
    pa_free(start);
    return PA_OK;
}

/* Parents ascend as their children do. */
static void link_nodes(const path_list *l, pa_set_trie *t)
{
    uint32_t parent = 0, n = (uint32_t)l->n;
    int order;
    for (uint32_t v = 0; v < n; v++) {
        size_t length = length_of(l, l->path[v]);
        t->item[v] = item_of(l, l->path[v], length - 1);
        t->support[v] = l->sets->support[l->path[v].set];
        if (length == 1) {
            t->child[0] = v + 1;
            continue;
        }
        while (length_of(l, l->path[parent]) + 1 < length ||
               !is_alike(l, length - 1, l->path[parent], l->path[v], &order)) {
            t->child[++parent] = v;
            PA_ASSERT(parent < v);
        }
    }
    while (parent < n) t->child[++parent] = n;
}

/* Shares of items, of the nodes that come first. */
static void weigh(const pa_frequent_sets *sets, pa_set_trie *t)
{
    t->n_baskets = (double)sets->n_baskets;
    t->least = (double)sets->min_support / t->n_baskets;
    t->longest = sets->longest;
    for (uint32_t v = 0; sets->n && v < t->child[0]; v++)
        t->share[v] = t->support[v] / t->n_baskets;
}

static pa_status fill(const pa_frequent_sets *sets, int32_t n_items, pa_set_trie *t, pa_error *err)
{
    path_list l = {.sets = sets, .number = t->number};
    size_t n = sets->n ? sets->first[sets->n] : 0;
    PA_ASSERT(sets->longest <= PA_SET_MOST);
    if (n >= UINT32_MAX)
        return pa_fail(err, PA_E_USAGE, "sets have %zu items: fewer than 2^32 are possible", n);
    size_t n_numbers = number_items(sets, n_items, t->number);
    PA_TRY(PA_NEW(t->item, n, err));
    PA_TRY(PA_NEW(t->support, n, err));
    PA_TRY(PA_NEW(t->child, n + 1, err));
    PA_TRY(PA_NEW(t->share, n, err));
    PA_TRY(PA_NEW(l.path, n, err));
    pa_status st = list_paths(&l, n_numbers, err);
    if (st == PA_OK) {
        link_nodes(&l, t);
        weigh(sets, t);
    }
    pa_free(l.path);
    return st;
}

pa_status pa_set_trie_open(const pa_frequent_sets *sets, int32_t n_items, pa_set_trie **trie,
                           pa_error *err)
{
    pa_set_trie *t = NULL;
    *trie = NULL;
    PA_TRY(PA_NEW(t, 1, err));
    pa_status st = PA_NEW(t->number, (size_t)n_items, err);
    if (st == PA_OK) st = fill(sets, n_items, t, err);
    if (st == PA_OK)
        *trie = t;
    else
        pa_set_trie_free(t);
    return st;
}

void pa_set_trie_free(pa_set_trie *t)
{
    if (!t) return;
    pa_free(t->number);
    pa_free(t->item);
    pa_free(t->support);
    pa_free(t->child);
    pa_free(t->share);
    pa_free(t);
}

/* ---- a basket ---- */

/* The first child from `at` on whose item is this or a later one. */
static uint32_t seek(const int32_t item[], uint32_t at, uint32_t end, int32_t wanted)
{
    while (at < end) {
        uint32_t middle = at + (end - at) / 2;
        if (item[middle] < wanted)
            at = middle + 1;
        else
            end = middle;
    }
    return at;
}

/* The supports of the sets below a node whose other items are in the basket, of item k on. */
static uint64_t sum_below(const pa_set_trie *t, uint32_t node, const pa_set_sum *s, size_t k)
{
    uint32_t at = t->child[node], end = t->child[node + 1];
    uint64_t sum = 0;
    for (; k < s->n && at < end; k++) {
        at = seek(t->item, at, end, s->item[k]);
        if (at == end || t->item[at] != s->item[k]) continue;
        sum += t->support[at] + sum_below(t, at, s, k + 1);
        at++;
    }
    return sum;
}

/* Each combination that was there is there with the item, too. */
static void add_chance(const pa_set_trie *t, double share, pa_set_sum *s)
{
    for (size_t k = t->longest; k >= 2; k--) {
        double more = s->by_chance[k - 1] * share;
        s->by_chance[k] += more;
        s->chance += more;
    }
    s->by_chance[1] += share;
}

void pa_set_sum_row(bool starts, pa_set_sum *s)
{
    if (starts) {
        for (size_t k = 0; k <= PA_SET_MOST; k++) s->by_chance[k] = 0;
        s->n = 0;
    }
    s->sum = 0;
    s->chance = 0;
}

void pa_set_sum_add(const pa_set_trie *t, int32_t item, pa_set_sum *s)
{
    int32_t number = t->number[item];
    if (number < 0) return;
    s->sum += sum_below(t, (uint32_t)number, s, 0);
    add_chance(t, t->share[number], s);
    size_t k = s->n++;
    for (; k > 0 && s->item[k - 1] > number; k--) s->item[k] = s->item[k - 1];
    s->item[k] = number;
}

float pa_basket_outlier(const pa_set_trie *t, const pa_set_sum *s)
{
    if (s->chance == 0) return 0;
    double found = (double)s->sum / t->n_baskets;
    return (float)pa_log2((s->chance + t->least) / (found + t->least));
}

/* ---- what is odd ---- */

/* The support of two items by their numbers. */
static uint32_t support_of(const pa_set_trie *t, int32_t a, int32_t b)
{
    uint32_t end = t->child[a + 1], at = seek(t->item, t->child[a], end, b);
    return at < end && t->item[at] == b ? t->support[at] : 0;
}

bool pa_basket_odd_pair(const pa_set_trie *t, const pa_basket *basket, pa_odd_pair *found)
{
    double most = 1;
    for (size_t k = basket->n - basket->n_new; k < basket->n; k++) {
        int32_t b = t->number[basket->item[k]];
        for (size_t i = 0; b >= 0 && i < k; i++) {
            int32_t a = t->number[basket->item[i]];
            if (a < 0) continue;
            uint32_t support = support_of(t, a, b);
            double chance = t->share[a] * t->share[b], is = support / t->n_baskets;
            double times = (chance + t->least) / (is + t->least);
            /* An infrequent pair may be met almost as often as a frequent one. */
            if (chance < t->least || times <= most) continue;
            most = times;
            *found =
                (pa_odd_pair){{basket->item[i], basket->item[k]}, support, chance * t->n_baskets};
        }
    }
    return most > 1;
}
