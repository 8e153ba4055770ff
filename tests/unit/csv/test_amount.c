#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amount_twin.h"
#include "paraudit/csv/amount.h"
#include "paraudit/csv/csv.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct {
    const char *text;
    int64_t minor;
} example;

/* ---- tables ---- */

static pa_amount_verdict verdict_of(pa_amount_form form, const char *text, int64_t *minor)
{
    pa_amount_tally tally = {0};
    return read_bytes(form, text, strlen(text), minor, &tally);
}

static void check_reads(pa_amount_form form, const example *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t minor = -7;
        pa_amount_verdict v = verdict_of(form, e[i].text, &minor);
        if (v != PA_AMOUNT_READ || minor != e[i].minor) {
            printf("'%s' with '%c': verdict %d, %" PRId64 " for %" PRId64 "\n", e[i].text,
                   form.decimal ? form.decimal : '?', (int)v, minor, e[i].minor);
            CU_FAIL("an amount is read otherwise");
        }
    }
}

static void check_verdict(pa_amount_form form, const char *const texts[], size_t n,
                          pa_amount_verdict expected)
{
    for (size_t i = 0; i < n; i++) {
        int64_t minor = -7;
        pa_amount_verdict v = verdict_of(form, texts[i], &minor);
        if (v != expected || minor != 0) {
            printf("'%s': verdict %d, %" PRId64 "\n", texts[i], (int)v, minor);
            CU_FAIL("another verdict");
        }
    }
}

static const pa_amount_form point = {'.', 2}, comma = {',', 2}, open_form = {0, 2};

static void test_decimal_point_and_groups(void)
{
    static const example e[] = {
        {"0", 0},
        {"12", 1200},
        {"12.34", 1234},
        {"12.", 1200},
        {".5", 50},
        {"007.50", 750},
        {"1,234.56", 123456},
        {"12,345,678.90", 1234567890},
        {"1,234.", 123400},
        {"1,402", 140200},
        {"1.402", 140},
        {"1 234.56", 123456},
        {"1" NBSP "234" NBSP "567", 123456700},
        {"1" NARROW "234.5", 123450},
        {"1" THIN "234.56", 123456},
        {"1'234'567.89", 123456789},
        {"1" QUOTE "234.50", 123450},
        {"1,23,001.50", 12300150},
        {"12,34,56,789", 12345678900},
        {"1,234,567", 123456700},
        {" \t 12.34" NBSP, 1234},
        {"1e5", 10000000},
        {"1.5E+3", 150000},
        {"15e-1", 150},
        {"1,234e2", 12340000},
        {"0e999999999999999999999", 0},
        {"1e-999999999999999999999", 0},
    };
    check_reads(point, e, COUNT(e));
}

static void test_decimal_comma_and_groups(void)
{
    static const example e[] = {
        {"12,34", 1234},
        {"12,", 1200},
        {",5", 50},
        {"1.234,56", 123456},
        {"1.234.567", 123456700},
        {"1.402", 140200},
        {"1,402", 140},
        {"1 234,56", 123456},
        {"1" NBSP "234,567", 123457},
        {"1'234,50", 123450},
        {"1,5e3", 150000},
        {"-1.234,56 EUR", -123456},
    };
    check_reads(comma, e, COUNT(e));
}

static void test_signs(void)
{
    static const example e[] = {
        {"-1.00", -100},
        {"+1.00", 100},
        {"1.00-", -100},
        {"1.00 -", -100},
        {"1.00+", 100},
        {"- 1.00", -100},
        {"$-3", -300},
        {"-$3", -300},
        {"$ -3.50", -350},
        {MINUS "1.00", -100},
        {EN_DASH "1.00", -100},
        {"1.00" MINUS, -100},
        {"\xe2\x80\x90"
         "1.00",
         -100},
        {"\xe2\x80\x91"
         "1.00",
         -100},
        {EURO MINUS "1.00", -100},
        {"(1.00)", -100},
        {"( 1,234.50 )", -123450},
        {"($1.00)", -100},
        {"$(1.00)", -100},
        {"(1.00) USD", -100},
        {"(" EURO "1.00)", -100},
        {"-0.00", 0},
    };
    check_reads(point, e, COUNT(e));
}

