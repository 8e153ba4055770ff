/* When a label is known: the one rule, for features, models and judgement alike.
 *
 * The label of a row is known from the moment at which it is due (its time and the label
 * delay) and was found (its label_time, where the input says one): from the later of the
 * two on, that moment included. Before, it is unknown, which is not "legitimate".
 *
 * People change their minds: what was found of a row may be taken back, and put right again
 * (ingest/dispositions.h). What holds at a moment is what was found last by then. Kernel. */
#ifndef PARAUDIT_STAGE_LABELS_H
#define PARAUDIT_STAGE_LABELS_H

#include <stddef.h>
#include <stdint.h>

typedef enum { PA_LABEL_UNKNOWN = -1, PA_LABEL_GENUINE = 0, PA_LABEL_FRAUD = 1 } pa_label;

/* Borrowed columns of one table, a value a row. */
typedef struct {
    const int64_t *time;
    const int8_t *label;       /* a pa_label: what will have been found out in the end */
    const int64_t *label_time; /* INT64_MIN: not said; NULL: said nowhere */
    int64_t delay;             /* seconds */
    /* When the contrary was found before that, and what holds in the end once more before that:
     * INT64_MIN: not said, INT64_MAX: never was. NULL: of no row. */
    const int64_t *label_before_time, *label_first_time;
} pa_labels;

/* What was found of a row: each of it holds from its moment on until the next, which says the
 * contrary. */
typedef struct {
    int64_t from;
    pa_label label;
} pa_finding;

enum { PA_MOST_FINDINGS = 3 };

/* In the order of their moments; returns how many. 0: nothing will ever be known. */
size_t pa_label_findings(const pa_labels *labels, size_t row, pa_finding found[PA_MOST_FINDINGS]);

/* The moment from which on something is known of a row, or would be. */
int64_t pa_label_known_from(const pa_labels *labels, size_t row);

/* The moment from which a row is known for a fraud, taken back later or not; INT64_MAX: never. */
int64_t pa_fraud_known_from(const pa_labels *labels, size_t row);
/* The moment at which that is taken back for the first time; INT64_MAX: never. */
int64_t pa_fraud_known_until(const pa_labels *labels, size_t row);

/* What is known of a row at a moment. */
pa_label pa_label_at(const pa_labels *labels, size_t row, int64_t when);

#endif
