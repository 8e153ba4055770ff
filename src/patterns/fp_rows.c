/* From baskets to the nodes of a tree, or to its paths: frequent items alone, as ranks. Rows in
 * lexicographic order make it fast; where there is no room for them they are added one by one. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/patterns/fp_paths.h"
#include "paraudit/patterns/item_order.h"

/* Baskets as rows of ranks: row r is rank[first[r]] .. rank[first[r + 1] - 1], ascending. All that
 * is made on the way to a tree lies at the back of the arena. */
typedef struct {
    size_t n;
    size_t *first;
    int32_t *rank;
    uint32_t *weight;
    int32_t longest;
} ranked;

/* ---- ranks ---- */

pa_status pa_item_supports(const pa_baskets *b, int64_t support[], pa_error *err)
{
    uint64_t all = 0;
    for (size_t r = 0; r < b->n; r++) {
        uint32_t weight = b->weight ? b->weight[r] : 1;
        all += weight;
        for (size_t i = b->first[r]; i < b->first[r + 1]; i++) support[b->item[i]] += weight;
    }
    if (all <= UINT32_MAX) return PA_OK;
    return pa_fail(err, PA_E_USAGE, "%llu baskets: fewer than 2^32 can be mined",
                   (unsigned long long)all);
}

static pa_status rank_items(const int64_t support[], int32_t n_items, int64_t min_support,
                            pa_item_ranks *r, uint64_t key[], uint32_t order[], pa_error *err)
{
    PA_TRY(PA_NEW(r->code, (size_t)n_items, err));
    PA_TRY(PA_NEW(r->rank, (size_t)n_items, err));
    for (int32_t i = 0; i < n_items; i++) {
        key[i] = UINT64_MAX - (uint64_t)support[i];
        r->rank[i] = -1;
    }
    PA_TRY(pa_sort_u64((size_t)n_items, key, order, err));
    while (r->n < n_items && support[order[r->n]] >= min_support) {
        r->code[r->n] = (int32_t)order[r->n];
        r->rank[order[r->n]] = r->n;
        r->n++;
    }
    return PA_OK;
}

pa_status pa_item_ranks_of(const int64_t support[], int32_t n_items, int64_t min_support,
                           pa_item_ranks *r, pa_error *err)
{
    uint64_t *key = NULL;
    uint32_t *order = NULL;
    *r = (pa_item_ranks){0};
    pa_status st = PA_NEW(key, (size_t)n_items, err);
    if (st == PA_OK) st = PA_NEW(order, (size_t)n_items, err);
    if (st == PA_OK) st = rank_items(support, n_items, min_support, r, key, order, err);
    pa_free(key);
    pa_free(order);
    if (st != PA_OK) pa_item_ranks_free(r);
    return st;
}

void pa_item_ranks_free(pa_item_ranks *r)
{
    pa_free(r->code);
    pa_free(r->rank);
    *r = (pa_item_ranks){0};
}

/* ---- rows ---- */

enum { FEW = 32 };

/* How many items of basket k belong to the run; 0 where none of first .. last - 1 is there. */
static size_t count_of_run(const pa_baskets *b, size_t k, const int32_t rank[],
                           const pa_rank_run *run)
{
    size_t n = 0;
    bool met = false;
    int32_t end = run->whole ? INT32_MAX : run->last;
    for (size_t i = b->first[k]; i < b->first[k + 1]; i++) {
        int32_t own = rank[b->item[i]];
        n += own >= 0 && own < end;
        met |= own >= run->first && own < run->last;
    }
    return met ? n : 0;
}

/* Its items that belong to the run, as ranks, ascending; returns how many. */
static size_t take_run(const pa_baskets *b, size_t k, const int32_t rank[], const pa_rank_run *run,
                       int32_t row[])
{
    size_t n = 0;
    bool met = false;
    int32_t end = run->whole ? INT32_MAX : run->last;
    for (size_t i = b->first[k]; i < b->first[k + 1]; i++) {
        int32_t own = rank[b->item[i]];
        if (own >= 0 && own < end) row[n++] = own;
        met |= own >= run->first && own < run->last;
    }
    if (!met) return 0;
    pa_sort_items(n, row);
    return n;
}

