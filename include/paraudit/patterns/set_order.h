/* Sets in the order in which a model has them: by size, then by their items. Kernel. */
#ifndef PARAUDIT_PATTERNS_SET_ORDER_H
#define PARAUDIT_PATTERNS_SET_ORDER_H

#include "paraudit/patterns/set_level.h"

/* order: which of the n records comes first, second, ...; of equal ones the one that stands first.
 * Items are below n_items. Takes, while it runs, 4 bytes a record, 4 of each of n_items, and 8 of
 * each item that is in a set. PA_E_MEMORY. */
pa_status pa_order_sets(size_t n, const pa_set_record record[], int32_t n_items, uint32_t order[],
                        pa_error *err);

#endif
