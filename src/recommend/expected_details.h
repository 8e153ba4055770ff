/* What the features of the stage `expected` do not name. */
#ifndef PARAUDIT_SRC_RECOMMEND_EXPECTED_DETAILS_H
#define PARAUDIT_SRC_RECOMMEND_EXPECTED_DETAILS_H

#include "paraudit/recommend/merchant_choice.h"
#include "paraudit/stage/stage.h"

/* As expected_from says them. */
extern const char *const pa_expected_part_names[PA_N_CHOICE_PARTS];

extern const char *const pa_expected_detail_reads[];

/* As pa_stage.detail, of expected_surprise and merchant_rank:
 *   m1, in 2 of its 84 earlier transactions, place 9; mostly by customers of its merchants
 *   m1, in none of its 84 earlier transactions; mostly by rules of merchants: goes with m7, used 12
 *   days ago */
pa_status pa_expected_details(const pa_config *config, const pa_store *model, const pa_table *tx,
                              size_t n, const pa_detail_question asked[],
                              char answer[][PA_DETAIL_BYTES], pa_error *err);

#endif
