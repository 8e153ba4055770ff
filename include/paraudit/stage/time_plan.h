/* The nested time plan: what is fitted on what, so that nothing is in-sample.
 *
 *   history_from <= reference_from < train_from < train_until <= audit_from < audit_until
 *        history     |    reference    |    train    |     gap     |    audit
 *     pillars are    | unsupervised    | supervised  | label delay | scored, ranked,
 *     fitted         | detectors,tails | models,stack|             | alerted, judged
 *
 * Supervised models are fitted twice: first on the earlier fold, which lies in the
 * reference part, is as long as the training and ends a label delay before it, so that
 * its model scores the training rows out of sample. */
#ifndef PARAUDIT_STAGE_TIME_PLAN_H
#define PARAUDIT_STAGE_TIME_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/array.h"
#include "paraudit/base/options.h"

typedef enum {
    PA_SPLIT_BEFORE, /* before history_from */
    PA_SPLIT_HISTORY,
    PA_SPLIT_REFERENCE,
    PA_SPLIT_TRAIN,
    PA_SPLIT_GAP,
    PA_SPLIT_AUDIT,
    PA_SPLIT_AFTER,
    PA_N_SPLITS
} pa_split;

extern const char *const pa_split_names[PA_N_SPLITS];

/* Seconds since 1970-01-01 00:00:00; every `until` is exclusive. */
typedef struct pa_time_plan {
    int64_t history_from, reference_from, train_from, train_until, audit_from, audit_until;
    int64_t earlier_from, earlier_until; /* the earlier fold; equal: there is no room for it */
    int64_t label_delay;                 /* seconds from a row to the day its label is known */
    int64_t as_of;                       /* what is known when the audit runs */
    bool widened;                        /* the reference takes the history in: see below */
    bool shortened;     /* the book has no room for the usual lengths: cut in proportion */
    bool delay_cut;     /* ... and the label delay to the gap */
    bool history_early; /* history_from is set before any row's day, and reference_from is not */
} pa_time_plan;

extern const pa_option_spec pa_time_plan_options[];

/* Keys left empty are derived from the first and last time of the bulk of rows:
 *
 *   the audit is the last 7 days, the gap as long as the label delay, training three
 *   tenths of the days before the gap (whole days, 7 to 60; in a reference that is set no
 *   more than leaves room for the earlier fold), the reference as long as training and
 *   label delay together, history the rest.
 *
 * Where the history would be less than a sixth of the book, or these lengths do not fit
 * between the keys that are set, the parts are 1:2:1:1:1
 * (without a label delay 1:1:1:0:1) instead, between the keys that are set; a label delay
 * that is not set is then no longer than the gap, unless keys set both ends of the gap. A
 * reference that is set to begin before the first row has no history before it.
 *
 * What is known is known just after the last row of the bulk; where audit_until is set
 * beyond it, just after latest_time, that of all rows, or at audit_until if that is
 * earlier. PA_E_CONFIG names the two keys that contradict each other. */
pa_status pa_time_plan_read(const pa_config *config, int64_t first_time, int64_t last_time,
                            int64_t latest_time, pa_time_plan *plan, pa_error *err);

/* Rows may leave a hole where the reference would be. One that has fewer than two and that no
 * key has set then begins with the history: pillars have no rows, but the book is audited.
 * n: rows in the reference part. */
void pa_time_plan_widen(const pa_config *config, int64_t n, pa_time_plan *plan);

/* Whether a plan that a file tells can be one of the above: its parts in order, in the years
 * 0 to 9999. PA_E_DATA names the part. */
pa_status pa_time_plan_check(const pa_time_plan *plan, pa_error *err);

pa_split pa_split_of(const pa_time_plan *plan, int64_t time);

/* What is known of the rows of a plan. */
typedef struct {
    int64_t rows[PA_N_SPLITS], frauds[PA_N_SPLITS];
    int64_t earlier; /* rows of the earlier fold */
    /* Rows of the median week from history_from to audit_until, of the weeks that have any;
     * 0: the audit has plenty. */
    int64_t median_week;
    bool estimated; /* rows are guessed at, and frauds not known */
} pa_plan_rows;

/* The plan as a table for people: a line a part with its dates, days, rows and known
 * frauds. */
pa_status pa_time_plan_print(const pa_time_plan *plan, const pa_plan_rows *rows, pa_buffer *text,
                             pa_error *err);

/* What to mend in it, each with the key that does, as lines that begin with
 * PA_PLAN_WARNING: a part or an earlier fold that is empty, an audit of less than a hundredth
 * of the median week, a book that was cut in proportion, labels that come later than the plan
 * allows. */
#define PA_PLAN_WARNING "warning: "
pa_status pa_time_plan_warn(const pa_time_plan *plan, const pa_plan_rows *rows, pa_buffer *text,
                            pa_error *err);

#endif