static void test_credit_and_debit(void)
{
    static const example e[] = {
        {"1.00 CR", 100},   {"1.00CR", 100},          {"1.00 Cr.", 100},     {"cr 1.00", 100},
        {"2.37 DR", -237},  {"2.37dr", -237},         {"DR2.37", -237},      {"Dr. 2.37", -237},
        {"2.37 DB", -237},  {"2.37 D", -237},         {"2.37C", 237},        {"2.37 S", -237},
        {"2.37 H", 237},    {"2.37" NBSP "DR", -237}, {"2.37 debit", -237},  {"Credit 2.37", 237},
        {"$2.37 DR", -237}, {"2.37 EUR DR", -237},    {"2.37 DR EUR", -237}, {"0.00 DR", 0},
    };
    check_reads(point, e, COUNT(e));
}

static void test_currencies(void)
{
    static const example e[] = {
        {"$1999.99", 199999},
        {EURO "1.00", 100},
        {"1.00" EURO, 100},
        {"1.00 " EURO, 100},
        {POUND "2.37", 237},
        {YEN "150", 15000},
        {RUPEE "1,23,001.50", 12300150},
        {"\xe2\x82\xbd"
         "1.00",
         100}, /* rouble */
        {"\xe0\xb8\xbf"
         "1.00",
         100}, /* baht */
        {"1000"
         "\xe5\x86\x86",
         100000}, /* yen */
        {"1.00 EUR", 100},
        {"EUR 1.00", 100},
        {"EUR1.00", 100},
        {"1.00eur", 100},
        {"1.00" NBSP "Usd", 100},
        {"CHF 1'234.50", 123450},
        {"EUR.50", 50},
        {"EUR -5", -500},
        {"-EUR 5", -500},
        {"1e2EUR", 10000},
        {"1e2 EUR", 10000},
        {"R$ 1.00", 100},
        {"US$1.00", 100},
        {"-US$1.00", -100},
        {"S$1.00", 100},
        {"1.00 C$", 100},
        {"$1.00 USD", 100},
        {"USD $1.00", 100},
        {"R 1,000.50", 100050},
        {"kr 1.00", 100},
        {"1.00 kr.", 100},
        {"1.00 z\xc5\x82", 100},
        {"z\xc5\x82"
         "1.00",
         100},
        {"1.00 K\xc4\x8d", 100},
        {"Fr. 1.50", 150},
        {"Fr.50", 5000},
        {"Rs.100", 10000},
        {"Rs 100.50", 10050},
        {"1.00 \xd1\x80\xd1\x83\xd0\xb1.", 100},
        {"1.00 DEM", 100},
    };
    check_reads(point, e, COUNT(e));
}

static void test_what_is_no_amount(void)
{
    static const char *const bad[] = {"-",
                                      "+",
                                      ".",
                                      ",",
                                      "$",
                                      "EUR",
                                      "()",
                                      "(1.00",
                                      "1.00)",
                                      ")1.00(",
                                      "1.00(",
                                      "((1.00))",
                                      "--1",
                                      "-1-",
                                      "+-1",
                                      "(-1)",
                                      "-(1)",
                                      "-1 DR",
                                      "+1 CR",
                                      "1 DR CR",
                                      "(1) DR",
                                      "-$-3",
                                      "$$1",
                                      EURO "1" EURO,
                                      "EUR 1 USD",
                                      "1.2.3",
                                      "1,23.4",
                                      "1,2345",
                                      "12,34.50",
                                      "1,,234",
                                      ",123",
                                      "1234,567",
                                      "1,234,56",
                                      "1.234.56",
                                      "1.234,50",
                                      "1.40,5",
                                      "1,234.567.890",
                                      "1'234 567",
                                      "1 234" NBSP "567",
                                      "1  234",
                                      "1 23",
                                      "1'23",
                                      "1''234",
                                      "'1.00",
                                      "1 23 001",
                                      "1.234 567",
                                      "1.00 5",
                                      "0x1p3",
                                      "nan",
                                      "inf",
                                      "N/A",
                                      "abc",
                                      "1e",
                                      "1e+",
                                      "1e5.0",
                                      "1e5x",
                                      "e5",
                                      "1_0",
                                      "12/34",
                                      "1-2",
                                      "13:05",
                                      "01.02.2024",
                                      "2024-01-02",
                                      "01.02.003",
                                      "5 %",
                                      "1.00 FOO",
                                      "1.00 abcdefghij",
                                      "C 1.00",
                                      "12.-",
                                      "12.-- ",
                                      "Fr. 5.-",
                                      "5." EN_DASH,
                                      EM_DASH "1.00",
                                      EM_DASH,
                                      "1.00\n",
                                      "1.00\xe2\x82",
                                      "\xe2\x82\xec"
                                      "1",
                                      "\xc2",
                                      "1\xe2\x80",
                                      "1.00\xff",
                                      "\xc0\xa4"
                                      "1",
                                      "\xe0\x82\xa2"
                                      "1"};
    static const char *const empty[] = {"", " ", "\t", NBSP, " " THIN NARROW};
    check_verdict(point, bad, COUNT(bad), PA_AMOUNT_BAD);
    check_verdict(point, empty, COUNT(empty), PA_AMOUNT_EMPTY);
    static const char *const bad_comma[] = {"1.40", "1.2345",      "1,23,001", "1,234.56",
                                            "12,-", "1.23.001,50", "12.34"};
    check_verdict(comma, bad_comma, COUNT(bad_comma), PA_AMOUNT_BAD);
    int64_t minor;
    pa_amount_tally tally = {0};
    CU_ASSERT_EQUAL(read_bytes(point, "1\0002", 3, &minor, &tally), PA_AMOUNT_BAD);
}

