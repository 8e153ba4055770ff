/* A configuration as it is written for people: lines of key, value and why. */
#ifndef PARAUDIT_SRC_COMMANDS_CHECK_WRITE_H
#define PARAUDIT_SRC_COMMANDS_CHECK_WRITE_H

#include "paraudit/base/grid.h"
#include "paraudit/csv/guess.h"
#include "paraudit/ingest/first_text.h"

/* What is known of a file without a configuration. */
typedef struct {
    const pa_first_text *first;
    const char *files; /* as input.files has it */
    pa_csv_layout layout;
    pa_guess_columns columns;
    pa_guess_roles roles;
} pa_guess;

/* Appends the section [input]. PA_E_DATA: no column may be the time, or the amount; the text
 * is whole all the same. Local. */
pa_status pa_guess_write(const pa_guess *guess, pa_buffer *text, pa_error *err);

#endif
