/* Rows in blocks beside rows one by one: the same columns, codes, rejects and counts, with each set
 * of kernels, however the text is cut. */
#include <stdlib.h>
#include <string.h>

#include "csv_twin.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv.h"
#include "paraudit/csv/kernels.h"
#include "unit.h"

static const pa_csv_names names = {.tx = "tx",
                                   .account = "account",
                                   .merchant = "merchant",
                                   .time = "time",
                                   .amount = "amount",
                                   .amount_form = {'.', 2},
                                   .label = "label",
                                   .label_time = "known",
                                   .coded = {"category", "channel", NULL, "country", NULL},
                                   .place = {"lat", "lon", "mlat", NULL},
                                   .numeric = "v*"};
static const char header[] =
    "tx,time,account,merchant,category,channel,country,amount,lat,lon,mlat,v1,v2,label,known\n";
enum { ACCOUNT = 2, MERCHANT = 3, COLUMNS = 15, USUAL = 6, ODD = 8 };

/* As most fields are, and as few are, by column. */
static const char *const usual[COLUMNS][USUAL] = {
    {"1", "22", "12345678", "123456789", "0", "9999999999999999"},
    {"2018-07-25 13:05:59", "2018-07-01 00:00:00", "2018-08-28T23:59:59", "2019-07-31 10:00:00",
     "2018-07-30 12:00:00", "2018-02-28 01:02:03"},
    {"A0000001", "A0000002", "4000123412341234", "acc-1", "B", "4000123412341235"},
    {"M1", "M000002", "fraud_Kirlin and Sons", "none", "Joe's", "Caf\xc3\xa9"},
    {"grocery", "online_shopping", "fuel", "restaurant", "", "a category of some length"},
    {"pos", "contactless", "atm", "", "recurring", "exactly8"},
    {"DE", "GR", "", "NA", "sixteen letters!", "fifteen letters"},
    {"12.34", "1.00", "99999.99", "1234567.89", "0.05", "12345678.90"},
    {"51.4019", "", "-11.6827", "89.9", "0.0", "52"},
    {"11.6827", "-104.990251", "", "179.99999", "-0.5", "180.0"},
    {"51.3982", "", "", "-33.1", "1.5", "+4.25"},
    {"1.5", "-1.3598071336738", "0", "1e5", "3.25", "7"},
    {"0.1", "2", "-3", "4.75", "5", "6"},
    {"0", "1", "0", "0", "0", "1"},
    {"", "", "", "2018-08-01 10:00:00", "", ""},
};
static const char *const odd[COLUMNS][ODD] = {
    {"", "x", "-5", " 7", "12345678901234567", "1.0", "18446744073709551616", "0x1"},
    {"2018-02-29 10:00:00", "2018-07-25 24:00:00", "2018-07-25", "25.07.2018 10:00:00", "",
     "2018-07-32 10:00:00", "2018-07-25x10:00:00", "2018-07-25 13:05:5a"},
    {"", " A0000001", "NULL", "a\xff", "new one", "a,b", "\"", "A0000001\t"},
    {"", " none", "nan", "m\xff", "another", "x,y", "Joe's 5\" pizza", "None"},
    {"nan", "\xff", "  ", "grocery ", "new\nline", "fuel\xc2\xa0", "odd", "a\"b"},
    {"nan", "\xff", "  ", "pos ", "new\r\nline", "x", "y", "z"},
    {"na", "\xff", "  ", "DE ", "de", "NULL", "US", "FR"},
    {"-12.34", "$5", "1e3", "abc", "", "1,234.50", "12.345", "90071992547409.93"},
    {"91.0", "abc", "nan", " 5.5", "-", ".", "-90.1", "1.2.3"},
    {"181.0", "abc", "nan", " 5.5", "1,5", "-180.5", "1e2", "--1.0"},
    {"91.0", "abc", "nan", " 5.5", "0.00000001", "+", "90.00001", "12345678"},
    {"", "nan", "abc", "1e99", " 2", "1,5", "inf", "-"},
    {"", "nan", "abc", "1e99", " 2", "1,5", "inf", "-"},
    {"", "yes", "maybe", "2", "01", " 1", "fraud", "n"},
    {"x", "2018-02-30", " ", "nan", "2018-07-25 13:05:59", "NULL", "0", "-"},
};

