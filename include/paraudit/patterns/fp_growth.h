/* Frequent item sets by FP-growth (J. Han, J. Pei, Y. Yin, Mining frequent patterns without
 * candidate generation, SIGMOD 2000) on flat trees (B. Racz, nonordfp, FIMI 2004). Items that are
 * in every basket of a set are put aside and multiplied in (perfect extensions: C. Borgelt, An
 * implementation of the FP-growth algorithm, OSDM 2005); where few items are left, all their sets
 * are counted at once (superset_sums.h); beside a prefix that is in few baskets, items are words of
 * these (as in M. Zaki, Scalable algorithms for association mining, TKDE 2000). Kernel: no MPI, no
 * files. */
#ifndef PARAUDIT_PATTERNS_FP_GROWTH_H
#define PARAUDIT_PATTERNS_FP_GROWTH_H

#include <stdbool.h>

#include "paraudit/patterns/coded_rows.h"
#include "paraudit/patterns/fp_paths.h"

/* A sink may raise min_support meanwhile: of sets with less support some are told then. */
typedef struct {
    int64_t min_support; /* baskets, 1 or more */
    int32_t min_length;  /* items of a set, 1 or more */
    int32_t max_length;  /* 0: any */
    /* Asked every few milliseconds or so: what is not PA_OK ends the mining. NULL: nobody asks. */
    pa_status (*go_on)(void *self, pa_error *err);
    void *self;
} pa_mine_options;

/* Who hears of each set. item: n codes in no order, borrowed for the call; the order of the sets
 * is the same for the same tree. What it returns ends the mining where it is not PA_OK. */
typedef struct {
    pa_status (*found)(void *self, size_t n, const int32_t item[], uint32_t support, pa_error *err);
    void *self;
} pa_set_sink;

/* How many sets there are of each size. */
typedef struct {
    size_t n;          /* sizes 0 .. n - 1 */
    uint64_t *by_size; /* UINT64_MAX: that many or more */
} pa_set_counts;

static inline void pa_add_sets(uint64_t *to, uint64_t n)
{
    *to = *to > UINT64_MAX - n ? UINT64_MAX : *to + n;
}

/* Mines the paths of a tree, some of its ranks at a time. Lies in the arena. */
typedef struct pa_fp_miner pa_fp_miner;

/* code: the item of each rank. longest: the longest path, or more. What paths point to, code and
 * options are borrowed. PA_E_MEMORY: the arena has no room. */
pa_status pa_fp_miner_open(pa_arena *arena, const pa_path_parts *paths, const int32_t code[],
                           size_t longest, const pa_mine_options *options, pa_fp_miner **miner,
                           pa_error *err);

/* Where there is no room for a tree: of rows, which are borrowed. Takes longer. The sets and their
 * order are the same. */
pa_status pa_fp_miner_open_lean(pa_arena *arena, const pa_coded_rows *rows, const int32_t code[],
                                size_t longest, const pa_mine_options *options, pa_fp_miner **miner,
                                pa_error *err);

/* All sets whose least frequent item is of ranks first .. last - 1 of the tree: those of all
 * ranks are all sets, each once. sink: NULL: sets are only counted. counts: of `longest` and one
 * more sizes; what is found is added. Takes its memory from the arena, and gives it back.
 * PA_E_MEMORY: there is not enough. */
pa_status pa_fp_growth(pa_fp_miner *miner, int32_t first, int32_t last, const pa_set_sink *sink,
                       pa_set_counts *counts, pa_error *err);

/* As pa_fp_growth, of one rank in n_parts parts: one after the other they tell what it would, in
 * its order. */
pa_status pa_fp_growth_part(pa_fp_miner *miner, int32_t rank, int32_t part, int32_t n_parts,
                            const pa_set_sink *sink, pa_set_counts *counts, pa_error *err);

#endif
