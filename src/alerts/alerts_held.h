/* What the stage of alerts does with the rules that hold some of them back. */
#ifndef PARAUDIT_SRC_ALERTS_ALERTS_HELD_H
#define PARAUDIT_SRC_ALERTS_ALERTS_HELD_H

#include "paraudit/alerts/alerts.h"
#include "paraudit/stage/stage.h"

/* A zeroed one may be freed. */
typedef struct {
    const pa_table *rules; /* NULL: the input has none */
    int32_t *held_by;      /* a row each */
    int64_t *n_of_rule;    /* rows of each rule */
    pa_alerts_held alerts;
} pa_held;

/* Declares the tables that they make. Local. */
pa_status pa_held_plan(pa_schema *io, pa_error *err);

/* Finds the rows that are held back; in: its rows and names, whose held_by is set. reason: the
 * first of each row. Collective. */
pa_status pa_held_find(pa_run *run, const pa_table *tx, const pa_column *reason, pa_alert_input *in,
                       pa_held *held);

/* Tells what each rule did, once alerts are made. Collective. */
pa_status pa_held_tell(pa_run *run, const pa_held *held);
void pa_held_free(pa_held *held);

#endif
