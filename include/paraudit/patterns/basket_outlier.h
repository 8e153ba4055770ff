/* How odd it is what a row adds to a basket, by the frequent sets that it completes.
 *
 * The frequent-pattern outlier factor (Z. He, X. Xu, J. Huang, S. Deng, FP-outlier: frequent
 * pattern based outlier detection, Computer Science and Information Systems 2(1), 2005) is the sum
 * of the supports of the frequent sets that a basket contains: the less, the odder. Large baskets
 * contain more of them, and so do those of items that are everywhere. Here the sum is taken over
 * the sets of two items or more that have an item which the row brings, and beside what it would
 * be if items met by chance alone: over all combinations of at most as many items, the product of
 * their shares. Kernel. */
#ifndef PARAUDIT_PATTERNS_BASKET_OUTLIER_H
#define PARAUDIT_PATTERNS_BASKET_OUTLIER_H

#include "paraudit/base/status.h"
#include "paraudit/patterns/account_baskets.h"

enum { PA_SET_MOST = 8 }; /* items of a set */

/* Frequent sets by size, then by their items, each once, and with each all its subsets but the
 * empty one. Borrowed. */
typedef struct {
    int64_t n_baskets, min_support; /* 1 or more each, where there is a set */
    size_t longest;                 /* items of a set, at most: PA_SET_MOST or fewer */
    size_t n;
    const size_t *first; /* n + 1: where each begins in `item`; may be NULL where n is 0 */
    const int32_t *item; /* ascending in each */
    const uint32_t *support;
} pa_frequent_sets;

/* Each set stands as a path below each of its items, so that those that an item completes are
 * found without a look at the others. */
typedef struct pa_set_trie pa_set_trie;

/* Item codes are below n_items. Takes 20 bytes for each item of each set and 4 for each of
 * n_items, and while it runs 12 more for each item of each set. PA_E_USAGE: 2^32 items of sets or
 * more; PA_E_MEMORY. */
pa_status pa_set_trie_open(const pa_frequent_sets *sets, int32_t n_items, pa_set_trie **trie,
                           pa_error *err);
void pa_set_trie_free(pa_set_trie *trie); /* NULL is fine */

/* Of a basket as it stands at a row; zeros: an empty one. */
typedef struct {
    uint64_t sum;                      /* of the supports of the sets that the row completes */
    double chance;                     /* what it would be, as a share of all baskets */
    double by_chance[PA_SET_MOST + 1]; /* [k]: over the basket's combinations of k items */
    size_t n;                          /* items that are frequent */
    int32_t item[PA_BASKET_MOST];      /* their numbers in the trie, ascending */
} pa_set_sum;

/* The next row of the basket, of an empty one where it `starts`. */
void pa_set_sum_row(bool starts, pa_set_sum *sum);

/* The row brings an item that the basket does not have: adds the sets that it completes. */
void pa_set_sum_add(const pa_set_trie *trie, int32_t item, pa_set_sum *sum);

/* log2 of what the sum would be by chance over what it is, in bits: 0 where items meet as by
 * chance, above it where they meet more seldom; 0 for a row that completes nothing. Both are
 * larger by the minimum support, below which nothing is known. The same bits for the same items in
 * the same order, whatever their codes are. */
float pa_basket_outlier(const pa_set_trie *trie, const pa_set_sum *sum);

/* Two frequent items of a basket, the second brought by the row. support: baskets that have both,
 * 0 where they are no frequent set; by_chance: how many chance would give. */
typedef struct {
    int32_t item[2];
    uint32_t support;
    double by_chance;
} pa_odd_pair;

/* Of the pairs that the row completes the one of most bits by the same measure, of equal ones the
 * first; false: of no pair it is known that it is met more seldom than by chance. */
bool pa_basket_odd_pair(const pa_set_trie *trie, const pa_basket *basket, pa_odd_pair *found);

#endif
