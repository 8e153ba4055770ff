/* The rules of small baskets as a twin finds them that counts everything by looking at every
 * basket. */
#ifndef PARAUDIT_TESTS_SLOW_RULES_H
#define PARAUDIT_TESTS_SLOW_RULES_H

#include "drawn_baskets.h"
#include "paraudit/patterns/rules.h"

typedef struct {
    uint64_t antecedent;
    pa_rule rule; /* as the fast ones, ln_q too */
    bool kept;
} slow_rule;

typedef struct {
    int64_t n_baskets;
    size_t n; /* all that are tested */
    slow_rule *rule;
} slow_rules;

/* Freed by the caller, rule by pa_free. By antecedent, then consequent. */
void find_slow_rules(const drawn *d, int32_t n_items, uint32_t least, const pa_rule_options *o,
                     slow_rules *rules);

/* Of a basket for each of its weight. */
uint32_t baskets_with(const drawn *d, uint64_t items);

#endif
