/* Frequent sets and rules of baskets as arrays of a store. */
#ifndef PARAUDIT_PATTERNS_BASKET_MODEL_H
#define PARAUDIT_PATTERNS_BASKET_MODEL_H

#include "basket_items.h"
#include "paraudit/patterns/basket_outlier.h"
#include "paraudit/patterns/rule_table.h"
#include "paraudit/table/store.h"

/* What lies in the store, borrowed from it but for `place` and `rule`. */
typedef struct {
    pa_item_codes codes;
    pa_frequent_sets sets; /* by size, then by items; those of one item are the frequent items */
    size_t n_items;        /* frequent ones, in the order of their codes */
    const char *name;      /* n_items x PA_ITEM_NAME bytes */
    uint32_t *place;       /* of each item code its place among these, from 1 on; 0: not frequent */
    pa_rule_table rules;
    pa_rule *rule;
} pa_basket_model;

/* Puts sets and rules, and the names of the frequent items. Local. */
pa_status pa_basket_model_put(const pa_basket_model *m, pa_store *store, pa_error *err);

/* PA_E_DATA: the store is not whole. Local. */
pa_status pa_basket_model_open(const pa_store *store, pa_basket_model *m, pa_error *err);
void pa_basket_model_close(pa_basket_model *m);

/* How many of the sets have `length` items or fewer. */
size_t pa_sets_up_to(const pa_frequent_sets *sets, size_t length);

/* The name of a frequent item. */
const char *pa_name_of_item(const pa_basket_model *m, int32_t item);

#endif
