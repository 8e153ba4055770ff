/* One audit from its inputs, or from a checkpoint, to the sealed result.
 *
 *     pa_job_open  ->  pa_job_ingest or pa_checkpoint_load  ->  pa_job_run
 *                  ->  pa_job_seal  ->  pa_job_close
 *
 * All calls are collective and agree on errors before they return. */
#ifndef PARAUDIT_PIPELINE_JOB_H
#define PARAUDIT_PIPELINE_JOB_H

#include "paraudit/base/strings.h"
#include "paraudit/files/standing.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/previous.h"
#include "paraudit/pipeline/sizing.h"
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
    pa_writing how;     /* how files get their values */
    pa_timing timing;
    int64_t baseline;    /* peak memory of this rank before the job, bytes */
    const char *folder;  /* OUT; borrowed */
    pa_strings names;    /* texts of tables that were read from a file */
    pa_sizing *foreseen; /* by OUT/estimate.json, on rank 0; NULL: there is none of this job */
    /* Set by who opens the job: what may be replaced in OUT, borrowed, of rank 0 (NULL:
     * whatever is there), and what makes files beside audit.h5 out of the finished tables, in
     * OUT (NULL: none). Collective. */
    const pa_standing *standing;
    pa_status (*write_files)(struct pa_job *job);
    pa_previous *previous; /* the audit before this one; borrowed, NULL: none */
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

/* Writes OUT/audit.h5, its write_files and run.json and removes the checkpoints. PA_E_CREATE
 * where a file that is not the job's has come under one of these names: it stays, and so do
 * the checkpoints. PA_E_AGAIN
 * after a signal, with a checkpoint saved; what was written till then may be there. */
pa_status pa_job_seal(pa_job *job);

/* ---- checkpoints: OUT/checkpoint, a folder of this job's alone (files/own_folder.h) ----
 *
 * A checkpoint is a manifest, a small text that names files with their digests. What a step
 * (ingest, or a stage) left is a file that is written once, when it is first saved; the model
 * of a fit under way is another. Two manifests are kept, and the files that they name. */

/* Whether OUT/checkpoint is a job's, or is not there: PA_E_CREATE where it is a link, or
 * holds files that no job has made. Local. */
pa_status pa_checkpoint_check(const char *out, pa_error *err);

/* Whether there is a manifest in it: without one a job has nothing to lose. Local. */
bool pa_checkpoint_is_saved(const char *out);

/* The text of OUT/checkpoint/job.ini, freed by pa_free. PA_E_NO_INPUT: there is none, or it is
 * no file; PA_E_DATA: it is cut. Local. */
pa_status pa_checkpoint_job_ini(const char *out, char **text, pa_error *err);

/* A job begins: the checkpoints of another one go. PA_E_CREATE as above. */
pa_status pa_checkpoint_begin(pa_job *job);

/* Keeps job.ini, by which a job is resumed: `text`, of rank 0, and, once they were read, what
 * the inputs were: a resumed job that finds no checkpoint begins with these or not at all. */
pa_status pa_checkpoint_keep(pa_job *job, const char *text, size_t length);

/* Saves what is not saved yet of the steps that are done, and, where one is under way, its
 * model as it stands (NULL: none). PA_E_IO, PA_E_CREATE, PA_E_NO_INPUT: the last checkpoint is
 * still whole, and what was written of this one serves the next. */
pa_status pa_checkpoint_save(pa_job *job, const pa_store *model);

/* Restores a job from OUT/checkpoint, as far as files are whole: what is damaged, missing or
 * a link is passed over with a line in the log, and the step of that file and those after it
 * are done again. *found is false where not even ingest is whole. The number of ranks may
 * differ. PA_E_CONFIG: it was saved by a job with another configuration;
 * PA_E_DATA: all that is there, by one with other inputs than job.ini says. */
pa_status pa_checkpoint_load(pa_job *job, bool *found);

/* Removes what is ours in OUT/checkpoint, and the folder where nothing else is in it. */
pa_status pa_checkpoint_remove(pa_job *job);

/* Restores what ingest had made, and all stores, from a sealed result: the job
 * stands before its first stage with every model at hand (pa_job_apply). */
pa_status pa_job_reload(pa_job *job, const char *path);

/* What follows from the rows and the configuration: the time plan, and the rows of every
 * split; says the plan, and its warnings become notes. After ingest, and after a restart,
 * which has its text (that names rows of the input) from the file. */
pa_status pa_job_plan(pa_job *job);

/* The first row of every shard, of the partitions from number `from` up to `until`, as the
 * store "shards" of a result. Local. */
pa_status pa_shards_to_store(const pa_run *run, size_t from, size_t until, pa_store *store,
                             pa_error *err);

/* Adds the partitions of such a store to a run, cut anew for the ranks that are there; and
 * whether those are there without which no job can be. */
pa_status pa_shards_from_store(pa_run *run, const pa_store *store);
pa_status pa_shards_check(pa_run *run);

/* The partition of the transactions of an open result, for the ranks that are
 * there: each gets whole accounts. The caller frees it. */
pa_status pa_shards_of_result(pa_comm *comm, pa_result_file *file, pa_partition *shards,
                              pa_error *err);

#endif
