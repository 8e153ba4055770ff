/* Rules of all ranks in their order. */
#ifndef PARAUDIT_SRC_PATTERNS_RULES_ORDER_H
#define PARAUDIT_SRC_PATTERNS_RULES_ORDER_H

#include "paraudit/comm/comm.h"
#include "paraudit/patterns/rules.h"

/* In the place of its own rules each rank gets a run of all of them, in the order of
 * pa_found_rules. PA_E_MEMORY: these take more than `memory`, too. On failure the list is to be
 * freed all the same. Collective. */
pa_status pa_order_rules(pa_comm *comm, size_t memory, pa_rule_list *list, pa_error *err);

#endif
