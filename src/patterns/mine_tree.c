#include "mine_tree.h"

#include <string.h>
#include <time.h>

double pa_processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pa_mine_tree_free(mine_tree *t)
{
    for (size_t i = 0; i < sizeof t->shared / sizeof *t->shared; i++)
        pa_node_array_free(t->shared + i);
    *t = (mine_tree){0};
}

/* ---- nodes ---- */

/* Nodes of lower ranks come first. */
static pa_status number_nodes(pa_comm *comm, pa_fp_tree *t, int64_t *n_nodes, pa_error *err)
{
    int64_t before = pa_sum_before_i64(comm, t->n_nodes);
    *n_nodes = t->n_nodes;
    pa_sum_i64(comm, n_nodes, 1);
    if (*n_nodes >= (int64_t)PA_FP_ROOT)
        return pa_fail(err, PA_E_USAGE, "%lld nodes of a tree: fewer than 2^32 are possible",
                       (long long)*n_nodes);
    for (uint32_t v = 0; v < t->n_nodes; v++)
        if (t->parent[v] != PA_FP_ROOT) t->parent[v] += (uint32_t)before;
    return PA_OK;
}

static pa_status share_nodes(pa_comm *comm, mine_tree *t, pa_error *err)
{
    const pa_fp_tree *own = &t->tree;
    size_t n = own->n_nodes;
    PA_TRY(pa_node_array_gather(comm, own->parent, n * sizeof *own->parent, &t->shared[0], err));
    PA_TRY(pa_node_array_gather(comm, own->item, n * sizeof *own->item, &t->shared[1], err));
    return pa_node_array_gather(comm, own->count, n * sizeof *own->count, &t->shared[2], err);
}

/* The tree of this rank goes, and that of all comes. */
static pa_status join_trees(pa_comm *comm, pa_arena *a, mine_tree *t, pa_error *err)
{
    int64_t n_nodes;
    size_t bytes = sizeof *t->tree.parent + sizeof *t->tree.item + sizeof *t->tree.count;
    PA_TRY(number_nodes(comm, &t->tree, &n_nodes, err));
    a->at = a->begin; /* what is taken now begins with the own tree, which is read until it goes */
    bool fits = pa_arena_take(a, (size_t)n_nodes, bytes);
    PA_AGREE(comm, fits ? PA_OK : pa_arena_is_short(a, err), err);
    PA_TRY(share_nodes(comm, t, err));
    t->tree = (pa_fp_tree){.n_items = t->tree.n_items,
                           .n_nodes = (uint32_t)n_nodes,
                           .parent = (uint32_t *)t->shared[0].data,
                           .item = (int32_t *)t->shared[1].data,
                           .count = (uint32_t *)t->shared[2].data};
    return PA_OK;
}

/* ---- paths ---- */

/* Those of lower ranks come first. n: items of paths and nodes of all ranks. */
static pa_status number_paths(pa_comm *comm, pa_fp_paths *p, int64_t n[2], pa_error *err)
{
    uint32_t n_own = p->first[p->n_items];
    int64_t before[] = {(int64_t)p->length, n_own};
    memcpy(n, before, sizeof before);
    pa_sums_before_i64(comm, before, 2);
    pa_sum_i64(comm, n, 2);
    if (n[0] >= UINT32_MAX)
        return pa_fail(err, PA_E_MEMORY, "%lld items of paths: fewer than 2^32 are possible",
                       (long long)n[0]);
    for (uint32_t k = 0; k < n_own; k++) p->node[k].above += (uint32_t)before[0];
    for (int32_t i = 0; i <= p->n_items; i++) p->first[i] += (uint32_t)before[1];
    return PA_OK;
}

static pa_status add_supports(pa_comm *comm, pa_arena *a, int32_t n_items, uint32_t support[],
                              pa_error *err)
{
    char *end = a->end;
    int64_t *sum = pa_arena_take_back(a, (size_t)n_items, sizeof *sum);
    a->end = end;
    PA_AGREE(comm, sum ? PA_OK : pa_arena_is_short(a, err), err);
    for (int32_t i = 0; i < n_items; i++) sum[i] = support[i];
    pa_sum_i64(comm, sum, (size_t)n_items);
    for (int32_t i = 0; i < n_items; i++) support[i] = (uint32_t)sum[i];
    return PA_OK;
}

/* Supports are alike on all ranks. */
static pa_status share_paths(pa_comm *comm, const pa_fp_paths *own, size_t n_own,
                             pa_node_array to[], pa_error *err)
{
    size_t n = (size_t)own->n_items, n_supports = pa_comm_rank(comm) == 0 ? n : 0;
    PA_TRY(pa_node_array_gather(comm, own->first, (n + 1) * sizeof *own->first, to, err));
    PA_TRY(pa_node_array_gather(comm, own->node, n_own * sizeof *own->node, to + 1, err));
    PA_TRY(
        pa_node_array_gather(comm, own->support, n_supports * sizeof *own->support, to + 2, err));
    return pa_node_array_gather(comm, own->item, own->length * sizeof *own->item, to + 3, err);
}

/* For what lies elsewhere: where the paths of this rank are, which are read until they go. */
static bool take_room(pa_arena *a, int32_t n_items, const int64_t n[2])
{
    a->at = a->begin;
    return pa_arena_take(a, 2 * (size_t)n_items + 1, sizeof(uint32_t)) &&
           pa_arena_take(a, (size_t)n[0], sizeof(int32_t)) &&
           pa_arena_take(a, (size_t)n[1], sizeof(pa_path_node));
}

/* The paths of this rank go, and those of all come. */
static pa_status join_paths(pa_comm *comm, pa_arena *a, mine_tree *t, pa_error *err)
{
    pa_fp_paths *own = &t->paths.all;
    size_t n_own = own->first[own->n_items];
    int64_t n[2];
    PA_TRY(number_paths(comm, own, n, err));
    PA_TRY(add_supports(comm, a, own->n_items, (uint32_t *)own->support, err));
    bool fits = take_room(a, own->n_items, n);
    PA_AGREE(comm, fits ? PA_OK : pa_arena_is_short(a, err), err);
    PA_TRY(share_paths(comm, own, n_own, t->shared, err));
    t->paths = (pa_path_parts){.n_parts = (size_t)pa_comm_size(comm),
                               .all = {.n_items = own->n_items,
                                       .first = (uint32_t *)t->shared[0].data,
                                       .node = (pa_path_node *)t->shared[1].data,
                                       .support = t->shared[2].data,
                                       .length = (size_t)n[0],
                                       .item = (int32_t *)t->shared[3].data}};
    return PA_OK;
}

/* ---- */

pa_status pa_mine_tree_plant(pa_comm *comm, const pa_baskets *b, const pa_item_ranks *ranks,
                             const pa_rank_run *run, pa_arena *a, mine_tree *t, double *seconds,
                             pa_error *err)
{
    double begin = pa_processor_seconds();
    *t = (mine_tree){.paths.n_parts = 1};
    pa_status st = run->whole ? pa_fp_tree_of(a, b, ranks, run, &t->tree, err)
                              : pa_fp_paths_of(a, b, ranks, run, &t->paths.all, err);
    *seconds += pa_processor_seconds() - begin;
    PA_GOTO(pa_agree(comm, st, err));
    if (pa_comm_size(comm) > 1)
        PA_GOTO(run->whole ? join_trees(comm, a, t, err) : join_paths(comm, a, t, err));
out:
    if (st != PA_OK) pa_mine_tree_free(t);
    return st;
}
