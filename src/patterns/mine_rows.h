/* The baskets of all ranks as bytes: what is mined where there is no room for their tree. */
#ifndef PARAUDIT_SRC_PATTERNS_MINE_ROWS_H
#define PARAUDIT_SRC_PATTERNS_MINE_ROWS_H

#include "paraudit/comm/node_array.h"
#include "paraudit/patterns/coded_rows.h"

/* The rows of all ranks one behind the other, once on each node of the machine. A rank alone keeps
 * its own. */
typedef struct {
    pa_coded_rows rows;
    pa_node_array first, code;
} mine_rows;

/* As pa_mine_tree_plant: in the arena, which is empty, with room for what lies elsewhere. Rows of
 * the ranks are brought together in 4 GiB: PA_E_MEMORY. Collective. */
pa_status pa_mine_rows_gather(pa_comm *comm, const pa_baskets *baskets, const pa_item_ranks *ranks,
                              const pa_rank_run *run, pa_arena *arena, mine_rows *rows,
                              double *seconds, pa_error *err);
void pa_mine_rows_free(mine_rows *rows); /* local; the arena stays */

#endif
