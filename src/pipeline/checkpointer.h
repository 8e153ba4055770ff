/* When to save, and the file being saved; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_CHECKPOINTER_H
#define PARAUDIT_PIPELINE_CHECKPOINTER_H

#include "paraudit/pipeline/job.h"

/* Arrays of a finished model from this size on lie once on a node. */
enum { PA_SHARED_BYTES = 64 << 10 };

struct pa_checkpointer {
    pa_job *job;
    double every, last; /* seconds; last: when the last one was saved */
    int64_t sequence;   /* of the next checkpoint */
    bool stopped;       /* a signal came, and what there is to save is saved */
};

pa_status pa_checkpointer_new(pa_job *job, struct pa_checkpointer **checkpointer); /* local */

extern const pa_safe_points pa_job_safe_points;

/* PA_E_AGAIN, once all agree that a signal stops the job. The first saves what there is,
 * with the model of a fit under way, where a job saves anything; the second cannot. */
pa_status pa_stopped_saving(pa_job *job, const pa_store *unfinished); /* collective */
pa_status pa_stopped_reading(pa_job *job);                            /* local */

/* The safe point after a stage: nothing is half-fitted. Collective. */
pa_status pa_safe_point_between(pa_job *job);

/* Notes how many rows were rejected, where they are not few: after ingest, and after a
 * restart, which brings no notes along. Local. */

#endif
