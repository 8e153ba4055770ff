/* The parts of a job with what each costs, for the log's time left (base/eta.h). Local. */
#ifndef PARAUDIT_FORESEE_H
#define PARAUDIT_FORESEE_H

#include "paraudit/pipeline/job.h"

/* Nanoseconds of one core a row, of a part that is no stage: "ingest: scan". */
double pa_foresee_cost(const char *part);

/* From the inputs on: begins the first part. */
void pa_foresee_ingest(pa_job *job);

/* The stages that are not done, now that they are planned, and the write. */
void pa_foresee_stages(pa_job *job, bool with_fit);

/* The fit of stage i begins. */
void pa_foreseen_fit(pa_job *job, size_t i);

#endif