static bool take_ranks(pa_arena *a, const pa_baskets *b, const int32_t rank[],
                       const pa_rank_run *run, ranked *r)
{
    size_t n = 0, n_items = 0, at = 0;
    for (size_t k = 0; k < b->n; k++) {
        size_t own = count_of_run(b, k, rank, run);
        n += own > 0;
        n_items += own;
    }
    *r = (ranked){.first = pa_arena_take_back(a, n + 1, sizeof *r->first),
                  .rank = pa_arena_take_back(a, n_items, sizeof *r->rank),
                  .weight = pa_arena_take_back(a, n, sizeof *r->weight)};
    if (!r->first || !r->rank || !r->weight) return false;
    r->first[0] = 0;
    for (size_t k = 0; k < b->n && r->n < n; k++) {
        /* One without an item of the run is written as well: while there is room for it. */
        bool fits = b->first[k + 1] - b->first[k] <= n_items - at;
        if (!fits && count_of_run(b, k, rank, run) == 0) continue;
        size_t own = take_run(b, k, rank, run, r->rank + at);
        if (own == 0) continue;
        at += own;
        if ((int32_t)own > r->longest) r->longest = (int32_t)own;
        r->weight[r->n] = b->weight ? b->weight[k] : 1;
        r->first[++r->n] = at;
    }
    return true;
}

/* ---- their order ---- */

static int compare_rows(const ranked *r, size_t from, uint32_t a, uint32_t b)
{
    size_t x = r->first[a] + from, y = r->first[b] + from;
    for (; x < r->first[a + 1] && y < r->first[b + 1]; x++, y++)
        if (r->rank[x] != r->rank[y]) return r->rank[x] < r->rank[y] ? -1 : 1;
    return (x < r->first[a + 1]) - (y < r->first[b + 1]);
}

/* Two ranks of a row from place `from` on; one that is not there comes first. */
static uint64_t key_of(const ranked *r, uint32_t row, size_t from)
{
    uint64_t key = 0;
    for (size_t k = 0; k < 2; k++) {
        size_t at = r->first[row] + from + k;
        key = key << 32 | (at < r->first[row + 1] ? (uint64_t)r->rank[at] + 1 : 0);
    }
    return key;
}

static void sort_few(const ranked *r, size_t from, size_t n, uint32_t row[])
{
    for (size_t i = 1; i < n; i++) {
        uint32_t v = row[i];
        size_t k = i;
        for (; k > 0 && compare_rows(r, from, row[k - 1], v) > 0; k--) row[k] = row[k - 1];
        row[k] = v;
    }
}

/* Room for n rows, for who sorts them. */
typedef struct {
    uint64_t *key;
    uint32_t *order, *sorted;
} sort_space;

static pa_status sort_rows(const ranked *r, size_t from, size_t n, uint32_t row[],
                           const sort_space *s, pa_error *err);

/* The rows that are alike in the two ranks before `from`. */
static pa_status sort_runs(const ranked *r, size_t from, size_t n, uint32_t row[],
                           const sort_space *s, pa_error *err)
{
    for (size_t i = 0, end; i < n; i = end) {
        uint64_t key = key_of(r, row[i], from - 2);
        for (end = i + 1; end < n && key_of(r, row[end], from - 2) == key; end++) continue;
        /* A row that has ended is alike to all others of its run. */
        if (end - i > 1 && (uint32_t)key != 0) PA_TRY(sort_rows(r, from, end - i, row + i, s, err));
    }
    return PA_OK;
}

