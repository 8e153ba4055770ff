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
    bool *done;       /* of each task, by earlier runs: the same on all ranks; NULL: none */
    pa_buffer loaded; /* their records that are this rank's, a chunk */
    pa_buffer heads;  /* records of this run without what was written: those not saved */
    size_t saved;     /* bytes of the results that need not be saved again */
    int64_t cost_done, cost_all; /* of this run: here; of all ranks */
} pa_kept_tasks;

/* about: bytes that tell the tasks from others. Collective. On failure there is nothing to free. */
pa_status pa_kept_open(pa_comm *comm, const pa_mine_keeper *keeper, const pa_tasks *tasks,
                       const void *about, size_t bytes, pa_kept_tasks *kept, pa_error *err);
void pa_kept_free(pa_kept_tasks *kept); /* a zeroed one may be freed */

/* A task is done; result: all that this rank has written in this run, the task's at the end.
 * Local. */
pa_status pa_kept_add(pa_kept_tasks *kept, size_t key, const pa_set_counts *counts,
                      const pa_buffer *result, size_t bytes, pa_error *err);

/* Whether this rank asks all to stop; cheap enough to be asked for every set. Local. */
bool pa_kept_stop(const pa_kept_tasks *kept);

/* Where the run was stopped: saves the rest, and is PA_E_AGAIN. Else puts what earlier runs have
 * done to the results, and adds its sets to counts. Collective. */
pa_status pa_kept_close(pa_comm *comm, pa_kept_tasks *kept, pa_task_results *results,
                        pa_set_counts *counts, pa_error *err);

#endif
