/* Rows beside the model of baskets, one after the other. */
#ifndef PARAUDIT_PATTERNS_BASKET_WALK_H
#define PARAUDIT_PATTERNS_BASKET_WALK_H

#include "basket_model.h"
#include "paraudit/patterns/rule_match.h"

/* The rules that a column goes by: those of few items. */
typedef struct {
    pa_rule *rule;
    size_t *first, *number; /* number: of each in the model */
    int32_t *item;
} pa_short_rules;

typedef struct {
    pa_basket_model model;
    pa_basket_rows rows;
    pa_set_trie *trie;
    pa_short_rules rules;
    pa_rule_matcher *matcher;
    pa_basket basket; /* as it stands */
    pa_set_sum sum;
} pa_basket_walk;

/* category: as pa_category_codes has it; tx and it are borrowed. Local. On failure, too, it may be
 * closed. */
pa_status pa_basket_walk_open(const pa_config *config, const pa_store *store, const pa_table *tx,
                              const int32_t category[], pa_basket_walk *walk, pa_error *err);
void pa_basket_walk_close(pa_basket_walk *walk);

/* The row joins the basket of its window, an empty one where it `starts`. */
void pa_basket_walk_add(pa_basket_walk *walk, size_t row, bool starts);

/* The strongest rule that the basket contradicts as it stands, by its number in the model; false:
 * none, and a strength of 0. */
bool pa_basket_walk_contradicted(pa_basket_walk *walk, pa_contradiction *found);

#endif