/* By two ranks at a time, the first ones first. */
static pa_status sort_rows(const ranked *r, size_t from, size_t n, uint32_t row[],
                           const sort_space *s, pa_error *err)
{
    if (n <= FEW) {
        sort_few(r, from, n, row);
        return PA_OK;
    }
    for (size_t i = 0; i < n; i++) s->key[i] = key_of(r, row[i], from);
    PA_TRY(pa_sort_u64(n, s->key, s->order, err));
    pa_permute(n, sizeof *row, s->order, row, s->sorted);
    memcpy(row, s->sorted, n * sizeof *row);
    return sort_runs(r, from + 2, n, row, s, err);
}

static pa_status order_rows(pa_arena *a, const ranked *r, uint32_t row[], pa_error *err)
{
    char *mark = a->end;
    const sort_space s = {.key = pa_arena_take_back(a, r->n, sizeof *s.key),
                          .order = pa_arena_take_back(a, r->n, sizeof *s.order),
                          .sorted = pa_arena_take_back(a, r->n, sizeof *s.sorted)};
    if (!s.key || !s.order || !s.sorted) return pa_arena_is_short(a, err);
    for (size_t i = 0; i < r->n; i++) row[i] = (uint32_t)i;
    PA_TRY(sort_rows(r, 0, r->n, row, &s, err));
    a->end = mark;
    return PA_OK;
}

/* ---- what each shares with the one before ---- */

typedef struct {
    uint32_t *shared, *length, *weight;
    int32_t *item;
} row_arrays;

static bool take_arrays(pa_arena *a, const ranked *r, row_arrays *to)
{
    to->shared = pa_arena_take_back(a, r->n, sizeof *to->shared);
    to->length = pa_arena_take_back(a, r->n, sizeof *to->length);
    to->weight = pa_arena_take_back(a, r->n, sizeof *to->weight);
    to->item = pa_arena_take_back(a, r->first[r->n], sizeof *to->item);
    return to->shared && to->length && to->weight && to->item;
}

static uint32_t shared_by(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
    size_t n = n_a < n_b ? n_a : n_b, k = 0;
    while (k < n && a[k] == b[k]) k++;
    return (uint32_t)k;
}

/* Rows that are alike become one. */
static pa_fp_rows merge_rows(const ranked *r, const uint32_t order[], const row_arrays *a)
{
    const int32_t *last = NULL;
    size_t n_last = 0, n = 0, at = 0;
    for (size_t k = 0; k < r->n; k++) {
        const int32_t *rank = r->rank + r->first[order[k]];
        size_t length = r->first[order[k] + 1] - r->first[order[k]];
        uint32_t own = r->weight[order[k]], shared = shared_by(rank, length, last, n_last);
        if (shared == length && length == n_last) {
            a->weight[n - 1] += own;
            continue;
        }
        a->shared[n] = shared;
        a->length[n] = (uint32_t)length;
        a->weight[n++] = own;
        memcpy(a->item + at, rank + shared, (length - shared) * sizeof *rank);
        at += length - shared;
        last = rank;
        n_last = length;
    }
    return (pa_fp_rows){.n = n,
                        .shared = a->shared,
                        .length = a->length,
                        .weight = a->weight,
                        .item = a->item,
                        .n_nodes = at,
                        .longest = r->longest};
}

/* ---- the tree ---- */

static pa_status make_tree(pa_arena *arena, const ranked *r, const uint32_t order[],
                           int32_t n_frequent, pa_fp_tree *tree, pa_error *err)
{
    row_arrays a;
    if (!take_arrays(arena, r, &a)) return pa_arena_is_short(arena, err);
    pa_fp_rows rows = merge_rows(r, order, &a);
    if (rows.n_nodes >= PA_FP_ROOT)
        return pa_fail(err, PA_E_USAGE, "%zu nodes of a tree: fewer than 2^32 are possible",
                       rows.n_nodes);
    return pa_fp_tree_make(arena, &rows, n_frequent, tree) ? PA_OK : pa_arena_is_short(arena, err);
}

