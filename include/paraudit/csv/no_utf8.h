/* Where a text is no UTF-8, and what to do about it. Nothing here reads files or talks. */
#ifndef PARAUDIT_CSV_NO_UTF8_H
#define PARAUDIT_CSV_NO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef struct {
    int64_t offset; /* bytes before it */
    int64_t line;   /* from 1 */
    unsigned char value;
    const char *guess; /* at what the text is, by bytes of 128 and more: "windows-1252" or
                          "latin1"; a hint only */
} pa_bad_byte;

/* The first byte of the text with which no sign of UTF-8 begins, or one that is broken off;
 * last: nothing follows, so a sign that the end cuts is broken off as well. False: none. A
 * zero byte is a sign of UTF-8. */
bool pa_find_no_utf8(const char *text, size_t n, bool last, pa_bad_byte *bad);

/* PA_E_DATA: `tx.csv:17: byte 0xE9 (offset 1234) is no UTF-8: set input.encoding (latin1,
 * windows-1252), or convert the file with iconv -f WINDOWS-1252 -t UTF-8`. file, name: as in
 * pa_fail_at; offset and line of `bad` count from the file's start. */
pa_status pa_fail_no_utf8(const pa_bad_byte *bad, int64_t file, const char *name, pa_error *err);

#endif
