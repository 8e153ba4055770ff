#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_book.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/csv.h"
#include "unit.h"

/* ---- comparing ---------------------------------------------------------------- */

static bool same_reject(const pa_csv_intake *p, size_t i, const record *r, pa_reject_reason reason)
{
    return i < p->n_kept && p->rejects[i].line == r->line && p->rejects[i].last == r->last &&
           p->rejects[i].reason == (int32_t)reason && p->rejects[i].file == 3;
}

static twin_rule rule_for(const pa_csv_intake *p)
{
    return (twin_rule){COLUMNS, p->max_record, p->max_field_lines, is_row, NULL};
}

static void count(gaps *g, const values *v)
{
    g->no_merchant += v->merchant.n == 0;
    g->long_names += v->account.cut + v->merchant.cut;
    g->odd += v->odd;
    g->unknown += v->label < 0;
}

static int differ(const pa_csv_intake *p, const gaps *g)
{
    return (p->n_no_merchant != g->no_merchant) + (p->n_long_names != g->long_names) +
           (p->odd_labels.n != g->odd) + (p->n_unknown_labels != g->unknown);
}

/* Differences between what the parser made of the text and what the twin makes. */
static int differences(const pa_csv_intake *p, const char *text, size_t n)
{
    const twin_rule rule = rule_for(p);
    int64_t line = 2;
    size_t rows = 0, rejects = 0;
    int wrong = 0;
    gaps g = {0};
    for (size_t i = 0; i < n;) {
        record r;
        values v;
        i += read_slowly(&rule, text + i, n - i, &line, &r);
        if (!r.blank) {
            pa_reject_reason reason = judge(&r, &v);
            if (reason == PA_REJECT_N) {
                wrong += !same_row(p, rows++, &v);
                count(&g, &v);
            } else {
                wrong += !same_reject(p, rejects++, &r, reason);
            }
        }
        free_record(&r);
    }
    return wrong + (rows != p->rows.n) + (rejects != p->n_kept) + differ(p, &g) +
           ((int64_t)rejects != p->n_rejected);
}

/* ---- tests ---------------------------------------------------------------------- */

static const pa_csv_signs sign_sets[] = {{',', '"', 0, false},    {';', '"', 0, false},
                                         {'\t', '\'', 0, false},  {',', 0, 0, false},
                                         {',', '"', '\\', false}, {'|', 0, '\\', false},
                                         {',', '"', 0, true},     {';', '\'', '\\', true}};
enum { N_SIGN_SETS = sizeof sign_sets / sizeof *sign_sets };

