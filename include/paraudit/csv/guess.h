/* What a file is of which nothing is said: how its fields are told apart, where its header is,
 * and which of its columns may hold what. Guesses, for a configuration to start from: by the
 * names that people give to columns (in English, German, Dutch, French, Spanish and Italian),
 * and by what the first rows hold. Kernels: bytes in, columns out. Local. */
#ifndef PARAUDIT_CSV_GUESS_H
#define PARAUDIT_CSV_GUESS_H

#include "paraudit/csv/csv.h"

/* How the file is written: separator, quotes, and the first line that may hold names, or none
 * (head_length 0: columns have numbers). Of n bytes at the file's start; last: it has no more.
 * The layout has all that pa_csv_header sets but columns, and no form of amounts and times.
 * PA_E_DATA: no table of two columns or more. */
pa_status pa_guess_layout(const char *text, size_t n, bool last, int64_t file, const char *name,
                          pa_csv_layout *layout, pa_error *err);

enum { PA_GUESS_ROWS = 1000, PA_GUESS_WORDS = 6 };

/* What the first rows hold in a column. Counts of rows; those without a value (empty, NULL,
 * nan ...) count in none but `rows`. */
typedef struct {
    const char *name; /* as pa_csv_column_names has it */
    size_t rows, filled, distinct;
    size_t whole, numbers;        /* whole numbers; numbers, these among them */
    size_t amounts, minus;        /* amounts as csv/amount.h reads them; negative ones */
    size_t marked;                /* amounts with a mark before decimals or between groups */
    size_t clocks, zones;         /* 13:05, 130559; CET, +02:00 */
    size_t labels;                /* 0, 1, yes, no ... */
    size_t none;                  /* without a value, and the word for it is `none` */
    double least, most;           /* of the numbers */
    int32_t decimals;             /* the most behind a decimal mark, zeros at the end aside */
    int32_t lone_decimals;        /* the same of marks that may be others, as in csv/amount.h */
    pa_amount_tally tally;        /* of all amounts */
    pa_time_sniffed time;         /* of what is no number; of numbers where all are */
    bool has_clock;               /* times say more than the day */
    bool has_zone;                /* times say their zone, or are numbers */
    bool no_day;                  /* clocks behind 1900-01-01 or 1970-01-01 */
    char lone[PA_CSV_EXCERPT];    /* the first amount that may be two, as in csv/amount.h */
    char example[PA_CSV_EXCERPT]; /* the first value */
    char word[PA_GUESS_WORDS][PA_CSV_EXCERPT]; /* the first different values */
} pa_guess_column;

typedef struct {
    size_t n;
    pa_guess_column *column;
    pa_buffer names;
} pa_guess_columns;

/* text, n, last: as pa_guess_layout had them. To be freed, also on failure. */
pa_status pa_guess_columns_read(const pa_csv_layout *layout, const char *text, size_t n, bool last,
                                pa_guess_columns *columns, pa_error *err);
void pa_guess_columns_free(pa_guess_columns *columns);

typedef enum {
    PA_GUESS_TX,
    PA_GUESS_ACCOUNT,
    PA_GUESS_MERCHANT,
    PA_GUESS_TIME,
    PA_GUESS_CLOCK, /* behind a day in the column of time, as the next one is */
    PA_GUESS_ZONE,
    PA_GUESS_YEAR, /* with the next two and the clock, in place of the time */
    PA_GUESS_MONTH,
    PA_GUESS_DAY,
    PA_GUESS_AMOUNT,
    PA_GUESS_CREDIT, /* with the next one, in place of the amount */
    PA_GUESS_DEBIT,
    PA_GUESS_SIGN,
    PA_GUESS_LABEL,
    PA_GUESS_LABEL_TIME,
    PA_GUESS_CATEGORY,
    PA_GUESS_CHANNEL,
    PA_GUESS_CURRENCY,
    PA_GUESS_COUNTRY,
    PA_GUESS_HOME_LAT,
    PA_GUESS_HOME_LON,
    PA_GUESS_MERCHANT_LAT,
    PA_GUESS_MERCHANT_LON,
    PA_GUESS_N
} pa_guess_role;

/* By role: the column, from 0, or -1; whether its name says so (else its values alone do);
 * and the column that comes next, or -1. (That of a sign alone is one whose words are not
 * known.) */
typedef struct {
    int32_t column[PA_GUESS_N], other[PA_GUESS_N];
    bool named[PA_GUESS_N];
} pa_guess_roles;

void pa_guess_roles_find(const pa_guess_columns *columns, pa_guess_roles *roles);

/* How well a column's name fits a role, up to PA_GUESS_EXACT; 0: not at all. */
enum { PA_GUESS_EXACT = 100 };
int pa_guess_name_fits(const char *name, pa_guess_role role);

#endif
