/* Baskets of items, one behind the other. */
#ifndef PARAUDIT_PATTERNS_BASKETS_H
#define PARAUDIT_PATTERNS_BASKETS_H

#include <stddef.h>
#include <stdint.h>

/* Borrowed. */
typedef struct {
    size_t n;
    const size_t *first;    /* n + 1: where each begins in `item` */
    const int32_t *item;    /* 0 .. n_items - 1, none twice in a basket, in any order */
    const uint32_t *weight; /* how many baskets each stands for; NULL: one */
    int32_t n_items;
} pa_baskets;

#endif
