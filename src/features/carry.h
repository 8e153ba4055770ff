/* What is known of a merchant's frauds where a cut between ranks runs through its rows. */
#ifndef PARAUDIT_FEATURES_CARRY_H
#define PARAUDIT_FEATURES_CARRY_H

#include "paraudit/comm/comm.h"
#include "paraudit/features/fraud_runs.h"

/* before: the state of this rank's first merchant by the rows of lower ranks, as pa_fraud_runs
 * wants it; zeroed where the merchant begins here. Every rank tells the others 120 bytes.
 * Collective. */
pa_status pa_carry_frauds(pa_comm *comm, const pa_fraud_events *events, pa_fraud_state *before,
                          pa_error *err);

#endif
