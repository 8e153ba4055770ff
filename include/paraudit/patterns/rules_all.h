/* Rules from the frequent sets of all ranks (rules.h).
 *
 * Sets lie where they were mined. Size by size they go to the rank that their hash names, which
 * asks those of the next smaller size for what is known of the subsets that lack one item, all of
 * a piece at once. So a rank holds sets of two sizes, a share of each. The rules are cut among
 * the ranks by p: what they are, and their order, is the same for any number of ranks. */
#ifndef PARAUDIT_PATTERNS_RULES_ALL_H
#define PARAUDIT_PATTERNS_RULES_ALL_H

#include "paraudit/comm/node_array.h"
#include "paraudit/comm/tasks.h"
#include "paraudit/patterns/rules.h"

typedef struct {
    int64_t n_baskets, n_tested, n; /* n: rules of all ranks */
    /* This rank's, those of lower ranks before: by rising p, then falling confidence, then fewer
     * items first, then by items and consequent. */
    pa_rule_list here;
} pa_found_rules;

/* sets: all frequent sets of one item or more, or all up to some number of items, as
 * pa_write_set_record wrote them; closed or maximal ones alone will not do (PA_E_BUG: a subset is
 * not there). Items are codes below n_items, that mean the same on all ranks. n_baskets: of all
 * ranks, below 2^32. Takes options->memory for the sets of each of two sizes, again for the
 * p-values, and twice for the rules at most; rules of one p are put in order on one rank.
 * PA_E_MEMORY: it is not enough. On failure there is nothing to free. Collective. */
pa_status pa_find_rules(pa_comm *comm, const pa_task_results *sets, int32_t n_items,
                        int64_t n_baskets, const pa_rule_options *options, pa_found_rules *found,
                        pa_error *err);
void pa_found_rules_free(pa_found_rules *found); /* local; a zeroed one may be freed */

/* All rules, in their order, once on each node. */
typedef struct {
    pa_rule_table table; /* lies in the rest */
    pa_node_array rule, first, item;
} pa_shared_rules;

/* For a matcher on every rank, say. Collective. */
pa_status pa_share_rules(pa_comm *comm, const pa_found_rules *found, pa_shared_rules *all,
                         pa_error *err);
void pa_shared_rules_free(pa_shared_rules *all); /* local; a zeroed one may be freed */

#endif