static void test_range(void)
{
    static const example e[] = {{"90071992547409.92", PA_CSV_AMOUNT_MOST},
                                {"-90071992547409.92", -PA_CSV_AMOUNT_MOST},
                                {"90071992547409.925", PA_CSV_AMOUNT_MOST},
                                {"000000000000000000000000000000000012.34", 1234},
                                {"12.340000000000000000000000000000000000", 1234}};
    check_reads(point, e, COUNT(e));
    static const char *const texts[] = {"90071992547409.93",
                                        "-90071992547409.93",
                                        "90071992547409.926",
                                        "(99999999999999999999999999.00)",
                                        "1e16",
                                        "1e999999999999999999999",
                                        "9223372036854775808"};
    check_verdict(point, texts, COUNT(texts), PA_AMOUNT_RANGE);
}

static void check_rounded(int32_t decimals, const char *text, int64_t minor, int64_t rounded)
{
    pa_amount_form form = {'.', decimals};
    pa_amount_tally tally = {0};
    int64_t v;
    CU_ASSERT_EQUAL(read_bytes(form, text, strlen(text), &v, &tally), PA_AMOUNT_READ);
    CU_ASSERT_EQUAL(v, minor);
    CU_ASSERT_EQUAL(tally.rounded, rounded);
}

static void test_rounding_is_to_nearest_even_and_counted(void)
{
    check_rounded(2, "0.125", 12, 1);
    check_rounded(2, "0.135", 14, 1);
    check_rounded(2, "0.1250001", 13, 1);
    check_rounded(2, "0.12500000000000000000000000000001", 13, 1);
    check_rounded(2, "12345678901234.560000000000000000001", 1234567890123456, 1);
    check_rounded(2, "-0.125", -12, 1);
    check_rounded(2, "12.3400", 1234, 0);
    check_rounded(2, "1.005", 100, 1);
    check_rounded(3, "1.005", 1005, 0);
    check_rounded(8, "0.00000237", 237, 0);
    check_rounded(0, "0.5", 0, 1);
    check_rounded(0, "1.5", 2, 1);
    check_rounded(0, "150", 150, 0);
    check_rounded(2, "0.0000000000000000000000000000000001", 0, 1);
    check_rounded(2, "1e-3", 0, 1);
    check_rounded(2, "123456789012345678e-18", 12, 1);
}

/* ---- which mark is the decimal one ---- */

typedef struct {
    const char *text;
    int64_t minor; /* as read with the mark left open */
    int tells;     /* 0: point, 1: comma, 2: lone point, 3: lone comma, -1: nothing */
} telling;

