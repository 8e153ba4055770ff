/* The first bytes of an input file of which nothing is said. Local. */
#ifndef PARAUDIT_INGEST_FIRST_TEXT_H
#define PARAUDIT_INGEST_FIRST_TEXT_H

#include "paraudit/base/options.h"
#include "paraudit/csv/encoding.h"

/* Of one of the files, in the order of their base names, that `files` names (as input.files). */
typedef struct {
    char name[256]; /* its base name, cut */
    size_t n_files;
    bool is_result; /* HDF5 with the tables of a result: no text */
    char *text;     /* its first n bytes in UTF-8 */
    size_t n;
    bool last;                       /* there are no more */
    char encoding[PA_ENCODING_NAME]; /* that it is in, as input.encoding has to say; else empty */
} pa_first_text;

/* file: from 0; the first one is always there. What is no text, or is not there, is an error as
 * in an audit. The caller frees *first, also on failure. */
pa_status pa_first_text_read(const char *files, size_t file, size_t bytes, pa_first_text *first,
                             pa_error *err);
void pa_first_text_free(pa_first_text *first);

/* Whether it has all columns that a configuration wants. PA_E_CONFIG where it says none. */
pa_status pa_first_text_fits(const pa_first_text *first, const pa_config *config, bool *fits,
                             pa_error *err);

#endif
