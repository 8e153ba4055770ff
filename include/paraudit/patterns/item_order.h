/* Items, or their ranks, in ascending order. */
#ifndef PARAUDIT_PATTERNS_ITEM_ORDER_H
#define PARAUDIT_PATTERNS_ITEM_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* Made for few: those of a basket, of a path, of a set. */
void pa_sort_items(size_t n, int32_t item[]);

#endif
