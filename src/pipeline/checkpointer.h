/* When to save, and what is saved; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_CHECKPOINTER_H
#define PARAUDIT_PIPELINE_CHECKPOINTER_H

#include "contents.h"
#include "manifest.h"
#include "paraudit/files/own_folder.h"
#include "paraudit/pipeline/job.h"

/* Arrays of a finished model from this size on lie once on a node. */
enum { PA_SHARED_BYTES = 64 << 10 };

enum { PA_CHECKPOINT_PATH = 4096 + 64 };

/* A manifest on the disk. */
typedef struct {
    pa_manifest manifest;
    int64_t number; /* of its name; -1: there is none */
} pa_kept;

struct pa_checkpointer {
    pa_job *job;
    double every, last;          /* seconds; last: when the last one was saved, or tried */
    int64_t model_round;         /* of the model that was saved last in the fit under way */
    bool stopped;                /* a signal came, and what there is to save is saved */
    bool told;                   /* one could not be saved, and a note says so */
    char path[4096];             /* OUT/checkpoint */
    bool taken;                  /* the folder is made, or found to be ours */
    pa_own_folder folder;        /* rank 0, once it is taken; else fd -1 */
    int64_t next;                /* number of the next file or manifest: none is used twice */
    pa_manifest now;             /* steps whose files are on the disk; no model */
    pa_kept kept[2];             /* the newest, and the one before it */
    pa_mark marks[PA_MAX_STEPS]; /* the tables behind each step that is done */
    size_t n_marks;
    pa_buffer config, inputs; /* of job.ini; rank 0 */
    bool has_job_ini;         /* one was there when the job began, with `inputs`; rank 0 */
};

pa_status pa_checkpointer_new(pa_job *job, struct pa_checkpointer **checkpointer); /* local */
void pa_checkpointer_free(struct pa_checkpointer *checkpointer); /* NULL is fine */

/* A step is done, ingest or a stage: what the tables have by now is its, or an earlier
 * one's. Nothing where the job has no checkpointer. Local. */
pa_status pa_checkpointer_mark(pa_job *job);

extern const pa_safe_points pa_job_safe_points;

/* PA_E_AGAIN, once all agree that a signal stops the job. The first saves what there is (model:
 * as pa_checkpoint_save), where a job saves anything; where the disk takes no checkpoint, that
 * before it still stands. The second cannot save. */
pa_status pa_stopped_saving(pa_job *job, const pa_store *model); /* collective */
pa_status pa_stopped_reading(pa_job *job);                       /* local */
pa_status pa_stopped_loading(pa_job *job);                       /* local */

/* The safe point after a step: nothing is half-fitted. Collective. */
pa_status pa_safe_point_between(pa_job *job);

/* ---- OUT/checkpoint ---- */

/* Makes the folder, or finds that it is ours; PA_E_CREATE. The second call does nothing.
 * Collective. */
pa_status pa_checkpoint_take(pa_job *job);

/* The numbers of manifests that are there, the newest first. Rank 0. */
enum { PA_MOST_FOUND = 8 };
size_t pa_checkpoint_find(const pa_own_folder *folder, int64_t number[PA_MOST_FOUND]);

/* One of them. PA_E_DATA: it is damaged, or not ours; PA_E_MEMORY. Rank 0. */
pa_status pa_checkpoint_manifest(const pa_own_folder *folder, int64_t number, pa_manifest *manifest,
                                 pa_error *err);

/* Removes the numbered files of ours that neither of the manifests that are kept names.
 * Rank 0. */
void pa_checkpoint_prune(const struct pa_checkpointer *checkpointer);

/* The inputs that job.ini names, as it stands there; without one, none. Rank 0. */
pa_status pa_checkpoint_read_inputs(struct pa_checkpointer *checkpointer, pa_error *err);

/* Compares the inputs, just read, with those that the job began with; keeps them in job.ini
 * where it has just begun. PA_E_DATA: they are others. Collective. */
pa_status pa_checkpoint_inputs(pa_job *job);

#endif
