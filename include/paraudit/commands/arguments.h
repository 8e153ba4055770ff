/* The command line of a subcommand: a table of flags, strict. Local. */
#ifndef PARAUDIT_COMMANDS_ARGUMENTS_H
#define PARAUDIT_COMMANDS_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"
#include "paraudit/base/status.h"

typedef struct {
    const char *name;    /* "--out"; NULL ends a table */
    const char *value;   /* what it takes, for --help: "DIR"; NULL: nothing; "DIR ...": a
                          * list, all words up to the next flag */
    const char *meaning; /* one sentence */
    bool many;           /* may be given more than once */
} pa_flag;

enum { PA_MAX_ARGUMENTS = 256 };

typedef struct {
    const pa_flag *flags;
    const char *given[PA_MAX_ARGUMENTS]; /* names of flags, as in the table */
    const char *values[PA_MAX_ARGUMENTS];
    size_t n_given;
    const char *words[PA_MAX_ARGUMENTS]; /* what is not a flag */
    size_t n_words;
} pa_arguments;

/* `--flag value` and `--flag=value`; behind `--` all are words. An unknown flag names the nearest
 * known one. Each value of a list is given like one of its own; where words are wanting at the end,
 * they are taken from a list that stands last: `--inputs A DIR`. usage: "paraudit NAME WORD ...",
 * shown with errors about the number of words; it names the word that is missing. */
pa_status pa_parse_arguments(int argc, char *const argv[], const pa_flag flags[], size_t min_words,
                             size_t max_words, const char *usage, pa_arguments *arguments,
                             pa_error *err);

bool pa_is_given(const pa_arguments *arguments, const char *flag);
/* NULL where it was not given. */
const char *pa_value_of(const pa_arguments *arguments, const char *flag);

/* A whole number from `least` to `most`; `otherwise` where the flag was not given. */
pa_status pa_integer_of(const pa_arguments *arguments, const char *flag, int64_t otherwise,
                        int64_t least, int64_t most, int64_t *number, pa_error *err);

/* What --mode says, where it is given: the rights of files from now on (base/rights.h). */
pa_status pa_mode_of(const pa_arguments *arguments, pa_error *err);

pa_status pa_flags_help(const pa_flag flags[], pa_buffer *text, pa_error *err);

#endif