static pa_status sorted_rows(pa_arena *arena, const pa_baskets *b, const pa_item_ranks *ranks,
                             const pa_rank_run *run, ranked *r, uint32_t **order, pa_error *err)
{
    if (!take_ranks(arena, b, ranks->rank, run, r)) return pa_arena_is_short(arena, err);
    *order = pa_arena_take_back(arena, r->n, sizeof **order);
    if (!*order) return pa_arena_is_short(arena, err);
    return order_rows(arena, r, *order, err);
}

static pa_status tree_by_rows(pa_arena *arena, const pa_baskets *b, const pa_item_ranks *ranks,
                              const pa_rank_run *run, pa_fp_tree *tree, pa_error *err)
{
    ranked r;
    uint32_t *order = NULL;
    PA_TRY(sorted_rows(arena, b, ranks, run, &r, &order, err));
    return make_tree(arena, &r, order, ranks->n, tree, err);
}

/* ---- its paths ---- */

static bool lay_rows(pa_arena *a, const ranked *r, const uint32_t order[], int32_t n_frequent,
                     pa_fp_paths *p)
{
    pa_path_rows rows;
    uint32_t *support = pa_arena_take(a, (size_t)n_frequent, sizeof *support);
    if (!support || !pa_path_rows_open(a, r->n, r->first[r->n], n_frequent, support, p, &rows))
        return false;
    for (size_t k = 0; k < r->n; k++) {
        size_t begin = r->first[order[k]], n = r->first[order[k] + 1] - begin;
        int32_t *row = pa_path_row(&rows);
        for (size_t i = 0; i < n; i++) row[i] = r->rank[begin + n - 1 - i];
        pa_path_rows_add(&rows, (uint32_t)n, r->weight[order[k]]);
    }
    if (!pa_path_rows_close(a, &rows)) return false;
    pa_fp_paths_add_counts(p, support);
    return true;
}

static pa_status paths_by_rows(pa_arena *arena, const pa_baskets *b, const pa_item_ranks *ranks,
                               const pa_rank_run *run, pa_fp_paths *paths, pa_error *err)
{
    ranked r;
    uint32_t *order = NULL;
    PA_TRY(sorted_rows(arena, b, ranks, run, &r, &order, err));
    return lay_rows(arena, &r, order, ranks->n, paths) ? PA_OK : pa_arena_is_short(arena, err);
}

/* ---- without rows ---- */

/* A tree while it grows. Its arrays have room for `most` nodes. */
typedef struct {
    pa_fp_tree *tree;
    uint32_t most;
    uint32_t *child,
        *sibling; /* of each node: its newest child, and the one made before it; PA_FP_ROOT: none */
    uint32_t top; /* the newest node without a parent */
} growing;

static uint32_t find_child(const growing *g, uint32_t first, int32_t rank)
{
    uint32_t v = first;
    while (v != PA_FP_ROOT && g->tree->item[v] != rank) v = g->sibling[v];
    return v;
}

static bool add_path(growing *g, const int32_t rank[], size_t n, uint32_t weight)
{
    pa_fp_tree *t = g->tree;
    uint32_t parent = PA_FP_ROOT;
    for (size_t i = 0; i < n; i++) {
        uint32_t *first = parent == PA_FP_ROOT ? &g->top : g->child + parent;
        uint32_t v = find_child(g, *first, rank[i]);
        if (v == PA_FP_ROOT) {
            if (t->n_nodes == g->most) return false;
            v = t->n_nodes++;
            t->item[v] = rank[i];
            t->parent[v] = parent;
            t->count[v] = 0;
            g->child[v] = PA_FP_ROOT;
            g->sibling[v] = *first;
            *first = v;
        }
        parent = v;
    }
    t->count[parent] += weight;
    if ((int32_t)n > t->longest) t->longest = (int32_t)n;
    return true;
}

