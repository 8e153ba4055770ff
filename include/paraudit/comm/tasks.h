/* Work of very unequal length, done by whoever is free.
 *
 * There are tasks 0 .. n - 1, and any rank may do any of them: what a task gives
 * may depend on its key and on what all ranks hold alike, never on the rank or on
 * what was done before. Results are asked for by key, so they are the same for any
 * number of ranks and any timing; who did a task is not.
 *
 * Tasks are dealt to the nodes by their costs. The ranks of a node take theirs in the
 * order of falling cost from a counter in shared memory and wait for nobody. When a
 * node has none left its ranks ask the leaders of other nodes for one at a time; a
 * leader answers between its own tasks, of which it takes the small ones. */
#ifndef PARAUDIT_COMM_TASKS_H
#define PARAUDIT_COMM_TASKS_H

#include "paraudit/base/array.h"
#include "paraudit/comm/comm.h"
#include "paraudit/comm/node_array.h"

/* The same on all ranks, but for `context` and what the functions do with it.
 * `work` must not call what is collective: others are at other tasks. */
typedef struct {
    size_t n;            /* below 2^31; every rank holds 24 bytes a task */
    const int64_t *cost; /* of each, estimated, 0 or more in any unit; NULL: all alike */
    const bool *done;    /* those that an earlier run has done; NULL: none */

    /* Does a task on this rank alone and adds its result, of any length, to the end
     * of `result`. A failure ends the run: see pa_tasks_run. PA_E_AGAIN, where `stop` is
     * there, is none: the task gives up, as that would say so. */
    pa_status (*work)(void *context, size_t key, pa_buffer *result, pa_error *err);

    /* Asked before each task: is there a reason on this rank to stop all? NULL: never. */
    bool (*stop)(void *context);

    void *context;
} pa_tasks;

/* Where a result is. */
typedef struct {
    int64_t rank;  /* who did the task and has the result; -1: not done in this run */
    int64_t at;    /* where it begins in that rank's `kept` */
    int64_t bytes; /* 0 where not done */
} pa_task_place;

typedef struct {
    size_t n;
    size_t n_done;        /* in this run, by all ranks */
    pa_task_place *place; /* of each task; the same on all ranks */
    pa_buffer kept;       /* this rank's results, in the order of doing */
} pa_task_results;

/* Does all tasks that are not done; results stay with those who did them.
 *
 * When a task fails the smallest key's error is everyone's, whatever the timing:
 * the tasks with smaller keys are still done, those with larger ones are not
 * begun, and no results are left.
 *
 * When `stop` says so on any rank, no rank begins another task: all return within
 * the length of one, with PA_OK and the results of what was done, which `place`
 * tells. So it is when a task gives up. A task is done wholly or not at all. To go on, on any
 * number of ranks and maybe after a restart: keep those results, set their `done`, run again. The
 * tasks that were done before a stop depend on timing; the results of all do not. */
pa_status pa_tasks_run(pa_comm *comm, const pa_tasks *tasks, pa_task_results *results,
                       pa_error *err);
void pa_task_results_free(pa_task_results *results); /* local; zeroed ones may be freed */

/* Brings all results of this run to all ranks: one after the other in the order of
 * keys, `bytes` of each. For what every rank needs and can hold. */
pa_status pa_task_results_share(pa_comm *comm, const pa_task_results *results, pa_node_array *all,
                                pa_error *err);

#endif
