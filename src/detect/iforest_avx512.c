/* Sixteen trees in the lanes of a register, rows one after the other. This file
 * alone is compiled for AVX-512F, and called only where the CPU has it. */
#include <immintrin.h>

#include "iforest_layout.h"

enum { LANES = PA_IFOREST_LANES, TOGETHER = 4 /* rows in flight: their gathers overlap */ };

/* Where a row's keys are: in 2 registers up to 32 features, in 4 up to 64, in
 * memory beyond. `registers` is a constant wherever these functions are
 * expanded, and so is `packed`. */
typedef struct {
    __m512i part[4];
    const uint32_t *keys;
    __mmask16 trees;
} row_keys;

/* table[at] in the lanes that hold a tree, 0 in the others. A gather merges into
 * its target: started from zeros, it need not wait for what the register held
 * before, which is a neighbour's step. (With a constant mask gcc 12 drops the
 * zeros, and the rows in flight wait for each other.) */
static inline __m512i look_up(__mmask16 trees, __m512i at, const void *table)
{
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), trees, at, table, 4);
}

static inline __attribute__((always_inline)) row_keys
load_row(const uint32_t *keys, __mmask16 trees, int registers, int packed)
{
    row_keys x = {.keys = keys, .trees = trees};
    /* The low bits of a packed word hold its feature: with all of them set, a
     * key is not below a word whose threshold it reaches. */
    __m512i low = _mm512_set1_epi32(packed ? PA_IFOREST_GRID - 1 : 0);
    for (int i = 0; i < registers; i++)
        x.part[i] = _mm512_or_si512(_mm512_loadu_si512(keys + LANES * i), low);
    return x;
}

static inline __attribute__((always_inline)) __m512i value_of(const row_keys *x, __m512i feature,
                                                              int registers)
{
    if (registers == 0) return look_up(x->trees, feature, x->keys);
    __m512i low = _mm512_permutex2var_epi32(x->part[0], feature, x->part[1]);
    if (registers == 2) return low;
    __m512i high = _mm512_permutex2var_epi32(x->part[2], feature, x->part[3]);
    __mmask16 upper = _mm512_test_epi32_mask(feature, _mm512_set1_epi32(32));
    return _mm512_mask_blend_epi32(upper, low, high);
}

/* Children of places, to the right where the mask is set. */
static inline __m512i child_of(__m512i place, __mmask16 right)
{
    __m512i left = _mm512_add_epi32(place, place);
    return _mm512_mask_add_epi32(left, right, left, _mm512_set1_epi32(1));
}

/* One level by looking the places up. */
static inline __attribute__((always_inline)) __m512i step(const row_keys *x, __m512i place,
                                                          const uint32_t *word,
                                                          const int32_t *feature, int registers,
                                                          int packed)
{
    __m512i cut = look_up(x->trees, place, word);
    __m512i column = packed ? cut : look_up(x->trees, place, feature);
    return child_of(place, _mm512_cmpge_epu32_mask(value_of(x, column, registers), cut));
}

/* The cuts of the first three levels of a group: the same for all rows. In the
 * order of places: root, left, right, left's left ... */
typedef struct {
    __m512i cut[7];
} top_cuts;

static inline top_cuts load_top(__mmask16 trees, const uint32_t *word, __m512i root)
{
    __m512i one = _mm512_set1_epi32(1);
    top_cuts top;
    __m512i left = _mm512_add_epi32(root, root);
    __m512i place[7] = {root, left, _mm512_add_epi32(left, one)};
    for (int i = 1; i < 3; i++) {
        place[2 * i + 1] = _mm512_add_epi32(place[i], place[i]);
        place[2 * i + 2] = _mm512_add_epi32(place[2 * i + 1], one);
    }
    for (int i = 0; i < 7; i++) top.cut[i] = look_up(trees, place[i], word);
    return top;
}

