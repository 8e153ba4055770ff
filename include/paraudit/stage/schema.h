/* What stages read and write, collected before anything runs. All local. */
#ifndef PARAUDIT_STAGE_SCHEMA_H
#define PARAUDIT_STAGE_SCHEMA_H

#include "paraudit/base/strings.h"
#include "paraudit/stage/stage.h"

struct pa_schema {
    const pa_stage *stage;
    const char **reads; /* names */
    size_t n_reads;
    pa_column_spec *writes;
    size_t n_writes;
    pa_table_spec *tables;
    size_t n_tables;
    pa_fit_part fits_on;
    const char *aside;      /* why the stage does not run, or NULL */
    bool left_out;          /* ... because job.leave_out says so */
    const pa_table *base;   /* the transactions before any of the stages */
    const pa_schema *first; /* of the stages before this one ... */
    size_t n_before;        /* ... and how many they are */
    pa_strings texts;       /* of all that was declared */
};

void pa_schema_free(pa_schema *io); /* a zeroed schema may be freed */

/* Plans all stages: fills one schema a stage (zeroed by the caller; pointers between
 * them are kept, so the array stays where it is) and checks, for the stages from number
 * `done` on, that every column read is written before, by `base` (the table as it is)
 * or an earlier stage that runs, and that no column or side table is written twice.
 *
 * left_out (job.leave_out) names stages between commas or blanks that do not run, as if
 * the program had never had them:
 * PA_E_CONFIG for a name that is none, and where a stage that runs reads a column of
 * one that is left out. */
pa_status pa_plan_stages(const pa_stage *const stages[], size_t n, const pa_config *config,
                         const char *left_out, const pa_table *base, size_t done,
                         pa_schema schemas[], pa_error *err);

/* PA_E_CONFIG where a name in the list is no stage's: before anything is read. */
pa_status pa_check_left_out(const pa_stage *const stages[], size_t n, const char *left_out,
                            pa_error *err);

/* The specs of what was declared; NULL: it was not. */
const pa_column_spec *pa_schema_column(const pa_schema *io, const char *name);
const pa_table_spec *pa_schema_table(const pa_schema *io, const char *name);

/* After `apply`: the tables hold what the stage declared, and nothing else came after
 * column number `from` of the transactions and table number `from_table`. */
pa_status pa_schema_check(const pa_schema *io, const pa_run *run, size_t from, size_t from_table,
                          pa_error *err);

/* Takes back what an unfinished `apply` added. */
void pa_schema_undo(const pa_schema *io, pa_run *run);

#endif