static void test_states_of_any_cut_compose(void)
{
    uint64_t state = 11;
    int wrong = 0;
    for (int round = 0; round < 6000; round++) {
        const pa_csv_signs *signs = &sign_sets[round % N_SIGN_SETS];
        char text[40],
            drawn[] = {signs->separator, '"', '\n', '\r', 'a', ' ', signs->quote, '\\', 0};
        size_t n = below(&state, 40);
        for (size_t i = 0; i < n; i++) text[i] = drawn[below(&state, sizeof drawn)];
        pa_csv_scan scan = pa_csv_scan_start;
        for (size_t i = 0; i < n;) {
            size_t step = 1 + below(&state, n - i);
            pa_csv_scan_add(&scan, signs, text + i, step);
            i += step;
        }
        int64_t ends = 0;
        for (size_t i = 0; i < n; i++) ends += ends_at(text, n, i);
        wrong += pa_csv_line_ends(text, n) != ends;
        wrong += scan.line_ends != ends - (n > 0 && text[n - 1] == '\r');
        for (int s = 0; s < PA_CSV_N_STATES; s++) {
            pa_csv_state at = (pa_csv_state)s;
            for (size_t i = 0; i < n; i++) at = pa_csv_after(signs, at, text + i, 1);
            wrong += scan.to[s] != at || pa_csv_after(signs, (pa_csv_state)s, text, n) != at;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* What a scan does not call broken is read line by line, and the other way round. */
static void test_lines_are_records_where_the_scan_says_so(void)
{
    uint64_t state = 12;
    pa_buffer text = {0};
    int wrong = 0, broken = 0;
    for (int round = 0; round < 3000; round++) {
        make_text(&text, 3, round % 2, &state);
        const twin_rule rule = {COLUMNS, SIZE_MAX - 1, INT64_MAX, is_row, NULL};
        pa_csv_state at = pa_csv_after(&pa_csv_commas, PA_CSV_RECORD, text.data, text.length);
        bool lines = true;
        int64_t line = 1;
        for (size_t i = 0; i < text.length;) {
            record r;
            i += read_slowly(&rule, text.data + i, text.length - i, &line, &r);
            lines &= r.line == r.last && r.reason != PA_REJECT_BEHIND_QUOTE &&
                     r.reason != PA_REJECT_OPEN_QUOTE;
            free_record(&r);
        }
        bool plain = at != PA_CSV_BROKEN && at != PA_CSV_QUOTED;
        broken += !plain;
        wrong += plain && !lines;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(broken > 100 && broken < 2900);
    pa_buffer_free(&text);
}

static void test_line_ends_of_long_text_are_counted(void)
{
    enum { N = 100000 };
    char *text = malloc(N);
    int64_t expected = 0;
    uint64_t state = 5;
    for (size_t i = 0; i < N; i++) text[i] = "\n\r\n\ra"[below(&state, 5)];
    for (size_t i = 0; i < N; i++) expected += ends_at(text, N, i);
    CU_ASSERT_EQUAL(pa_csv_line_ends(text, N), expected);
    CU_ASSERT_EQUAL(pa_csv_line_ends(text, 0), 0);
    memset(text, '\n', N);
    CU_ASSERT_EQUAL(pa_csv_line_ends(text, N), N);
    memset(text, '\r', N);
    CU_ASSERT_EQUAL(pa_csv_line_ends(text, N), N);
    free(text);
}

static void test_any_window_gives_what_the_twin_gives(void)
{
    uint64_t state = 13;
    pa_buffer text = {0};
    int wrong = 0;
    int64_t rows = 0, rejects = 0;
    for (int round = 0; round < 200; round++) {
        make_text(&text, 1 + below(&state, 60), round % 3, &state);
        size_t step[] = {1, 3, 50, 1000, text.length};
        pa_csv_intake p = new_parser(round % 5 ? 1 << 20 : 90);
        parse_piece(&p, text.data, text.length, 0, text.length, step[below(&state, 5)]);
        wrong += differences(&p, text.data, text.length);
        rows += (int64_t)p.rows.n;
        rejects += p.n_rejected;
        pa_csv_intake_free(&p);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(rows > 500 && rejects > 500);
    pa_buffer_free(&text);
}

/* Cut anywhere: each piece starts where the reader of the file comes to, and the pieces
 * together are the file. */
static void test_pieces_together_are_the_file(void)
{
    uint64_t state = 14;
    pa_buffer text = {0};
    int wrong = 0;
    for (int round = 0; round < 200; round++) {
        make_text(&text, 1 + below(&state, 30), round % 3, &state);
        pa_csv_intake p = new_parser(round % 5 ? 1 << 20 : 90);
        for (size_t begin = 0; begin < text.length;) {
            size_t piece = 1 + below(&state, round % 2 ? 400 : 9);
            size_t end = begin + piece < text.length ? begin + piece : text.length;
            size_t from = start_piece(&p, text.data, text.length, begin);
            parse_piece(&p, text.data, text.length, from, end, 1 + below(&state, 100));
            begin = end;
        }
        wrong += differences(&p, text.data, text.length);
        pa_csv_intake_free(&p);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_buffer_free(&text);
}

/* Numbers and times of all lengths, every fourth with a wrong byte in it: the
 * words of eight digits against the parsers that take one digit at a time. */
static void test_numbers_of_any_length_are_read_as_the_slow_parsers_do(void)
{
    uint64_t state = 17;
    pa_buffer text = {0};
    for (int i = 0; i < 8000; i++) {
        char number[4][24], line[160];
        for (int k = 0; k < 4; k++) {
            size_t n = 1 + below(&state, k == 3 ? 2 : 19);
            for (size_t c = 0; c < n; c++) number[k][c] = (char)('0' + below(&state, 10));
            number[k][n] = 0;
            if (i % 4 == k) number[k][below(&state, n)] = "/:.-+ $e"[below(&state, 8)];
        }
        int n = snprintf(line, sizeof line, "%s,2018-07-%02d %02d:%02d:%02d,a,,m,%s.%s,\n",
                         number[0], (int)below(&state, 33), (int)below(&state, 25),
                         (int)below(&state, 61), (int)below(&state, 61), number[1], number[3]);
        if (i % 7 == 0)
            line[strlen(number[0]) + 1 + below(&state, 19)] = ":/0 9x-"[below(&state, 7)];
        add(&text, line, (size_t)n);
    }
    pa_csv_intake p = new_parser(1 << 20);
    parse_piece(&p, text.data, text.length, 0, text.length, 4096);
    CU_ASSERT_EQUAL(differences(&p, text.data, text.length), 0);
    CU_ASSERT(p.rows.n > 1000 && p.n_rejected > 1000);
    pa_csv_intake_free(&p);
    pa_buffer_free(&text);
}

/* Days in any order, runs of a month among them; of every month also those that
 * it does not have, before and after its last one was met. */
static void test_dates_in_any_order_are_read_as_the_slow_parser_does(void)
{
    uint64_t state = 29;
    pa_buffer text = {0};
    int year = 0, month = 0;
    for (int i = 0; i < 8000; i++) {
        char line[80];
        if (below(&state, 6) == 0) {
            year = 1899 + (int)below(&state, 6);
            month = (int)below(&state, 14);
        }
        int n = snprintf(line, sizeof line, "1,%04d-%02d-%02d%c12:00:00,a,,m,5,\n", year, month,
                         (int)below(&state, 33), below(&state, 2) ? ' ' : 'T');
        if (below(&state, 50) == 0) line[2 + below(&state, 11)] = " /-0"[below(&state, 4)];
        add(&text, line, (size_t)n);
    }
    pa_csv_intake p = new_parser(1 << 20);
    parse_piece(&p, text.data, text.length, 0, text.length, 4096);
    CU_ASSERT_EQUAL(differences(&p, text.data, text.length), 0);
    CU_ASSERT(p.rows.n > 1000 && p.n_rejected > 1000);
    pa_csv_intake_free(&p);
    pa_buffer_free(&text);
}

/* More than a chunk of the index, so that records lie across its ends. */
static void test_long_texts_are_parsed_whole(void)
{
    uint64_t state = 15;
    pa_buffer text = {0};
    make_text(&text, 3000, 0, &state);
    pa_csv_intake p = new_parser(1 << 20);
    parse_piece(&p, text.data, text.length, 0, text.length, text.length);
    CU_ASSERT_EQUAL(differences(&p, text.data, text.length), 0);
    CU_ASSERT(text.length > 100000);
    pa_csv_intake_free(&p);
    pa_buffer_free(&text);
}

static pa_status parse_text(const char *text, pa_csv_intake *p)
{
    pa_error err = {0};
    size_t used, n = strlen(text);
    p->max_record = 1 << 20;
    p->keep_rejects = 100;
    PA_TRY(pa_csv_header(text, n, true, &names, 1, "x.csv", &p->layout, &err));
    p->line = 1 + p->layout.newlines;
    size_t skip = (size_t)p->layout.length;
    return pa_csv_parse(p, text + skip, n - skip, n - skip, true, &used, &err);
}

/*  byte order mark, quoted header, DOS line ends, empty lines, a column in
 *  quotes, no newline at the end                                              */
static void test_a_drawn_file_becomes_columns(void)
{
    pa_csv_intake p = {0};
    CU_ASSERT_EQUAL(parse_text("\xef\xbb\xbf\"tx\", account ,merchant,amount,time,extra,label\r\n"
                               "7,A,M,12.34,2018-04-01 00:00:31,,1\r\n"
                               "\r\n"
                               "\n"
                               "8,\"B, \"\"b\"\"\",M,-5,1970-01-02 00:00:00,\"x\ny\",\r\n"
                               "9,A,N,0.1,1970-01-01 00:00:01,z,No",
                               &p),
                    PA_OK);
    CU_ASSERT_EQUAL(p.n_rejected, 0);
    CU_ASSERT_EQUAL(p.rows.n, 3);
    CU_ASSERT_EQUAL(p.line, 7);
    static const int64_t tx[] = {7, 8, 9}, minor[] = {1234, -500, 10};
    static const int64_t when[] = {1522540831, 86400, 1};
    static const int32_t account[] = {0, 1, 0}, merchant[] = {0, 0, 1};
    static const int8_t label[] = {1, -1, 0};
    CU_ASSERT(memcmp(p.rows.tx, tx, sizeof tx) == 0);
    CU_ASSERT(memcmp(p.rows.amount_minor, minor, sizeof minor) == 0);
    CU_ASSERT(memcmp(p.rows.time, when, sizeof when) == 0);
    CU_ASSERT(memcmp(p.rows.account, account, sizeof account) == 0);
    CU_ASSERT(memcmp(p.rows.merchant, merchant, sizeof merchant) == 0);
    CU_ASSERT(memcmp(p.rows.label, label, sizeof label) == 0);
    const pa_intern *met = &p.accounts;
    CU_ASSERT_EQUAL(met->n, 2);
    CU_ASSERT(memcmp(met->bytes, "AB, \"b\"", 7) == 0);
    pa_csv_intake_free(&p);
}

static void test_each_fault_has_its_reason_and_words(void)
{
    static const struct {
        const char *record;
        pa_reject_reason reason;
        const char *words;
    } fault[] = {
        {"1,a,m,1970-01-01,5", PA_REJECT_FIELDS, "5 fields where the header has 6"},
        {"1,a,m,1970-01-01,5,0,", PA_REJECT_FIELDS, "7 fields where the header has 6"},
        {"1.5,a,m,1970-01-01,5,0", PA_REJECT_TX,
         "transaction id '1.5' is not a whole number of 64 bits (input.tx_text = yes takes any "
         "text)"},
        {"9223372036854775808,a,m,1970-01-01,5,0", PA_REJECT_TX,
         "transaction id '9223372036854775808' is not a whole number of 64 bits (input.tx_text = "
         "yes takes any text)"},
        {"1,,m,1970-01-01,5,0", PA_REJECT_NO_ACCOUNT,
         "the account is empty (input.no_account = own keeps such rows)"},
        {"1, \xc2\xa0,m,1970-01-01,5,0", PA_REJECT_NO_ACCOUNT,
         "the account is empty (input.no_account = own keeps such rows)"},
        {"1,\xff,m,1970-01-01,5,0", PA_REJECT_ACCOUNT_TEXT, "account '\\xff' is not UTF-8 text"},
        {"1,a,\xe2\x28\xa1,1970-01-01,5,0", PA_REJECT_MERCHANT_TEXT,
         "merchant '\\xe2(\\xa1' is not UTF-8 text"},
        {"1,a,m,\x1b[2J\xc2\x9b,5,0", PA_REJECT_TIME,
         "time '\\x1b[2J\\x9b' is not like 2018-07-25 13:05:59 (input.time_format)"},
        {"1,a,m,012345678901234567890123456789012345678\xc3\xa9,5,0", PA_REJECT_TIME,
         "time '012345678901234567890123456789012345678...' is not like 2018-07-25 13:05:59 "
         "(input.time_format)"},
        {"1,a,m,1970-02-30,5,0", PA_REJECT_TIME,
         "time '1970-02-30' is not like 2018-07-25 13:05:59 (input.time_format)"},
        {"1,a,m,1970-01-01 24:00:00,5,0", PA_REJECT_TIME,
         "time '1970-01-01 24:00:00' is not like 2018-07-25 13:05:59 (input.time_format)"},
        {"1,a,m,1970-01-01,abc,0", PA_REJECT_AMOUNT, "amount 'abc' is not a number"},
        {"1,a,m,1970-01-01,99999999999999999999,0", PA_REJECT_AMOUNT_RANGE,
         "amount '99999999999999999999' is out of range"},
        {"1,a,m,1970-01-01,90071992547409.93,0", PA_REJECT_AMOUNT_RANGE,
         "amount '90071992547409.93' is out of range"},
        {"1,a,m,1970-01-01,-90071992547410,0", PA_REJECT_AMOUNT_RANGE,
         "amount '-90071992547410' is out of range"},
        {"1,a,m,1970-01-01,\"5", PA_REJECT_OPEN_QUOTE,
         "a quote is opened and not closed before the end of the file"},
    };
    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
        char text[300];
        pa_csv_intake p = {0};
        snprintf(text, sizeof text, "tx,account,merchant,time,amount,label\n%s\n", fault[i].record);
        CU_ASSERT_EQUAL(parse_text(text, &p), PA_OK);
        CU_ASSERT_EQUAL(p.rows.n, 0);
        CU_ASSERT_EQUAL(p.n_kept, 1);
        if (p.n_kept == 1) {
            CU_ASSERT_EQUAL(p.rejects[0].reason, (int32_t)fault[i].reason);
            CU_ASSERT_EQUAL(p.rejects[0].line, 2);
        }
        CU_ASSERT_STRING_EQUAL(p.first_reject, fault[i].words);
        pa_csv_intake_free(&p);
    }
}

static void test_names_are_utf8_or_rejected(void)
{
    static const struct {
        const char *name;
        bool good;
    } example[] = {
        {"plain", true},
        {"exactly8", true},
        {"longer than eight", true},
        {"\xc3\xa9t\xc3\xa9", true},
        {"\xe4\xb8\xad\xe6\x96\x87", true},
        {"\xf0\x9f\x92\xb3 card", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xf4\x90\x80\x80", false},
        {"\xc0\xaf", false},
        {"\xe0\x80\xaf", false},
        {"\xed\xa0\x80", false},
        {"\xf0\x80\x80\xaf", false},
        {"cut \xe4\xb8", false},
        {"\x80", false},
        {"latin1 caf\xe9", false},
        {"\xfe", false},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        char text[200];
        pa_csv_intake p = {0};
        snprintf(text, sizeof text,
                 "tx,account,merchant,time,amount,label\n1,a,%s,1970-01-01,5,0\n", example[i].name);
        CU_ASSERT_EQUAL(parse_text(text, &p), PA_OK);
        CU_ASSERT_EQUAL(p.rows.n, example[i].good);
        pa_csv_intake_free(&p);
    }
}

/*  2: 1,"Zum Hirsch,a,m,...     the quote is closed before the words of line 5
 *  3: 2,                        rows that come back
 *  4: 3,
 *  5: 4,"Zum Adler,a,m,...      never closed                                    */
static void test_rows_between_two_stray_quotes_come_back(void)
{
    static const char *const texts[] = {"note,tx,account,merchant,time,amount,label\n"
                                        "\"Zum Hirsch,1,a,m,1970-01-01,5,0\n"
                                        "x,2,a,m,1970-01-01,5,0\n"
                                        "x,3,a,m,1970-01-01,5,0\n"
                                        "\"Zum Adler,4,a,m,1970-01-01,5,0\n",
                                        "tx,account,merchant,time,amount,label,note\n"
                                        "1,a,m,1970-01-01,5,0,\"Zum Hirsch\n"
                                        "2,a,m,1970-01-01,5,0,x\n"
                                        "3,a,m,1970-01-01,5,0,x\n"
                                        "4,a,m,1970-01-01,5,0,\"Zum Adler\n"};
    for (int i = 0; i < 2; i++) {
        pa_csv_intake p = {.max_field_lines = 100};
        CU_ASSERT_EQUAL(parse_text(texts[i], &p), PA_OK);
        CU_ASSERT_EQUAL_FATAL(p.rows.n, 2);
        CU_ASSERT_EQUAL(p.rows.tx[0], 2);
        CU_ASSERT_EQUAL(p.rows.tx[1], 3);
        CU_ASSERT_EQUAL_FATAL(p.n_kept, 2);
        CU_ASSERT_EQUAL(p.rejects[0].line, 2);
        CU_ASSERT_EQUAL(p.rejects[0].last, 2);
        CU_ASSERT_EQUAL(p.rejects[0].reason, PA_REJECT_BEHIND_QUOTE);
        CU_ASSERT_EQUAL(p.rejects[1].line, 5);
        CU_ASSERT_EQUAL(p.rejects[1].last, 5);
        CU_ASSERT_EQUAL(p.rejects[1].reason, PA_REJECT_OPEN_QUOTE);
        pa_csv_intake_free(&p);
    }
}

/* Closed where a field may end, so that only the rows within tell. A note of several lines
 * is none of these. */
static void test_rows_within_a_field_that_closes_come_back(void)
{
    static const struct {
        const char *text;
        size_t rows, rejects;
    } cases[] = {
        {"tx,account,merchant,time,amount,label,note\n"
         "1,a,m,1970-01-01,5,0,\"Zum Hirsch\n"
         "2,a,m,1970-01-01,5,0,x\n"
         "3,a,m,1970-01-01,5,0,Zum Adler\"\n",
         2, 1},
        {"tx,account,merchant,time,amount,label,note\n"
         "1,a,m,1970-01-01,5,0,\"Zum Hirsch\n"
         "2,a,m,1970-01-01,5,0,Zum Adler\"\n",
         1, 1},
        /* A row before fills the room there is: asking needs as much as taking. */
        {"tx,account,merchant,time,amount,label,note\n"
         "1,a,m,1970-01-01,5,0,x\n"
         "2,a,m,1970-01-01,5,0,\"Zum Hirsch\n"
         "3,a,m,1970-01-01,5,0,x\n"
         "4,a,m,1970-01-01,5,0,Zum Adler\"\n",
         3, 1},
        {"note,account,merchant,time,amount,label,tx\n"
         "\"much\n, to, say\",a,m,1970-01-01,5,0,1\n"
         "\"b\nc\",a,m,1970-01-01,5,0,2\n",
         2, 0},
        {"tx,account,merchant,time,amount,label,note\n"
         "1,a,m,1970-01-01,5,0,\"1,2,3,x,5,6,7\n1,2,3,x,5,6,7\n\"\n",
         1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pa_csv_intake p = {.max_field_lines = 100};
        CU_ASSERT_EQUAL(parse_text(cases[i].text, &p), PA_OK);
        CU_ASSERT_EQUAL(p.rows.n, cases[i].rows);
        CU_ASSERT_EQUAL(p.n_rejected, cases[i].rejects);
        pa_csv_intake_free(&p);
    }
}

static void test_a_record_too_long_is_skipped_to_its_end(void)
{
    uint64_t state = 16;
    pa_buffer text = {0};
    for (size_t step = 1; step < 40; step += 3) {
        text.length = 0;
        for (int i = 0; i < 30; i++) {
            add_record(&text, &state);
            for (size_t k = 0; i % 7 == 0 && k < 50; k++) add(&text, "\"quoted\n\",", 10);
        }
        pa_csv_intake p = new_parser(70);
        parse_piece(&p, text.data, text.length, 0, text.length, step);
        CU_ASSERT_EQUAL(differences(&p, text.data, text.length), 0);
        pa_csv_intake_free(&p);
    }
    pa_buffer_free(&text);
}

static void test_a_long_record_is_called_so(void)
{
    pa_csv_intake p = new_parser(10);
    static const char text[] = "1,2,3,4,5,6,7\n";
    parse_piece(&p, text, sizeof text - 1, 0, sizeof text - 1, 100);
    CU_ASSERT_EQUAL(p.n_kept, 1);
    CU_ASSERT_STRING_EQUAL(p.first_reject,
                           "the record is longer than 10 bytes (is a quote not closed?)");
    pa_csv_intake_free(&p);
}

/* A record of two lines with a quote for two, behind a plain one. */
static void test_an_example_has_the_line_of_its_record(void)
{
    static const char *const rows[] = {"1,A,M,0.125,1970-01-01 00:00:00,,\n",
                                       "1,A,\"M \"\"m\"\"\",0.125,1970-01-01 00:00:00,\"\n\",\n"};
    for (int i = 0; i < 2; i++) {
        char text[256];
        pa_csv_intake p = {0};
        snprintf(text, sizeof text,
                 "tx,account,merchant,amount,time,x,label\n0,A,M,1,1970-01-01 00:00:00,,\n%s",
                 rows[i]);
        CU_ASSERT_EQUAL(parse_text(text, &p), PA_OK);
        CU_ASSERT_EQUAL(p.rows.n, 2);
        CU_ASSERT_EQUAL(p.rounded.line, 3);
        CU_ASSERT_EQUAL(p.line, 4 + i);
        pa_csv_intake_free(&p);
    }
}

static void test_names_of_rejected_rows_are_not_kept(void)
{
    pa_csv_intake p = {0};
    parse_text("tx,account,merchant,time,amount,label\n"
               "1,a,m,1970-01-01,5,0\n"
               "2,b,n,1970-01-01,x,0\n"
               "3,a,n,1970-01-01,5,0\n",
               &p);
    CU_ASSERT_EQUAL(p.rows.n, 2);
    CU_ASSERT_EQUAL(p.accounts.n, 1);
    CU_ASSERT_EQUAL(p.merchants.n, 2);
    pa_csv_intake_free(&p);
}

static void test_rejects_beyond_the_limit_are_only_counted(void)
{
    pa_csv_intake p = new_parser(1 << 20);
    p.keep_rejects = 2;
    static const char text[] = "x\ny\nz\n1\n";
    parse_piece(&p, text, sizeof text - 1, 0, sizeof text - 1, 100);
    CU_ASSERT_EQUAL(p.n_rejected, 4);
    CU_ASSERT_EQUAL(p.n_kept, 2);
    CU_ASSERT_EQUAL(p.first_line, 2);
    pa_csv_intake_free(&p);
}

static void test_headers_that_do_not_fit_are_explained(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"tx,acount,merchant,time,amount,label\n1\n",
         "x.csv:1: no column 'account' (input.account): did you mean 'acount'? The columns are tx, "
         "acount, merchant, time, amount, label"},
        {"tx,account,merchant,tx,time,amount,label\n",
         "x.csv:1: two columns are named 'tx' (input.tx): columns 1 and 4: say tx#1 or tx#2"},
        {"", "x.csv: the file is empty: a line with the names of the columns is expected"},
        {"\xef\xbb\xbf\r\n\n",
         "x.csv: the file is empty: a line with the names of the columns is expected"},
        {"tx,\"account\n", "x.csv:1: the line with the names of the columns does not end within 12 "
                           "bytes"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pa_error err = {0};
        pa_csv_layout layout;
        pa_status st = pa_csv_header(bad[i].text, strlen(bad[i].text), true, &names, 4, "x.csv",
                                     &layout, &err);
        CU_ASSERT_EQUAL(st, PA_E_DATA);
        CU_ASSERT_EQUAL(err.file, 4);
        CU_ASSERT_STRING_EQUAL(err.message, bad[i].message);
    }
}

static void test_a_label_column_may_be_absent(void)
{
    pa_error err = {0};
    pa_csv_layout layout;
    pa_csv_names unlabelled = names;
    unlabelled.label = "";
    static const char text[] = "\n\ntx,account,merchant,time,amount\n";
    CU_ASSERT_EQUAL(
        pa_csv_header(text, sizeof text - 1, false, &unlabelled, 1, "x.csv", &layout, &err), PA_OK);
    CU_ASSERT_EQUAL(layout.label, -1);
    CU_ASSERT_EQUAL(layout.n_fields, 5);
    CU_ASSERT_EQUAL(layout.newlines, 3);
    CU_ASSERT_EQUAL(layout.length, (int64_t)sizeof text - 1);
}

/* The header has 20006 columns, each line one: minutes, where each line had as
 * much text indexed as a line of the header's width needs. */
static void test_a_million_short_lines_below_a_wide_header_are_rejected(void)
{
    enum { COLUMNS_BESIDE = 20000, LINES = 1000000 };
    pa_buffer text = {0};
    pa_csv_intake p = {0};
    add(&text, "tx,account,merchant,time,amount,label", 37);
    for (int i = 0; i < COLUMNS_BESIDE; i++) add(&text, ",x", 2);
    add(&text, "\n", 1);
    for (int i = 0; i < LINES; i++) add(&text, "1\n", 2);
    add(&text, "", 1);
    CU_ASSERT_EQUAL(parse_text(text.data, &p), PA_OK);
    CU_ASSERT_EQUAL(p.n_rejected, LINES);
    CU_ASSERT_EQUAL(p.line, LINES + 2);
    CU_ASSERT_STRING_EQUAL(p.first_reject, "1 field where the header has 20006");
    pa_csv_intake_free(&p);
    pa_buffer_free(&text);
}

static const pa_test tests[] = {
    {"states of any cut compose", test_states_of_any_cut_compose},
    {"lines are records where the scan says so", test_lines_are_records_where_the_scan_says_so},
    {"line ends of long text are counted", test_line_ends_of_long_text_are_counted},
    {"any window gives what the twin gives", test_any_window_gives_what_the_twin_gives},
    {"pieces together are the file", test_pieces_together_are_the_file},
    {"numbers of any length are read as the slow parsers do",
     test_numbers_of_any_length_are_read_as_the_slow_parsers_do},
    {"dates in any order are read as the slow parser does",
     test_dates_in_any_order_are_read_as_the_slow_parser_does},
    {"long texts are parsed whole", test_long_texts_are_parsed_whole},
    {"a drawn file becomes columns", test_a_drawn_file_becomes_columns},
    {"each fault has its reason and words", test_each_fault_has_its_reason_and_words},
    {"names are UTF-8 or rejected", test_names_are_utf8_or_rejected},
    {"rows between two stray quotes come back", test_rows_between_two_stray_quotes_come_back},
    {"rows within a field that closes come back", test_rows_within_a_field_that_closes_come_back},
    {"a record too long is skipped to its end", test_a_record_too_long_is_skipped_to_its_end},
    {"a long record is called so", test_a_long_record_is_called_so},
    {"an example has the line of its record", test_an_example_has_the_line_of_its_record},
    {"names of rejected rows are not kept", test_names_of_rejected_rows_are_not_kept},
    {"rejects beyond the limit are only counted", test_rejects_beyond_the_limit_are_only_counted},
    {"a million short lines below a wide header are rejected",
     test_a_million_short_lines_below_a_wide_header_are_rejected},
    {"headers that do not fit are explained", test_headers_that_do_not_fit_are_explained},
    {"a label column may be absent", test_a_label_column_may_be_absent},
};
PA_TEST_MAIN("csv", tests)
