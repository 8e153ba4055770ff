/* What is known of an account's frauds when a row arrives: those of its earlier rows whose
 * labels are known by then (stage/labels.h). */
#ifndef PARAUDIT_FEATURES_ACCOUNT_FRAUD_H
#define PARAUDIT_FEATURES_ACCOUNT_FRAUD_H

#include "paraudit/base/status.h"
#include "paraudit/stage/labels.h"

/* count: how many there are. days: since the latest of their rows, in days (86,400 s) and at
 * most the cap (seconds); the cap where there are none. Rows of an account are one contiguous
 * slice in the order (time, tx); all of them are here. O(rows), and a sort of an account's
 * frauds where label_time disturbs their order. Only memory can fail: 21 bytes a fraud of the
 * account that has most. A fraud that is taken back is none from then on, put right again or not.
 * PA_E_USAGE for 2^32 frauds of one account. */
pa_status pa_account_fraud(size_t n, const int32_t account[], const pa_labels *labels, int64_t cap,
                           float count[], float days[], pa_error *err);

#endif
