/* Drawn books, and drawn ways to write them: what banks, shops and spreadsheets make of a
 * table. The same draw on every rank. */
#ifndef PARAUDIT_TESTS_MPI_INGEST_DIALECT_H
#define PARAUDIT_TESTS_MPI_INGEST_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"

enum { MOST_ROWS = 40, NAME_ROOM = 72, MOST_SETTINGS = 32, SETTING_ROOM = 100, MOST_COLUMNS = 16 };

/* ---- numbers ---- */

typedef struct {
    uint64_t state;
} dice;

uint64_t next_random(dice *d);
size_t below(dice *d, size_t n);
/* One of `of` throws. */
bool once_in(dice *d, size_t of);

/* ---- the book ---- */

typedef struct {
    int64_t tx, time, minor;
    char id[24];
    int label; /* 0, 1; -1: unknown */
    /* UTF-8. Empty: nothing there. */
    char account[NAME_ROOM], branch[NAME_ROOM], merchant[NAME_ROOM], category[NAME_ROOM];
    char memo[NAME_ROOM];
} book_row;

/* ---- the dialect ---- */

typedef enum { QUOTES_NEVER, QUOTES_WHERE_NEEDED, QUOTES_ALWAYS } quoting;
typedef enum { IDS_NUMBERS, IDS_TEXTS, IDS_NONE } ids_kind;
typedef enum { AMOUNT_ONE, AMOUNT_TWO_COLUMNS, AMOUNT_SIGN_COLUMN } amount_kind;
typedef enum {
    SIGN_BEFORE,
    SIGN_BETWEEN, /* the currency and the number */
    SIGN_BEHIND,
    SIGN_UNICODE,
    SIGN_DASH,
    SIGN_PARENTHESES,
    SIGN_LETTERS, /* CR, DR */
    SIGN_PLUS,
    N_SIGNS
} sign_style;

/* Signs that a name, a mark or a currency may have. */
typedef enum { SIGNS_ASCII, SIGNS_LATIN1, SIGNS_CP1252, SIGNS_UNICODE } repertoire;

typedef struct {
    const char *iconv; /* NULL: UTF-8 */
    const char *key;   /* input.encoding; NULL: the file shows it */
    bool mark;         /* a byte order mark */
    repertoire signs;
} encoding;

typedef struct {
    const char *form;    /* of strftime, '~' for an offset, '|' between columns; @0, @3, @6, @9:
                            seconds to nanoseconds, @d: days since 1970, @x: of a spreadsheet */
    int64_t step;        /* seconds that it tells apart */
    const char *columns; /* input.time */
    const char *key;     /* input.time_format where the times do not tell; NULL: they do */
    bool by_days;        /* they do if there is a day above 12 */
} time_style;

enum {
    COLUMN_TX,
    COLUMN_ACCOUNT,
    COLUMN_BRANCH,
    COLUMN_MERCHANT,
    COLUMN_CATEGORY,
    COLUMN_AMOUNT,
    COLUMN_LESS,
    COLUMN_SIGN,
    COLUMN_LABEL,
    COLUMN_MEMO,
    COLUMN_TIME, /* and the parts behind it */
    N_COLUMNS = COLUMN_TIME + 4
};

typedef struct {
    /* Text. */
    char separator, quote, escape;
    quoting quotes;
    bool no_quote_said; /* quotes may begin a field, and input.quote says that they are signs */
    const encoding *encoding;
    const char *line_end;
    bool last_end, separator_line, header, padded, blank_lines;
    bool blanks_outside; /* of quotes, where fields are padded */
    bool trailing, header_trails;
    int n_preamble;
    const char *missing;
    bool missing_is_default;

    /* Columns in their order, and what they are called. */
    int n_columns, order[MOST_COLUMNS];
    const char *name[N_COLUMNS];

    ids_kind ids;
    bool branch; /* the account is of two columns */

    amount_kind amount;
    char decimal;
    const char *group; /* empty: none */
    bool lakh;
    int shown, kept; /* decimals that are written, that are kept */
    bool short_form; /* zeros at the end are left away */
    bool positive;
    sign_style sign;
    const char *currency;
    bool currency_behind;
    const char *debit, *credit; /* words of the sign's column */
    bool sign_words_said;

    const time_style *time;
    int32_t east;     /* of the times, in seconds */
    const char *zone; /* input.time_zone; NULL: none is said */

    const char *fraud, *genuine, *unknown;
    bool label_said;
} dialect;

/* Draws a dialect, and a book that it can write. Returns the number of rows. */
int draw_book(dice *dice, dialect *d, book_row book[MOST_ROWS]);

/* ---- the file ---- */

/* What must be said of it. Without any of the ambiguous keys it can be read in two ways, and
 * the message names one of them. */
typedef struct {
    int n;
    char text[MOST_SETTINGS][SETTING_ROOM]; /* section.key=value */
    const char *ambiguous[2];
    int n_ambiguous;
} settings;

/* The file's bytes. False where the dialect cannot write this book: a field without quotes
 * would need them. */
bool write_book(dice *dice, const dialect *d, int n, const book_row book[], pa_buffer *file,
                settings *set);

#endif
