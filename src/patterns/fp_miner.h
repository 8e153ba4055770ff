/* What goes along with the recursion of FP-growth, and how it tells what it finds. */
#ifndef PARAUDIT_SRC_PATTERNS_FP_MINER_H
#define PARAUDIT_SRC_PATTERNS_FP_MINER_H

#include "paraudit/patterns/coded_rows.h"
#include "paraudit/patterns/fp_growth.h"
#include "paraudit/patterns/fp_paths.h"

enum {
    LATTICE = 10, /* so many items or fewer are counted all at once: 4 KiB of sums */
    WORD = 20,    /* ... or fewer stand in a word for each path */
    FEW_BASKETS = 64
};

/* Ranks that are frequent beside the prefix, ascending, with their codes and supports: the ranks
 * of a tree beside it. */
typedef struct {
    int32_t k;
    int32_t *rank, *code;
    uint32_t *support;
} frequent;

typedef struct pa_fp_miner {
    pa_path_parts paths;
    uint32_t *begin; /* of each rank, and one more: where its nodes begin, of the ranks at hand */
    const pa_coded_rows *coded; /* in their place; NULL: there are none */
    frequent all;               /* ranks of these, without codes */
    const int32_t *code;
    size_t longest; /* path */
    size_t kept;    /* bytes that a tree beside a prefix leaves free */
    const pa_mine_options *o;
    const pa_set_sink *sink;
    pa_set_counts *counts;
    pa_arena *arena;
    pa_error *err;
    uint32_t *sum;     /* 2^LATTICE */
    uint8_t *size;     /* 2^LATTICE: items of each mask */
    uint32_t *support; /* of each rank of the tree at hand, zeros in between */
    int32_t *new_rank; /* of each its place beside the prefix, -1 in between */
    int32_t *met;      /* ranks, as they are met */
    int32_t *set;      /* the prefix, then room for more: codes */
    int32_t n_set;
    int32_t *always; /* perfect extensions of the prefix: codes */
    int32_t n_always;
    uint32_t n_short; /* prefixes in few baskets since somebody was asked */
} miner;

static inline pa_status no_memory(const miner *m)
{
    return pa_arena_is_short(m->arena, m->err);
}

static inline pa_status go_on(const miner *m)
{
    return m->o->go_on ? m->o->go_on(m->o->self, m->err) : PA_OK;
}

static inline bool goes_deeper(const miner *m)
{
    return m->o->max_length == 0 || m->n_set < m->o->max_length;
}

static inline uint32_t pa_fp_count_bits(uint64_t v)
{
    v -= v >> 1 & UINT64_C(0x5555555555555555);
    v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
    v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(v * UINT64_C(0x0101010101010101) >> 56);
}

/* While paths are read m->new_rank is the place of each frequent item, and -1 of the others. */
static inline void place_frequent(const miner *m, const frequent *f)
{
    for (int32_t i = 0; i < f->k; i++) m->new_rank[f->rank[i]] = i;
}

static inline void forget_frequent(const miner *m, const frequent *f)
{
    for (int32_t i = 0; i < f->k; i++) m->new_rank[f->rank[i]] = -1;
}

/* Of n_met ranks in m->met, with supports in m->support, which are zeros again, those that are
 * frequent beside the prefix, which `all` baskets have; perfect extensions go to m->always. Of
 * `within` alone; NULL: of any. In the arena. */
pa_status pa_fp_keep_met(miner *m, const int32_t code[], uint32_t all, const frequent *within,
                         int32_t n_met, frequent *f);

/* The frequent items of a part, those with more paths above them in smaller ones: the last part
 * has the most frequent ones. */
void pa_fp_cut_part(const frequent *f, uint32_t support, int32_t part, int32_t n_parts,
                    int32_t *first, int32_t *last);

/* The sets of the prefix with items first .. last - 1 of a tree beside it. */
pa_status pa_fp_mine_items(miner *m, const pa_fp_paths *paths, const int32_t code[], int32_t first,
                           int32_t last);

/* n sets of `size` items, and these with each choice of the perfect extensions. */
void pa_fp_count_sets(const miner *m, int32_t size, uint64_t n);

/* The prefix and `n` codes behind it, with each choice of the perfect extensions. */
pa_status pa_fp_find(const miner *m, int32_t n, uint32_t support);

/* All sets of k items, LATTICE or fewer, beside the prefix. m->sum: of each mask the weight of the
 * paths with exactly these. */
pa_status pa_fp_find_lattice(const miner *m, int k, const int32_t code[]);

/* Paths of k items; item b is bit b, of code[b]. */
typedef struct {
    uint32_t items, weight;
} word;

/* Sets of k items, WORD or fewer, beside the prefix, whose topmost one is among first .. last - 1;
 * of the first LATTICE items all, where `first` is 0, and else none. Changes the n rows. */
pa_status pa_fp_mine_words(miner *m, int k, const int32_t code[], int first, int last, size_t n,
                           word row[]);

/* Items beside a prefix that is in 64 baskets or fewer: of each its code and the baskets that it
 * is in as bits, in the order of ranks. None is in all of them or in fewer than min_support. */
typedef struct {
    int32_t k;
    uint32_t support; /* of the prefix */
    int32_t *code;
    uint64_t *baskets;
} pa_bit_items;

/* The sets of these, of which the least frequent item is from .. until - 1. */
pa_status pa_fp_mine_bits(miner *m, const pa_bit_items *items, int32_t from, int32_t until);

/* ---- without a tree ---- */

/* As pa_fp_growth and pa_fp_growth_part, of coded rows. */
pa_status pa_fp_lean_mine(miner *m, int32_t first, int32_t last);
pa_status pa_fp_lean_mine_part(miner *m, int32_t rank, int32_t part, int32_t n_parts);

/* Mines coded rows from now on. False: the arena has no room. */
bool pa_fp_lean_open(miner *m, const pa_coded_rows *rows);

#endif
