/* From baskets to the rows of a tree: frequent items alone, as ranks, in lexicographic order. */
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/patterns/fp_tree.h"
#include "paraudit/patterns/item_order.h"

/* Baskets as rows of ranks: row r is rank[first[r]] .. rank[first[r + 1] - 1], ascending. */
typedef struct {
    size_t n;
    size_t *first;
    int32_t *rank;
    int32_t longest;
} ranked;

static void free_ranked(ranked *r)
{
    pa_free(r->first);
    pa_free(r->rank);
}

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

static pa_status take_ranks(const pa_baskets *b, const int32_t rank[], ranked *r, pa_error *err)
{
    size_t at = 0;
    *r = (ranked){.n = b->n};
    PA_TRY(PA_NEW(r->first, b->n + 1, err));
    PA_TRY(PA_NEW(r->rank, b->first[b->n] - b->first[0], err));
    for (size_t k = 0; k < b->n; k++) {
        size_t begin = at;
        for (size_t i = b->first[k]; i < b->first[k + 1]; i++)
            if (rank[b->item[i]] >= 0) r->rank[at++] = rank[b->item[i]];
        pa_sort_items(at - begin, r->rank + begin);
        if ((int32_t)(at - begin) > r->longest) r->longest = (int32_t)(at - begin);
        r->first[k + 1] = at;
    }
    return PA_OK;
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

static pa_status order_rows(const ranked *r, uint32_t row[], pa_error *err)
{
    sort_space s = {0};
    pa_status st = PA_NEW(s.key, r->n, err);
    if (st == PA_OK) st = PA_NEW(s.order, r->n, err);
    if (st == PA_OK) st = PA_NEW(s.sorted, r->n, err);
    for (size_t i = 0; st == PA_OK && i < r->n; i++) row[i] = (uint32_t)i;
    if (st == PA_OK) st = sort_rows(r, 0, r->n, row, &s, err);
    pa_free(s.key);
    pa_free(s.order);
    pa_free(s.sorted);
    return st;
}

/* ---- what each shares with the one before ---- */

typedef struct {
    uint32_t *shared, *length, *weight;
    int32_t *item;
} row_arrays;

static void free_arrays(row_arrays *a)
{
    pa_free(a->shared);
    pa_free(a->length);
    pa_free(a->weight);
    pa_free(a->item);
}

static pa_status new_arrays(const ranked *r, row_arrays *a, pa_error *err)
{
    PA_TRY(PA_NEW(a->shared, r->n, err));
    PA_TRY(PA_NEW(a->length, r->n, err));
    PA_TRY(PA_NEW(a->weight, r->n, err));
    return PA_NEW(a->item, r->first[r->n], err);
}

static uint32_t shared_by(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
    size_t n = n_a < n_b ? n_a : n_b, k = 0;
    while (k < n && a[k] == b[k]) k++;
    return (uint32_t)k;
}

/* Rows that are alike become one; empty ones none. */
static pa_fp_rows merge_rows(const ranked *r, const uint32_t order[], const uint32_t weight[],
                             const row_arrays *a)
{
    const int32_t *last = NULL;
    size_t n_last = 0, n = 0, at = 0;
    for (size_t k = 0; k < r->n; k++) {
        const int32_t *rank = r->rank + r->first[order[k]];
        size_t length = r->first[order[k] + 1] - r->first[order[k]];
        uint32_t own = weight ? weight[order[k]] : 1;
        uint32_t shared = shared_by(rank, length, last, n_last);
        if (length == 0) continue;
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

static pa_status make_tree(pa_arena *arena, const ranked *r, const uint32_t weight[],
                           int32_t n_frequent, pa_fp_tree *tree, pa_error *err)
{
    row_arrays a = {0};
    uint32_t *order = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(order, r->n, err));
    PA_GOTO(new_arrays(r, &a, err));
    PA_GOTO(order_rows(r, order, err));
    pa_fp_rows rows = merge_rows(r, order, weight, &a);
    if (rows.n_nodes >= PA_FP_ROOT)
        st = pa_fail(err, PA_E_USAGE, "%zu nodes of a tree: fewer than 2^32 are possible",
                     rows.n_nodes);
    else if (!pa_fp_tree_make(arena, &rows, n_frequent, tree))
        st = pa_fail(err, PA_E_MEMORY, "a tree of %zu nodes needs more memory than it may take",
                     rows.n_nodes);
out:
    free_arrays(&a);
    pa_free(order);
    return st;
}

pa_status pa_fp_tree_of(pa_arena *arena, const pa_baskets *b, const pa_item_ranks *ranks,
                        pa_fp_tree *tree, pa_error *err)
{
    ranked r = {0};
    pa_status st = take_ranks(b, ranks->rank, &r, err);
    if (st == PA_OK) st = make_tree(arena, &r, b->weight, ranks->n, tree, err);
    free_ranked(&r);
    return st;
}
