/* Text of others as a person may safely read it. */
#ifndef PARAUDIT_BASE_ESCAPE_H
#define PARAUDIT_BASE_ESCAPE_H

#include <stdbool.h>
#include <stdio.h>

#include "paraudit/base/array.h"

/* Appends n bytes of text, which hold no zero byte, with what would steer a terminal or
 * turn the reading order written out: control characters (C0, DEL, C1) and bytes that are
 * no UTF-8 as \n, \t, \r or \x1b; marks and overrides of direction and separators of lines
 * (U+061C, U+200E and F, U+2028 to 202E, U+2066 to 2069) as \u202e. All else, a backslash
 * too, stands as it is: names can be looked up as they are shown. lines: newlines and tabs
 * stay as well. What is appended is followed by a zero byte that length leaves out. */
pa_status pa_escape(pa_buffer *to, const char *text, size_t n, bool lines, pa_error *err);

/* The first character of n bytes, one at least, as pa_escape shows it: its length in `out`,
 * without a zero byte behind it. *bytes: those of the text that it takes. */
enum { PA_ESCAPED = 16 };
size_t pa_escape_one(const char *text, size_t n, char out[PA_ESCAPED], size_t *bytes);

/* printf for what people read on a terminal: escaped, lines kept. Where there is no memory
 * for that, nothing is written. */
void pa_print(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
