/* What `audit` and `resume` share: a configured job in its folder, to the end. */
#ifndef PARAUDIT_COMMANDS_RUN_JOB_H
#define PARAUDIT_COMMANDS_RUN_JOB_H

#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"

/* Runs the job of `config` in `folder`. again: from its newest checkpoint, where
 * there is one; else any checkpoint there is dropped and the job starts from
 * its inputs. Holds the folder's lock meanwhile. Collective. */
pa_status pa_run_job(pa_comm *comm, const pa_config *config, const char *folder, bool again,
                     bool quiet, pa_error *err);

#endif
