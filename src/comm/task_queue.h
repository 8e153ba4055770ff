/* Which tasks are taken: two numbers on rank 0 that all ranks read and change. */
#ifndef PARAUDIT_SRC_COMM_TASK_QUEUE_H
#define PARAUDIT_SRC_COMM_TASK_QUEUE_H

#include "comm_mpi.h"
#include "paraudit/comm/tasks.h"

typedef struct {
    pa_comm *comm;
    size_t n;
    uint32_t *key; /* of the tasks that are not done, by falling cost */
    MPI_Win window;
} pa_task_queue;

/* Collective; on failure all ranks leave together, with nothing to close. */
pa_status pa_task_queue_open(pa_comm *comm, const pa_tasks *tasks, pa_task_queue *queue,
                             pa_error *err);
void pa_task_queue_close(pa_task_queue *queue); /* collective */

/* The next task for this rank; false where there is none. Local. */
bool pa_task_queue_take(pa_task_queue *queue, size_t *key);

/* From now on only tasks with keys below `limit` are given. Local. */
void pa_task_queue_limit(pa_task_queue *queue, size_t limit);

#endif
