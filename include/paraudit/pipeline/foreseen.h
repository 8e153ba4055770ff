/* OUT/estimate.json: what a job was foreseen to need, for the job itself. */
#ifndef PARAUDIT_PIPELINE_FORESEEN_H
#define PARAUDIT_PIPELINE_FORESEEN_H

#include "paraudit/base/options.h"
#include "paraudit/pipeline/sizing.h"

/* Replaces one of ours. PA_E_CREATE: something else is called so; PA_E_IO. Local. */
pa_status pa_foreseen_write(const char *folder, const pa_config *config, const pa_sizing *sizing,
                            pa_error *err);

/* Whether there is one, whole, and of this configuration; another is passed over. Local. */
bool pa_foreseen_read(const char *folder, const pa_config *config, pa_sizing *sizing);

#endif
