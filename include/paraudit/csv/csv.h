/* CSV bytes into columns of transactions: RFC 4180 (csv/scan.h), in pieces that may
 * begin anywhere. Nothing here reads files or talks. Every limit is an option of the
 * caller. */
#ifndef PARAUDIT_CSV_CSV_H
#define PARAUDIT_CSV_CSV_H

#include "paraudit/base/array.h"
#include "paraudit/base/intern.h"
#include "paraudit/csv/amount.h"
#include "paraudit/csv/header.h"
#include "paraudit/csv/labels.h"
#include "paraudit/csv/no_utf8.h"
#include "paraudit/csv/records.h"
#include "paraudit/csv/time_form.h"

enum { PA_CSV_NAME_BYTES = 64 }; /* longest name of an account, a merchant, ... as kept */

/* Largest amount in minor units, of either sign: as a double it is still exact. */
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
    PA_REJECT_DUPLICATE,     /* found by the ingest: its id is that of an earlier row */
    PA_REJECT_ACCOUNT_PART,  /* a part of an account that holds a '/' */
    PA_REJECT_CODED,         /* a category, channel, ... that is no text */
    PA_REJECT_PLACE,         /* a latitude or longitude that is none; empty ones are not known */
    PA_REJECT_NUMERIC,       /* no number, infinite, or too large for a float */
    PA_REJECT_REPEATED,      /* found by the ingest: equal to the earlier row of its id */
    PA_REJECT_BLANK,         /* blanks alone, in one field or in all that there should be */
    PA_REJECT_SIGN,          /* neither debit nor credit */
    PA_REJECT_BEHIND_QUOTE,  /* text follows a closing quote */
    PA_REJECT_FIELD_LINES,   /* a quoted field of too many lines */
    PA_REJECT_ROWS_IN_FIELD, /* a quoted field has taken rows in */
    PA_REJECT_N
} pa_reject_reason;

/* For /categories/reject_reason. */
extern const char *const pa_reject_reason_names[PA_REJECT_N];
/* What the user may set where many rows have this reason: "input.time_format"; NULL:
 * nothing is lost with such rows, and they count in no share. */
extern const char *const pa_reject_reason_keys[PA_REJECT_N];

/* Kinds of rows of which a reason may take every one. */
typedef enum {
    PA_KIND_NEGATIVE,
    PA_KIND_POSITIVE,
    PA_KIND_THOUSANDS,
    PA_KIND_FRAUD,
    PA_KIND_GENUINE,
    PA_KIND_LATE_DAY,
    PA_KIND_N
} pa_row_kind;

/* "with a negative amount": what comes behind "every row". */
extern const char *const pa_row_kind_words[PA_KIND_N];

/* within: lines that may have been rows and lie within the spans of broken ones. */
typedef struct {
    int64_t n[PA_REJECT_N], within;
} pa_reject_counts;
typedef struct {
    int64_t n[PA_REJECT_N][PA_KIND_N];
} pa_kind_counts;

enum { PA_REJECT_TEXT = 200 };

typedef struct {
    int64_t line;   /* of the record's first byte, from 1 */
    int64_t last;   /* line that it spans, with what was passed over behind it (records.h) */
    int32_t file;   /* from 0 */
    int32_t reason; /* pa_reject_reason */
    uint32_t kinds; /* 1 << pa_row_kind, as far as the record shows them */
    char text[PA_REJECT_TEXT]; /* what is wrong: "amount 'abc' is not a number" */
} pa_csv_reject;

/* Which of the columns that an input may lack a batch has; the same for all that
 * goes through one parser. A layout without one of them is fine here, and its rows
 * are not known there (-1, NaN, INT64_MIN); ids and numbers must be in all layouts.
 * (The ingest is stricter: its files must have the same columns.) */
