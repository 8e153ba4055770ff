/* One audit from its inputs, or from a checkpoint, to the sealed result.
 *
 *     pa_job_open  ->  pa_job_ingest or pa_checkpoint_load  ->  pa_job_run
 *                  ->  pa_job_seal  ->  pa_job_close
 *
 * All calls are collective and agree on errors before they return. */
#ifndef PARAUDIT_PIPELINE_JOB_H
#define PARAUDIT_PIPELINE_JOB_H

#include "paraudit/base/strings.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/timing.h"
#include "paraudit/result/result.h"
#include "paraudit/stage/schema.h"
#include "paraudit/stage/stage.h"
#include "paraudit/stage/time_plan.h"

/* What ingest found; equal on all ranks. */
typedef struct {
    int64_t rows_read, rows_rejected, first_time, last_time;
    int64_t rows_duplicate; /* of those rejected: their id was met before */
    char input_digest[65];
    pa_dated_row earliest[PA_ENDS], latest[PA_ENDS]; /* of a fresh ingest; file: job->names */
    size_t n_earliest, n_latest;
} pa_input_facts;

typedef struct pa_job {
    pa_run run; /* owns its tables and partitions */
    pa_time_plan plan;
    pa_input_facts facts;
    pa_plan_rows plan_rows;
    pa_buffer input_text; /* of a fresh ingest: how files are written, and what to know of them */
    pa_buffer plan_text;  /* the plan for people, and what to mend in it; ended by a zero byte */
    const pa_stage *const *stages;
    size_t n_stages;
    pa_schema *schemas; /* n_stages */
    pa_store *stores;   /* n_stages: what each stage learned */
    size_t n_done;      /* stages whose columns are complete */
    pa_timing timing;
    int64_t baseline;   /* peak memory of this rank before the job, bytes */
    const char *folder; /* OUT; borrowed */
    pa_strings names;   /* texts of tables that were read from a file */
    /* Makes files beside audit.h5 out of the finished tables, in OUT; NULL: none.
     * Set by who opens the job. Collective. */
    pa_status (*write_files)(pa_run *run, const char *folder);
} pa_job;

/* Options of the job itself: seed, checkpoints, progress. */
extern const pa_option_spec pa_job_options[];

/* stages, config, log and folder are borrowed and outlive the job. folder NULL:
 * nothing is written and nothing is checkpointed. */
pa_status pa_job_open(pa_job *job, pa_comm *comm, const pa_config *config, pa_log *log,
                      const pa_stage *const stages[], size_t n_stages, const char *folder);
void pa_job_close(pa_job *job);

/* Inputs to tables, the time plan, and the split of every row. PA_E_AGAIN after a signal
 * (base/stop.h), with nothing saved. */
pa_status pa_job_ingest(pa_job *job);

/* Runs the stages that are not done: fit, apply, checks, timing, checksum,
 * safe point. PA_E_AGAIN after a signal, with a checkpoint saved. */
pa_status pa_job_run(pa_job *job);

/* Runs `apply` of all stages that are not done with the stores as they are: no
 * fit. What scoring with the models of an earlier audit does. */
pa_status pa_job_apply(pa_job *job);

/* Writes OUT/audit.h5, its write_files and run.json and removes the checkpoints. PA_E_AGAIN
 * after a signal, with a checkpoint saved; what was written till then may be there. */
pa_status pa_job_seal(pa_job *job);

/* Saves tables, stores and, while a fit is under way, its unfinished model. */
pa_status pa_checkpoint_save(pa_job *job, const pa_store *unfinished);

/* Restores from the newest checkpoint in OUT/checkpoint that is whole; *found is
 * false where there is none. The number of ranks may differ. */
pa_status pa_checkpoint_load(pa_job *job, bool *found);

/* Restores what ingest had made, and all stores, from a sealed result: the job
 * stands before its first stage with every model at hand (pa_job_apply). */
pa_status pa_job_reload(pa_job *job, const char *path);

/* Removes OUT/checkpoint. */
pa_status pa_checkpoint_remove(pa_job *job);

/* What follows from the rows and the configuration: the time plan, and the rows of every
 * split; says the plan, and its warnings become notes. After ingest, and after a restart,
 * which has its text (that names rows of the input) from the file. */
pa_status pa_job_plan(pa_job *job);

/* The first row of every shard, as the store "shards" of the result. Local. */
pa_status pa_shards_to_store(const pa_run *run, pa_store *store, pa_error *err);

/* Partitions of a run from that store, cut anew for the ranks that are there. */
pa_status pa_shards_from_store(pa_run *run, const pa_store *store);

/* The partition of the transactions of an open result, for the ranks that are
 * there: each gets whole accounts. The caller frees it. */
pa_status pa_shards_of_result(pa_comm *comm, pa_result_file *file, pa_partition *shards,
                              pa_error *err);

#endif
