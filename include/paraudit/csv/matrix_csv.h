/* Text of a matrix into columns: CSV as csv/scan.h reads it, with a header line or
 * without, and a number in every cell. Nothing here reads files or talks.
 *
 * Numbers are decimal, with or without a sign, a point and an exponent; true and
 * false are 1 and 0; blanks around them do not count. A cell becomes the float32
 * nearest to it; what that leaves of large numbers is kept beside it. Empty lines
 * are passed over. The first cell that is not a finite number is an error with its
 * line and column: a detector's answer would not be about this row. */
#ifndef PARAUDIT_CSV_MATRIX_CSV_H
#define PARAUDIT_CSV_MATRIX_CSV_H

#include "paraudit/csv/header.h"
#include "paraudit/csv/records.h"

/* Columns that are no features; the strings are borrowed. A column is called by its
 * name or, where none is named so, by its place: 1 is the first. */
typedef struct {
    const char *label;       /* says of each row as csv/label_words.h has it; NULL: there is none */
    const char *const *skip; /* n_skip lists NAME,NAME,...: not looked at */
    size_t n_skip;
    bool no_header; /* the first line is a row; columns are called col1, col2 ... */
} pa_matrix_names;

/* A column without a name is not read: what writes one, writes the count of the rows
 * (the index of pandas), or a separator behind each row. That it is so is seen when all
 * rows are read; then it is PA_CELL_COUNT or PA_CELL_BLANK. */
typedef enum {
    PA_CELL_FEATURE,
    PA_CELL_LABEL,
    PA_CELL_SKIPPED,
    PA_CELL_NAMELESS,
    PA_CELL_COUNT,
    PA_CELL_BLANK
} pa_cell_kind;

typedef struct {
    const char *file;   /* borrowed: for messages */
    pa_csv_signs signs; /* the separator is the one that tells most fields apart */
    size_t n_fields;
    size_t n_columns;  /* features */
    size_t n_nameless; /* without a name or called "Unnamed: 0" and so on, as pandas does */
    bool has_label;
    bool is_counted;   /* the names might be a row, but count the columns from 0 or 1 */
    const char **name; /* n_fields, in text; col1, col2 ... of those that have none */
    uint8_t *kind;     /* n_fields: pa_cell_kind */
    char *text;
} pa_matrix_header;

/* record: the header's, without the line end, or a first row that tells the number of
 * columns; line: its line. PA_E_DATA: a named column is missing or doubled, no feature
 * is left, a line of values where names are expected (but for names that count, 0 1 2
 * ... as pandas writes them, or 1 2 3 ...). On failure nothing is to be freed. */
pa_status pa_matrix_read_header(const char *record, size_t n, int64_t line, const char *file,
                                const pa_matrix_names *names, pa_matrix_header *header,
                                pa_error *err);
void pa_matrix_header_free(pa_matrix_header *header);

/* The field of the column that is named so or, where none is, stands at that place, from 0.
 * flag: what messages call who asks. line: of the header. PA_E_DATA: there is none, or two. */
pa_status pa_matrix_find_column(const pa_matrix_header *header, int64_t line, const char *wanted,
                                const char *flag, size_t *found, pa_error *err);

/* PA_E_DATA, with file and line: a row has another number of fields than the header. */
pa_status pa_matrix_check_fields(const pa_matrix_header *header, int64_t line, size_t found,
                                 pa_error *err);

/* PA_E_DATA, with file and line: what is wrong with a cell, and how it begins. */
pa_status pa_matrix_refuse_cell(const pa_matrix_header *header, int64_t line, pa_csv_field cell,
                                const char *why, pa_error *err);

/* What a column without a name holds: its cells are empty, or each is one more than
 * the one before. */
enum { PA_MATRIX_BLANK = -1, PA_MATRIX_NO_COUNT = -2 };
typedef struct {
    int64_t first;      /* the number in the first row, or one of the above */
    int64_t first_line; /* of that row */
    int64_t bad_line;   /* of the first row that does not go on so; INT64_MAX: there is none */
} pa_matrix_nameless;

/* Set header; the rest starts as zeros. */
typedef struct {
    const pa_matrix_header *header; /* borrowed */
    int64_t line;                   /* of the row at hand */

    size_t n, room;
    float **column;               /* n_columns of the header x n */
    uint8_t *label;               /* n values 0 or 1; NULL without a label column */
    pa_matrix_nameless *nameless; /* n_nameless of the header; NULL before the first row */

    /* Of numbers from 2^24 on, where a float32 steps over whole numbers. */
    float **rest;       /* n_columns x n: what is to be added; NULL for a column without */
    int64_t *n_rounded; /* n_columns: numbers that are not those that were written */
} pa_matrix_rows;

/* Appends a row, of a pa_matrix_rows; a pa_record_taker. PA_E_DATA where it is none. */
pa_status pa_matrix_take(void *rows, int64_t line, const char *record, size_t n, pa_error *err);
void pa_matrix_rows_free(pa_matrix_rows *rows);

/* ---- large numbers ---- */

/* Epoch seconds 1704067200 to 1704067263 are one float32. Taking one and the same whole
 * number from a column changes nothing for a detector, which compares the values within
 * it, and what is left of them may fit. */
typedef struct {
    double low, high; /* of the column with its rest; infinity and -infinity without rows */
    int64_t n_rounded;
} pa_matrix_range;

/* column: of the features. */
pa_matrix_range pa_matrix_range_of(const pa_matrix_rows *rows, size_t column);

/* What to take from a column, 0 for nothing: of use where numbers were rounded and all lie
 * within half of the largest one's size. */
double pa_matrix_offset_of(const pa_matrix_range *range);

/* Takes it from each number of a column before it is rounded, counts the rounded anew. */
void pa_matrix_rows_shift(pa_matrix_rows *rows, size_t column, double offset);

#endif
