/* CSV bytes into columns of transactions: RFC 4180 (csv/scan.h), in pieces that may
 * begin anywhere. Nothing here reads files or talks. Every limit is an option of the
 * caller. */
#ifndef PARAUDIT_CSV_CSV_H
#define PARAUDIT_CSV_CSV_H

#include "paraudit/base/array.h"
#include "paraudit/base/intern.h"
#include "paraudit/csv/header.h"
#include "paraudit/csv/labels.h"
#include "paraudit/csv/scan.h"

enum { PA_CSV_NAME_BYTES = 64 }; /* longest name of an account, a merchant, ... as kept */

/* Largest amount in hundredths, of either sign: as a double it is still exact. */
#define PA_CSV_AMOUNT_MOST ((int64_t)1 << 53)

/* Why a record is not used. A record with several faults has the first of these. */
typedef enum {
    PA_REJECT_LONG_RECORD,
    PA_REJECT_OPEN_QUOTE,
    PA_REJECT_FIELDS,
    PA_REJECT_TX,
    PA_REJECT_NO_ACCOUNT,
    PA_REJECT_ACCOUNT_TEXT,
    PA_REJECT_MERCHANT_TEXT,
    PA_REJECT_TIME,
    PA_REJECT_AMOUNT,
    PA_REJECT_AMOUNT_RANGE,
    PA_REJECT_LABEL_TIME,
    PA_REJECT_EMPTY_TX, /* of text ids, and the next one */
    PA_REJECT_TX_TEXT,
    PA_REJECT_DUPLICATE,    /* found by the ingest: its id is that of an earlier row */
    PA_REJECT_ACCOUNT_PART, /* a part of an account that holds a '/' */
    PA_REJECT_CODED,        /* a category, channel, ... that is no text */
    PA_REJECT_PLACE,        /* a latitude or longitude that is none; empty ones are not known */
    PA_REJECT_NUMERIC,      /* no number, infinite, or too large for a float */
    PA_REJECT_N
} pa_reject_reason;

/* For /categories/reject_reason. */
extern const char *const pa_reject_reason_names[PA_REJECT_N];

typedef struct {
    int64_t line;   /* of the record's first byte, from 1 */
    int32_t file;   /* from 0 */
    int32_t reason; /* pa_reject_reason */
} pa_csv_reject;

/* Which of the columns that an input may lack a batch has; the same for all that
 * goes through one parser. A layout without one of them is fine here, and its rows
 * are not known there (-1, NaN, INT64_MIN); ids and numbers must be in all layouts.
 * (The ingest is stricter: its files must have the same columns.) */
typedef struct {
    bool text_ids; /* transaction ids are text */
    bool label_time;
    bool coded[PA_CSV_N_CODED];
    bool place[PA_CSV_N_PLACES];
    int32_t n_numeric;
} pa_csv_columns;

/* What records become. Codes index the parser's accounts, merchants and coded
 * names; columns that `has` denies are NULL. */
typedef struct {
    size_t n, room;
    pa_csv_columns has;
    int64_t *tx;        /* the id where it is a whole number; of a text id 63 bits of its
                           XXH3; without an id column file (from 0) << 40 | line */
    uint8_t *id_length; /* of text ids, whose bytes lie end to end in id_bytes */
    pa_buffer id_bytes;
    int64_t *line; /* of the record's first byte, from 1 */
    int32_t *account;
    int32_t *merchant;
    int32_t *coded[PA_CSV_N_CODED]; /* -1: empty */
    int64_t *time;                  /* seconds since 1970-01-01 00:00:00 */
    int64_t *amount_minor;          /* hundredths */
    double *place[PA_CSV_N_PLACES]; /* degrees; NaN: not known */
    float **numeric;                /* n_numeric columns; NaN: empty */
    int8_t *label;                  /* 0, 1, -1: unknown (csv/labels.h) */
    int64_t *label_time;            /* when the label was known; INT64_MIN: not said */
} pa_csv_batch;

/* What a batch for files of this layout has. */
pa_csv_columns pa_csv_columns_of(const pa_csv_layout *layout, bool text_ids);

