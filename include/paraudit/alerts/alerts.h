/* The alert queue: the accounts to open on each day, and why. */
#ifndef PARAUDIT_ALERTS_ALERTS_H
#define PARAUDIT_ALERTS_ALERTS_H

#include "paraudit/alerts/reasons.h"
#include "paraudit/comm/comm.h"
#include "paraudit/stage/stage.h"
#include "paraudit/table/table.h"

/* What a transaction has a name for, "merchant" or "country": its codes, and the table
 * whose first column is their names. */
typedef struct {
    const char *name, *meaning; /* of the column of names in the queue */
    const pa_column *code;      /* n local rows, -1: not given */
    const pa_table *names;      /* cut over the ranks in any way */
} pa_alert_names;

enum { PA_ALERT_MAX_NAMES = 5 };

/* Whom to alert. All arrays have the n local rows of "transactions": rows of an
 * account stand next to each other, in time order. */
typedef struct {
    size_t n;
    const int32_t *account;
    const int64_t *time, *tx;
    const pa_column *tx_id; /* texts; NULL: transactions have numbers alone */
    size_t n_names;         /* PA_ALERT_MAX_NAMES at most */
    pa_alert_names names[PA_ALERT_MAX_NAMES];
    const double *amount, *margin;
    const float *score;
    const uint8_t *audited; /* 1: a row of the audit, which has a margin */
    size_t n_detectors;
    const pa_detector_view *detector;
    size_t n_features;
    const pa_column *const *feature; /* what reasons point at, with their words: n_features
                                      * columns of n rows */
    const float *peer_usual;         /* of each feature */
    const pa_run *run;               /* whose stages say what features do not name; NULL: nobody */
    const pa_table *transactions;    /* they look at it; may be NULL where run is */
    const pa_table *accounts;        /* "id" of the accounts held here */
    int64_t per_day;                 /* the budget */
    unsigned flags;                  /* of the margin's column: who is alerted hangs on it */
    const int32_t *held_by;          /* the rule that lets a row raise no alert, -1: none; NULL:
                                      * there are no rules */
} pa_alert_input;

/* What rules about alerts held back. */
typedef struct {
    pa_table *table;    /* empty; gets a row for each alert that would be in the queue */
    int64_t *n_of_rule; /* how many of them each rule held back, of all ranks */
    size_t n_rules;
} pa_alerts_held;

/* Each day the `per_day` accounts with the oddest rows of that day, or all
 * where there are fewer; an account's oddest row of the day raises its alert.
 * Exact, ties by tx. A row that is held back raises none: the account's next one may, and
 * its place in the budget is the next one's.
 *
 * rank: n values, place in the audit, 1: the oddest of all audit rows; 0: not one.
 * alert: n values, 1 for the rows that raise one. alerts, reasons: empty tables
 * that get their columns, names as texts and reasons as sentences among them; alerts in the order
 * of (day, margin descending, tx), cut over the ranks in that order; reasons up to PA_REASONS an
 * alert, those of the detector that pa_reasons_from names, in the order of the alerts, the
 * strongest first. PA_E_BUG where a reason points beyond the features.
 * held: of in->held_by, whose columns are those of alerts, `suppression` (the rule) behind them and
 * day_rank as it would be; NULL without rules. Collective. */
pa_status pa_make_alerts(pa_comm *comm, const pa_alert_input *in, int64_t rank[], uint8_t alert[],
                         pa_table *alerts, pa_table *reasons, const pa_alerts_held *held,
                         pa_error *err);

#endif
