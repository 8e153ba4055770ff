/* Rules that a basket contradicts: it has all of A, and not c. Kernel. */
#ifndef PARAUDIT_PATTERNS_RULE_MATCH_H
#define PARAUDIT_PATTERNS_RULE_MATCH_H

#include <stdbool.h>

#include "paraudit/base/status.h"
#include "paraudit/patterns/rule_table.h"

/* Rules by the rarest item of their antecedent, the strongest first. A basket asks for the rules of
 * each of its items, down to those that are weaker than what it has found. It remembers the basket
 * at hand while one is looked at: for one caller at a time. */
typedef struct pa_rule_matcher pa_rule_matcher;

/* support: baskets of each of n_items items, by which the rarest is told; of the rules items and
 * counts are read. Keeps a copy: 16 bytes a rule and 4 an
 * item of it, and 5 bytes for each of n_items. PA_E_USAGE: 2^32 rules or items of them, or more;
 * PA_E_MEMORY. */
pa_status pa_rule_matcher_open(const pa_rule_table *rules, int32_t n_items, const int64_t support[],
                               pa_rule_matcher **matcher, pa_error *err);
void pa_rule_matcher_free(pa_rule_matcher *matcher); /* NULL is fine */

typedef struct {
    size_t rule;
    double strength; /* pa_rule_strength, to float32: bits */
} pa_contradiction;

/* The strongest rule that the basket contradicts, of equal ones the first; false: it contradicts
 * none, and `found` is a strength of 0. basket: n codes below n_items, in any order; one may be
 * there twice. */
bool pa_rule_contradicted(pa_rule_matcher *matcher, size_t n, const int32_t basket[],
                          pa_contradiction *found);

#endif
