/* Which tasks are taken, and by whom the next one is.
 *
 * Tasks are dealt to the nodes by their costs. The ranks of a node take from its pool,
 * two counters in their shared memory, without any rank's help; when it is empty they
 * ask the leaders of other nodes, who answer between their own tasks. Both tell which
 * nodes they know to have none, so that few are asked in vain. (MPI's one-sided
 * calls would need no answer, but Debian's Open MPI has none over TCP.) */
#ifndef PARAUDIT_SRC_COMM_TASK_QUEUE_H
#define PARAUDIT_SRC_COMM_TASK_QUEUE_H

#include "nodes.h"
#include "paraudit/comm/tasks.h"

typedef struct {
    pa_comm *comm;
    const pa_nodes *nodes;
    size_t n_tasks;
    size_t n_here; /* tasks that were dealt to this node */
    uint32_t *key; /* of these, by falling cost */
    struct task_pool *pool;
    MPI_Request *requests;   /* the receive of a note, and room for one a rank or two */
    int64_t *note;           /* the one that comes */
    int64_t *asked, *answer; /* this rank's question, and what came to it */
    int64_t *given;          /* to another's */
    int n_ready;             /* ranks that told rank 0 so */
    bool is_over;
} pa_task_queue;

/* Collective; on failure all ranks leave together, with nothing to close. */
pa_status pa_task_queue_open(pa_comm *comm, const pa_tasks *tasks, pa_task_queue *queue,
                             pa_error *err);
/* Collective: until no rank has a task or asks for one. */
void pa_task_queue_close(pa_task_queue *queue);

/* The next task for this rank; false where there is none. Local, but for waiting
 * until another node's leader has ended its task. */
bool pa_task_queue_take(pa_task_queue *queue, size_t *key);

/* Tasks from key `first` on are not to be begun any more, by any rank. Local, but for
 * waiting until each rank of another node is told. */
void pa_task_queue_bar(pa_task_queue *queue, size_t first);

#endif
