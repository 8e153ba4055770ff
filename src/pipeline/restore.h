/* Reading a job back; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_RESTORE_H
#define PARAUDIT_PIPELINE_RESTORE_H

#include "paraudit/pipeline/job.h"
#include "paraudit/result/result.h"

/* Tables, partitions, stores and facts of an open file; cut for the ranks that
 * are there. Collective. */
pa_status pa_job_restore(pa_job *job, pa_result_file *file);

#endif