/* An account or a merchant of many. */
static const char *draw_name(char name[16], uint64_t *state)
{
    snprintf(name, 16, "n-%u", (unsigned)below(state, 5000));
    return name;
}

/* One row; `spoiled`: of how many fields one is odd. fresh: of how many names one is of many. */
static void add_row(pa_buffer *text, size_t spoiled, size_t fresh, uint64_t *state)
{
    char name[16];
    for (int c = 0; c < COLUMNS; c++) {
        bool is_odd = below(state, spoiled) == 0;
        const char *value = is_odd ? odd[c][below(state, ODD)] : usual[c][below(state, USUAL)];
        if (!is_odd && (c == ACCOUNT || c == MERCHANT) && below(state, fresh) == 0)
            value = draw_name(name, state);
        bool quoted = strpbrk(value, ",\"\n\r") || below(state, 8 * spoiled) == 0;
        if (quoted)
            add_field(text, value, state);
        else
            add(text, value, strlen(value));
        if (c + 1 < COLUMNS) add(text, ",", 1);
    }
    size_t end = below(state, 40);
    add(text, end == 0 ? "\r\n" : end == 1 ? "\r" : "\n", end == 0 ? 2 : 1);
    if (below(state, 20 * spoiled) == 0) add(text, "a,b\n\n", 5);
    if (below(state, 40 * spoiled) == 0) add(text, "", 1);
}

static void make_text(pa_buffer *text, uint64_t *state)
{
    size_t rows = below(state, 600), spoiled = (size_t)20 << below(state, 8);
    size_t fresh = (size_t)1 << below(state, 8);
    text->length = 0;
    add(text, "", 0);
    for (size_t i = 0; i < rows; i++) add_row(text, spoiled, fresh, state);
    for (size_t i = below(state, 3); i > 0 && text->length > 0; i--)
        text->data[below(state, text->length)] = ",\"\n\r\0a"[below(state, 6)];
    if (below(state, 3) == 0 && text->length > 5) text->length -= below(state, 5);
}

