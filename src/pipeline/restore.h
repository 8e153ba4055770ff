/* Reading a job back; private to the pipeline. All calls are collective. */
#ifndef PARAUDIT_PIPELINE_RESTORE_H
#define PARAUDIT_PIPELINE_RESTORE_H

#include "paraudit/pipeline/job.h"
#include "paraudit/result/result.h"

/* What the inputs were, and the text of the plan: every file says it. */
pa_status pa_restore_facts(pa_job *job, pa_result_file *file);

/* Adds partitions, tables, columns and stores of an open file to the job; cut for the ranks
 * that are there. The first file brings the transactions. */
pa_status pa_restore_part(pa_job *job, pa_result_file *file);

/* What follows from all of them: the plan, and the note on rejected rows. */
pa_status pa_restore_end(pa_job *job);

#endif
