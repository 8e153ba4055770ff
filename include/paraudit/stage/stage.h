/* A stage: a few facts and three functions. The array of stages in running
 * order (pipeline/stages.c) is the table of contents of the program.
 *
 * `fit` learns a store from rows that are past; `apply` fills columns from the
 * store and is all that scoring new rows will run. State between stages is
 * columns and stores, nothing else. */
#ifndef PARAUDIT_STAGE_STAGE_H
#define PARAUDIT_STAGE_STAGE_H

#include "paraudit/base/log.h"
#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/table/store.h"
#include "paraudit/table/table.h"

/* How many side tables a run may have. */
enum { PA_MAX_TABLES = 24, PA_MAX_NOTES = 16 };

/* What a stage reads and writes; filled by its `plan`. Strings are borrowed. */
typedef struct pa_schema pa_schema;

/* The stage needs this column of "transactions" (a name) before it runs. */
pa_status pa_schema_reads(pa_schema *io, const char *column, pa_error *err);
/* The stage adds this column to "transactions". */
pa_status pa_schema_writes(pa_schema *io, const pa_column_spec *spec, pa_error *err);
/* Whether the input has a column of this name: for those that an input may lack. */
bool pa_schema_has_input(const pa_schema *io, const char *column);
/* Columns of a role that the ingest made or that earlier stages write (those
 * that stand aside apart), in their order; specs: room for `room` of them.
 * Returns how many there are. */
size_t pa_schema_by_role(const pa_schema *io, pa_role role, const pa_column_spec *specs[],
                         size_t room);
/* The stage does not run, and the log, run.json and README's reader hear why. */
void pa_schema_stands_aside(pa_schema *io, const char *reason);

/* One job in progress. Stages read its members and change only the tables. */
typedef struct pa_run {
    pa_comm *comm;
    const pa_config *config;
    pa_log *log;
    uint64_t seed;
    struct pa_time_plan *plan;    /* see pipeline/time_plan.h */
    pa_partition *shards;         /* of transactions */
    pa_partition *account_shards; /* of accounts: same cut, other rows */
    pa_partition *merchant_shards;
    pa_table tables[PA_MAX_TABLES]; /* [0] is "transactions" */
    size_t n_tables;
    struct pa_checkpointer *checkpointer; /* NULL: safe points only watch signals */
    char notes[PA_MAX_NOTES][200];        /* advice printed at the end, by rank 0 */
    size_t n_notes;
    pa_error err;
} pa_run;

typedef struct {
    const char *name;
    int version;
    const pa_option_spec *options; /* its part of the strict key table, ends with a NULL key */
    pa_status (*plan)(const pa_config *config, pa_schema *io, pa_error *err); /* local */
    pa_status (*fit)(pa_run *run, const pa_table *rows,
                     pa_store *model); /* NULL: nothing to learn */
    pa_status (*apply)(pa_run *run, const pa_store *model, pa_table *tx);
} pa_stage;

/* A table of the run by name: NULL where there is none. Local. */
pa_table *pa_run_table(pa_run *run, const char *name);
/* A new side table, empty. Local; all ranks must call it alike. */
pa_status pa_run_add_table(pa_run *run, const char *name, const char *meaning, pa_table **table);
/* Advice for the end-of-run table; kept on all ranks, printed by rank 0. Local. */
void pa_run_note(pa_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Iterative fits call this after round number `round` (from 0) is finished and
 * `model` holds all that a restart needs. Agrees on signals, saves when due and
 * says go on (PA_OK) or stop (PA_E_AGAIN, after saving). A restarted fit finds
 * its store as it was saved, with model->round rounds finished. Collective. */
pa_status pa_safe_point(pa_run *run, pa_store *model, int64_t round);

#endif
