/* Rules from frequent sets, a set at a time.
 *
 * Each item of a set of two items or more makes a rule: the others are its antecedent, it is the
 * consequent. Every such rule counts as tested, whether it has the confidence that is asked for or
 * not: its support is that of the set, and so at least the minimum support. Kernel. */
#ifndef PARAUDIT_PATTERNS_RULES_H
#define PARAUDIT_PATTERNS_RULES_H

#include <stdbool.h>

#include "paraudit/patterns/rule_table.h"
#include "paraudit/patterns/set_level.h"
#include "paraudit/patterns/value_counts.h"

/* Which rules are kept. */
typedef struct {
    double min_confidence;  /* 0: any */
    double min_lift;        /* 0: any */
    double max_fdr;         /* q at most; 1: any */
    double min_improvement; /* a rule is redundant that improves by nothing, or by less than this */
    bool drop_redundant;
    size_t memory; /* bytes that a rank may take for rules, again for the p-values of those that are
                      tested, and again for sets (rules_all.h) */
} pa_rule_options;

/* Rules that own their memory; a zeroed list is empty. */
typedef struct {
    size_t n, room;
    pa_rule *rule;
    size_t n_items, room_items;
    int32_t *item; /* antecedents one after the other, in the order of the rules */
} pa_rule_list;

void pa_rule_list_free(pa_rule_list *list);

/* PA_E_MEMORY where n rules with n_items items in their antecedents take more than `memory`. */
pa_status pa_check_rules(size_t n, size_t n_items, size_t memory, pa_error *err);

/* Where each antecedent begins in `item`, and the end: n + 1, in the caller's memory. */
void pa_firsts_of_rules(const pa_rule_list *list, size_t first[]);

typedef struct {
    const pa_rule_options *options;
    int64_t n_baskets;      /* below 2^32 */
    const int64_t *support; /* of each item */
    pa_rule_list kept;      /* but for ln_q, which is 0 */
    pa_value_counts ln_p;   /* of all that were tested */
    int64_t n_tested;
} pa_rule_maker;

void pa_rule_maker_free(pa_rule_maker *maker); /* what it has made; the rest is borrowed */

/* What is known of a set of one item. */
void pa_know_item(const pa_rule_maker *maker, int32_t item, uint32_t known[3]);

/* Makes the rules of a set of `size` items, 2 or more. subset: of each subset that lacks one item,
 * the first, the second ..., what is known of it. Fills known[1 ..]; known[0] is the support.
 * PA_E_MEMORY: more than options->memory, too. */
pa_status pa_make_rules(pa_rule_maker *maker, size_t size, const int32_t item[],
                        const uint32_t subset[], uint32_t known[], pa_error *err);

#endif
