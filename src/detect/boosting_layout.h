/* How boosted trees see values, for scores and contributions alike: as unsigned keys of the
 * same order. A missing value has the largest key, so it goes to the right of any cut; where it
 * is to go left, the cut reads a second copy of the column, in which it has the smallest. */
#ifndef PARAUDIT_DETECT_BOOSTING_LAYOUT_H
#define PARAUDIT_DETECT_BOOSTING_LAYOUT_H

#include <stdbool.h>
#include <string.h>

#include "paraudit/detect/boosting.h"

enum { PA_BOOSTING_BLOCK = 128 }; /* rows that meet a tree together */

/* A row goes right where its key, at `offset` + its place in the block, is this or above. */
typedef struct {
    uint32_t key, offset;
} pa_boosting_cut;

/* Order of floats as order of unsigned integers: -0 equals 0, NaN is above all. */
static inline uint32_t pa_boosting_key(float v)
{
    float sum = v + 0.0f; /* turns -0 into 0 */
    uint32_t bits;
    memcpy(&bits, &sum, sizeof bits);
    uint32_t key = bits ^ ((0u - (bits >> 31)) | 0x80000000u);
    return v == v ? key : UINT32_MAX;
}

/* Place `at` of a heap of cuts; that of no cut sends every row to the left. */
static inline pa_boosting_cut pa_boosting_cut_of(const pa_boosting_model *m, size_t at)
{
    int32_t feature = m->feature[at];
    if (feature < 0) return (pa_boosting_cut){UINT32_MAX, (uint32_t)m->shape.n_features};
    uint32_t copy = m->missing[at] ? (uint32_t)m->shape.n_features + 1 : 0;
    return (pa_boosting_cut){pa_boosting_key(m->threshold[at]), copy + (uint32_t)feature};
}

/* Both copies of a block of columns and between them a column of zeros, which goes left
 * everywhere: (2 n_features + 1) x PA_BOOSTING_BLOCK keys. n rows, from `first` on. */
void pa_boosting_load_keys(int32_t n_features, size_t first, size_t n, const float *const column[],
                           uint32_t key[]);

/* The leaf of the filled heap, from 0, that rows come to from a place. */
static inline size_t pa_boosting_leaf_below(int32_t depth, size_t place)
{
    while (!(place >> depth)) place *= 2;
    return place - ((size_t)1 << depth);
}

static inline bool pa_boosting_is_cut(const pa_boosting_model *m, size_t tree, size_t place)
{
    size_t n = (size_t)1 << m->shape.depth;
    return place < n && m->feature[tree * n + place] >= 0;
}

#endif
