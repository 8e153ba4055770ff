/* Text of a matrix into columns: CSV as io/csv.h reads it, with a header line,
 * and a number in every cell. Nothing here reads files or talks.
 *
 * Numbers are decimal, with or without a sign, a point and an exponent; blanks
 * around them do not count. A cell becomes the float32 nearest to it. Empty
 * lines are passed over. The first cell that is not a finite number is an error
 * with its line and column: a detector's answer would not be about this row. */
#ifndef PARAUDIT_CSV_MATRIX_CSV_H
#define PARAUDIT_CSV_MATRIX_CSV_H

#include "paraudit/base/array.h"
#include "paraudit/csv/csv.h"

/* Where the header lies in a file. */
typedef struct {
    size_t begin, length; /* its record, without the line end */
    int64_t line;         /* from 1 */
    int64_t end;          /* bytes from the file's start to the first row */
    int64_t newlines;     /* in these bytes */
} pa_matrix_head;

/* text: the file's first n bytes; last: the file has no more. name: of the file,
 * for messages. PA_E_DATA: no header in these bytes, a compressed or a UTF-16 file. */
pa_status pa_matrix_find_head(const char *text, size_t n, bool last, const char *name,
                              pa_matrix_head *head, pa_error *err);

/* Columns that are no features; the strings are borrowed. */
typedef struct {
    const char *label;       /* 0 or 1 in every row; NULL: there is none */
    const char *const *skip; /* n_skip lists NAME,NAME,...: not looked at */
    size_t n_skip;
} pa_matrix_names;

typedef enum { PA_CELL_FEATURE, PA_CELL_LABEL, PA_CELL_SKIPPED } pa_cell_kind;

typedef struct {
    const char *file; /* borrowed: for messages */
    size_t n_fields;
    size_t n_columns; /* features */
    bool has_label;
    const char **name; /* n_fields, in text */
    uint8_t *kind;     /* n_fields: pa_cell_kind */
    char *text;
} pa_matrix_header;

/* record: the header's, without the line end; line: its line. PA_E_DATA: a named
 * column is missing or doubled, no feature is left, a line of numbers (a name
 * that is no whole number must be among them). On failure nothing is to be
 * freed. */
pa_status pa_matrix_read_header(const char *record, size_t n, int64_t line, const char *file,
                                const pa_matrix_names *names, pa_matrix_header *header,
                                pa_error *err);
void pa_matrix_header_free(pa_matrix_header *header);

/* Longest row in bytes, with its line end. */
#define PA_MATRIX_LONGEST ((size_t)16 << 20)

/* Set header, longest and, at the start of each piece of the file, state and
 * line; the rest starts as zeros. */
typedef struct {
    const pa_matrix_header *header; /* borrowed */
    size_t longest;                 /* PA_MATRIX_LONGEST, or what a test wants */
    pa_csv_state state;             /* at the first byte of the piece */
    int64_t line;                   /* of that byte */

    size_t n, room;
    float **column; /* n_columns of the header x n */
    uint8_t *label; /* n values 0 or 1; NULL without a label column */
} pa_matrix_rows;

/* Appends the rows that begin before text + own, as far as they are complete;
 * last: the file ends at text + n. *used: bytes that are done with; the caller
 * comes again with the rest and more behind it. PA_E_DATA at the first row that
 * is none; a row needs longest + 1 bytes of text at most to be seen as too long. */
pa_status pa_matrix_parse(pa_matrix_rows *rows, const char *text, size_t n, size_t own, bool last,
                          size_t *used, pa_error *err);
void pa_matrix_rows_free(pa_matrix_rows *rows);

#endif
