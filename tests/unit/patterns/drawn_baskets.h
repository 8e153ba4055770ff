/* Small baskets, drawn, and the sets in them as a twin finds them that looks at every basket. */
#ifndef PARAUDIT_TESTS_DRAWN_BASKETS_H
#define PARAUDIT_TESTS_DRAWN_BASKETS_H

#include "paraudit/base/status.h"
#include "paraudit/patterns/baskets.h"

enum { MOST_ITEMS = 40, MOST_BASKETS = 400 };

/* A set is a word of items. */
typedef struct {
    uint64_t items;
    uint32_t support;
} item_set;

typedef struct {
    size_t n, room;
    item_set *set; /* freed by pa_free */
} set_list;

void add_set(set_list *list, uint64_t items, uint32_t support);

/* In the order of their words. */
void sort_sets(size_t n, item_set set[]);

typedef struct {
    size_t n;
    size_t first[MOST_BASKETS + 1];
    int32_t item[MOST_BASKETS * MOST_ITEMS];
    uint32_t weight[MOST_BASKETS];
    uint64_t word[MOST_BASKETS];
} drawn;

uint32_t draw(uint32_t *state, uint32_t below);

/* n_items items, each in a basket with odds that fall from item to item. */
void draw_baskets(uint32_t *state, int32_t n_items, size_t n, uint32_t odds, drawn *d);

/* Each item with the same odds: many are frequent beside each other. */
void draw_even_baskets(uint32_t *state, int32_t n_items, size_t n, uint32_t percent, drawn *d);

pa_baskets baskets_of(const drawn *d, int32_t n_items);

/* All sets of at least that support. */
void slow_sets(const drawn *d, int32_t n_items, uint32_t least, set_list *all);

/* The `found` of a pa_set_sink whose `self` is a set_list. */
pa_status hear_set(void *self, size_t n, const int32_t item[], uint32_t support, pa_error *err);

#endif
