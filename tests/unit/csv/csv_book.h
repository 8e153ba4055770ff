/* Drawn files of seven columns, and what their rows come to. */
#ifndef PARAUDIT_TESTS_UNIT_CSV_CSV_BOOK_H
#define PARAUDIT_TESTS_UNIT_CSV_CSV_BOOK_H

#include <string.h>

#include "csv_twin.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv.h"
#include "unit.h"

static const pa_csv_names names = {.tx = "tx",
                                   .account = "account",
                                   .merchant = "merchant",
                                   .time = "time",
                                   .amount = "amount",
                                   .amount_form = {'.', 2},
                                   .label = "label"};
static const char header_line[] = "tx,time,account,note,merchant,amount,label\n";
enum { COLUMNS = 7 };

/* ---- the slow twin ---------------------------------------------------------- */

typedef struct {
    int64_t tx, time, minor;
    int label;
    bool odd;
    kept_name account, merchant;
} values;

/* What a parser counts of rows that it keeps. */
typedef struct {
    int64_t no_merchant, long_names, odd, unknown;
} gaps;

/* What the columns tx, time, account, note, merchant, amount, label come to. */
static inline pa_reject_reason judge(const record *r, values *v)
{
    size_t n;
    if (r->reason == PA_REJECT_N || r->reason == PA_REJECT_FIELDS) {
        if (is_blank(r, COLUMNS)) return PA_REJECT_BLANK;
    }
    if (r->reason != PA_REJECT_N) return r->reason;
    const char *t = text_of(&r->field[0], &n);
    if (!pa_parse_i64(t, n, &v->tx)) return PA_REJECT_TX;
    v->account = keep_slowly(&r->field[2], true);
    if (v->account.n == 0) return PA_REJECT_NO_ACCOUNT;
    if (v->account.bad) return PA_REJECT_ACCOUNT_TEXT;
    v->merchant = keep_slowly(&r->field[4], true);
    if (v->merchant.bad) return PA_REJECT_MERCHANT_TEXT;
    t = text_of(&r->field[1], &n);
    if (!pa_parse_time(t, n, &v->time)) return PA_REJECT_TIME;
    t = text_of(&r->field[5], &n);
    /* Forms of amounts have a twin of their own (test_amount_drawn.c). */
    const pa_amount_form form = {'.', 2};
    pa_amount_tally tally = {0};
    pa_amount_verdict verdict = pa_amount_read(&form, t, n, &v->minor, &tally);
    if (verdict == PA_AMOUNT_RANGE) return PA_REJECT_AMOUNT_RANGE;
    if (verdict != PA_AMOUNT_READ) return PA_REJECT_AMOUNT;
    v->label = read_label_slowly(&r->field[6], &v->odd);
    return PA_REJECT_N;
}

static inline bool is_row(const record *r, const void *of)
{
    values v;
    (void)of;
    return judge(r, &v) == PA_REJECT_N;
}

/* ---- random text ------------------------------------------------------------ */

#define X30 "012345678901234567890123456789"
#define X60                                                                                        \
    X30 "\xc3\xa9"                                                                                 \
        "2345678901234567890123456789"

/* Good and bad values of each column; those of the first four more often where there are
 * no more than eight. */
static const char *const pool[COLUMNS][12] = {
    {"1", "20", "-7", " 33", "123456789012345678", "9223372036854775807", "x", ""},
    {"2018-07-25 13:05:59", "2018-07-25 00:00:00", "2018-07-26T23:59:59", "2018-07-25",
     "2018-07-25 13:05:60", "86400", "25.7.2018", ""},
    {"a1", "a2", "account, with \"quotes\"", "two\nlines", "4532015112830366", "\xc3\xa9t\xc3\xa9",
     "0123456789012345678901234567890123456789012345678901234567890123x", "", " a1\t", "a1\xc2\xa0",
     X60 "a", "Null "},
    {"", "n", "\n\n\n", "a \"quoted\" note", ",,,,,,,", "\r\n", "'", "much, much to say"},
    {"m1", "m2", "Joe's 5\" pizza", "m\r", " m", "0123456789012345678901234567890123456789012345",
     "\xff\xfe", "", "nan", X60 X60 "\xe2\x80\x8b",
     "m\xc2\xa0"
     "1",
     " \t"},
    {"12.34", "5", "0.05", "-3.5", "90071992547409.93", " 7.00", "abc", ""},
    {"0", "1", "", "0", "1", "0", " 0", "maybe", "Y", "nan", "1.0", "?"},
};

static inline void add_record(pa_buffer *text, uint64_t *state)
{
    for (int c = 0; c < COLUMNS; c++) {
        size_t pick = below(state, 12);
        add_field(text, pool[c][pick] ? pool[c][pick] : pool[c][pick - 8], state);
        if (c + 1 < COLUMNS) add(text, ",", 1);
    }
    add(text, below(state, 5) ? "\n" : "\r\n", below(state, 5) ? 1 : 2);
    while (text->data[text->length - 1] == '\r') text->length--; /* half of a line end */
    if (below(state, 20) == 0) add(text, "\n\r\n", 1 + 2 * below(state, 2));
}

/* Records of the pools, now and then with a byte that spoils the quoting. */
static inline void make_text(pa_buffer *text, size_t n_records, int spoil, uint64_t *state)
{
    text->length = 0;
    for (size_t i = 0; i < n_records; i++) add_record(text, state);
    for (int i = 0; i < spoil; i++) {
        text->data[below(state, text->length)] = ",\"\n\r\"a"[below(state, 6)];
    }
    if (below(state, 3) == 0) text->length -= below(state, 5);
}

/* ---- parsing ------------------------------------------------------------------ */

static inline bool same_row(const pa_csv_intake *p, size_t row, const values *v)
{
    const kept_name none = {"none", 4, false, false};
    const kept_name *merchant = v->merchant.n ? &v->merchant : &none;
    const pa_csv_batch *b = &p->rows;
    return row < b->n && b->tx[row] == v->tx && b->time[row] == v->time &&
           b->amount_minor[row] == v->minor && b->label[row] == v->label &&
           is_named(&p->accounts, b->account[row], v->account.text, v->account.n) &&
           is_named(&p->merchants, b->merchant[row], merchant->text, merchant->n);
}

static inline pa_csv_layout layout_of(const char *header)
{
    pa_error err = {0};
    pa_csv_layout layout = {0};
    CU_ASSERT(pa_csv_header(header, strlen(header), true, &names, 1, "x.csv", &layout, &err) ==
              PA_OK);
    return layout;
}

static inline pa_csv_intake new_parser(size_t max_record)
{
    pa_csv_intake p = {.max_record = max_record,
                       .max_field_lines = 4,
                       .keep_rejects = 1 << 20,
                       .file = 3,
                       .line = 2};
    p.layout = layout_of(header_line);
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_csv_words_add(&p.missing, missing_list, &err), PA_OK);
    return p;
}

#endif
