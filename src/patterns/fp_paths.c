#include "paraudit/patterns/fp_paths.h"

#include <string.h>

/* counts: of each rank its nodes, one place behind it; becomes where they begin. next: the same,
 * to be moved on. */
static void begin_lists(int32_t n_items, uint32_t counts[], uint32_t next[])
{
    for (int32_t i = 0; i < n_items; i++) {
        next[i] = counts[i];
        counts[i + 1] += counts[i];
    }
}

void pa_fp_paths_add_counts(const pa_fp_paths *p, uint32_t support[])
{
    for (int32_t i = 0; i < p->n_items; i++) {
        support[i] = 0;
        for (size_t k = p->first[i]; k < p->first[i + 1]; k++) support[i] += p->node[k].count;
    }
}

/* ---- of parts ---- */

static size_t nodes_of_run(const pa_path_parts *parts, int32_t first, int32_t last)
{
    size_t n = 0, width = (size_t)parts->all.n_items + 1;
    for (size_t p = 0; p < parts->n_parts; p++)
        n += parts->all.first[p * width + (size_t)last] -
             parts->all.first[p * width + (size_t)first];
    return n;
}

bool pa_fp_paths_of_run(pa_arena *a, const pa_path_parts *parts, int32_t first, int32_t last,
                        uint32_t begin[], pa_fp_paths *p)
{
    size_t width = (size_t)parts->all.n_items + 1;
    uint32_t n = 0;
    *p = parts->all;
    if (parts->n_parts == 1) return true;
    p->first = begin;
    p->node = pa_arena_take(a, nodes_of_run(parts, first, last), sizeof *p->node);
    for (int32_t i = first; p->node && i < last; i++) {
        begin[i] = n;
        for (size_t part = 0; part < parts->n_parts; part++) {
            const uint32_t *of_part = parts->all.first + part * width + i;
            uint32_t own = of_part[1] - of_part[0];
            memcpy(p->node + n, parts->all.node + of_part[0], own * sizeof *p->node);
            n += own;
        }
    }
    begin[last] = n;
    return p->node;
}

/* ---- of a tree ---- */

/* A branch is a run of nodes each of which is the child of the one before it. */
static bool ends_branch(const pa_fp_tree *t, uint32_t v)
{
    return v + 1 == t->n_nodes || t->parent[v + 1] != v;
}

/* Items of the paths to the ends of all branches, each with its end. depth: room for n_nodes. */
static size_t length_of_paths(const pa_fp_tree *t, uint32_t depth[])
{
    size_t length = 0;
    for (uint32_t v = 0; v < t->n_nodes; v++) {
        depth[v] = t->parent[v] == PA_FP_ROOT ? 1 : depth[t->parent[v]] + 1;
        if (ends_branch(t, v)) length += (size_t)depth[v] + 1;
    }
    return length;
}

static void count_nodes(const pa_fp_tree *t, uint32_t first[], uint32_t support[])
{
    memset(first, 0, ((size_t)t->n_items + 1) * sizeof *first);
    memset(support, 0, (size_t)t->n_items * sizeof *support);
    for (uint32_t v = 0; v < t->n_nodes; v++) {
        first[t->item[v] + 1]++;
        support[t->item[v]] += t->count[v];
    }
}

/* The path to the end of a branch serves all nodes of the branch. */
static void lay_paths(const pa_fp_tree *t, uint32_t next[], pa_fp_paths *p)
{
    uint32_t at = 0, begin = 0; /* of the branch */
    for (uint32_t end = 0; end < t->n_nodes; end++) {
        if (!ends_branch(t, end)) continue;
        for (uint32_t v = end; v != PA_FP_ROOT; v = t->parent[v]) {
            int32_t rank = t->item[v];
            p->item[at++] = rank;
            if (v < begin) continue;
            p->node[next[rank]++] = (pa_path_node){at, t->count[v]};
        }
        p->item[at++] = PA_PATH_END;
        begin = end + 1;
    }
}

static bool take_paths(pa_arena *a, int32_t n_items, size_t n_nodes, pa_fp_paths *p)
{
    *p = (pa_fp_paths){.n_items = n_items,
                       .first = pa_arena_take(a, (size_t)n_items + 1, sizeof *p->first),
                       .node = pa_arena_take(a, n_nodes, sizeof *p->node)};
    return p->first && p->node;
}

