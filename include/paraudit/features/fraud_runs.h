/* What a merchant's labels say one after another, as they become known.
 *
 * A label is an event at the moment from which it is known (stage/labels.h): row after row
 * where labels come after a delay, in the order of those moments (ties: of rows) where the
 * input says when they were found. A row sees the events up to its own second, of rows before
 * it. Two runs of frauds are kept, and the last PA_LAST_LABELS labels:
 *
 *     all frauds       a run ends with a label that says genuine, and where for longer than
 *                      the gap no fraud has become known
 *     unexplained      of frauds that their own account does not explain: they point to the
 *                      merchant, not to the card. It ends by the gap alone
 *
 * All of this is a state of fixed size, and states are joined: that of events A and then B is
 * pa_fraud_state_join(A, B). So a merchant that begins on an earlier rank needs none of its
 * rows from there but those whose labels come in later. Pure, O(rows). */
#ifndef PARAUDIT_FEATURES_FRAUD_RUNS_H
#define PARAUDIT_FEATURES_FRAUD_RUNS_H

#include "paraudit/features/known_fraud.h"

typedef enum {
    PA_NO_EVENT = -1, /* the label is not known, ever */
    PA_GENUINE,
    PA_EXPLAINED_FRAUD,
    PA_UNEXPLAINED_FRAUD
} pa_fraud_event;

/* frauds == 0: there is no run, and the positions mean nothing. */
typedef struct {
    int64_t frauds;
    uint64_t first, last;             /* positions of the rows of the first fraud and the last */
    uint64_t first_known, last_known; /* the positions from which on they were known */
    int64_t broken;                   /* 1: a run ended here: what was before plays no part */
} pa_fraud_run;

enum { PA_LAST_LABELS = 5 };

/* Zeroed: nothing is known. No padding. */
typedef struct {
    pa_fraud_run all, unexplained;
    int32_t n_last; /* labels, at most PA_LAST_LABELS */
    uint32_t last;  /* a bit each, 1: fraud; the last one is the lowest */
} pa_fraud_state;

/* *state := `before`, then *state. gap: seconds. */
void pa_fraud_state_join(const pa_fraud_state *before, int64_t gap, pa_fraud_state *state);

/* The events of a line. */
typedef struct {
    const pa_line *line;        /* its halo holds all rows whose labels come to be known from the
                                 * first row of the n to the last, or to where the state is asked */
    const int8_t *event;        /* a pa_fraud_event a row of halo and line, late ones apart */
    const pa_late_labels *late; /* those; NULL where there are none */
    uint64_t stride;            /* of the line: whose rows are whose */
    int64_t delay, gap;         /* seconds */
} pa_fraud_events;

/* The state of the last row's merchant by its events from behind the position of the line's
 * first row (from the merchant's beginning, where that is here) up to `until`. The line has
 * rows. */
void pa_fraud_state_of(const pa_fraud_events *events, uint64_t until, pa_fraud_state *state);

/* Days are of 86,400 s and at most the cap; the cap where there is no run, or its gap has
 * passed. */
typedef struct {
    float *start_days; /* since the first row of the run of all frauds */
    float *last_share; /* of frauds in the last labels; 0 where there are none */
    float *unexplained_start_days, *unexplained_days; /* since its first row and its last */
    float *unexplained;                               /* how many frauds that run has; 0: none */
} pa_fraud_run_columns;

/* before: of the first row's merchant, by all events up to that row's position of rows that
 * come before it. cap: seconds. out: n values each; all of them NULL that begin with
 * `unexplained`, or none. */
void pa_fraud_runs(const pa_fraud_events *events, const pa_fraud_state *before, int64_t cap,
                   const pa_fraud_run_columns *out);

#endif
