/* What is known of a merchant's frauds when a row arrives.
 *
 * The label of a row is known `delay` seconds after it. The known window of w
 * seconds of a row at t holds the rows of its merchant with
 * t - delay - w < time <= t - delay that come before it (with a delay of 0, its
 * own second could come after it: such rows are out). This is the Handbook's
 * rolling(delay + w) less rolling(delay). A label is 1 (fraud), 0 (legitimate)
 * or -1 (not known even then): such rows count as rows and not as frauds.
 *
 * Where the input says when a label was found (label_time), a fraud is known from
 * max(time + delay, label_time) on, as stage/labels.h has it; until then its row counts as one
 * without a known label. Such frauds are late labels. A fraud that was found after its row had
 * passed for genuine is one as well. One that is taken back counts until then, and its row for
 * genuine from then on; that it were put right again later changes nothing here.
 *
 * Frauds older than the memory are forgotten, which bounds how far back a
 * rank must look: the line's reach must be at least delay + window, or
 * delay + memory. Pure, O(rows). */
#ifndef PARAUDIT_FEATURES_KNOWN_FRAUD_H
#define PARAUDIT_FEATURES_KNOWN_FRAUD_H

#include "paraudit/features/line.h"
#include "paraudit/stage/labels.h"

/* Seconds by which each label is known later than time + delay, at most `most`;
 * label_time: INT64_MIN where the input does not say. */
void pa_label_lateness(size_t n, const int64_t time[], const int64_t label_time[], int64_t delay,
                       int64_t most, int32_t late[]);

/* By how many seconds a change of a fraud's label is known later than time + delay; -1: there is
 * none. No padding. */
typedef struct {
    int32_t good; /* before it was found, its row passed for genuine */
    int32_t back; /* it is taken back */
} pa_label_change;

/* Of rows of which the contrary was found before (stage/labels.h) label becomes 1 where any finding
 * says fraud, late that of the first that does. A change as late as `most`, or a fraud, is none.
 * label, late: n values, of pa_label_lateness. */
void pa_label_changes(const pa_labels *labels, size_t n, int64_t most, int8_t label[],
                      int32_t late[], pa_label_change change[]);

/* The labels of a line that are late, in the order of rows: places 0 .. n - 1. */
typedef struct {
    size_t n;
    uint32_t *row; /* of the line, ascending; a fraud before the changes of its label */
    int8_t *label;
    int8_t *was;              /* the fraud that is taken back; 0: none is */
    uint64_t *known;          /* the position from which on the label is known */
    uint32_t *order;          /* places by `known` */
    uint32_t *before, *after; /* room for a list of the places that wait */
} pa_late_labels;

/* label, late: n_halo + n values; `late` from pa_label_lateness, with `most` such that a fraud
 * as late as that is in no window; change from pa_label_changes, or NULL. Takes the late labels
 * back to -1, or to 0 where the row passes for genuine as soon as it is due. Errors: memory, and
 * PA_E_USAGE for a line of 2^32 rows or more. */
pa_status pa_late_labels_make(const pa_line *line, const int32_t late[],
                              const pa_label_change change[], int64_t delay, int8_t label[],
                              pa_late_labels *labels, pa_error *err);
void pa_late_labels_free(pa_late_labels *labels); /* a zeroed one may be freed */

/* A known window, and what is asked of it: its rows (NULL: not asked for), and the share of
 * labels of `least` and above among them (0 where there are no rows). Frauds of several kinds
 * have labels from 1 on, least is 1 or more. */
typedef struct {
    int64_t window;
    int8_t least;
    float *count, *rate;
} pa_known_window;

enum { PA_KNOWN_WINDOWS = 4 };

/* Up to so many windows in one pass. late: NULL where no label is late. */
void pa_known_rates(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                    int64_t delay, size_t n_windows, const pa_known_window windows[]);

/* Of the known window of `memory` seconds: days (86,400 s) since its last fraud,
 * at most the memory, and the memory where there is none; and how many frauds
 * end it without another row between them, 0 where its last row is no fraud or
 * where it has no rows. */
void pa_known_fraud_recency(const pa_line *line, const int8_t label[], const pa_late_labels *late,
                            int64_t delay, int64_t memory, float days[], float run[]);

#endif
