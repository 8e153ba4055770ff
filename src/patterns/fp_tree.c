#include "paraudit/patterns/fp_tree.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"

/* ---- the arena ---- */

enum { ALIGNMENT = 16 };

pa_status pa_arena_open(pa_arena *a, size_t bytes, pa_error *err)
{
    *a = (pa_arena){0};
    bytes = bytes / ALIGNMENT * ALIGNMENT;
    PA_TRY(PA_NEW(a->begin, bytes, err));
    a->at = a->begin;
    a->end = a->limit = a->begin + bytes;
    return PA_OK;
}

void pa_arena_free(pa_arena *a)
{
    pa_free(a->begin);
    *a = (pa_arena){0};
}

/* Whether there is room for n values of `size` bytes, and how many bytes these are. */
static bool has_room(pa_arena *a, size_t n, size_t size, size_t *bytes)
{
    size_t taken = (size_t)(a->at - a->begin + (a->limit - a->end)), all;
    bool fits = !__builtin_mul_overflow(n, size, bytes) &&
                !__builtin_add_overflow(*bytes, (size_t)ALIGNMENT - 1, bytes);
    *bytes = *bytes / ALIGNMENT * ALIGNMENT;
    if (!fits || __builtin_add_overflow(taken, *bytes, &all)) all = SIZE_MAX;
    fits = all <= (size_t)(a->limit - a->begin);
    if (fits && all > a->most) a->most = all;
    if (!fits && all > a->missed) a->missed = all;
    return fits;
}

void *pa_arena_take(pa_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (!has_room(a, n, size, &bytes)) return NULL;
    void *taken = a->at;
    a->at += bytes;
    return taken;
}

void *pa_arena_take_back(pa_arena *a, size_t n, size_t size)
{
    size_t bytes;
    return has_room(a, n, size, &bytes) ? a->end -= bytes : NULL;
}

void pa_arena_keep(pa_arena *a, void *taken, size_t n, size_t size)
{
    a->at = (char *)taken + (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

pa_status pa_arena_is_short(const pa_arena *a, pa_error *err)
{
    return pa_fail(err, PA_E_MEMORY,
                   "mining may take %zu bytes of memory and needs about %zu (a larger minimum "
                   "support needs less)",
                   (size_t)(a->limit - a->begin), a->missed);
}

/* ---- from rows to a tree ---- */

static bool take_nodes(pa_arena *a, uint32_t n_nodes, int32_t n_items, pa_fp_tree *t)
{
    *t = (pa_fp_tree){.n_items = n_items, .n_nodes = n_nodes};
    t->parent = pa_arena_take(a, n_nodes, sizeof *t->parent);
    t->item = pa_arena_take(a, n_nodes, sizeof *t->item);
    t->count = pa_arena_take(a, n_nodes, sizeof *t->count);
    return t->parent && t->item && t->count;
}

/* path: room for the longest row. */
static void add_paths(const pa_fp_rows *rows, uint32_t path[], pa_fp_tree *t)
{
    uint32_t made = 0;
    const int32_t *item = rows->item;
    for (size_t r = 0; r < rows->n; r++) {
        for (uint32_t k = rows->shared[r]; k < rows->length[r]; k++, made++) {
            t->item[made] = *item++;
            t->parent[made] = k ? path[k - 1] : PA_FP_ROOT;
            t->count[made] = 0;
            path[k] = made;
        }
        t->count[path[rows->length[r] - 1]] += rows->weight[r];
    }
}

/* Parents come before their children. */
void pa_fp_tree_add_counts(pa_fp_tree *t)
{
    for (uint32_t v = t->n_nodes; v-- > 0;)
        if (t->parent[v] != PA_FP_ROOT) t->count[t->parent[v]] += t->count[v];
}

bool pa_fp_tree_make(pa_arena *a, const pa_fp_rows *rows, int32_t n_items, pa_fp_tree *t)
{
    char *begin = a->at;
    bool fits = take_nodes(a, (uint32_t)rows->n_nodes, n_items, t);
    t->longest = rows->longest;
    char *made = a->at;
    uint32_t *path = fits ? pa_arena_take(a, (size_t)rows->longest, sizeof *path) : NULL;
    if (path) {
        add_paths(rows, path, t);
        pa_fp_tree_add_counts(t);
        a->at = made;
    }
    if (!path) a->at = begin;
    return path;
}
