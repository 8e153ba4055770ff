/* CSV bytes into columns: RFC 4180, in pieces that may begin anywhere.
 *
 * A reader walks the bytes of a file through five states:
 *
 *     RECORD  a record begins here        QUOTED  inside "..."
 *     FIELD   a field begins here         CLOSED  behind a quote inside "...":
 *     PLAIN   inside a field without              a second one is a quote sign,
 *             an opening quote                    anything else ends the quoting
 *
 * Only a quote at the start of a field opens quoting, as in the writers and
 * readers that people use (Python's csv, pandas, spreadsheets); elsewhere a
 * quote is a sign like any other. So a stray quote (the merchant `Joe's 5"
 * pizza`) costs nothing, where counting quotes would lose half of the file.
 * What a piece of text does to the state is a small table (pa_csv_scan), and
 * tables of neighbouring pieces compose: ranks scan their pieces at the same
 * time and then know exactly in which state each piece begins.
 *
 * Nothing here reads files or talks. Every limit is an option of the caller. */
#ifndef PARAUDIT_IO_CSV_H
#define PARAUDIT_IO_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"
#include "paraudit/base/intern.h"
#include "paraudit/base/status.h"

enum { PA_CSV_NAME_BYTES = 64 }; /* longest account or merchant name */

/* Largest amount in hundredths, of either sign: as a double it is still exact. */
#define PA_CSV_AMOUNT_MOST ((int64_t)1 << 53)

typedef enum {
    PA_CSV_RECORD,
    PA_CSV_FIELD,
    PA_CSV_PLAIN,
    PA_CSV_QUOTED,
    PA_CSV_CLOSED,
    PA_CSV_N_STATES
} pa_csv_state;

/* The state behind text[0 .. n), begun in `state`. */
pa_csv_state pa_csv_after(pa_csv_state state, const char *text, size_t n);

/* Walks to the end of the record: returns the bytes up to and with its newline
 * and sets *state to PA_CSV_RECORD, or n when the record does not end here.
 * Begun in PA_CSV_RECORD it walks over one record. */
size_t pa_csv_record_end(pa_csv_state *state, const char *text, size_t n);

int64_t pa_csv_newlines(const char *text, size_t n);

/* Where each state leads, and the newlines on the way (quoted ones too: a line
 * number is that of a text editor). */
typedef struct {
    int64_t newlines;
    uint8_t to[PA_CSV_N_STATES];
} pa_csv_scan;

extern const pa_csv_scan pa_csv_scan_start; /* of no text */

/* Appends text to what was scanned. */
void pa_csv_scan_add(pa_csv_scan *scan, const char *text, size_t n);

/* Names of the wanted columns; label NULL or empty: there is none. */
typedef struct {
    const char *tx, *account, *merchant, *time, *amount, *label;
} pa_csv_names;

/* Positions of the wanted columns among the fields of a record, from 0. */
typedef struct {
    int32_t n_fields; /* of the header, and so of every record */
    int32_t tx, account, merchant, time, amount;
    int32_t label;    /* -1: no such column */
    int64_t length;   /* bytes from the file's start to the first record behind the header */
    int64_t newlines; /* in these bytes */
} pa_csv_layout;

/* Reads the header, the first line of the file that is not empty, behind a byte
 * order mark if there is one. text: the file's first n bytes; last: the file has
 * no more. file: its ordinal from 1; name: for messages. PA_E_DATA: no header in
 * these bytes, a column that is missing or doubled, a compressed file. */
pa_status pa_csv_header(const char *text, size_t n, bool last, const pa_csv_names *names,
                        int64_t file, const char *name, pa_csv_layout *layout, pa_error *err);

/* Why a record is not used. A record with several faults has the first of these. */
typedef enum {
    PA_REJECT_LONG_RECORD,
    PA_REJECT_OPEN_QUOTE,
    PA_REJECT_FIELDS,
    PA_REJECT_TX,
    PA_REJECT_NO_ACCOUNT,
    PA_REJECT_LONG_ACCOUNT,
    PA_REJECT_ACCOUNT_TEXT,
    PA_REJECT_NO_MERCHANT,
    PA_REJECT_LONG_MERCHANT,
    PA_REJECT_MERCHANT_TEXT,
    PA_REJECT_TIME,
    PA_REJECT_AMOUNT,
    PA_REJECT_AMOUNT_RANGE,
    PA_REJECT_LABEL,
    PA_REJECT_N
} pa_reject_reason;

/* For /categories/reject_reason. */
extern const char *const pa_reject_reason_names[PA_REJECT_N];

typedef struct {
    int64_t line;   /* of the record's first byte, from 1 */
    int32_t file;   /* from 0 */
    int32_t reason; /* pa_reject_reason */
} pa_csv_reject;

/* What records become. Codes index the parser's accounts and merchants. */
typedef struct {
    size_t n, room;
    int64_t *tx;
    int32_t *account;
    int32_t *merchant;
    int64_t *time;         /* seconds since 1970-01-01 00:00:00 */
    int64_t *amount_minor; /* hundredths */
    int8_t *label;         /* 0, 1; -1: unknown */
} pa_csv_batch;

/* Room for n rows in all; parsing more grows by half. */
pa_status pa_csv_reserve(pa_csv_batch *batch, size_t n, pa_error *err);
void pa_csv_batch_free(pa_csv_batch *batch);

/* Zero it, set the first block, and parse; all files of a rank go through one
 * parser. */
typedef struct {
    size_t max_record;   /* bytes of a record with its newline */
    size_t keep_rejects; /* further ones are only counted */

    /* Set at the start of each piece. */
    pa_csv_layout layout;
    int32_t file;       /* from 0 */
    int64_t line;       /* of the next byte */
    pa_csv_state state; /* of the next byte; other than PA_CSV_RECORD: the record
                           that it lies in is somebody else's and is skipped */

    pa_csv_batch rows;
    pa_intern accounts;
    pa_intern merchants;
    pa_csv_reject *rejects; /* in file order */
    size_t n_kept, rejects_room;
    int64_t n_rejected;
    int32_t first_file; /* of the first reject, kept or not; from 0 */
    int64_t first_line;
    char first_reject[160]; /* what is wrong there: "amount 'abc' is not a number" */

    char day[10]; /* the last date met, as text, and its first second: dates repeat */
    int64_t day_start;
    pa_buffer scratch; /* the fields of a quoted record */
} pa_csv_parser;

/* Parses the records that begin before text + own, as far as they are complete;
 * last: the file ends at text + n. *used: bytes that are done with; the caller
 * comes again with the rest and more behind it. Once used >= own, or last, no
 * record of this piece is left. A record longer than max_record never needs
 * more than max_record + 1 bytes of text to be seen. PA_E_MEMORY only. */
pa_status pa_csv_parse(pa_csv_parser *parser, const char *text, size_t n, size_t own, bool last,
                       size_t *used, pa_error *err);
void pa_csv_parser_free(pa_csv_parser *parser);

#endif
