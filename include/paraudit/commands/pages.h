/* What is told of all commands elsewhere than in --help, from the same tables. Local. */
#ifndef PARAUDIT_COMMANDS_PAGES_H
#define PARAUDIT_COMMANDS_PAGES_H

#include "paraudit/commands/command.h"

/* Appends the manual page paraudit(1), in the macros of man(7). */
pa_status pa_manual_write(size_t n, const pa_command *const commands[], pa_buffer *text,
                          pa_error *err);

/* Appends the script by which bash completes commands, flags, keys and their values. */
pa_status pa_completion_write(size_t n, const pa_command *const commands[], pa_buffer *text,
                              pa_error *err);

#endif
