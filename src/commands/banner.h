/* What a job says of itself before it begins. */
#ifndef PARAUDIT_COMMANDS_BANNER_H
#define PARAUDIT_COMMANDS_BANNER_H

#include "paraudit/base/log.h"
#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"

/* "paraudit 0.1.0 (3e93531) audits book.csv to october, with 8 ranks on 2 hosts": to the log of
 * rank 0. goes_on: of a job that was stopped. Collective. */
pa_status pa_tell_banner(pa_comm *comm, const pa_config *config, pa_log *log, const char *folder,
                         bool goes_on, pa_error *err);

#endif
