/* The stage `expected`: how expected the row's merchant is for its account, by what the account,
 * the customers of its merchants, its segment and all others did before (merchant_choice.h), as
 * one probability. Weights of the parts are found on the last part of the history, whose rows are
 * not among those that the parts were learned from; p-values too. Columns of rows from
 * reference_from on; missing before. */
#ifndef PARAUDIT_RECOMMEND_EXPECTED_STAGE_H
#define PARAUDIT_RECOMMEND_EXPECTED_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_expected_stage;

#endif
