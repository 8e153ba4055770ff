#ifndef PARAUDIT_SRC_PIPELINE_REJECTS_H
#define PARAUDIT_SRC_PIPELINE_REJECTS_H

#include "paraudit/pipeline/job.h"

/* Says how many rows were rejected by which reason, where there are any, even to those who
 * want it quiet; it comes again at the end. PA_E_DATA where the table "rejects" comes from a
 * file that says less. Collective. */
pa_status pa_job_tell_rejects(pa_job *job);

#endif
