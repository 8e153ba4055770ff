/* Frequent item sets by levels (R. Agrawal, R. Srikant, Fast algorithms for mining association
 * rules, VLDB 1994): sets of k items are joined to candidates of k + 1, those with an infrequent
 * subset are left out, and the rest is counted by a trie (C. Borgelt, R. Kruse, Induction of
 * association rules: Apriori implementation, Compstat 2002). It shares nothing with FP-growth
 * but baskets and ranks of items: each checks the other. Kernel.
 *
 * Items are places here: 0 is the least frequent, so that few baskets go deep into the trie. */
#ifndef PARAUDIT_PATTERNS_APRIORI_H
#define PARAUDIT_PATTERNS_APRIORI_H

#include <stdbool.h>

#include "paraudit/patterns/fp_tree.h"

/* Sets of k items, in lexicographic order, ascending in each. */
typedef struct {
    int32_t k;
    size_t n, room;
    int32_t *item;    /* n x k places */
    int64_t *support; /* n: baskets */
} pa_level;

void pa_level_free(pa_level *level); /* a zeroed one may be freed */

/* What a set of a level takes at most, with its share of a trie over the level: bytes. */
static inline size_t pa_level_bytes(int32_t k)
{
    return sizeof(int64_t) + (size_t)k * (2 * sizeof(int32_t) + sizeof(uint32_t));
}

/* The code of a place. */
static inline int32_t pa_place_code(const pa_item_ranks *ranks, int32_t place)
{
    return ranks->code[ranks->n - 1 - place];
}

/* Baskets of frequent items alone, as places, ascending; those with fewer than two are left out. */
typedef struct {
    size_t n;
    size_t *first; /* n + 1 */
    int32_t *item;
    uint32_t *weight;
} pa_placed_baskets;

pa_status pa_place_baskets(const pa_baskets *baskets, const pa_item_ranks *ranks,
                           pa_placed_baskets *placed, pa_error *err);
void pa_placed_baskets_free(pa_placed_baskets *placed);

/* The sets of one item; support: of each code. */
pa_status pa_apriori_first(const pa_item_ranks *ranks, const int64_t support[], pa_level *first,
                           pa_error *err);

/* Where a join goes on: zeros at first. */
typedef struct {
    size_t one, other;
} pa_join_place;

/* The next candidates of one item more, `most` of them at most, with support 0: sets of which
 * all subsets of one item less are in `sets`. candidates: of an earlier call, or zeros. There
 * are no further ones once none comes. */
pa_status pa_apriori_join(const pa_level *sets, pa_join_place *at, size_t most,
                          pa_level *candidates, pa_error *err);

/* Adds the baskets that each candidate is in to its support. */
pa_status pa_apriori_count(const pa_placed_baskets *baskets, pa_level *candidates, pa_error *err);

/* Appends those that are frequent to `sets`, of as many items. */
pa_status pa_apriori_keep(const pa_level *candidates, int64_t min_support, pa_level *sets,
                          pa_error *err);

/* What is known of a set's supersets of one item more. */
enum { PA_HAS_LARGER = 1, PA_HAS_EQUAL = 2 /* one is in as many baskets */ };

/* larger: all frequent sets of one item more. about: sets->n zeros. */
pa_status pa_apriori_compare(const pa_level *sets, const pa_level *larger, uint8_t about[],
                             pa_error *err);

#endif