static void test_amounts_tell_by_themselves_or_not(void)
{
    static const telling e[] = {/* three digits behind a lone mark */
                                {"1.402", 140, 2},
                                {"1,005", 100, 3},
                                {"12.402", 1240, 2},
                                {"402.402", 40240, 2},
                                {"-1.402 EUR", -140, 2},
                                {"($1,402)", -140, 3},
                                {"1,402 DR", -140, 3},
                                {"001.402", 140, 2},
                                {"00,402", 40, 3},
                                {"1.000", 100, 2},
                                /* what makes it the decimal mark */
                                {"1.4", 140, 0},
                                {"1.40", 140, 0},
                                {"1.4025", 140, 0},
                                {"1,40", 140, 1},
                                {"1402.402", 140240, 0},
                                {"1402,402", 140240, 1},
                                {".402", 40, 0},
                                {",402", 40, 1},
                                {"0.402", 40, 0},
                                {"0,402", 40, 1},
                                {"-0,000", 0, 1},
                                {"12.", 1200, 0},
                                {"12,", 1200, 1},
                                {"1.402E+3", 140200, 0},
                                {"1,402e1", 1402, 1},
                                {"1 234,567", 123457, 1},
                                {"1'234.567", 123457, 0},
                                {"1" NBSP "234,5", 123450, 1},
                                /* what makes it a group's */
                                {"1,234,567", 123456700, 0},
                                {"1.234.567", 123456700, 1},
                                {"1,23,001", 12300100, 0},
                                {"0,123,456", 12345600, 0},
                                /* both */
                                {"1,234.5", 123450, 0},
                                {"1.234,567", 123457, 1},
                                {"1,234.567", 123457, 0},
                                {"1,23,001.50", 12300150, 0},
                                {"0,123.500", 12350, 0},
                                /* none */
                                {"1402", 140200, -1},
                                {"1 402", 140200, -1},
                                {"1'402'000", 140200000, -1},
                                {"14e2", 140000, -1},
                                {"0", 0, -1}};
    for (size_t i = 0; i < COUNT(e); i++) {
        pa_amount_tally t = {0};
        int64_t minor = -7, *count[] = {&t.decimal[0], &t.decimal[1], &t.lone[0], &t.lone[1]};
        pa_amount_verdict v = read_bytes(open_form, e[i].text, strlen(e[i].text), &minor, &t);
        bool good = v == PA_AMOUNT_READ && minor == e[i].minor;
        for (int k = 0; k < 4; k++) good &= *count[k] == (k == e[i].tells);
        good &= t.n == 1;
        if (!good) printf("'%s' tells something else\n", e[i].text);
        CU_ASSERT(good);
    }
}

static void test_what_is_bad_either_way_tells_nothing(void)
{
    static const char *const bad[] = {"1,23.4",   "1.2.3", "1,234.567.890", "--1.40",
                                      "1.40 FOO", "12.-",  "1.234 567",     "01.02.2024"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        pa_amount_tally t = {0}, none = {0};
        int64_t minor;
        CU_ASSERT_EQUAL(read_bytes(open_form, bad[i], strlen(bad[i]), &minor, &t), PA_AMOUNT_BAD);
        CU_ASSERT_EQUAL(memcmp(&t, &none, sizeof t), 0);
    }
}

/* What the form makes bad, or too large, still tells that the form is wrong. */
static void test_texts_tell_the_same_whatever_the_form(void)
{
    pa_amount_tally t = {0};
    int64_t minor;
    CU_ASSERT_EQUAL(read_bytes(comma, "1.40", 4, &minor, &t), PA_AMOUNT_BAD);
    CU_ASSERT_EQUAL(t.decimal[0], 1);
    CU_ASSERT_EQUAL(read_bytes(point, "1e20", 4, &minor, &t), PA_AMOUNT_RANGE);
    CU_ASSERT_EQUAL(read_bytes(point, "12,5e20", 7, &minor, &t), PA_AMOUNT_BAD);
    CU_ASSERT_EQUAL(t.decimal[1], 1);
    CU_ASSERT_EQUAL(read_bytes(comma, "1.402", 5, &minor, &t), PA_AMOUNT_READ);
    CU_ASSERT_EQUAL(minor, 140200);
    CU_ASSERT_EQUAL(t.lone[0], 1);
}

