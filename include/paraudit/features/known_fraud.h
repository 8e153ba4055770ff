/* What is known of a merchant's frauds when a row arrives.
 *
 * The label of a row is known `delay` seconds after it. The known window of w
 * seconds of a row at t holds the rows of its merchant with
 * t - delay - w < time <= t - delay that come before it (with a delay of 0, its
 * own second could come after it: such rows are out). This is the Handbook's
 * rolling(delay + w) less rolling(delay). A label is 1 (fraud), 0 (legitimate)
 * or -1 (not known even then): such rows count as rows and not as frauds.
 *
 * Frauds older than the memory are forgotten, which bounds how far back a
 * rank must look: the line's reach must be at least delay + window, or
 * delay + memory. Pure, O(rows). */
#ifndef PARAUDIT_FEATURES_KNOWN_FRAUD_H
#define PARAUDIT_FEATURES_KNOWN_FRAUD_H

#include "paraudit/features/line.h"

/* Rows of the known window, and the share of frauds among them (0 where there
 * are no rows). */
void pa_known_rate(const pa_line *line, const int8_t label[], int64_t delay, int64_t window,
                   float count[], float rate[]);

/* Of the known window of `memory` seconds: days (86,400 s) since its last fraud,
 * at most the memory, and the memory where there is none; and how many frauds
 * end it without another row between them, 0 where its last row is no fraud or
 * where it has no rows. */
void pa_known_fraud_recency(const pa_line *line, const int8_t label[], int64_t delay,
                            int64_t memory, float days[], float run[]);

#endif
