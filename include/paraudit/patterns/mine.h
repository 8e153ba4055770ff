/* Frequent sets of the baskets of all ranks.
 *
 * Each rank makes a tree of its own baskets, with ranks of items by their supports over all of
 * them; side by side these are one tree, which lies once on each node. A task is a run of ranks
 * of items, cut by their estimated cost and not by the number of ranks; idle ranks take whole
 * ones (comm/tasks.h). What a task finds is keyed by it: the sets and their order do not depend
 * on who mined it. */
#ifndef PARAUDIT_PATTERNS_MINE_H
#define PARAUDIT_PATTERNS_MINE_H

#include "paraudit/comm/tasks.h"
#include "paraudit/patterns/closed_sets.h"

typedef enum { PA_SETS_ALL, PA_SETS_CLOSED, PA_SETS_MAXIMAL } pa_set_kind;

/* How a run can be stopped, and where what it has done is kept, so that the same one goes on from
 * there, on any number of ranks. Chunks are bytes that mine.c makes and reads. */
typedef struct {
    void *self;
    /* Appends chunks that earlier runs of the same tasks have saved, each on one rank, to `saved`.
     * about: bytes that tell these tasks from others. Collective. */
    pa_status (*load)(void *self, const void *about, size_t bytes, pa_buffer *saved, pa_error *err);
    /* Asked behind each task: is what this rank has done to be saved now? Local. */
    bool (*is_due)(void *self);
    /* Saves a chunk, which may be empty. Local; where a run has stopped, first on rank 0. */
    pa_status (*save)(void *self, const char *chunk, size_t bytes, pa_error *err);
    /* Asked before each task: is there a reason on this rank to stop all? Local. */
    bool (*stop)(void *self);
    /* All is saved: says so. PA_E_AGAIN. Collective. */
    pa_status (*stopped)(void *self, size_t n_done, size_t n, pa_error *err);
    /* Of the cost of all ranks' tasks this rank has done so much. Local. */
    void (*tell)(void *self, int64_t done, int64_t all);
} pa_mine_keeper;

typedef struct {
    pa_set_kind kind;
    pa_mine_options sets;
    size_t
        memory; /* bytes of a rank for its tree, again for mining, and again for what it writes */
    /* Writes a set into the result of its task; NULL: sets are only counted. item: codes, in
     * ascending order. */
    pa_status (*write)(void *writer, size_t n, const int32_t item[], uint32_t support,
                       pa_buffer *to, pa_error *err);
    void *writer;
    const pa_mine_keeper *keeper; /* of pa_mine alone; NULL: a run goes on to its end */
} pa_mine_request;

/* What was found. */
typedef struct {
    size_t n;                /* sizes 0 .. n - 1 */
    uint64_t *by_size;       /* sets of each; UINT64_MAX: that many or more */
    uint64_t n_sets;         /* of all; the same */
    int32_t n_frequent;      /* items */
    pa_task_results results; /* what was written, keyed by task */
} pa_mined;

/* baskets: of this rank; codes mean the same on all ranks, which have as many. PA_E_MEMORY: the
 * trees or the mining take more than they may; PA_E_USAGE: 2^32 baskets or more; what the keeper
 * says. On failure there is nothing to free. Collective. */
pa_status pa_mine(pa_comm *comm, const pa_baskets *baskets, const pa_mine_request *request,
                  pa_mined *mined, pa_error *err);
void pa_mined_free(pa_mined *mined); /* local */

/* The same sets by Apriori (patterns/apriori.h): each rank counts the same candidates in its own
 * baskets, and the counts are added (count distribution: R. Agrawal, J. Shafer, Parallel mining
 * of association rules, TKDE 1996). Sets are told by their size. memory: for the candidates of a
 * rank, which are counted in as many goes as it takes; again for the sets of one size, which
 * each rank has all of, PA_E_MEMORY where they are too many; and for what it writes. */
pa_status pa_mine_by_apriori(pa_comm *comm, const pa_baskets *baskets,
                             const pa_mine_request *request, pa_mined *mined, pa_error *err);

/* Either of them. */
typedef pa_status pa_mine_engine(pa_comm *comm, const pa_baskets *baskets,
                                 const pa_mine_request *request, pa_mined *mined, pa_error *err);

/* How many baskets of all ranks each item is in. support: n_items zeros. PA_E_USAGE: 2^32
 * baskets or more. Collective. */
pa_status pa_mine_supports(pa_comm *comm, const pa_baskets *baskets, int64_t support[],
                           pa_error *err);

#endif
