/* A configuration as it is written for people: lines of key, value and why. */
#ifndef PARAUDIT_SRC_COMMANDS_CHECK_WRITE_H
#define PARAUDIT_SRC_COMMANDS_CHECK_WRITE_H

#include "paraudit/base/grid.h"
#include "paraudit/csv/guess.h"
#include "paraudit/ingest/first_text.h"

/* A key that means all files, of which an audit looks at each for itself: the first file that
 * differs from the first one in it; empty: none does. */
typedef struct {
    char encoding[256], separator[256], quote[256], decimal[256], time[256];
} pa_guess_odd;

/* What is known of a file without a configuration, and of those beside it. */
typedef struct {
    const pa_first_text *first;
    const char *files;               /* as input.files has it */
    char encoding[PA_ENCODING_NAME]; /* of all that are no UTF-8 */
    pa_csv_layout layout;
    pa_guess_columns columns;
    pa_guess_roles roles;
    int32_t decimals; /* the most, of the other files */
    pa_guess_odd odd;
} pa_guess;

/* Where there are several files: looks at the first `bytes` of 32 of them. What cannot be read
 * is passed over here. Local. */
pa_status pa_guess_compare(pa_guess *guess, size_t bytes, pa_error *err);

/* Appends the section [input]. PA_E_DATA: no column may be the time, or the amount; the text
 * is whole all the same. Local. */
pa_status pa_guess_write(const pa_guess *guess, pa_buffer *text, pa_error *err);

#endif
