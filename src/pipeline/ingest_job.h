/* From what was read to a job; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_INGEST_JOB_H
#define PARAUDIT_PIPELINE_INGEST_JOB_H

#include "paraudit/ingest/ingest.h"
#include "paraudit/pipeline/job.h"

/* Tables, names and facts move to the job; what is left is the caller's to free. Local. */
pa_status pa_job_take(pa_job *job, pa_ingest *in);

/* What lies beside the transactions: dispositions, and rules about alerts. whole: `in` has all rows
 * of the inputs. Collective. */
pa_status pa_job_read_beside(pa_job *job, bool whole, pa_ingest *in);

/* From what was read, which is freed, to a job before its first stage. whole: as above.
 * Collective. */
pa_status pa_job_begin(pa_job *job, bool whole, pa_ingest *in);

/* PA_E_CONFIG: nothing to audit. */
pa_status pa_job_no_audit(pa_run *run);

#endif
