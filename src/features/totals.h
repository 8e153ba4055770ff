/* Sums over the whole book for the tables "accounts" and "merchants". */
#ifndef PARAUDIT_FEATURES_TOTALS_H
#define PARAUDIT_FEATURES_TOTALS_H

#include "paraudit/stage/stage.h"

/* Rows of "transactions" here, sorted by (account, time): fills "accounts",
 * where the run has it. Collective. */
pa_status pa_account_totals(pa_run *run, size_t n, const int32_t account[], const int64_t time[],
                            const int64_t amount_minor[]);

/* Rows in any order that keeps a merchant's together, on any rank: their counts
 * and sums travel to the owner of the merchant's row in "merchants", where the
 * run has it. merchant of row i: position[i] / stride. Collective. */
pa_status pa_merchant_totals(pa_run *run, size_t n, const uint64_t position[], uint64_t stride,
                             const int64_t amount_minor[]);

#endif
