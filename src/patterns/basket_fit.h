/* Mining the baskets of the history. */
#ifndef PARAUDIT_PATTERNS_BASKET_FIT_H
#define PARAUDIT_PATTERNS_BASKET_FIT_H

#include "basket_model.h"

/* Frequent sets and rules of the baskets of all ranks into the store, the same on all; items by
 * `codes`, their names from the tables of the run. Collective. */
pa_status pa_basket_fit(pa_run *run, const pa_table *tx, const pa_item_codes *codes,
                        const pa_basket_list *list, pa_store *model);

#endif
