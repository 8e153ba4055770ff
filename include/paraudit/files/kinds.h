/* What a file is that holds no CSV, told by its first bytes, never by its name.
 *
 * Signatures are those that the makers of the formats publish, as PRONOM
 * (nationalarchives.gov.uk/pronom) and file(1) collect them. */
#ifndef PARAUDIT_FILES_KINDS_H
#define PARAUDIT_FILES_KINDS_H

#include <stddef.h>

/* Of a file as it lies or of the text that it unpacks to, this many bytes are looked at. */
enum { PA_KIND_BYTES = 4096 };

typedef struct {
    const char *what;   /* "a spreadsheet (xlsx)": goes behind "the file is" */
    const char *remedy; /* "save the sheet as CSV" */
} pa_foreign;

/* first: the first n bytes, PA_KIND_BYTES of them where there are so many. NULL: of no kind
 * that is known here. */
const pa_foreign *pa_foreign_kind(const char *first, size_t n);

/* The same of bytes that no text has in UTF-8 or another encoding that holds ASCII (not in
 * UTF-16). Zero and control bytes count where they stand in the first line or are many: a
 * stray one further down is an error of its row. */
const pa_foreign *pa_no_text(const char *first, size_t n);

#endif
