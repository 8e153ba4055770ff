/* Rules "accounts that use merchant a use c as well", by merchant a, as shares for a choice among
 * merchants (merchant_choice.h). Kernel. */
#ifndef PARAUDIT_RECOMMEND_MERCHANT_RULES_H
#define PARAUDIT_RECOMMEND_MERCHANT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* As a store holds them: a, c, accounts that have a, that have both. */
enum { PA_RULE_FROM, PA_RULE_TO, PA_RULE_HAVE, PA_RULE_BOTH, PA_RULE_WIDTH };

/* Zeroed, there are none. Rules of a: numbers first[a] to first[a + 1] - 1. */
typedef struct {
    size_t n_codes;  /* merchants that are named have codes below this */
    uint32_t *first; /* n_codes + 1 */
    int32_t *to;     /* ascending in each */
    float *share;    /* accounts that have both, less one (what one account does is chance), of
                        those that have a */
} pa_merchant_rules;

/* rule: n x PA_RULE_WIDTH, by a, then by c. PA_E_DATA: it is not in this order, or no such rules (a
 * result file may have been edited); PA_E_MEMORY. On failure there is nothing to free. */
pa_status pa_merchant_rules_open(size_t n, const int32_t rule[], pa_merchant_rules *rules,
                                 pa_error *err);
void pa_merchant_rules_free(pa_merchant_rules *rules);

/* The number of the rule; -1: there is none. */
int64_t pa_merchant_rule(const pa_merchant_rules *rules, int32_t from, int32_t to);

/* The shares of the rules of a merchant, added up, but for those to merchants in `out`, of n_codes
 * flags. */
double pa_merchant_rules_left(const pa_merchant_rules *rules, int32_t from, const bool out[]);

#endif
