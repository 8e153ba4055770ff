#include "task_queue.h"

#include <stdatomic.h>

#include "node_parts.h"
#include "paraudit/base/sort.h"

enum { NOTE = 7702, ANSWER = 7703 }; /* tags */
/* Other notes say what is barred, other answers are keys. Ranks that have no task left tell rank 0
 * so (READY); when all have, it tells them (OVER). */
enum { ASKS = -1, READY = -2, OVER = -3, NONE = -1 };
static const int64_t nothing = INT64_MIN; /* what stands where the next note comes */

/* Shared by the ranks of a node, zeros at first. `taken` counts the tasks that were
 * taken from the front (the lower 32 bits) and from the back (the upper): one sum tells
 * a rank which is its task and whether the ends have met. */
struct task_pool {
    atomic_uint_fast64_t taken;
    atomic_uint_fast64_t barred;  /* so many of the largest keys are not begun any more */
    atomic_uint_fast64_t empty[]; /* a bit a node: its pool was found to be, which it stays */
};

static const uint64_t from_front = 1, from_back = (uint64_t)1 << 32;

enum { BITS = 64 };

static size_t words_of(const pa_nodes *nodes)
{
    return ((size_t)nodes->n + BITS - 1) / BITS;
}

static size_t pool_bytes(const pa_nodes *nodes)
{
    return sizeof(struct task_pool) + words_of(nodes) * sizeof(atomic_uint_fast64_t);
}

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

/* The node that would be ready first; load: of each rank of a node. */
static int next_node(const pa_nodes *nodes, const double load[])
{
    int least = 0;
    for (int i = 1; i < nodes->n; i++)
        if (load[i] < load[least]) least = i;
    return least;
}

/* Deals the tasks by falling cost; keeps those of this node. share: what a task of
 * unit cost adds to the load of a node. */
static void deal(const pa_tasks *tasks, pa_task_queue *q, size_t n, const uint32_t left[],
                 const uint32_t order[], double load[], const double share[])
{
    for (size_t i = 0; i < n; i++) {
        uint32_t key = left[order[i]];
        double cost = tasks->cost && tasks->cost[key] > 0 ? (double)tasks->cost[key] : 1;
        int node = next_node(q->nodes, load);
        load[node] += cost * share[node];
        if (node == q->nodes->mine) q->key[q->n_here++] = key;
    }
}

/* Of a note that asks, or its answer: what it is, and which nodes are known to be empty. */
static size_t note_length(const pa_task_queue *q)
{
    return 1 + words_of(q->nodes);
}

