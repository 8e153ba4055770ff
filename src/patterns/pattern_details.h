/* What the features of the stage `patterns` do not name: rules, items, merchants. */
#ifndef PARAUDIT_PATTERNS_PATTERN_DETAILS_H
#define PARAUDIT_PATTERNS_PATTERN_DETAILS_H

#include "paraudit/stage/stage.h"

extern const char *const pa_pattern_detail_reads[];

/* As pa_stage.detail:
 *   rule_contradicted       merchant=m1 -> category=food in 412 of 443 baskets, 93 %; here
 *                           category=travel
 *   basket_outlier          category=travel with hour=00 to 04 in 12 of 20315 baskets, by chance 41
 *   company_...             m1 is known beside 2 of the account's last 12 merchants
 *   merchant_amount_surprise, category_..._surprise
 *                           the two items whose meeting is the surprise
 *   low_new_amounts_1d      2 of the day: 1.05, 0.99 */
pa_status pa_pattern_details(const pa_config *config, const pa_store *model, const pa_table *tx,
                             size_t n, const pa_detail_question asked[],
                             char answer[][PA_DETAIL_BYTES], pa_error *err);

#endif
