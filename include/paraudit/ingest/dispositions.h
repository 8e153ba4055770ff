/* What people found when they opened earlier alerts becomes the label of the transactions that
 * they judged.
 *
 * input.dispositions names CSV files with the columns `verdict`, `time` (or `verdict_time`, where
 * `time` is the transaction's), and `tx` or `alert_id` or both; other columns are ignored.
 *
 *     tx        names one transaction, as the input does; where it stands, alert_id is not looked
 *               at
 *     alert_id  names an account on a day. Of the account's transactions of that day those before
 *               the verdict count: where it is one, the verdict is of it; of several nobody knows
 *               which one raised the alert, and the verdict labels none
 *
 * A verdict is known from its time on (stage/labels.h), and takes the place of what was found
 * before: of the label of the input, and of earlier verdicts; at one time the later by file and
 * line holds. What is unclear changes nothing. */
#ifndef PARAUDIT_INGEST_DISPOSITIONS_H
#define PARAUDIT_INGEST_DISPOSITIONS_H

#include "paraudit/ingest/ingest.h"

/* What became of a disposition. */
typedef enum {
    PA_FATE_LABEL,   /* it is a label of its transaction */
    PA_FATE_UNCLEAR, /* it names one, and says nothing of it */
    PA_FATE_NOBODY,  /* the book has no such transaction */
    PA_FATE_SEVERAL, /* the account has several that day */
    PA_N_FATES
} pa_fate;

/* Dispositions that are matched at a time, over all ranks. */
enum { PA_DISPOSITIONS_AT_ONCE = 1 << 18 };

/* Reads the dispositions of the configuration, if it names any, and puts them into
 * ingest->transactions: label, label_time, and label_before_time and label_first_time where a
 * label changed. Adds the tables "dispositions" (a row each, in the order of file and line) and
 * "categories/fate", rows of "inputs", and what to tell people to forms and notes. whole: the
 * transactions are all that there are; else the dispositions are only read and counted. PA_E_DATA
 * with file and line: a record or a word that is none, a verdict that is not later than its
 * transaction, a label that changes for the third time; PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY.
 * Collective. */
pa_status pa_dispositions(pa_comm *comm, const pa_config *config, pa_log *log, bool whole,
                          size_t at_once, pa_ingest *ingest, pa_error *err);

#endif
