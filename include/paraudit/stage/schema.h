/* What stages read and write, collected before anything runs. All local. */
#ifndef PARAUDIT_STAGE_SCHEMA_H
#define PARAUDIT_STAGE_SCHEMA_H

#include "paraudit/stage/stage.h"

struct pa_schema {
    const char **reads; /* names */
    size_t n_reads;
    pa_column_spec *writes;
    size_t n_writes;
    const char *aside;      /* why the stage does not run, or NULL */
    const pa_table *base;   /* the transactions before any of the stages */
    const pa_schema *first; /* of the stages before this one ... */
    size_t n_before;        /* ... and how many they are */
};

void pa_schema_free(pa_schema *io); /* a zeroed schema may be freed */

/* Plans all stages: fills one schema a stage (zeroed by the caller) and checks,
 * for the stages from number `done` on, that every column read is written
 * before, by `base` (the table as it is) or an earlier stage that runs, and that
 * no column is written twice. */
pa_status pa_plan_stages(const pa_stage *const stages[], size_t n, const pa_config *config,
                         const pa_table *base, size_t done, pa_schema schemas[], pa_error *err);

/* After `apply`: the table holds what the stage declared, and nothing else came
 * after column number `from`. */
pa_status pa_schema_check(const pa_schema *io, const char *stage, const pa_table *tx, size_t from,
                          pa_error *err);

#endif
