/* Cells of the CSV files that people open. */
#ifndef PARAUDIT_TEXT_CELL_H
#define PARAUDIT_TEXT_CELL_H

#include "paraudit/base/array.h"

/* Appends a text of at most `width` bytes, up to its first zero byte, as a field: quoted
 * where it must be (RFC 4180), with an apostrophe before it where a spreadsheet would
 * take it for a formula (=, +, -, @, wide ones too, a tab or a carriage return at its
 * beginning; numbers stay as they are), and escaped as base/escape.h has it: a cell is
 * on one line. */
pa_status pa_add_cell(pa_buffer *text, const char *cell, size_t width, pa_error *err);

#endif
