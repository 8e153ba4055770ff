/* Frequent sets of the baskets of all ranks.
 *
 * Each rank makes a tree of its own baskets, with ranks of items by their supports over all of
 * them; side by side these are one tree, which lies once on each node. Where it is more than fits,
 * some items come after the others, each time with a tree of what is needed for them. Where that of
 * one item is more, and for closed and maximal sets at once, what is mined is the baskets of all
 * ranks as bytes, once on each node. A task is a run of items or a part of one, cut by estimated
 * cost and not by the number of ranks; idle ranks take whole ones (comm/tasks.h). What a task finds
 * is keyed by it: the sets and their order do not depend on who mined it, nor on the memory. */
#ifndef PARAUDIT_PATTERNS_MINE_H
#define PARAUDIT_PATTERNS_MINE_H

#include "paraudit/comm/tasks.h"
#include "paraudit/patterns/closed_sets.h"
#include "paraudit/patterns/spill.h"

typedef enum { PA_SETS_ALL, PA_SETS_CLOSED, PA_SETS_MAXIMAL } pa_set_kind;

/* Hears one of the chunks that are loaded. Local. */
typedef pa_status pa_chunk_taker(void *taker, const char *chunk, size_t bytes, pa_error *err);

/* How a run can be stopped, and where what it has done is kept, so that the same one goes on from
 * there, on any number of ranks. Chunks are bytes that mine.c makes and reads. */
typedef struct {
    void *self;
    /* Gives each chunk that earlier runs of the same tasks have saved to `take`, on one rank.
     * about: bytes that tell these tasks from others. Collective. */
    pa_status (*load)(void *self, const void *about, size_t bytes, pa_chunk_taker *take,
                      void *taker, pa_error *err);
    /* Asked behind each task: is what this rank has done to be saved now? Local. */
    bool (*is_due)(void *self);
    /* Saves a chunk, which may be empty. Local; where a run has stopped, first on rank 0. */
    pa_status (*save)(void *self, const char *chunk, size_t bytes, pa_error *err);
    /* What was due could not be saved: the run goes on. Local. */
    void (*not_saved)(void *self, const pa_error *why);
    /* Asked before each task, in its course, and for each set: is there a reason on this rank to
     * stop all? Local. */
    bool (*stop)(void *self);
    /* All is saved, or was nothing yet that could be: says so. PA_E_AGAIN. Collective. */
    pa_status (*stopped)(void *self, size_t n_done, size_t n, pa_error *err);
    /* Of the cost of all ranks' tasks this rank has done so much. Local. */
    void (*tell)(void *self, int64_t done, int64_t all);
} pa_mine_keeper;

/* What a sample of the tasks says before anything is written. */
typedef struct {
    size_t n;
    const uint64_t *by_size; /* sets of sizes 0 .. n - 1 that there are at least: as counted */
    double n_sets;           /* that there may be */
} pa_prediction;

typedef struct {
    pa_set_kind kind;
    pa_mine_options sets;
    size_t memory; /* bytes of a rank for trees and mining, and again for what it writes */
    /* Writes a set into the result of its task; NULL: sets are only counted. item: codes, in
     * ascending order. */
    pa_status (*write)(void *writer, size_t n, const int32_t item[], uint32_t support,
                       pa_buffer *to, pa_error *err);
    void *writer;
    const char *beside; /* a path: what is written beyond the memory is kept in a file without a
                         * name in its folder; NULL: it is an error */
    int64_t max_basket; /* items of a basket: the most frequent ones stay; 0: any number */
    uint64_t max_sets;  /* more are PA_E_DATA; 0: any number */
    size_t top_k;       /* only the sets of the top_k largest supports, all of the smallest of
                         * these: min_support is raised for them; 0: all. Not of maximal sets */
    /* Hears, on all ranks alike, what is expected, before anything is written; may refuse. NULL:
     * nobody asks. */
    pa_status (*predicted)(void *hearer, const pa_prediction *prediction, pa_error *err);
    void *hearer;
    const pa_mine_keeper *keeper; /* of pa_mine alone; NULL: a run goes on to its end */
} pa_mine_request;

/* What was found. */
typedef struct {
    size_t n;                /* sizes 0 .. n - 1 */
    uint64_t *by_size;       /* sets of each; UINT64_MAX: that many or more */
    uint64_t n_sets;         /* of all; the same */
    int32_t n_frequent;      /* items */
    int64_t min_support;     /* as it was asked for, or raised */
    pa_task_results results; /* what was written, keyed by task; lies in `spill` */
    pa_spill spill;
    int32_t n_rounds;   /* in which tasks were done; 1: all at once */
    size_t most;        /* bytes that trees and mining took on this rank */
    double seconds;     /* of processor time that this rank took for trees and mining */
    int64_t n_cut;      /* baskets with more than max_basket frequent items */
    int64_t n_left_out; /* items of these */
} pa_mined;

/* baskets: of this rank; codes mean the same on all ranks, which have as many. PA_E_MEMORY: the
 * baskets with one item as bytes, or what is mined in them, take more than they may; PA_E_USAGE:
 * 2^32 baskets or more, or maximal sets of a top_k; PA_E_DATA: more than max_sets; what the keeper
 * says. On failure there is nothing to free. Collective. */
pa_status pa_mine(pa_comm *comm, const pa_baskets *baskets, const pa_mine_request *request,
                  pa_mined *mined, pa_error *err);
void pa_mined_free(pa_mined *mined); /* local */

/* What was written goes, and where it was: the numbers stay. Local. */
void pa_mined_drop_results(pa_mined *mined);

/* The same sets by Apriori (patterns/apriori.h): each rank counts the same candidates in its own
 * baskets, and the counts are added (count distribution: R. Agrawal, J. Shafer, Parallel mining
 * of association rules, TKDE 1996). Sets are told by their size. memory: for the candidates of a
 * rank, which are counted in as many goes as it takes; again for the sets of one size, which
 * each rank has all of, PA_E_MEMORY where they are too many; and for what it writes. Of the request
 * it takes no max_basket, max_sets or top_k, predicts nothing and keeps nothing. */
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
