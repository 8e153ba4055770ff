/* A subcommand: thin, one file each. */
#ifndef PARAUDIT_COMMANDS_COMMAND_H
#define PARAUDIT_COMMANDS_COMMAND_H

#include "paraudit/comm/comm.h"
#include "paraudit/commands/arguments.h"

typedef struct {
    const char *name;
    const char *summary; /* one line for `paraudit --help` */
    const char *usage;   /* "paraudit audit CONFIG --out DIR [...]" */
    const char *about;   /* some sentences for `paraudit NAME --help` */
    const pa_flag *flags;
    const pa_flag *(*all_flags)(void); /* in place of `flags` where they are not known here */
    size_t min_words, max_words;
    bool needs_ranks; /* may run under mpirun with more than one rank */
    bool is_job;      /* a signal stops it with PA_E_AGAIN, before it has begun, too */
    /* Collective; agrees before it returns. help: adds what follows the flags
     * in --help, may be NULL. */
    pa_status (*run)(pa_comm *comm, const pa_arguments *arguments, pa_error *err);
    pa_status (*help)(pa_buffer *text, pa_error *err);
} pa_command;

static inline const pa_flag *pa_flags_of(const pa_command *command)
{
    return command->all_flags ? command->all_flags() : command->flags;
}

extern const pa_command pa_command_audit, pa_command_resume, pa_command_evaluate, pa_command_verify,
    pa_command_doctor, pa_command_generate, pa_command_detect, pa_command_check, pa_command_explain,
    pa_command_mine, pa_command_embed, pa_command_estimate, pa_command_forecast;

#endif