/* Three levels from registers; packed groups only. */
static inline __attribute__((always_inline)) __m512i
walk_top(const row_keys *x, const top_cuts *top, __m512i root, int registers)
{
    __mmask16 a = _mm512_cmpge_epu32_mask(value_of(x, top->cut[0], registers), top->cut[0]);
    __m512i cut = _mm512_mask_blend_epi32(a, top->cut[1], top->cut[2]);
    __mmask16 b = _mm512_cmpge_epu32_mask(value_of(x, cut, registers), cut);
    cut = _mm512_mask_blend_epi32(a, _mm512_mask_blend_epi32(b, top->cut[3], top->cut[4]),
                                  _mm512_mask_blend_epi32(b, top->cut[5], top->cut[6]));
    __mmask16 c = _mm512_cmpge_epu32_mask(value_of(x, cut, registers), cut);
    return child_of(child_of(child_of(root, a), b), c);
}

/* One group over all rows of the block. total: a register a row. */
static inline __attribute__((always_inline)) void
walk_group(const pa_iforest *f, int32_t group, size_t n, __m512i total[], int registers, int packed)
{
    size_t size = (size_t)LANES << f->depth;
    int32_t n_trees = f->shape.n_trees - group * LANES;
    __mmask16 trees = (__mmask16)(n_trees < LANES ? (1 << n_trees) - 1 : 0xffff);
    const uint32_t *word = f->word + (size_t)group * size;
    const int32_t *feature = f->feature + (size_t)group * size;
    const int32_t *leaf = f->group_leaf + (size_t)group * size;
    __m512i root =
        _mm512_setr_epi32(16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    __m512i first_leaf = _mm512_set1_epi32((int)size);
    top_cuts top = load_top(trees, word, root);
    for (size_t r = 0; r < n; r += TOGETHER) {
        row_keys x[TOGETHER];
        __m512i place[TOGETHER];
        for (int i = 0; i < TOGETHER; i++)
            x[i] = load_row(f->block + (r + (size_t)i) * f->stride, trees, registers, packed);
        for (int i = 0; i < TOGETHER; i++)
            place[i] = packed ? walk_top(&x[i], &top, root, registers) : root;
        for (int32_t d = packed ? 3 : 0; d < f->depth; d++)
            for (int i = 0; i < TOGETHER; i++)
                place[i] = step(&x[i], place[i], word, feature, registers, packed);
        for (int i = 0; i < TOGETHER; i++) {
            __m512i path = look_up(trees, _mm512_sub_epi32(place[i], first_leaf), leaf);
            total[r + (size_t)i] = _mm512_add_epi32(total[r + (size_t)i], path);
        }
    }
}

static void walk_two(const pa_iforest *f, int32_t group, size_t n, __m512i total[])
{
    if (f->packed[group])
        walk_group(f, group, n, total, 2, 1);
    else
        walk_group(f, group, n, total, 2, 0);
}

static void walk_four(const pa_iforest *f, int32_t group, size_t n, __m512i total[])
{
    if (f->packed[group])
        walk_group(f, group, n, total, 4, 1);
    else
        walk_group(f, group, n, total, 4, 0);
}

static void walk_many(const pa_iforest *f, int32_t group, size_t n, __m512i total[])
{
    walk_group(f, group, n, total, 0, 0);
}

void pa_iforest_walk_avx512(const pa_iforest *f, int32_t first, int32_t last, size_t n,
                            uint32_t sum[])
{
    __m512i total[PA_IFOREST_BLOCK];
    for (size_t r = 0; r < PA_IFOREST_BLOCK; r++) total[r] = _mm512_setzero_si512();
    for (int32_t group = first; group < last; group++) {
        if (f->stride == 32)
            walk_two(f, group, n, total);
        else if (f->stride == 64)
            walk_four(f, group, n, total);
        else
            walk_many(f, group, n, total);
    }
    for (size_t r = 0; r < n; r++) {
        uint32_t lane[LANES];
        _mm512_storeu_si512(lane, total[r]);
        for (int i = 0; i < LANES; i++) sum[r] += lane[i];
    }
}
