/* Frequent sets of the baskets of all ranks.
 *
 * Each rank makes a tree of its own baskets, with ranks of items by their supports over all of
 * them; side by side these are one tree, which lies once on each node. Where it is more than fits,
 * some items come after the others, each time with a tree of what is needed for them. A task is a
 * run of items or a part of one, cut by estimated cost and not by the number of ranks; idle ranks
 * take whole ones (comm/tasks.h). What a task finds is keyed by it: the sets and their order do
 * not depend on who mined it, nor on the memory. */
#ifndef PARAUDIT_PATTERNS_MINE_H
#define PARAUDIT_PATTERNS_MINE_H

#include "paraudit/comm/tasks.h"
#include "paraudit/patterns/closed_sets.h"
#include "paraudit/patterns/spill.h"

typedef enum { PA_SETS_ALL, PA_SETS_CLOSED, PA_SETS_MAXIMAL } pa_set_kind;

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
    int32_t n_rounds;   /* trees that were made one after the other; 1: all fitted at once */
    size_t most;        /* bytes that trees and mining took on this rank */
    double seconds;     /* of processor time that this rank took for trees and mining */
    int64_t n_cut;      /* baskets with more than max_basket frequent items */
    int64_t n_left_out; /* items of these */
} pa_mined;

/* baskets: of this rank; codes mean the same on all ranks, which have as many. PA_E_MEMORY: the
 * tree of one item or what is mined in it take more than they may; PA_E_USAGE: 2^32 baskets or
 * more, or maximal sets of a top_k; PA_E_DATA: more than max_sets. On failure there is nothing to
 * free. Collective. */
pa_status pa_mine(pa_comm *comm, const pa_baskets *baskets, const pa_mine_request *request,
                  pa_mined *mined, pa_error *err);
void pa_mined_free(pa_mined *mined); /* local */

#endif
