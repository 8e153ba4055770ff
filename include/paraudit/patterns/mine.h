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
 * trees or the mining take more than they may; PA_E_USAGE: 2^32 baskets or more. On failure there
 * is nothing to free. Collective. */
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

/* How many baskets of all ranks each item is in. support: n_items zeros. PA_E_USAGE: 2^32
 * baskets or more. Collective. */
pa_status pa_mine_supports(pa_comm *comm, const pa_baskets *baskets, int64_t support[],
                           pa_error *err);

#endif
