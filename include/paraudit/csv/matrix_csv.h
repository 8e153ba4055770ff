/* Text of a matrix into columns: CSV as csv/scan.h reads it, with a header line,
 * and a number in every cell. Nothing here reads files or talks.
 *
 * Numbers are decimal, with or without a sign, a point and an exponent; blanks
 * around them do not count. A cell becomes the float32 nearest to it. Empty
 * lines are passed over. The first cell that is not a finite number is an error
 * with its line and column: a detector's answer would not be about this row. */
#ifndef PARAUDIT_CSV_MATRIX_CSV_H
#define PARAUDIT_CSV_MATRIX_CSV_H

#include "paraudit/csv/header.h"
#include "paraudit/csv/records.h"

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

/* Set header; the rest starts as zeros. */
typedef struct {
    const pa_matrix_header *header; /* borrowed */
    int64_t line;                   /* of the row at hand */

    size_t n, room;
    float **column; /* n_columns of the header x n */
    uint8_t *label; /* n values 0 or 1; NULL without a label column */
} pa_matrix_rows;

/* Appends a row, of a pa_matrix_rows; a pa_record_taker. PA_E_DATA where it is none. */
pa_status pa_matrix_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err);
void pa_matrix_rows_free(pa_matrix_rows *rows);

#endif
