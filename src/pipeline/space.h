/* Room on the disk, asked for before the work; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_SPACE_H
#define PARAUDIT_PIPELINE_SPACE_H

#include "paraudit/pipeline/job.h"

/* PA_E_IO where the columns alone of the result to come do not fit into OUT; notes it where they
 * do, but not once more, for checkpoints. The stages are planned. Collective. */
pa_status pa_job_check_space(pa_job *job);

#endif
