/* Which rows a model may be fitted on, and when a label is known: one rule each. */
#ifndef PARAUDIT_STAGE_FITTING_H
#define PARAUDIT_STAGE_FITTING_H

#include "paraudit/comm/comm.h"
#include "paraudit/stage/labels.h"
#include "paraudit/stage/time_plan.h"
#include "paraudit/table/table.h"

/* Rows of a table whose time lies in [from, until): a window, no copy. Ordinals count
 * them over all ranks in canonical order. */
typedef struct {
    const pa_table *table;
    const int64_t *time;
    int64_t from, until;
    const pa_labels *known;      /* of them those alone whose label is known ... */
    int64_t when;                /* ... at this moment; NULL: all */
    int64_t n, before, n_global; /* rows here, on lower ranks, on all ranks */
} pa_row_set;

/* Collective. */
pa_row_set pa_rows_between(pa_comm *comm, const pa_table *table, int64_t from, int64_t until);

/* Of them those whose label is known at a moment. labels: borrowed, of the same table.
 * Collective. */
pa_row_set pa_rows_known(pa_comm *comm, const pa_table *table, int64_t from, int64_t until,
                         const pa_labels *labels, int64_t when);

/* The labels of a table's rows, by the one rule. Local. */
pa_labels pa_labels_of(const pa_table *tx, const pa_time_plan *plan);

/* When the labels of the training rows are looked at: as the audit begins. */
int64_t pa_training_known_at(const pa_time_plan *plan);

/* Of rows whose labels are known, in their order, 1: fraud; freed by pa_free. *n_frauds: over
 * all ranks. Collective. */
pa_status pa_rows_frauds(pa_comm *comm, const pa_row_set *known, uint8_t **fraud, int64_t *n_frauds,
                         pa_error *err);

/* The next rows of the set, `room` at most, from table row *cursor on; moves the cursor.
 * Returns how many, 0 at the end. Local. */
size_t pa_next_rows(const pa_row_set *set, size_t *cursor, size_t room, size_t rows[]);

/* All n rows of the set, for who walks over them often. PA_E_USAGE for a table of 2^32 rows
 * here or more. Local; freed by pa_free. */
pa_status pa_rows_list(const pa_row_set *set, uint32_t **row, pa_error *err);

/* Where the last part of a set begins that has this share of its time, from its first row to its
 * end; the end where it has no row. Collective. */
int64_t pa_rows_last_part(pa_comm *comm, const pa_row_set *set, double share);

/* What detectors score: from the first training row to the last audited one; nothing
 * before, because they were fitted on it. Collective. */
pa_row_set pa_rows_scored(pa_comm *comm, const pa_table *tx, const pa_time_plan *plan);

/* What is ranked, alerted and judged. Collective. */
pa_row_set pa_rows_audited(pa_comm *comm, const pa_table *tx, const pa_time_plan *plan);

/* The part of the time plan that a stage is fitted on. */
typedef enum { PA_FIT_NOTHING, PA_FIT_HISTORY, PA_FIT_REFERENCE, PA_FIT_TRAINING } pa_fit_part;

/* What a stage is fitted on; nothing else is handed to its `fit`. */
typedef struct {
    pa_row_set rows;    /* of the part that its schema names */
    pa_row_set earlier; /* PA_FIT_TRAINING: the earlier fold; else empty */
} pa_fitting;

/* Collective. */
pa_fitting pa_fitting_on(pa_comm *comm, const pa_table *tx, const pa_time_plan *plan,
                         pa_fit_part part);

#endif
