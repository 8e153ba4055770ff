/* When a label is known: the one rule, for features, models and judgement alike.
 *
 * The label of a row is known from the moment at which it is due (its time and the label
 * delay) and was found (its label_time, where the input says one): from the later of the
 * two on, that moment included. Before, it is unknown, which is not "legitimate". Kernel. */
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
} pa_labels;

/* The moment from which the label of a row is known, whatever it is. */
int64_t pa_label_known_from(const pa_labels *labels, size_t row);

/* What is known of a row at a moment. */
pa_label pa_label_at(const pa_labels *labels, size_t row, int64_t when);

#endif