bool pa_fp_paths_of_tree(pa_arena *a, const pa_fp_tree *t, pa_fp_paths *p)
{
    char *begin = a->at, *end = a->end;
    size_t n = (size_t)t->n_items, length = 0;
    bool fits = take_paths(a, t->n_items, t->n_nodes, p);
    uint32_t *support = pa_arena_take(a, n, sizeof *support);
    uint32_t *next = pa_arena_take_back(a, n, sizeof *next);
    if (fits) length = length_of_paths(t, (uint32_t *)p->node);
    if (fits && length < UINT32_MAX) p->item = pa_arena_take(a, length, sizeof *p->item);
    p->length = length;
    fits = fits && support && next && p->item;
    if (fits) {
        count_nodes(t, p->first, support);
        begin_lists(t->n_items, p->first, next);
        lay_paths(t, next, p);
        p->support = support;
    }
    a->end = end;
    if (!fits) a->at = begin;
    return fits;
}

/* ---- of rows ---- */

bool pa_path_rows_open(pa_arena *a, size_t n, size_t length, int32_t n_ranks,
                       const uint32_t support[], pa_fp_paths *p, pa_path_rows *r)
{
    *p = (pa_fp_paths){.n_items = n_ranks, .support = support};
    p->first = pa_arena_take(a, (size_t)n_ranks + 1, sizeof *p->first);
    p->item = pa_arena_take(a, length + n, sizeof *p->item);
    *r = (pa_path_rows){.paths = p,
                        .shared = pa_arena_take_back(a, n, sizeof *r->shared),
                        .length = pa_arena_take_back(a, n, sizeof *r->length),
                        .weight = pa_arena_take_back(a, n, sizeof *r->weight)};
    if (!p->first || !p->item || !r->shared || !r->length || !r->weight) return false;
    memset(p->first, 0, ((size_t)n_ranks + 1) * sizeof *p->first);
    return length + n < UINT32_MAX;
}

static uint32_t shared_by(const int32_t a[], uint32_t n_a, const int32_t b[], uint32_t n_b)
{
    uint32_t n = n_a < n_b ? n_a : n_b, k = 0;
    while (k < n && a[n_a - 1 - k] == b[n_b - 1 - k]) k++;
    return k;
}

void pa_path_rows_add(pa_path_rows *r, uint32_t n, uint32_t weight)
{
    int32_t *row = pa_path_row(r);
    uint32_t shared = shared_by(row, n, r->last, r->n_last);
    if (shared == n && n == r->n_last) {
        r->weight[r->n - 1] += weight;
        return;
    }
    r->shared[r->n] = shared;
    r->length[r->n] = n;
    r->weight[r->n++] = weight;
    r->last = shared == n ? r->last + (r->n_last - n) : row;
    r->n_last = n;
    if (n > r->longest) r->longest = n;
    if (shared == n) return;
    for (uint32_t i = 0; i < n - shared; i++) r->paths->first[row[i] + 1]++;
    row[n] = PA_PATH_END;
    r->n_items += n + 1;
    r->n_nodes += n - shared;
}

/* The nodes of the row at hand, from the root on. */
typedef struct {
    uint32_t n;
    uint32_t *at, *count; /* of each: its place in `item`, and its weight as far as it is known */
} open_nodes;

/* Those behind the first `kept`: no other row goes through them. */
static void close_nodes(open_nodes *o, uint32_t kept, uint32_t next[], pa_fp_paths *p)
{
    while (o->n > kept) {
        uint32_t k = --o->n, at = o->at[k];
        p->node[next[p->item[at]]++] = (pa_path_node){at + 1, o->count[k]};
        if (k) o->count[k - 1] += o->count[k];
    }
}

static void list_nodes(const pa_path_rows *r, open_nodes *o, uint32_t next[], pa_fp_paths *p)
{
    uint32_t begin = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t n = r->length[i];
        close_nodes(o, r->shared[i], next, p);
        for (uint32_t k = r->shared[i]; k < n; k++) {
            o->at[k] = begin + n - 1 - k;
            o->count[k] = 0;
        }
        if (n > r->shared[i]) begin += n + 1;
        o->n = n;
        o->count[n - 1] += r->weight[i];
    }
    close_nodes(o, 0, next, p);
}

bool pa_path_rows_close(pa_arena *a, pa_path_rows *r)
{
    pa_fp_paths *p = r->paths;
    pa_arena_keep(a, p->item, r->n_items, sizeof *p->item);
    p->length = r->n_items;
    p->node = pa_arena_take(a, r->n_nodes, sizeof *p->node);
    uint32_t *next = pa_arena_take_back(a, (size_t)p->n_items, sizeof *next);
    open_nodes o = {.at = pa_arena_take_back(a, r->longest, sizeof *o.at),
                    .count = pa_arena_take_back(a, r->longest, sizeof *o.count)};
    if (!p->node || !next || !o.at || !o.count) return false;
    begin_lists(p->n_items, p->first, next);
    list_nodes(r, &o, next, p);
    return true;
}
