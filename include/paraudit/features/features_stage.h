/* Features: what each row looks like, alone and beside the past of its account
 * and its merchant. Three stages, each of which can stand aside:
 *
 *   moment     what a row says alone: amount, weekend, night, distance from home
 *   history    beside its account's earlier rows; stands aside where each row is its own
 *              account (input.account is empty)
 *   merchants  beside its merchant's earlier rows; stands aside where there is no merchant
 *              (input.merchant is empty)
 *
 * They read tx, account, time, amount_minor and label of "transactions", and merchant where
 * there is one; its rows are sorted by (account, time, tx), an account's rows all on one
 * rank. Which columns of features/columns.h they add depends on what else the input
 * has: category, channel, currency, country (codes, -1: not given), merchant_lat,
 * merchant_lon, home_lat, home_lon (degrees, NaN: not known), label_time (seconds, INT64_MIN: not
 * said). Nothing is learned (no fit).
 *
 * Account columns are local. Merchant columns are made in a view sorted by
 * (merchant, time, tx) and cut by row count: narrow columns go out, one column at
 * a time comes back, and a rank looks at most label delay + 90 days back over
 * its cut, at the rows of its first merchant alone (9 bytes a row, 4 more with label_time; 8 more
 * for the last 30 days). Runs of known frauds go back further: ranks tell each other the state
 * in which they leave a merchant (features/fraud_runs.h), of a size that is always the same.
 *
 * Where the run has a table "accounts" or "merchants" with a row a code, cut
 * alike to run->account_shards or run->merchant_shards, it gets sums over the
 * whole book: n_tx, amount_minor, and for accounts first_time and last_time;
 * accounts from the moment stage, merchants from theirs. */
#ifndef PARAUDIT_FEATURES_FEATURES_STAGE_H
#define PARAUDIT_FEATURES_FEATURES_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_moment_stage;
extern const pa_stage pa_history_stage;
extern const pa_stage pa_merchants_stage;

#endif