/* All that is left of the arena but for a row. */
static bool take_growing(pa_arena *a, size_t longest, int32_t n_items, pa_fp_tree *t, growing *g,
                         int32_t **row)
{
    enum { ARRAYS = 5, LOST = 16 * ARRAYS };
    *row = pa_arena_take_back(a, longest, sizeof **row);
    size_t left = (size_t)(a->end - a->at), most = left < LOST ? 0 : (left - LOST) / (4 * ARRAYS);
    if (most >= PA_FP_ROOT) most = PA_FP_ROOT - 1;
    *t = (pa_fp_tree){.n_items = n_items};
    *g = (growing){.tree = t, .most = (uint32_t)most, .top = PA_FP_ROOT};
    g->child = pa_arena_take_back(a, most, sizeof *g->child);
    g->sibling = pa_arena_take_back(a, most, sizeof *g->sibling);
    t->parent = pa_arena_take(a, most, sizeof *t->parent);
    t->item = pa_arena_take(a, most, sizeof *t->item);
    t->count = pa_arena_take(a, most, sizeof *t->count);
    return *row && g->child && g->sibling && t->parent && t->item && t->count;
}

/* Its arrays close up. */
static void give_back(pa_arena *a, char *begin, pa_fp_tree *t)
{
    const void *item = t->item, *count = t->count;
    size_t bytes = t->n_nodes * sizeof *t->item;
    a->at = begin;
    t->parent = pa_arena_take(a, t->n_nodes, sizeof *t->parent);
    t->item = pa_arena_take(a, t->n_nodes, sizeof *t->item);
    t->count = pa_arena_take(a, t->n_nodes, sizeof *t->count);
    memmove(t->item, item, bytes);
    memmove(t->count, count, bytes);
}

static size_t longest_basket(const pa_baskets *b)
{
    size_t longest = 0;
    for (size_t k = 0; k < b->n; k++) {
        size_t n = b->first[k + 1] - b->first[k];
        if (n > longest) longest = n;
    }
    return longest;
}

static pa_status tree_path_by_path(pa_arena *a, const pa_baskets *b, const pa_item_ranks *ranks,
                                   const pa_rank_run *run, pa_fp_tree *t, pa_error *err)
{
    char *begin = a->at;
    growing g;
    int32_t *row;
    bool fits = take_growing(a, longest_basket(b), ranks->n, t, &g, &row);
    for (size_t k = 0; fits && k < b->n; k++) {
        size_t n = take_run(b, k, ranks->rank, run, row);
        fits = n == 0 || add_path(&g, row, n, b->weight ? b->weight[k] : 1);
    }
    if (!fits) return pa_arena_is_short(a, err);
    give_back(a, begin, t);
    pa_fp_tree_add_counts(t);
    return PA_OK;
}

/* ---- */

pa_status pa_fp_tree_of(pa_arena *arena, const pa_baskets *b, const pa_item_ranks *ranks,
                        const pa_rank_run *run, pa_fp_tree *tree, pa_error *err)
{
    char *begin = arena->at, *end = arena->end;
    pa_status st = run->sparing ? tree_path_by_path(arena, b, ranks, run, tree, err)
                                : tree_by_rows(arena, b, ranks, run, tree, err);
    arena->end = end;
    if (st != PA_OK) arena->at = begin;
    return st;
}

static pa_status paths_path_by_path(pa_arena *a, const pa_baskets *b, const pa_item_ranks *ranks,
                                    const pa_rank_run *run, pa_fp_paths *paths, pa_error *err)
{
    char *end = a->end;
    pa_fp_tree tree;
    PA_TRY(tree_path_by_path(a, b, ranks, run, &tree, err));
    a->end = end;
    return pa_fp_paths_of_tree(a, &tree, paths) ? PA_OK : pa_arena_is_short(a, err);
}

pa_status pa_fp_paths_of(pa_arena *arena, const pa_baskets *b, const pa_item_ranks *ranks,
                         const pa_rank_run *run, pa_fp_paths *paths, pa_error *err)
{
    char *begin = arena->at, *end = arena->end;
    pa_status st = run->sparing ? paths_path_by_path(arena, b, ranks, run, paths, err)
                                : paths_by_rows(arena, b, ranks, run, paths, err);
    arena->end = end;
    if (st != PA_OK) arena->at = begin;
    return st;
}
