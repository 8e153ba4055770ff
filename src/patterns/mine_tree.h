/* The tree of the baskets of all ranks, or its paths. */
#ifndef PARAUDIT_SRC_PATTERNS_MINE_TREE_H
#define PARAUDIT_SRC_PATTERNS_MINE_TREE_H

#include "paraudit/comm/node_array.h"
#include "paraudit/patterns/fp_paths.h"

/* Those of all ranks side by side: one tree, which lies once on each node of the machine. A rank
 * alone keeps its own. */
typedef struct {
    pa_fp_tree tree;     /* where runs are whole */
    pa_path_parts paths; /* where they are not: each rank has laid those of its baskets */
    pa_node_array shared[4];
} mine_tree;

/* Of this rank, so far. */
double pa_processor_seconds(void);

/* In the arena, which is empty: room is taken there also for what lies elsewhere, so that as much
 * fits for any number of ranks. seconds: the processor time of this rank is added. PA_E_MEMORY: it
 * does not. Collective. */
pa_status pa_mine_tree_plant(pa_comm *comm, const pa_baskets *baskets, const pa_item_ranks *ranks,
                             const pa_rank_run *run, pa_arena *arena, mine_tree *t, double *seconds,
                             pa_error *err);
void pa_mine_tree_free(mine_tree *t); /* local; the arena stays */

#endif