static void check_finding(pa_amount_tally tally, pa_amount_finding expected, char mark)
{
    char decimal = 'x';
    CU_ASSERT_EQUAL(pa_amount_decimal(&tally, &decimal), expected);
    CU_ASSERT_EQUAL(decimal, mark);
}

static void test_lone_marks_settle_nothing(void)
{
    check_finding((pa_amount_tally){{0, 0}, {0, 0}, 0, 0, 999}, PA_AMOUNT_SILENT, '.');
    check_finding((pa_amount_tally){{3, 0}, {0, 0}, 0, 0, 999}, PA_AMOUNT_SETTLED, '.');
    check_finding((pa_amount_tally){{0, 1}, {0, 0}, 0, 0, 999}, PA_AMOUNT_SETTLED, ',');
    check_finding((pa_amount_tally){{0, 5}, {900, 2}, 0, 5, 999}, PA_AMOUNT_SETTLED, ',');
    check_finding((pa_amount_tally){{0, 1}, {900, 2}, 0, 5, 999}, PA_AMOUNT_AMBIGUOUS, 0);
    check_finding((pa_amount_tally){{1, 0}, {900, 2}, 0, 5, 999}, PA_AMOUNT_SETTLED, '.');
    check_finding((pa_amount_tally){{0, 0}, {9, 0}, 0, 0, 999}, PA_AMOUNT_AMBIGUOUS, 0);
    check_finding((pa_amount_tally){{0, 0}, {0, 9}, 0, 0, 999}, PA_AMOUNT_AMBIGUOUS, 0);
    check_finding((pa_amount_tally){{0, 0}, {1, 9}, 0, 0, 999}, PA_AMOUNT_AMBIGUOUS, 0);
    check_finding((pa_amount_tally){{1, 1}, {0, 0}, 0, 0, 999}, PA_AMOUNT_CONTRADICTORY, 0);
    check_finding((pa_amount_tally){{9, 1}, {1, 0}, 0, 0, 999}, PA_AMOUNT_CONTRADICTORY, 0);
}

static void check_likely(int64_t points, int64_t commas, int64_t n, int32_t decimals, char mark)
{
    const pa_amount_tally tally = {.lone = {points, commas}, .n = n};
    CU_ASSERT_EQUAL(pa_amount_likely_decimal(&tally, decimals), mark);
}

static void test_lone_marks_in_all_of_many_amounts_are_decimal_ones(void)
{
    check_likely(20, 0, 20, 2, '.');
    check_likely(0, 20, 20, 0, 0);     /* thousands, in more of the world */
    check_likely(19, 0, 19, 2, 0);     /* too few */
    check_likely(900, 0, 901, 2, 0);   /* one is below a thousand, perhaps */
    check_likely(900, 1, 901, 2, 0);   /* not the same */
    check_likely(450, 451, 901, 8, 0); /* nor here */
    check_likely(0, 0, 0, 8, 0);
}

static void test_lone_marks_are_decimal_ones_where_three_decimals_are_kept(void)
{
    check_likely(1, 0, 1, 3, '.');
    check_likely(0, 7, 100, 8, ',');
    check_likely(1, 0, 1, 2, 0);
}

static const pa_test tests[] = {
    {"decimal point and groups", test_decimal_point_and_groups},
    {"decimal comma and groups", test_decimal_comma_and_groups},
    {"signs", test_signs},
    {"credit and debit", test_credit_and_debit},
    {"currencies", test_currencies},
    {"what is no amount", test_what_is_no_amount},
    {"range", test_range},
    {"rounding is to nearest, even, and counted", test_rounding_is_to_nearest_even_and_counted},
    {"amounts tell by themselves or not", test_amounts_tell_by_themselves_or_not},
    {"what is bad either way tells nothing", test_what_is_bad_either_way_tells_nothing},
    {"texts tell the same whatever the form", test_texts_tell_the_same_whatever_the_form},
    {"lone marks settle nothing", test_lone_marks_settle_nothing},
    {"lone marks in all of many amounts are decimal ones",
     test_lone_marks_in_all_of_many_amounts_are_decimal_ones},
    {"lone marks are decimal ones where three decimals are kept",
     test_lone_marks_are_decimal_ones_where_three_decimals_are_kept},
};
PA_TEST_MAIN("amount", tests)
