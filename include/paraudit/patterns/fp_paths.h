/* Paths of a tree, end to end: those above the nodes of an item are read one after the other, each
 * from the item's neighbour upwards, without a step from node to node. Kernel. */
#ifndef PARAUDIT_PATTERNS_FP_PATHS_H
#define PARAUDIT_PATTERNS_FP_PATHS_H

#include "paraudit/patterns/fp_tree.h"

enum { PA_PATH_END = -1 };

typedef struct {
    uint32_t above; /* where in `item` the path above it begins */
    uint32_t count; /* the weight of the paths through it */
} pa_path_node;

typedef struct {
    int32_t n_items;
    uint32_t *first;         /* n_items + 1: where the nodes of each rank begin in `node` */
    pa_path_node *node;      /* in the order of the tree */
    const uint32_t *support; /* of each rank: the weight of all its nodes */
    size_t length;           /* of `item` */
    int32_t *item;           /* ranks, falling along each path, and PA_PATH_END behind it */
} pa_fp_paths;

/* Paths of several trees, as of one tree whose nodes stand part by part. */
typedef struct {
    size_t n_parts;
    pa_fp_paths all; /* first: that of each part behind that of the one before; a part's nodes are
                      * in the order of ranks. Of one part it is pa_fp_paths as above */
} pa_path_parts;

/* Of ranks first .. last - 1 all nodes, those of a rank next to each other, in the arena; of one
 * part it is what there is. begin: n_items + 1, of which those of the run are set and `paths`
 * has it. False where the arena has no room. */
bool pa_fp_paths_of_run(pa_arena *arena, const pa_path_parts *parts, int32_t first, int32_t last,
                        uint32_t begin[], pa_fp_paths *paths);

/* All in the arena; false where that has no room, or paths take 2^32 items or more: nothing of it
 * is left then. */
bool pa_fp_paths_of_tree(pa_arena *arena, const pa_fp_tree *tree, pa_fp_paths *paths);

/* The paths of the tree of baskets (pa_fp_tree_of), without that where rows have room. */
pa_status pa_fp_paths_of(pa_arena *arena, const pa_baskets *baskets, const pa_item_ranks *ranks,
                         const pa_rank_run *run, pa_fp_paths *paths, pa_error *err);

/* Of each rank the weight of all its nodes. */
void pa_fp_paths_add_counts(const pa_fp_paths *paths, uint32_t support[]);

/* Rows while they are added, each as a path. The arrays but `item` lie at the back of the arena. */
typedef struct {
    pa_fp_paths *paths;
    uint32_t n;                         /* rows that differ from the one before */
    uint32_t *shared, *length, *weight; /* of each */
    size_t n_items, n_nodes;            /* of `item`: written */
    const int32_t *last;                /* the row before, of n_last items */
    uint32_t n_last, longest;
} pa_path_rows;

/* Room for n rows of `length` items altogether; support is borrowed. */
bool pa_path_rows_open(pa_arena *arena, size_t n, size_t length, int32_t n_ranks,
                       const uint32_t support[], pa_fp_paths *paths, pa_path_rows *rows);

/* Where the next row is to be written, falling, with room for one item more than it has. */
static inline int32_t *pa_path_row(const pa_path_rows *rows)
{
    return rows->paths->item + rows->n_items;
}

/* It has n items, 1 or more. */
void pa_path_rows_add(pa_path_rows *rows, uint32_t n, uint32_t weight);

/* The back of the arena is the caller's to give back. */
bool pa_path_rows_close(pa_arena *arena, pa_path_rows *rows);

#endif
