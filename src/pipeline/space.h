/* Room on the disk, asked for before the work; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_SPACE_H
#define PARAUDIT_PIPELINE_SPACE_H

#include "paraudit/pipeline/job.h"

/* PA_E_IO where the columns alone of the result to come do not fit into OUT; notes it where they
 * do, but not once more, for checkpoints. The stages are planned. Collective. */
pa_status pa_job_check_space(pa_job *job);

/* PA_E_IO where a file of `bytes` in the folder of checkpoints would take the room that the
 * result still needs beside it: a job must not end for want of what it has saved. path: of the
 * file, for the message. The stages are planned. Collective. */
pa_status pa_job_leave_space(pa_job *job, const char *path, int64_t bytes);

#endif
