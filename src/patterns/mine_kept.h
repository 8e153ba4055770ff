/* Tasks of mining that are done: what of them is saved, and what earlier runs have saved.
 *
 * A record is the key of a task, the bytes that it wrote, and how many sets it found of each size
 * (8 bytes each: key, bytes, n, n counts), with what it wrote behind that. Records one behind
 * the other are a chunk. */
#ifndef PARAUDIT_PATTERNS_MINE_KEPT_H
#define PARAUDIT_PATTERNS_MINE_KEPT_H

#include "paraudit/patterns/mine.h"

typedef struct {
    const pa_mine_keeper *keeper; /* NULL: nothing is kept */
    const int64_t *cost;          /* of each task */
    size_t n;
    bool *done;                  /* of each task, by earlier runs: the same on all ranks */
    size_t n_done;               /* of these */
    pa_set_counts earlier;       /* sets of those whose records are this rank's */
    pa_buffer heads;             /* records of this run without what was written: those not saved */
    size_t n_added, n_saved;     /* records of this run */
    int64_t saved;               /* where in the spill begins what is not saved */
    int64_t cost_done, cost_all; /* of this run: here; of all ranks */
} pa_kept_tasks;

/* Puts what earlier runs have done into the spill, which is empty, and says where: on its rank.
 * about: bytes that tell the tasks from others. n_sizes: of counts. Collective. On failure there
 * is nothing to free. */
pa_status pa_kept_open(pa_comm *comm, const pa_mine_keeper *keeper, const pa_tasks *tasks,
                       const void *about, size_t bytes, size_t n_sizes, pa_spill *spill,
                       pa_task_place place[], pa_kept_tasks *kept, pa_error *err);
void pa_kept_free(pa_kept_tasks *kept); /* a zeroed one may be freed */

/* A task is done, which wrote the last `bytes` of the spill. Local. */
pa_status pa_kept_add(pa_kept_tasks *kept, size_t key, const pa_set_counts *counts,
                      const pa_spill *spill, size_t bytes, pa_error *err);

/* What was added since goes, where it is not saved: tasks that are to be done again. Local. */
typedef struct {
    size_t n;
    int64_t cost_done;
} pa_kept_mark;
pa_kept_mark pa_kept_marked(const pa_kept_tasks *kept);
void pa_kept_rewind(pa_kept_tasks *kept, pa_kept_mark mark, int64_t end_of_spill);

/* The run was stopped, with n_done tasks done, those of earlier runs among them: saves the rest.
 * PA_E_AGAIN. Collective. */
pa_status pa_kept_stopped(pa_comm *comm, pa_kept_tasks *kept, const pa_spill *spill, size_t n_done,
                          pa_error *err);

#endif
