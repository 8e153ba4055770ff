/* Features: what each row looks like beside its account's and merchant's past.
 *
 * Reads account, merchant, time, amount_minor, label and tx of "transactions",
 * whose rows are sorted by (account, time, tx), an account's rows all on one
 * rank. Adds the columns of features/columns.h. Nothing is learned (no fit).
 *
 * Account columns are local. Merchant columns are made in a view sorted by
 * (merchant, time, tx) and cut by row count: narrow columns go out, one column at
 * a time comes back, and a rank looks at most label delay + 90 days back over
 * its cut, at the rows of its first merchant alone (9 bytes a row; 8 more for
 * the last 30 days).
 *
 * Where the run has a table "accounts" or "merchants" with a row a code, cut
 * alike to run->account_shards or run->merchant_shards, it gets sums over the
 * whole book: n_tx, amount_minor, and for accounts first_time and last_time. */
#ifndef PARAUDIT_FEATURES_FEATURES_STAGE_H
#define PARAUDIT_FEATURES_FEATURES_STAGE_H

#include "paraudit/pipeline/stage.h"

extern const pa_stage pa_features_stage;

#endif
