/* The rules about alerts, beside the plan of the audit. */
#ifndef PARAUDIT_PIPELINE_SUPPRESSIONS_H
#define PARAUDIT_PIPELINE_SUPPRESSIONS_H

#include "paraudit/pipeline/job.h"

/* Once the stages are planned: PA_E_DATA, with file and line, for a rule that names no feature or
 * family that there is. Appends to notes, a text each, ended by a zero byte, which rules have run
 * out before the audit, or begin behind it. Collective. */
pa_status pa_job_check_suppressions(pa_job *job, pa_buffer *notes);

#endif
