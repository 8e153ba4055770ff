/* The tree of some baskets, of items with min_support. */
#ifndef PARAUDIT_TESTS_TREE_OF_H
#define PARAUDIT_TESTS_TREE_OF_H

#include "paraudit/base/array.h"
#include "paraudit/patterns/fp_tree.h"

/* ranks is freed by the caller, on failure too. */
static inline pa_status tree_of(pa_arena *arena, const pa_baskets *b, int64_t min_support,
                                pa_fp_tree *tree, pa_item_ranks *ranks, pa_error *err)
{
    int64_t *support;
    *ranks = (pa_item_ranks){0};
    PA_TRY(PA_NEW(support, (size_t)b->n_items, err));
    pa_status st = pa_item_supports(b, support, err);
    if (st == PA_OK) st = pa_item_ranks_of(support, b->n_items, min_support, ranks, err);
    const pa_rank_run all = {0, ranks->n, false, false};
    if (st == PA_OK) st = pa_fp_tree_of(arena, b, ranks, &all, tree, err);
    pa_free(support);
    return st;
}

#endif
