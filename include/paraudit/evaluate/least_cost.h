/* The threshold on a score that costs least, where a review has a price and a fraud that is not
 * reviewed loses money. Exact over all thresholds; money has PA_AMOUNT_BITS. Kernel. */
#ifndef PARAUDIT_EVALUATE_LEAST_COST_H
#define PARAUDIT_EVALUATE_LEAST_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/exact.h"

/* All rows down to those of this key are flagged; flagged 0: none, and no key. */
typedef struct {
    pa_i128 cost;
    int64_t flagged;
    uint64_t key;
} pa_threshold;

/* Part of all rows in the order of their score: n rows, the oddest first. */
typedef struct {
    size_t n;
    const uint64_t *key; /* ascending; rows of one key cannot be told apart */
    const pa_i128 *loss; /* if it is not flagged: of a fraud; else 0 */
    bool ends;           /* rows behind this part have another key than its last one */
    int64_t n_before;
    pa_i128 loss_before; /* of the rows before this part */
    pa_i128 loss_all;
    pa_i128 review; /* what flagging a row costs */
} pa_cost_rows;

/* The least of "none" and the thresholds that end in this part; the fewest rows among equals. */
pa_threshold pa_least_cost(const pa_cost_rows *rows);

/* The better of two, in either order. */
pa_threshold pa_cheaper(pa_threshold a, pa_threshold b);

#endif
