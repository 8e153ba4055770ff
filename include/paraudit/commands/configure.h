/* From a configuration file and a command line to the values of a job. */
#ifndef PARAUDIT_COMMANDS_CONFIGURE_H
#define PARAUDIT_COMMANDS_CONFIGURE_H

#include "paraudit/base/options.h"
#include "paraudit/comm/comm.h"
#include "paraudit/commands/arguments.h"
#include "paraudit/result/result.h"
#include "paraudit/stage/time_plan.h"

/* Reads `path` on rank 0 (for all), its preset, rank 0's environment and every
 * --set of the arguments. Collective; the caller frees *config. */
pa_status pa_configure(pa_comm *comm, const char *path, const pa_arguments *arguments,
                       pa_config **config, pa_error *err);

/* The same of a text that is no file, without any --set; name: for messages. */
pa_status pa_configure_text(pa_comm *comm, const char *text, const char *name, pa_config **config,
                            pa_error *err);

/* The same for the job in `folder` that goes on: keys that determine the result are as its
 * job.ini says, whatever the environment says now, and --set may not change them. */
pa_status pa_configure_again(pa_comm *comm, const char *folder, const pa_arguments *arguments,
                             pa_config **config, pa_error *err);

/* All values as INI text for pa_configure_again, in whatever folder that runs:
 * paths are absolute. Local. */
pa_status pa_configure_kept(const pa_config *config, pa_buffer *text, pa_error *err);

/* The keys that determined a result, as its /config/effective keeps them; `path`
 * is for messages. The others have their defaults, and those without a default
 * (input.files) no value: they must not be asked for. Collective; the caller
 * frees *config. */
pa_status pa_configure_from_result(pa_comm *comm, pa_result_file *file, const char *path,
                                   pa_config **config, pa_error *err);

/* The time plan that a result was made by, but for its earlier fold. PA_E_DATA where a part is
 * not said, or contradicts another. Local. */
pa_status pa_time_plan_from_result(const pa_result_file *file, pa_time_plan *plan, pa_error *err);

/* The defaults of all keys of an audit, nothing read. Local; the caller frees *config. */
pa_status pa_configure_defaults(pa_config **config, pa_error *err);

/* All keys of an audit, for --help. Local. */
pa_status pa_configure_help(pa_buffer *text, pa_error *err);

/* OUT/file into path, which holds 4096 bytes. Local. */
pa_status pa_path_in(const char *folder, const char *file, char path[4096], pa_error *err);

#endif
