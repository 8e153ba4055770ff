/* How a forest lies in memory for scoring: shared by the scoring paths alone.
 *
 * Floats become unsigned keys of the same order, so that a cut is one integer
 * comparison. A block of rows is converted once and meets all trees. */
#ifndef PARAUDIT_DETECT_IFOREST_LAYOUT_H
#define PARAUDIT_DETECT_IFOREST_LAYOUT_H

#include <string.h>

#include "paraudit/base/math.h"
#include "paraudit/detect/iforest.h"

enum {
    PA_IFOREST_BLOCK = 128, /* rows: 30 columns of them take half of a 32 KiB cache */
    PA_IFOREST_LANES = 16,
    PA_IFOREST_GRID = 64,
    /* Trees whose path lengths surely add up in 32 bits: 1024 times less than
     * 12 + c(4096) = 27.8 levels. */
    PA_IFOREST_PART = 1024
};

struct pa_iforest {
    pa_iforest_shape shape;
    int32_t depth; /* of the layout: at least 3 */
    pa_iforest_path path;
    double scale;          /* -ln 2 / (c(sample) * n_trees * PA_IFOREST_UNIT) */
    pa_iforest_ways *ways; /* of rows in which values are missing */
    float *row;            /* one of them */
    uint32_t *block;
    size_t stride; /* AVX-512: keys a row in the block */

    /* Portable: n_trees heaps of 2^depth, one after the other. A row goes right
     * where key_below < its key. offset: feature * PA_IFOREST_BLOCK. */
    uint32_t *key_below;
    uint32_t *offset;
    int32_t *leaf; /* n_trees x 2^depth */

    /* AVX-512: groups of 16 trees, each group one heap whose roots are the
     * places 16 .. 31, so that the children of place p are 2p and 2p + 1 there
     * too. A row goes right where its key >= the word. */
    uint32_t *word;
    int32_t *feature; /* used where a group is not packed */
    int32_t *group_leaf;
    uint8_t *packed; /* of each group: the feature is in the low 6 bits of word */
};

/* Order of floats as order of unsigned integers: -0 equals 0, NaN is above all. */
static inline uint32_t pa_iforest_key(float v)
{
    float sum = v + 0.0f; /* turns -0 into 0 */
    uint32_t bits;
    memcpy(&bits, &sum, sizeof bits);
    uint32_t key = bits ^ ((0u - (bits >> 31)) | 0x80000000u);
    return v == v ? key : UINT32_MAX;
}

/* PA_E_DATA where the shape or the arrays are not a forest. */
pa_status pa_iforest_check(const pa_iforest_model *model, pa_error *err);

/* pa_iforest_ways_open of a model that is checked. */
pa_status pa_iforest_ways_new(const pa_iforest_model *model, pa_iforest_ways **ways, pa_error *err);

/* average: c(n) in PA_IFOREST_UNIT, rounded, for n = 0 .. sample. Rises from n = 1 on. */
void pa_iforest_averages(int32_t sample, int32_t average[]);

/* Whether a value of these rows, `first` and those behind it, is missing. */
static inline bool pa_iforest_lacks(const float *const column[], int32_t n_features, size_t first,
                                    size_t n)
{
    bool lacks = false;
    for (int32_t c = 0; !lacks && c < n_features; c++) lacks = pa_any_nan(n, column[c] + first);
    return lacks;
}

/* The sums of n rows (at most PA_IFOREST_BLOCK) from f->block over the groups
 * [first, last). Built where the compiler targets x86-64, run where the CPU has
 * AVX-512F. */
void pa_iforest_walk_avx512(const pa_iforest *f, int32_t first, int32_t last, size_t n,
                            uint32_t sum[]);

#endif