/* Room for n rows in all; parsing more grows by half. batch->has is set before. */
pa_status pa_csv_reserve(pa_csv_batch *batch, size_t n, pa_error *err);
void pa_csv_batch_free(pa_csv_batch *batch);

/* How times are written. AUTO: PA_DATE_YMD of base/calendar.h (a zone is converted
 * to UTC) or a number of seconds; numbers, also 172792.0 and 1e+05, count from
 * time_start and are rounded down. With two columns the first is a date (a number
 * where the form is one) and the second a clock; with four the form plays no part. */
typedef enum {
    PA_CSV_TIME_AUTO,
    PA_CSV_TIME_SECONDS,
    PA_CSV_TIME_MILLISECONDS,
    PA_CSV_TIME_HOURS,
    PA_CSV_TIME_DAYS,
    PA_CSV_TIME_YYYYMMDD,
    PA_CSV_TIME_DD_MM_YYYY, /* 25/07/2018, 25.07.2018 13:05 */
    PA_CSV_TIME_MM_DD_YYYY  /* 7/25/2018 1:05 */
} pa_csv_time_form;
/* "auto|seconds|...", in that order. */
extern const char pa_csv_time_forms[];

/* Where something was met first, and what: "account 'abc...'". */
typedef struct {
    int64_t file, line; /* from 0; from 1 */
    char what[80];
} pa_csv_place;

/* Zero it, set the first block, and parse; all files of a rank go through one
 * parser. */
typedef struct {
    size_t max_record;   /* bytes of a record with its newline */
    size_t keep_rejects; /* further ones are only counted */
    pa_csv_time_form time_form;
    int64_t time_start;
    pa_csv_words missing;           /* words for nothing in any column, beside the empty field */
    pa_csv_label_words label_words; /* both are the parser's, which frees them */
    bool own_accounts;              /* a row without an account is one of its own, called by its
                                       id with "own:" before it; false: it is rejected */

    /* Set at the start of each piece. */
    pa_csv_layout layout;
    int32_t file;       /* from 0 */
    int64_t line;       /* of the next byte */
    pa_csv_state state; /* of the next byte; other than PA_CSV_RECORD: the record
                           that it lies in is somebody else's and is skipped */

    pa_csv_batch rows;
    pa_intern accounts;
    pa_intern merchants; /* without a merchant column: one, called "none" */
    pa_intern coded[PA_CSV_N_CODED];
    pa_csv_reject *rejects; /* in file order */
    size_t n_kept, rejects_room;
    int64_t n_rejected;
    int32_t first_file; /* of the first reject, kept or not; from 0 */
    int64_t first_line;
    char first_reject[160]; /* what is wrong there: "amount 'abc' is not a number" */

    /* Of the rows, those that are taken out later among them: without a merchant; without
     * an account; names that were cut, and what the first of them was; without a number, by
     * numeric column (NULL: none); whose label is unknown, and whose label is no word for
     * that. */
    int64_t n_no_merchant, n_own_accounts, n_long_names;
    pa_csv_place first_long;
    int64_t *gaps;
    int64_t n_unknown_labels;
    pa_csv_odd_labels odd_labels;

    const char *numeric_names; /* of pa_csv_numeric_names, borrowed, for first_reject; or NULL */

    /* The last month met, as text up to the day (2018-07-): months repeat. Days of it
     * that are known to be there, and the second in which day 0 would begin. */
    char month[8];
    unsigned month_days;
    int64_t month_start;
    pa_buffer scratch, fields; /* of a quoted record */
    pa_buffer joined;          /* an account of parts */
    bool more;                 /* there is more than the plain six columns to look at */
} pa_csv_intake;

/* Parses the records that begin before text + own, as far as they are complete;
 * last: the file ends at text + n. *used: bytes that are done with; the caller
 * comes again with the rest and more behind it. Once used >= own, or last, no
 * record of this piece is left. A record longer than max_record never needs
 * more than max_record + 1 bytes of text to be seen. PA_E_MEMORY; PA_E_DATA where an
 * input without ids has more lines (2^40) or files (2^23) than its ids can tell
 * apart. */
pa_status pa_csv_parse(pa_csv_intake *parser, const char *text, size_t n, size_t own, bool last,
                       size_t *used, pa_error *err);
void pa_csv_intake_free(pa_csv_intake *parser);

#endif
