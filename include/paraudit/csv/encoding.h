/* Encodings of text other than UTF-8, by iconv and the names that it knows.
 *
 * Those of one byte a sign that hold ASCII (Latin-1, Windows-1252 ...) are a table: commas,
 * quotes and line ends are the bytes that they are in UTF-8, so a file is cut among the ranks
 * as it lies, and each converts what it reads (text/window.h). All others are converted as a
 * stream from the file's start (text/stream.h). Nothing here reads the files of a job; all
 * calls are local. */
#ifndef PARAUDIT_CSV_ENCODING_H
#define PARAUDIT_CSV_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "paraudit/base/status.h"

typedef enum {
    PA_ENCODING_UTF8,
    PA_ENCODING_TABLE, /* one byte a sign, ASCII within */
    PA_ENCODING_STREAM /* UTF-16, GBK, Shift-JIS, EBCDIC ... */
} pa_encoding_kind;

enum {
    PA_ENCODING_NAME = 32,
    PA_ENCODED_MOST = 4 /* bytes of UTF-8 that a byte of a table becomes */
};

/* Plain bytes: may be sent to other ranks. */
typedef struct {
    pa_encoding_kind kind;
    char name[PA_ENCODING_NAME]; /* for iconv_open; "UTF-16" and "UTF-32": the text tells which */
    /* Of PA_ENCODING_TABLE. A byte that the encoding does not define becomes FF, which no
     * text in UTF-8 holds: what it stands in is found to be no text. */
    unsigned char length[256]; /* 1 to PA_ENCODED_MOST, of one sign */
    char utf8[256][PA_ENCODED_MOST];
} pa_encoding;

/* As people spell it: latin1, Latin-1, ISO-8859-1, windows-1252, cp1252, utf8, UTF-16LE, gbk
 * ...; NULL or empty: UTF-8. PA_E_CONFIG: a name that iconv does not know. */
pa_status pa_encoding_make(const char *name, pa_encoding *encoding, pa_error *err);

/* The encoding of a text that begins with these n bytes (a few KB, or all): what a byte order
 * mark says, whatever is `said`; else `said`, but of UTF-16 and UTF-32 without a byte order,
 * and where nothing or UTF-8 is said, what the zero bytes between the letters tell. Empty:
 * UTF-8. said: NULL: nothing. */
void pa_encoding_tell(const pa_encoding *said, const char *first, size_t n,
                      char name[PA_ENCODING_NAME]);

/* Any byte of 128 and more? Text without is the same in UTF-8. */
bool pa_has_high(const char *text, size_t n);

/* n bytes of PA_ENCODING_TABLE in UTF-8. out: room for PA_ENCODED_MOST n, of which the text may
 * be the last n. Returns its length. */
size_t pa_encode_utf8(const pa_encoding *encoding, const char *text, size_t n, char *out);

/* How many signs begin in the text: from so many bytes of PA_ENCODING_TABLE it is. */
size_t pa_encoded_from(const char *utf8, size_t n);
/* Bytes before the sign that `bytes` others are before; n where there is none. */
size_t pa_encoded_length(const char *utf8, size_t n, size_t bytes);

#endif