/* Which node takes which tasks first; the same on all ranks. Local. */
static pa_status deal_tasks(const pa_tasks *tasks, pa_task_queue *q, pa_error *err)
{
    uint32_t *left = NULL, *order = NULL;
    uint64_t *before = NULL;
    double *load = NULL, *share = NULL;
    size_t n_nodes = (size_t)q->nodes->n;
    pa_status st;
    PA_GOTO(PA_NEW(q->key, tasks->n, err));
    /* A request of this MPI is a pointer. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    PA_GOTO(PA_NEW(q->requests, (size_t)q->comm->size + 2, err));
    PA_GOTO(PA_NEW(q->note, note_length(q), err));
    PA_GOTO(PA_NEW(q->asked, note_length(q), err));
    PA_GOTO(PA_NEW(q->answer, note_length(q), err));
    PA_GOTO(PA_NEW(q->given, note_length(q), err));
    PA_GOTO(PA_NEW(left, tasks->n, err));
    PA_GOTO(PA_NEW(order, tasks->n, err));
    PA_GOTO(PA_NEW(before, tasks->n, err));
    PA_GOTO(PA_NEW(load, n_nodes, err));
    PA_GOTO(PA_NEW(share, n_nodes, err));
    size_t n = list_tasks(tasks, left, before);
    PA_GOTO(pa_sort_u64(n, before, order, err));
    for (int r = 0; r < q->comm->size; r++) share[q->nodes->of_rank[r]] += 1;
    for (size_t i = 0; i < n_nodes; i++) share[i] = 1 / share[i];
    deal(tasks, q, n, left, order, load, share);
out:
    pa_free(left);
    pa_free(order);
    pa_free(before);
    pa_free(load);
    pa_free(share);
    return st;
}

/* Another rank's next note comes here, whatever this one is at. */
static void listen(pa_task_queue *q)
{
    if (q->nodes->n == 1) return;
    q->note[0] = nothing;
    MPI_Irecv(q->note, (int)note_length(q), MPI_INT64_T, MPI_ANY_SOURCE, NOTE, q->comm->mpi,
              q->requests);
}

static void free_lists(pa_task_queue *q)
{
    pa_free(q->key);
    pa_free(q->requests);
    pa_free(q->note);
    pa_free(q->asked);
    pa_free(q->answer);
    pa_free(q->given);
}

pa_status pa_task_queue_open(pa_comm *comm, const pa_tasks *tasks, pa_task_queue *queue,
                             pa_error *err)
{
    char *pool;
    PA_ASSERT(tasks->n < (size_t)1 << 31);
    *queue = (pa_task_queue){.comm = comm, .n_tasks = tasks->n};
    PA_TRY(pa_nodes_find(comm, &queue->nodes, err));
    pa_status st;
    PA_GOTO(pa_agree(comm, deal_tasks(tasks, queue, err), err));
    PA_GOTO(pa_node_memory_new(comm, pool_bytes(queue->nodes), &pool, err));
    queue->pool = (struct task_pool *)pool;
    listen(queue);
out:
    if (st != PA_OK) free_lists(queue);
    return st;
}

/* What is barred only grows; true where this is more than before. */
static bool bar_here(pa_task_queue *q, uint64_t barred)
{
    uint64_t before = atomic_load(&q->pool->barred);
    while (before < barred)
        if (atomic_compare_exchange_weak(&q->pool->barred, &before, barred)) return true;
    return false;
}

static bool may_begin(const pa_task_queue *q, size_t key)
{
    return key < q->n_tasks - atomic_load(&q->pool->barred);
}

/* The leader of one of several nodes takes small tasks, so as to answer soon. */
static bool takes_small_ones(const pa_task_queue *q)
{
    return q->nodes->rank == 0 && q->nodes->n > 1;
}

/* ---- which nodes have no task left ---- */

static bool is_empty(const pa_task_queue *q, int node)
{
    return atomic_load(&q->pool->empty[node / BITS]) >> (node % BITS) & 1;
}

static void set_empty(pa_task_queue *q, int node)
{
    atomic_fetch_or(&q->pool->empty[node / BITS], UINT64_C(1) << (node % BITS));
}

/* Whoever asks and whoever answers tells what his node knows: what one has learnt the other need
 * not ask for, and after some log2(nodes) questions each knows of all. */
static void tell(pa_task_queue *q, int64_t note[], int64_t what)
{
    note[0] = what;
    for (size_t w = 0; w < words_of(q->nodes); w++)
        note[1 + w] = (int64_t)atomic_load(&q->pool->empty[w]);
    q->comm->use.messages++;
}

static void learn(pa_task_queue *q, const int64_t told[])
{
    for (size_t w = 0; w < words_of(q->nodes); w++)
        atomic_fetch_or(&q->pool->empty[w], (uint64_t)told[1 + w]);
}

/* ---- */

static bool take_here(pa_task_queue *q, bool backwards, size_t *key)
{
    while (may_begin(q, 0)) {
        uint64_t taken = atomic_fetch_add(&q->pool->taken, backwards ? from_back : from_front);
        size_t front = taken & UINT32_MAX, back = taken >> 32;
        if (front + back >= q->n_here) break;
        *key = q->key[backwards ? q->n_here - 1 - back : front];
        if (may_begin(q, *key)) return true;
    }
    set_empty(q, q->nodes->mine);
    return false;
}

/* Who asks waits for it: this ends without what a third rank does. */
static void answer(pa_task_queue *q, int rank)
{
    size_t key;
    int64_t given = take_here(q, false, &key) ? (int64_t)key : NONE;
    tell(q, q->given, given);
    MPI_Send(q->given, (int)note_length(q), MPI_INT64_T, rank, ANSWER, q->comm->mpi);
}

/* What came from another rank: the first of the requests is done. */
static void read_note(pa_task_queue *q, int from)
{
    int64_t note = q->note[0];
    q->is_over = note == OVER;
    if (q->is_over) return;
    if (note == ASKS) learn(q, q->note);
    listen(q);
    if (note == ASKS)
        answer(q, from);
    else if (note == READY)
        q->n_ready++;
    else
        bar_here(q, (uint64_t)note);
}

#ifdef PA_SIMULATED
/* SimGrid's MPI never forgets what MPI_Test found done, and looks through all of it at each
 * message. It waits for nothing where a note stands. */
static bool note_came(pa_task_queue *q, MPI_Status *status)
{
    bool came = q->note[0] != nothing;
    if (came) MPI_Wait(q->requests, status);
    return came;
}
#else
static bool note_came(pa_task_queue *q, MPI_Status *status)
{
    int came;
    MPI_Test(q->requests, &came, status);
    return came;
}
#endif

static void read_notes(pa_task_queue *q)
{
    MPI_Status status;
    while (q->nodes->n > 1 && note_came(q, &status)) read_note(q, status.MPI_SOURCE);
}

/* Waits for the n requests behind the first and answers meanwhile: the others may wait for this
 * rank as well. */
static void answer_until(pa_task_queue *q, int n)
{
    for (int left = n; left > 0;) {
        int which;
        MPI_Status status;
        MPI_Waitany(n + 1, q->requests, &which, &status);
        if (which == 0)
            read_note(q, status.MPI_SOURCE);
        else
            left--;
    }
}

static void wait_for(pa_task_queue *q, int n)
{
    pa_talk start = pa_talk_begin();
    answer_until(q, n);
    pa_talk_end(q->comm, start);
}

static void wait_for_note(pa_task_queue *q)
{
    MPI_Status status;
    MPI_Wait(q->requests, &status);
    read_note(q, status.MPI_SOURCE);
}

/* The key of a task that a node's leader gives, or NONE. */
static int64_t ask(pa_task_queue *q, int leader)
{
    MPI_Irecv(q->answer, (int)note_length(q), MPI_INT64_T, leader, ANSWER, q->comm->mpi,
              q->requests + 1);
    tell(q, q->asked, ASKS);
    MPI_Isend(q->asked, (int)note_length(q), MPI_INT64_T, leader, NOTE, q->comm->mpi,
              q->requests + 2);
    wait_for(q, 2);
    learn(q, q->answer);
    return q->answer[0];
}

static bool take_there(pa_task_queue *q, int node, size_t *key)
{
    while (!is_empty(q, node) && may_begin(q, 0)) {
        int64_t given = ask(q, pa_nodes_leader(q->nodes, node));
        if (given == NONE) return false;
        *key = (size_t)given;
        if (may_begin(q, *key)) return true;
    }
    return false;
}

/* The node that a rank asks first: those of one machine begin at different ones. */
static int first_asked(const pa_nodes *nodes)
{
    return nodes->mine + 1 + (int)((int64_t)nodes->rank * nodes->n / nodes->n_here);
}

bool pa_task_queue_take(pa_task_queue *q, size_t *key)
{
    read_notes(q);
    if (take_here(q, takes_small_ones(q), key)) return true;
    for (int i = 0; i < q->nodes->n; i++)
        if (take_there(q, (first_asked(q->nodes) + i) % q->nodes->n, key)) return true;
    return false;
}

/* Each send ends when it is received, so that no note is left when all have closed. */
void pa_task_queue_bar(pa_task_queue *q, size_t first)
{
    int n = 0;
    int64_t barred = (int64_t)(q->n_tasks - first);
    if (!bar_here(q, (uint64_t)barred)) return;
    for (int r = 0; r < q->comm->size; r++) {
        if (q->nodes->of_rank[r] == q->nodes->mine) continue;
        MPI_Issend(&barred, 1, MPI_INT64_T, r, NOTE, q->comm->mpi, &q->requests[++n]);
        q->comm->use.messages++;
    }
    wait_for(q, n);
}

/* Rank 0 may wait for an answer of this one. */
static void say_ready(pa_task_queue *q)
{
    const int64_t note = READY;
    MPI_Isend(&note, 1, MPI_INT64_T, 0, NOTE, q->comm->mpi, q->requests + 1);
    q->comm->use.messages++;
    answer_until(q, 1);
}

/* The last note is to itself. All wait for theirs. */
static void say_over(pa_task_queue *q)
{
    const int64_t note = OVER;
    for (int r = q->comm->size; r-- > 0;) {
        MPI_Send(&note, 1, MPI_INT64_T, r, NOTE, q->comm->mpi);
        q->comm->use.messages++;
    }
}

/* Answers until no rank asks any more. */
static void hear_out(pa_task_queue *q)
{
    pa_talk start = pa_talk_begin();
    if (q->comm->rank > 0)
        say_ready(q);
    else {
        while (q->n_ready < q->comm->size - 1) wait_for_note(q);
        say_over(q);
    }
    while (!q->is_over) wait_for_note(q);
    pa_talk_end(q->comm, start);
}

void pa_task_queue_close(pa_task_queue *q)
{
    if (q->nodes->n > 1)
        hear_out(q);
    else
        pa_barrier(q->comm);
    pa_node_array pool = {q->pool, pool_bytes(q->nodes)};
    pa_node_array_free(&pool);
    free_lists(q);
}
