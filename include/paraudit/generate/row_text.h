/* A generated row as a line of CSV, and the header above them. */
#ifndef PARAUDIT_GENERATE_ROW_TEXT_H
#define PARAUDIT_GENERATE_ROW_TEXT_H

#include "paraudit/generate/portfolio.h"

enum { PA_ROW_TEXT = 256 }; /* no line is longer */

extern const char pa_row_header[];

/* Writes the line with its newline, without a zero byte; returns the byte behind
 * it. text: room for PA_ROW_TEXT bytes. */
char *pa_row_text(const pa_generated_row *row, int64_t account, char *text);

#endif