static pa_csv_intake new_parser(bool one_by_one, const pa_csv_kernels *kernels, size_t max_record)
{
    pa_csv_intake p = {.max_record = max_record,
                       .max_field_lines = 4,
                       .keep_rejects = 1 << 20,
                       .one_by_one = one_by_one,
                       .kernels = kernels,
                       .own_accounts = false,
                       .line = 2};
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(
        pa_csv_header(header, sizeof header - 1, true, &names, 1, "x.csv", &p.layout, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(pa_csv_words_add(&p.missing, "NULL, nan, na, None", &err), PA_OK);
    p.rows.has = pa_csv_columns_of(&p.layout, false);
    return p;
}

/* ---- what must be the same ---- */

#define SAME(a, b, n) ((n) == 0 || memcmp((a), (b), (n) * sizeof *(a)) == 0)

static bool same_rows(const pa_csv_batch *a, const pa_csv_batch *b)
{
    bool same = a->n == b->n;
    if (!same) return false;
    same &= SAME(a->tx, b->tx, a->n) && SAME(a->line, b->line, a->n) &&
            SAME(a->account, b->account, a->n) && SAME(a->merchant, b->merchant, a->n) &&
            SAME(a->time, b->time, a->n) && SAME(a->amount_minor, b->amount_minor, a->n) &&
            SAME(a->label, b->label, a->n) && SAME(a->label_time, b->label_time, a->n);
    for (int i = 0; i < PA_CSV_N_CODED; i++)
        same &= !a->has.coded[i] || SAME(a->coded[i], b->coded[i], a->n);
    for (int i = 0; i < PA_CSV_N_PLACES; i++)
        same &= !a->has.place[i] || SAME(a->place[i], b->place[i], a->n);
    for (int32_t i = 0; i < a->has.n_numeric; i++) same &= SAME(a->numeric[i], b->numeric[i], a->n);
    return same;
}

static bool same_names(const pa_intern *a, const pa_intern *b)
{
    return a->n == b->n && (a->n == 0 || (SAME(a->start, b->start, a->n + 1) &&
                                          SAME(a->bytes, b->bytes, a->start[a->n])));
}

static bool same_rejects(const pa_csv_intake *a, const pa_csv_intake *b)
{
    bool same = a->n_rejected == b->n_rejected && a->n_kept == b->n_kept;
    for (size_t i = 0; same && i < a->n_kept; i++) {
        const pa_csv_reject *x = &a->rejects[i], *y = &b->rejects[i];
        same = x->line == y->line && x->last == y->last && x->reason == y->reason &&
               x->kinds == y->kinds && strcmp(x->text, y->text) == 0;
    }
    return same && memcmp(&a->by_reason, &b->by_reason, sizeof a->by_reason) == 0 &&
           memcmp(&a->by_kind, &b->by_kind, sizeof a->by_kind) == 0 &&
           a->first_line == b->first_line && strcmp(a->first_reject, b->first_reject) == 0;
}

static bool same_counts(const pa_csv_intake *a, const pa_csv_intake *b)
{
    return a->line == b->line && a->state == b->state && a->lost == b->lost && a->at == b->at &&
           memcmp(&a->amounts, &b->amounts, sizeof a->amounts) == 0 &&
           a->lone.line == b->lone.line && a->rounded.line == b->rounded.line &&
           a->n_no_merchant == b->n_no_merchant && a->n_unknown_labels == b->n_unknown_labels &&
           a->odd_labels.n == b->odd_labels.n && a->label_letters == b->label_letters &&
           a->n_long_names == b->n_long_names && a->n_no_utf8 == b->n_no_utf8;
}

static bool same(const pa_csv_intake *a, const pa_csv_intake *b)
{
    bool names_are =
        same_names(&a->accounts, &b->accounts) && same_names(&a->merchants, &b->merchants);
    for (int i = 0; i < PA_CSV_N_CODED; i++) names_are &= same_names(&a->coded[i], &b->coded[i]);
    return names_are && same_rows(&a->rows, &b->rows) && same_rejects(a, b) && same_counts(a, b);
}

/* ---- the tests ---- */

static int64_t compare(const pa_buffer *text, const pa_csv_kernels *kernels, uint64_t *state,
                       int64_t *rows)
{
    size_t max_record = below(state, 4) ? 4096 : 150, step = 1 + below(state, 40000);
    pa_csv_intake slow = new_parser(true, &pa_csv_kernels_any, max_record);
    pa_csv_intake fast = new_parser(false, kernels, max_record);
    size_t begin = text->length && below(state, 2) ? below(state, text->length) : 0;
    size_t end = begin + below(state, text->length - begin + 1);
    if (below(state, 2)) begin = 0, end = text->length;
    begin = start_piece(&slow, text->data, text->length, begin);
    start_piece(&fast, text->data, text->length, begin);
    fast.line = slow.line;
    parse_piece(&slow, text->data, text->length, begin, end, text->length + 1);
    parse_piece(&fast, text->data, text->length, begin, end, step);
    *rows += (int64_t)fast.rows.n;
    int64_t wrong = !same(&slow, &fast);
    pa_csv_intake_free(&slow);
    pa_csv_intake_free(&fast);
    return wrong;
}

static void compare_drawn(const pa_csv_kernels *kernels)
{
    uint64_t state = 20270101;
    int64_t wrong = 0, rows = 0;
    pa_buffer text = {0};
    for (int i = 0; kernels && i < 600; i++) {
        make_text(&text, &state);
        /* A copy, so that what reads behind the text is seen. */
        pa_buffer exact = {malloc(text.length + 1), text.length, text.length};
        if (!exact.data) abort();
        memcpy(exact.data, text.data, text.length);
        exact.data = realloc(exact.data, text.length ? text.length : 1);
        wrong += compare(&exact, kernels, &state, &rows);
        free(exact.data);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(!kernels || rows > 30000);
    pa_buffer_free(&text);
}

static void test_any_processor(void)
{
    compare_drawn(&pa_csv_kernels_any);
}

static void test_avx2(void)
{
    compare_drawn(pa_csv_have_avx2());
}

static void test_avx512(void)
{
    compare_drawn(pa_csv_have_avx512());
}

static const pa_test tests[] = {
    {"blocks give what rows give", test_any_processor},
    {"so with AVX2", test_avx2},
    {"so with AVX-512", test_avx512},
};
PA_TEST_MAIN("csv_blocks", tests)
