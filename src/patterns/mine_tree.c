#include "mine_tree.h"

#include <time.h>

double pa_processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pa_mine_tree_free(mine_tree *t)
{
    pa_node_array_free(&t->parent);
    pa_node_array_free(&t->item);
    pa_node_array_free(&t->count);
    *t = (mine_tree){0};
}

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
    PA_TRY(pa_node_array_gather(comm, own->parent, n * sizeof *own->parent, &t->parent, err));
    PA_TRY(pa_node_array_gather(comm, own->item, n * sizeof *own->item, &t->item, err));
    return pa_node_array_gather(comm, own->count, n * sizeof *own->count, &t->count, err);
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
                           .parent = (uint32_t *)t->parent.data,
                           .item = (int32_t *)t->item.data,
                           .count = (uint32_t *)t->count.data};
    return PA_OK;
}

pa_status pa_mine_tree_plant(pa_comm *comm, const pa_baskets *b, const pa_item_ranks *ranks,
                             const pa_rank_run *run, pa_arena *a, mine_tree *t, double *seconds,
                             pa_error *err)
{
    double begin = pa_processor_seconds();
    *t = (mine_tree){0};
    pa_status st = pa_fp_tree_of(a, b, ranks, run, &t->tree, err);
    *seconds += pa_processor_seconds() - begin;
    PA_GOTO(pa_agree(comm, st, err));
    if (pa_comm_size(comm) > 1) PA_GOTO(join_trees(comm, a, t, err));
out:
    if (st != PA_OK) pa_mine_tree_free(t);
    return st;
}
