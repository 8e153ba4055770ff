/* One job in progress, as its stages see it: they read its members and change the
 * tables alone. */
#ifndef PARAUDIT_STAGE_RUN_H
#define PARAUDIT_STAGE_RUN_H

#include "paraudit/base/log.h"
#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/table/store.h"
#include "paraudit/table/table.h"

typedef struct pa_stage pa_stage;
typedef struct pa_schema pa_schema;
typedef struct pa_run pa_run;

/* What a job does at a safe point; both calls are collective. */
typedef struct {
    pa_status (*round)(pa_run *run, const pa_store *model);
    pa_status (*tile)(pa_run *run);
} pa_safe_points;

struct pa_run {
    pa_comm *comm;
    const pa_config *config;
    pa_log *log;
    uint64_t seed;
    struct pa_time_plan *plan; /* see stage/time_plan.h */
    pa_partition **partitions; /* "transactions", "accounts", "merchants", ... */
    size_t n_partitions;
    pa_table **tables; /* [0] is "transactions"; each stays where it is */
    size_t n_tables;
    const pa_stage *const *stages; /* of the job, in running order ... */
    const pa_store *models;        /* ... and what each of them has learned */
    size_t n_stages;
    const pa_stage *stage;                /* that runs; NULL between stages */
    const pa_schema *schema;              /* ... and what it declared */
    const pa_safe_points *safe_points;    /* NULL: safe points do nothing */
    struct pa_checkpointer *checkpointer; /* of the job; NULL: nothing is saved */
    char **notes;                         /* advice printed at the end, by rank 0 */
    size_t n_notes;
    pa_error err;
};

void pa_run_free(pa_run *run); /* tables, partitions and notes; a zeroed run may be freed */

/* NULL where there is none of that name. Local. */
pa_table *pa_run_table(const pa_run *run, const char *name);
pa_partition *pa_run_partition(const pa_run *run, const char *name);

/* A new table, empty; the run owns it. name and meaning are borrowed. PA_E_BUG where
 * the name is taken. Local; all ranks call it alike. For what comes before the
 * stages; a stage fills the tables that it declared (pa_run_fill_table). */
pa_status pa_run_add_table(pa_run *run, const char *name, const char *meaning, pa_table **table);

/* A new partition of rows into the shards of the partition `follows`, whose cut it
 * shares: shard s of both lives on one rank. Rows of a ragged table (several, or none,
 * an account) are cut so. One of that name that is there (after a restart) is counted
 * anew. rows_of_shard: as many counts as `follows` has shards, of the
 * rows that this rank brings; added up over ranks in place. Collective. */
pa_status pa_run_add_partition(pa_run *run, const char *name, const char *follows,
                               int64_t rows_of_shard[], const pa_partition **partition);

/* Takes over a partition, a block of pa_alloc that has a name. On failure the caller
 * still owns it. Local. */
pa_status pa_run_adopt_partition(pa_run *run, pa_partition *partition);

/* ---- while a stage's apply runs ---- */

/* The column of "transactions" that the stage declared (pa_schema_writes), added with
 * zeros in it; *data: n_rows values. Every declared column is added once. Local. */
pa_status pa_run_write(pa_run *run, const char *column, void **data);

/* The side table that the stage declared, empty: to be sized (pa_run_cut_table, or
 * pa_table_size) and given its columns. Local; all ranks call it alike. */
pa_status pa_run_fill_table(pa_run *run, const char *name, pa_table **table);

/* Sizes a table of the run by the partition that its declaration names. Local. */
void pa_run_cut_table(const pa_run *run, const char *partition, pa_table *table);

/* How many tiles of rows a walk over n local rows has on the rank that has most: as
 * often every rank comes to pa_safe_point_tile. Collective. */
size_t pa_run_tiles(const pa_run *run, size_t n, size_t rows_of_tile);

/* Advice for the end-of-run table, of any length; bytes that are no UTF-8 (of a file's name)
 * become '?'. Kept on all ranks, printed by rank 0. Local. */
void pa_run_note(pa_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
