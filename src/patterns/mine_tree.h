/* The tree of the baskets of all ranks. */
#ifndef PARAUDIT_SRC_PATTERNS_MINE_TREE_H
#define PARAUDIT_SRC_PATTERNS_MINE_TREE_H

#include "paraudit/comm/node_array.h"
#include "paraudit/patterns/fp_tree.h"

/* The trees of all ranks side by side: one tree, whose nodes lie once on each node of the machine.
 * A rank alone keeps its own. */
typedef struct {
    pa_fp_tree tree;
    pa_node_array parent, item, count;
} mine_tree;

/* Of this rank, so far. */
double pa_processor_seconds(void);

/* In the arena, which is empty: room for the nodes is taken there also where they lie elsewhere,
 * so that as much fits for any number of ranks. seconds: the processor time of this rank is added.
 * PA_E_MEMORY: it does not. Collective. */
pa_status pa_mine_tree_plant(pa_comm *comm, const pa_baskets *baskets, const pa_item_ranks *ranks,
                             const pa_rank_run *run, pa_arena *arena, mine_tree *t, double *seconds,
                             pa_error *err);
void pa_mine_tree_free(mine_tree *t); /* local; the arena stays */

#endif