typedef struct {
    bool text_ids;    /* transaction ids are text */
    int32_t decimals; /* of amounts in whole minor units */
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
    int64_t *amount_minor;          /* in units of 10^-decimals */
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

/* The kinds of which there is a row, 1 << pa_row_kind each. */
uint32_t pa_csv_kinds_met(const pa_csv_batch *batch);

/* A value of the piece, as it may stand in a message. */
typedef struct {
    int64_t line; /* 0: none */
    char text[PA_CSV_EXCERPT];
} pa_csv_example;

/* Where something was met first, and what: "account 'abc...'". */
typedef struct {
    int64_t file, line; /* from 0; from 1 */
    char what[80];
} pa_csv_place;

/* The first byte in a file with which no sign of UTF-8 begins, in a row that is rejected since
 * the name of something is no text; counted as in pa_bad_byte, from the file's start. */
typedef struct {
    int32_t file; /* from 0 */
    pa_bad_byte byte;
} pa_csv_no_utf8;

/* A month as text up to the day (2018-07-), the days of it that are known to be there, and the
 * second in which day 0 would begin; local. */
typedef struct {
    uint64_t text;
    int64_t start;
    unsigned days;
} pa_csv_month;

enum { PA_CSV_MONTHS = 16 };

/* Zero it, set the first block, and parse; all files of a rank go through one
 * parser. */
typedef struct {
    size_t max_record;       /* bytes of a record with its line end */
    int64_t max_field_lines; /* of a quoted field; 0: any */
    size_t keep_rejects;     /* further ones are only counted, but for examples */
    /* Set by pa_csv_set_time where they change between files. */
    pa_time_form time;
    const pa_zone *zone;            /* of time.zone, borrowed; NULL: UTC */
    pa_zone_span zone_span;         /* of the local time met last */
    pa_csv_words missing;           /* words for nothing in any column, beside the empty field */
    pa_csv_label_words label_words; /* of the label; of the amount's sign. All words are the */
    pa_csv_words debit, credit;     /* parser's, which frees them */
    bool own_accounts;              /* a row without an account is one of its own, called by its
                                       id with "own:" before it; false: it is rejected */

    /* Set at the start of each piece. */
    pa_csv_layout layout;
    int32_t file;               /* from 0 */
    int64_t at;                 /* bytes of the text before the next one */
    int64_t line;               /* of the next byte */
    pa_csv_state state;         /* of the next byte: as in pa_record_walk */
    bool lost;                  /* the same; false */
    pa_reject_counts by_reason; /* rejects of this piece */

    pa_csv_batch rows;
    pa_intern accounts;
    pa_intern merchants; /* without a merchant column: one, called "none" */
    pa_intern coded[PA_CSV_N_CODED];
    pa_csv_reject *rejects; /* in file order, the first ones of all */
    size_t n_kept, rejects_room;
    pa_csv_reject *examples; /* the first of each reason in a piece, and of each reason
                                and kind in all */
    size_t n_examples, examples_room;
    int64_t n_rejected, last_reject; /* in all; the line of the last one */
    pa_kind_counts by_kind;
    int32_t first_file; /* of the first reject, kept or not; from 0 */
    int64_t first_line;
    char first_reject[PA_REJECT_TEXT];
    pa_csv_no_utf8 *no_utf8; /* of the files that have one, in their order */
    size_t n_no_utf8, no_utf8_room;

    /* What the amounts of the piece say of their form, and the first that is not clear
     * (line 0: none) and that was rounded. */
    pa_amount_tally amounts;
    pa_csv_example lone, rounded;

    /* Of the rows, those that are taken out later among them: without a merchant; without
     * an account; names that were cut, and what the first of them was; without a number, by
     * numeric column (NULL: none); whose label is unknown, and whose label is no word for
     * that. */
    int64_t n_no_merchant, n_own_accounts, n_long_names;
    pa_csv_place first_long;
    int64_t n_debits, n_signed_twice; /* by input.sign; of these, with a minus already */
    pa_csv_place first_twice;
    int64_t *gaps;
    int64_t n_unknown_labels;
    pa_csv_odd_labels odd_labels;
    pa_csv_place moved;     /* the first line that has the names of the header in another order;
                               line 0: none */
    unsigned label_letters; /* bit 0: an f was read as genuine, bit 1: an n */

    const char *numeric_names; /* of pa_csv_numeric_names, borrowed, for first_reject; or NULL */

    pa_csv_month month[PA_CSV_MONTHS]; /* of those met: months repeat */
    const char *text;                  /* of the call */
    pa_buffer scratch, fields, inner;  /* of a quoted record, and of a line in it */
    pa_buffer joined;                  /* an account of parts */
    bool plain_amounts;                /* like 12.34, if nothing else is said */
    bool more;                         /* there is more than the plain six columns to look at */
    /* For tests: rows are taken one by one, not in blocks; the kernels, NULL for the best. */
    bool one_by_one;
    const struct pa_csv_kernels *kernels;
    struct pa_csv_block *block;
} pa_csv_intake;

/* How records of the layout end; asks the parser, which it borrows, about lines within
 * fields. */
pa_record_rule pa_csv_rule_of(const pa_csv_intake *parser);

/* Parses the records that begin before text + own, as far as they are complete, and
 * what a broken one among them costs behind that; last: the file ends at text + n.
 * *used: bytes that are done with; the caller comes again with the rest and more behind
 * it. Once used >= own and the parser is not lost, or last, no record of this piece is
 * left. A record longer than max_record never needs
 * more than max_record + 1 bytes of text to be seen. PA_E_MEMORY; PA_E_DATA where an
 * input without ids has more lines (2^40) or files (2^23) than its ids can tell
 * apart. */
pa_status pa_csv_parse(pa_csv_intake *parser, const char *text, size_t n, size_t own, bool last,
                       size_t *used, pa_error *err);
void pa_csv_intake_free(pa_csv_intake *parser);

/* Times are written so from the next row on. zone: of form->zone, NULL where that is empty;
 * borrowed. */
void pa_csv_set_time(pa_csv_intake *parser, const pa_time_form *form, const pa_zone *zone);
/* The layout of the next piece, and its form of times; the zone stays. */
void pa_csv_set_layout(pa_csv_intake *parser, const pa_csv_layout *layout);

#endif
