/* What `audit` and `resume` share: a configured job in its folder, to the end. */
#ifndef PARAUDIT_COMMANDS_RUN_JOB_H
#define PARAUDIT_COMMANDS_RUN_JOB_H

#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/commands/out_folder.h"

/* Runs the job of `config` in `folder`, and holds the folder's lock meanwhile: from its newest
 * checkpoint, where there is one of this job, else from its inputs; where it is done, it does
 * nothing. What else is there (commands/out_folder.h) is an error, PA_E_CREATE. Collective. */
pa_status pa_run_job(pa_comm *comm, const pa_config *config, const char *folder, pa_out_wish wish,
                     bool quiet, pa_error *err);

#endif
