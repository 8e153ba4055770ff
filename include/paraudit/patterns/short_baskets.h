/* Baskets of bounded length: a few very long ones make sets beyond all numbers. */
#ifndef PARAUDIT_PATTERNS_SHORT_BASKETS_H
#define PARAUDIT_PATTERNS_SHORT_BASKETS_H

#include "paraudit/patterns/fp_tree.h"

typedef struct {
    pa_baskets baskets; /* of frequent items alone; weights are those of the long ones, borrowed */
    int64_t n_cut;      /* baskets with more than `most` frequent items */
    int64_t n_left_out; /* items of these */
    size_t *first;
    int32_t *item;
} pa_short_baskets;

/* Of each basket the `most` most frequent items stay: those of lowest ranks. On failure there is
 * nothing to free. Kernel. */
pa_status pa_shorten_baskets(const pa_baskets *baskets, const pa_item_ranks *ranks, size_t most,
                             pa_short_baskets *s, pa_error *err);
void pa_short_baskets_free(pa_short_baskets *s); /* zeroed ones may be freed */

#endif
