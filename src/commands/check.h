/* What the files of `paraudit check` share. */
#ifndef PARAUDIT_SRC_COMMANDS_CHECK_H
#define PARAUDIT_SRC_COMMANDS_CHECK_H

#include <stdio.h>

#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/commands/arguments.h"

/* Says what an audit of `config` would find, and what it needs: of `bytes` at either end of
 * each file. folder: where it would write, or NULL. Its errors, as far as that shows them. */
pa_status pa_check_job(pa_comm *comm, const pa_config *config, const char *folder, size_t bytes,
                       FILE *to, pa_error *err);

/* Prints a configuration for the data files of the command line on standard output, and says
 * on standard error what an audit of it would find. */
pa_status pa_check_files(pa_comm *comm, const pa_arguments *a, const char *folder, size_t bytes,
                         pa_error *err);

#endif
