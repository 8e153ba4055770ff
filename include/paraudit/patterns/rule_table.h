/* Rules "baskets with the items A have the item c as well", in a table.
 *
 * A rule has one consequent. Its antecedent A has one item or more, and c is none of them.
 *
 * improvement: what the items of A add, confidence of the rule less the largest confidence of a
 * rule with fewer of these items and the same consequent (R. Bayardo, R. Agrawal, D. Gunopulos,
 * Constraint-based rule mining in large, dense databases, ICDE 1999). That without any item is
 * among them; its confidence is the share of all baskets that have c.
 *
 * ln_q: the natural logarithm of the p-value as Y. Benjamini and Y. Hochberg adjust it
 * (Controlling the false discovery rate, JRSS B 57, 1995): the least share of false discoveries
 * that is to be expected among rules up to a bound on p which lets this one in. */
#ifndef PARAUDIT_PATTERNS_RULE_TABLE_H
#define PARAUDIT_PATTERNS_RULE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/patterns/rule_measures.h"

typedef struct {
    int32_t consequent;
    uint32_t length; /* of the antecedent */
    uint32_t n_a, n_c, n_ac;
    uint32_t redundant; /* 1: it improves too little on a rule with fewer items; else 0 */
    double improvement, ln_p, ln_q;
} pa_rule;

/* Borrowed. */
typedef struct {
    int64_t n_baskets;
    size_t n;
    const pa_rule *rule;
    const size_t
        *first; /* n + 1: where each antecedent begins in `item`; may be NULL where n is 0 */
    const int32_t *item; /* ascending in each */
} pa_rule_table;

static inline pa_rule_counts pa_counts_of_rule(const pa_rule_table *t, size_t i)
{
    const pa_rule *r = t->rule + i;
    return (pa_rule_counts){t->n_baskets, r->n_a, r->n_c, r->n_ac};
}

#endif
