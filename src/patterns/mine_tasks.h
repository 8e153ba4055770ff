/* Mining cut into tasks: the same for any number of ranks and any memory. */
#ifndef PARAUDIT_SRC_PATTERNS_MINE_TASKS_H
#define PARAUDIT_SRC_PATTERNS_MINE_TASKS_H

#include "paraudit/comm/comm.h"
#include "paraudit/patterns/fp_tree.h"

/* Ranks of items first .. last - 1; or of one item a part. */
typedef struct {
    int32_t first, last;
    int32_t part, n_parts;
} mine_task;

typedef struct {
    size_t n;
    mine_task *task; /* ranks ascend, and parts of a rank */
    int64_t *cost;   /* of each, estimated */
    int64_t longest; /* frequent items of a basket, of all ranks */
} mine_tasks;

/* whole: items are mined with all of their baskets. parts: items may be cut. Collective. */
pa_status pa_mine_tasks_cut(pa_comm *comm, const pa_baskets *baskets, const pa_item_ranks *ranks,
                            bool whole, bool parts, mine_tasks *tasks, pa_error *err);
void pa_mine_tasks_free(mine_tasks *tasks); /* local; zeroed ones may be freed */

#endif
