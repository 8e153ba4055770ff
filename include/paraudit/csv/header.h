/* The line with the names of the columns: where it lies, and which of its columns
 * are wanted. Nothing here reads files or talks. */
#ifndef PARAUDIT_CSV_HEADER_H
#define PARAUDIT_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"
#include "paraudit/csv/amount.h"
#include "paraudit/csv/records.h"
#include "paraudit/csv/time_form.h"

/* Where the header's record lies. */
typedef struct {
    size_t begin, length; /* the record without its line end */
    int64_t line;         /* from 1 */
    int64_t end;          /* bytes from the file's start to the first record behind it */
    int64_t newlines;     /* line ends in these bytes */
} pa_csv_head;

/* The first line of the file that is not empty, behind a byte order mark if there is
 * one. text: the file's first n bytes; last: the file has no more. file: its ordinal
 * from 1; name: for messages. PA_E_DATA: none in these bytes. */
pa_status pa_csv_find_head(const char *text, size_t n, bool last, const pa_csv_signs *signs,
                           int64_t file, const char *name, pa_csv_head *head, pa_error *err);

/* Appends a column's name as names are compared, n bytes at most: blanks, control signs
 * and signs that cannot be seen are taken off its ends, and one blank stands for those of
 * a run within. */
pa_status pa_csv_tidy_name(const char *text, size_t n, pa_buffer *out, pa_error *err);

/* Columns whose values are few and become codes, and places in degrees. */
enum {
    PA_CSV_CATEGORY,
    PA_CSV_CHANNEL,
    PA_CSV_CURRENCY,
    PA_CSV_COUNTRY,
    PA_CSV_KIND,
    PA_CSV_N_CODED,
    PA_CSV_HOME_LAT = 0,
    PA_CSV_HOME_LON,
    PA_CSV_MERCHANT_LAT,
    PA_CSV_MERCHANT_LON,
    PA_CSV_N_PLACES,
    PA_CSV_MOST_PARTS = 4,    /* columns that one value is made of */
    PA_CSV_MOST_NUMERIC = 512 /* further columns of numbers */
};

/* "category", "channel", "currency", "country", "kind"; "home_lat", ...: names of columns, and with
 * "input." before them of keys. */
extern const char *const pa_csv_coded_names[PA_CSV_N_CODED];
extern const char *const pa_csv_place_names[PA_CSV_N_PLACES];

typedef enum {
    PA_CSV_HEADER_AUTO, /* there is one, unless all names that are wanted are numbers */
    PA_CSV_HEADER_YES,
    PA_CSV_HEADER_NO /* columns are named by their numbers, from 1 */
} pa_csv_header_kind;

/* Names of the wanted columns; NULL or empty: the input has none (time and
 * amount must be there).
 *
 *     A         the column A
 *     A|B       the first of these that the header has
 *     A|        A, or nothing where the header lacks it (not for account and merchant)
 *     A,B       account and time only: one value made of several columns, joined
 *               by '/' (account; a part that holds one is rejected), or date,
 *               clock, or date, clock, zone, or year, month, day, clock (time)
 *     A - B     amount only: A less B, where an empty one is nothing (credit - debit)
 *     A + B     amount only: their sum, where debits bear a minus
 *     A#2       the second column of the name A
 *
 * A backslash takes a comma, a bar, a '#' or a backslash into a name, and a column that is
 * called as the whole text is it, whatever signs there are in it.
 *
 * numeric: names and patterns (V*), separated by commas: further columns of
 * numbers, in the order of the header. A pattern passes over the columns of label
 * and label_time; naming one is an error. */
typedef struct {
    const char *tx, *account, *merchant, *time, *amount, *label, *label_time;
    const char *sign; /* a column that says which amounts are debits */
    const char *coded[PA_CSV_N_CODED];
    const char *place[PA_CSV_N_PLACES];
    const char *numeric;
    const char *key; /* the key that messages name; NULL: that of the column, such as input.tx */

    /* How the file is written. Zeros: as the file itself shows. */
    char separator, quote, escape;
    bool no_quote;                /* quotes are signs like others */
    pa_amount_form amount_form;   /* decimal 0: as the amounts show */
    pa_time_form time_form;       /* auto: as the times show */
    pa_time_form label_time_form; /* of label_time; the same */
    pa_csv_header_kind header;
} pa_csv_names;

/* Positions of the wanted columns among the fields of a record, from 0. */
typedef struct {
    pa_csv_signs signs;
    pa_amount_form amount_form;
    pa_time_form time_form, label_time_form;
    int32_t n_fields; /* of every record */
    bool trailing;    /* the last one is empty: a separator ends each row, but not the header */
    /* -1: no such column. */
    int32_t tx, merchant, amount, label, label_time;
    int32_t less; /* what is taken off the amount, or put to it: */
    bool adds;
    int32_t sign;
    int32_t coded[PA_CSV_N_CODED], place[PA_CSV_N_PLACES];
    int32_t n_account, account[PA_CSV_MOST_PARTS]; /* n 0: each row is its own account */
    int32_t n_time, time[PA_CSV_MOST_PARTS];       /* n 1 to 4 */
    int32_t n_numeric, numeric[PA_CSV_MOST_NUMERIC];
    int64_t head_begin, head_length; /* of the header's record; length 0: columns have numbers */
    int64_t head_line;
    uint64_t names, names_in_order; /* digests of the header's names: whatever their order, and as
                                       they stand (pa_csv_digest_name); 0: there are none */
    int64_t length;   /* bytes from the file's start to the first record behind the header */
    int64_t newlines; /* line ends in these bytes */
} pa_csv_layout;

/* Finds the header: the first of the file's first hundred lines that holds the wanted
 * names, told apart by commas, semicolons, tabs or bars, whichever gives a header first;
 * "sep=;" in the first line is obeyed. PA_E_DATA: no header in these bytes, a column that is
 * missing (or the first byte that is no UTF-8, where that may be why) or doubled, too many of
 * numbers. PA_E_CONFIG: names that say no time or amount,
 * or too many parts. */
pa_status pa_csv_header(const char *text, size_t n, bool last, const pa_csv_names *names,
                        int64_t file, const char *name, pa_csv_layout *layout, pa_error *err);

/* Fields of a good record: layout.n_fields of them, good until the call returns. */
typedef void pa_csv_row_taker(void *taker, const pa_csv_field field[]);

/* Hands good records of a stretch of a file to `take`, `most` of them at most, from the
 * first one on; within: the stretch begins within a line. PA_E_MEMORY. */
pa_status pa_csv_sample(const pa_csv_layout *layout, const char *text, size_t n, bool last,
                        bool within, size_t most, pa_csv_row_taker *take, void *taker,
                        pa_error *err);

/* Appends the names of all layout.n_fields columns, as the next one does; without a header
 * their numbers, from 1. text: as pa_csv_header had it. */
pa_status pa_csv_column_names(const char *text, const pa_csv_layout *layout, pa_buffer *names,
                              pa_error *err);

/* Appends the names of the layout's numeric columns to `names`, with a zero byte
 * behind each: UTF-8 in one line, what is no text being written as '?'. text: as
 * pa_csv_header had it. */
pa_status pa_csv_numeric_names(const char *text, const pa_csv_layout *layout, pa_buffer *names,
                               pa_error *err);

#endif
