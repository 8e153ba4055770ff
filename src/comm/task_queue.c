#include "task_queue.h"

#include "paraudit/base/sort.h"

/* The two numbers. TAKEN counts the tasks that were taken from the front (the lower
 * 32 bits) and from the back (the upper): one sum tells a rank which is its task and
 * whether the ends have met. */
enum { TAKEN, LIMIT, N_WORDS };

static const int64_t from_front = 1, from_back = (int64_t)1 << 32;

/* The keys that are left, and what they are sorted by. */
static size_t list_tasks(const pa_tasks *tasks, uint32_t left[], uint64_t before[])
{
    size_t n = 0;
    for (size_t key = 0; key < tasks->n; key++) {
        if (tasks->done && tasks->done[key]) continue;
        int64_t cost = tasks->cost ? tasks->cost[key] : 0;
        PA_ASSERT(cost >= 0);
        before[n] = (uint64_t)(INT64_MAX - cost);
        left[n++] = (uint32_t)key;
    }
    return n;
}

/* Local. */
static pa_status order_tasks(const pa_tasks *tasks, pa_task_queue *q, pa_error *err)
{
    uint32_t *left = NULL, *order = NULL;
    uint64_t *before = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(q->key, tasks->n, err));
    PA_GOTO(PA_NEW(left, tasks->n, err));
    PA_GOTO(PA_NEW(order, tasks->n, err));
    PA_GOTO(PA_NEW(before, tasks->n, err));
    q->n = list_tasks(tasks, left, before);
    PA_GOTO(pa_sort_u64(q->n, before, order, err));
    for (size_t i = 0; i < q->n; i++) q->key[i] = left[order[i]];
out:
    pa_free(left);
    pa_free(order);
    pa_free(before);
    return st;
}

/* Windows that MPI allocates can be changed on one node without the owner's help. */
static void open_window(pa_task_queue *q)
{
    int rank = q->comm->rank;
    int64_t *word;
    MPI_Win_allocate(rank == 0 ? N_WORDS * sizeof *word : 0, sizeof *word, MPI_INFO_NULL,
                     q->comm->mpi, &word, &q->window);
    if (rank == 0) {
        MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, q->window);
        word[TAKEN] = 0;
        word[LIMIT] = INT64_MAX;
        MPI_Win_unlock(0, q->window);
    }
    MPI_Barrier(q->comm->mpi);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, q->window);
}

pa_status pa_task_queue_open(pa_comm *comm, const pa_tasks *tasks, pa_task_queue *queue,
                             pa_error *err)
{
    PA_ASSERT(tasks->n < (size_t)1 << 31);
    *queue = (pa_task_queue){.comm = comm};
    pa_status st = pa_agree(comm, order_tasks(tasks, queue, err), err);
    if (st != PA_OK) {
        pa_free(queue->key);
        return st;
    }
    double start = pa_clock();
    open_window(queue);
    comm->seconds += pa_clock() - start;
    return PA_OK;
}

void pa_task_queue_close(pa_task_queue *q)
{
    double start = pa_clock();
    MPI_Win_unlock_all(q->window);
    MPI_Win_free(&q->window); /* waits for all, and serves them */
    q->comm->seconds += pa_clock() - start;
    pa_free(q->key);
}

/* Adds to TAKEN; what it was, and LIMIT. */
static void count_one(pa_task_queue *q, int64_t one, int64_t *taken, int64_t *limit)
{
    double start = pa_clock();
    MPI_Fetch_and_op(&one, taken, MPI_INT64_T, 0, TAKEN, MPI_SUM, q->window);
    MPI_Fetch_and_op(&one, limit, MPI_INT64_T, 0, LIMIT, MPI_NO_OP, q->window);
    MPI_Win_flush(0, q->window);
    q->comm->seconds += pa_clock() - start;
}

bool pa_task_queue_take(pa_task_queue *q, size_t *key)
{
    bool backwards = q->comm->rank == 0;
    for (;;) {
        int64_t taken, limit;
        count_one(q, backwards ? from_back : from_front, &taken, &limit);
        size_t front = (size_t)taken & UINT32_MAX, back = (size_t)taken >> 32;
        if (front + back >= q->n || limit == 0) return false;
        *key = q->key[backwards ? q->n - 1 - back : front];
        if (*key < (size_t)limit) return true;
    }
}

void pa_task_queue_limit(pa_task_queue *q, size_t limit)
{
    int64_t most = (int64_t)limit;
    double start = pa_clock();
    MPI_Accumulate(&most, 1, MPI_INT64_T, 0, LIMIT, 1, MPI_INT64_T, MPI_MIN, q->window);
    MPI_Win_flush(0, q->window);
    q->comm->seconds += pa_clock() - start;
}
