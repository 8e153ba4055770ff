/* A frequent-pattern tree (J. Han, J. Pei, Y. Yin, Mining frequent patterns without candidate
 * generation, SIGMOD 2000, section 2) in flat arrays: a node knows its parent, nobody its
 * children.
 *
 * Items are ranks: 0 is the most frequent, and along a path from the root ranks ascend. Nodes
 * stand in the order in which paths were added, those of a new branch next to each other, so
 * that who walks up reads backwards. Paths are added in any order; a path shares with the
 * one added before it what both begin with. Paths in lexicographic order give the tree of the
 * paper; others give one with more nodes and the same sums. Kernel. */
#ifndef PARAUDIT_PATTERNS_FP_TREE_H
#define PARAUDIT_PATTERNS_FP_TREE_H

#include <stdbool.h>

#include "paraudit/base/status.h"
#include "paraudit/patterns/baskets.h"

#define PA_FP_ROOT UINT32_MAX

typedef struct {
    int32_t n_items;
    uint32_t n_nodes;
    int32_t longest;  /* path */
    uint32_t *parent; /* of each node, smaller than it; PA_FP_ROOT: none */
    int32_t *item;    /* of each node */
    uint32_t *count;  /* of each node: the weight of the paths through it */
} pa_fp_tree;

/* Memory that is given back in the order opposite to that of taking: a mark is taken, and later
 * everything since it goes at once. It is taken from the front, and from the back what goes while
 * that stays: the marks are `at` and `end`. */
typedef struct {
    char *begin, *at, *end, *limit;
    size_t most;   /* bytes that were taken at once */
    size_t missed; /* bytes that it would have had to have, where it was too short; 0: never */
} pa_arena;

/* A hard bound: what takes is NULL beyond it. */
pa_status pa_arena_open(pa_arena *arena, size_t bytes, pa_error *err);
void pa_arena_free(pa_arena *arena);
void *pa_arena_take(pa_arena *arena, size_t n, size_t size);
void *pa_arena_take_back(pa_arena *arena, size_t n, size_t size);

/* Of what was taken last, at the front, only the first n values are kept. */
void pa_arena_keep(pa_arena *arena, void *taken, size_t n, size_t size);

/* PA_E_MEMORY: mining needs more than the arena has, and how much that is about. */
pa_status pa_arena_is_short(const pa_arena *arena, pa_error *err);

/* Rows of ranks, ascending in each. How a tree is told its paths: `shared` items at the front are
 * those of the row before, and only what follows stands in `item`. */
typedef struct {
    size_t n;
    const uint32_t *shared, *length; /* of each */
    const uint32_t *weight;
    const int32_t *item; /* of all: length - shared each */
    size_t n_nodes;      /* of all: how many items those are */
    int32_t longest;
} pa_fp_rows;

/* The nodes of the tree of the rows, in the arena: parent, item and count. False where the arena
 * has no room: nothing of it is left then. Rows may lie at the back of the arena. */
bool pa_fp_tree_make(pa_arena *arena, const pa_fp_rows *rows, int32_t n_items, pa_fp_tree *tree);

/* Where count is the weight of the paths that end at each node, makes it that of those that go
 * through it. */
void pa_fp_tree_add_counts(pa_fp_tree *tree);

/* Which items are frequent: ranks by falling support, ties by code. */
typedef struct {
    int32_t n;     /* of them */
    int32_t *code; /* of each rank */
    int32_t *rank; /* of each item; -1: it is not frequent */
} pa_item_ranks;

/* Adds the weights of the baskets that each item is in to support[n_items]. PA_E_USAGE: 2^32
 * baskets or more. */
pa_status pa_item_supports(const pa_baskets *baskets, int64_t support[], pa_error *err);

pa_status pa_item_ranks_of(const int64_t support[], int32_t n_items, int64_t min_support,
                           pa_item_ranks *ranks, pa_error *err);
void pa_item_ranks_free(pa_item_ranks *ranks); /* a zeroed one may be freed */

/* What of the baskets a tree is made of, to mine sets whose least frequent item is of ranks
 * first .. last - 1: of the baskets with one of these the items before `last`, or all. */
typedef struct {
    int32_t first, last;
    bool whole;
    bool sparing; /* takes longer and less memory */
} pa_rank_run;

/* The nodes of the tree of baskets, of frequent items alone; in the arena. PA_E_MEMORY: no room, in
 * the arena or elsewhere: where it is not sparing, sorting takes 16 bytes a basket beside it. */
pa_status pa_fp_tree_of(pa_arena *arena, const pa_baskets *baskets, const pa_item_ranks *ranks,
                        const pa_rank_run *run, pa_fp_tree *tree, pa_error *err);

#endif
