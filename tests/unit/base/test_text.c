#include "paraudit/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/exact.h"
#include "unit.h"

typedef bool parser(const char *text, size_t length, int64_t *value);

static bool reads(parser *parse, const char *text, int64_t expected)
{
    int64_t v = expected ^ 1;
    return parse(text, strlen(text), &v) && v == expected;
}

/* why: what *value must be */
static bool refuses(parser *parse, const char *text, int64_t why)
{
    int64_t v = why ^ 1;
    return !parse(text, strlen(text), &v) && v == why;
}

static void test_integers_are_read(void)
{
    CU_ASSERT_TRUE(reads(pa_parse_i64, "0", 0));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "-0", 0));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "+17", 17));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "-17", -17));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "0000000000000000000000000000042", 42));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "999999999999999999", 999999999999999999));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "9223372036854775807", INT64_MAX));
    CU_ASSERT_TRUE(reads(pa_parse_i64, "-9223372036854775808", INT64_MIN));
}

static void test_what_is_no_integer_is_told_from_what_does_not_fit(void)
{
    static const char *const texts[] = {
        "",    "-",   "+",   " 1",  "1 ", "1.0", "1e3",
        "0x1", "--1", "+-1", "abc", "1/", "1:",  "99999999999999999999x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CU_ASSERT_TRUE(refuses(pa_parse_i64, texts[i], 0));
    }
    CU_ASSERT_TRUE(refuses(pa_parse_i64, "9223372036854775808", INT64_MAX));
    CU_ASSERT_TRUE(refuses(pa_parse_i64, "-9223372036854775809", INT64_MIN));
    CU_ASSERT_TRUE(refuses(pa_parse_i64, "18446744073709551616", INT64_MAX));
    CU_ASSERT_TRUE(refuses(pa_parse_i64, "-99999999999999999999999999", INT64_MIN));
}

static void test_integers_go_there_and_back(void)
{
    int wrong = 0;
    for (uint64_t i = 0; i < 50000; i++) {
        int64_t v = (int64_t)pa_draw(1, PA_DRAW_TEST, 0, i) >> (i % 64);
        char text[32];
        snprintf(text, sizeof text, "%" PRId64, v);
        wrong += !reads(pa_parse_i64, text, v);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_amounts_are_read_in_hundredths(void)
{
    CU_ASSERT_TRUE(reads(pa_parse_minor, "12.34", 1234));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.07", 7));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "12", 1200));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "12.", 1200));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "12.5", 1250));
    CU_ASSERT_TRUE(reads(pa_parse_minor, ".5", 50));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "-12.34", -1234));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "+$1999.99", 199999));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "$0.01", 1));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "-$3", -300));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "-0.00", 0));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1e5", 10000000));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1.5E+3", 150000));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1234567e-5", 1235));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0e99999999999999999999", 0));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1e-99999999999999999999", 0));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "92233720368547758.07", INT64_MAX));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "-92233720368547758.08", INT64_MIN));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "9.223372036854775807e16", INT64_MAX));
}

static void test_amounts_are_rounded_to_even_on_decimal_digits(void)
{
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.125", 12));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.135", 14));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "-0.125", -12));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.1250001", 13));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.12500000000000000000000000000000", 12));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.12500000000000000000000000000001", 13));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.1249999999", 12));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.005", 0));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.0050000001", 1));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.0099", 1));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "0.0009", 0));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "9e-3", 1));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "9e-4", 0));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1.005", 100)); /* a double would be below the tie */
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1.015", 102));
}

static void test_what_is_no_amount_is_told_from_what_does_not_fit(void)
{
    static const char *const texts[] = {
        "",      "-",     "$",     ".",     "-.",     "e5",   ".e5",
        "1e",    "1e+",   "1e5.0", "1.2.3", "NaN",    "inf",  "-inf",
        " 1.00", "1.00 ", "1.00x", "$$1",  "--1",
        "0x10",  "1.0:",  "1.a0",  "a.00",  "1/.00",  "1e5x", "99999999999999999999999x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CU_ASSERT_TRUE(refuses(pa_parse_minor, texts[i], 0));
    }
    CU_ASSERT_TRUE(refuses(pa_parse_minor, "92233720368547758.08", INT64_MAX));
    CU_ASSERT_TRUE(refuses(pa_parse_minor, "92233720368547758.075", INT64_MAX));
    CU_ASSERT_TRUE(refuses(pa_parse_minor, "-92233720368547758.085001", INT64_MIN));
    CU_ASSERT_TRUE(refuses(pa_parse_minor, "184467440737095516.156", INT64_MAX)); /* 2^64 - 0.4 */
    CU_ASSERT_TRUE(refuses(pa_parse_minor, "1e18", INT64_MAX));
    CU_ASSERT_TRUE(refuses(pa_parse_minor, "-1e99999999999999999999", INT64_MIN));
}

/* digits / 10^n_decimals * 10^exponent * 100 by division, ties to even. */
static pa_i128 slow_minor(uint64_t digits, int shift)
{
    pa_i128 v = (pa_i128)digits, ten = 1;
    for (int i = 0; i < (shift < 0 ? -shift : shift); i++) ten *= 10;
    if (shift >= 0) return v * ten;
    pa_i128 whole = v / ten, rest = v % ten;
    return whole + (2 * rest > ten || (2 * rest == ten && (whole & 1)));
}

static void test_amounts_agree_with_slow_twin(void)
{
    int wrong = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        uint64_t digits = pa_draw(2, PA_DRAW_TEST, 0, i) >> (8 + i % 56);
        if (i % 3 == 0) digits = digits / 1000 * 1000 + 500; /* ties */
        int n_decimals = (int)pa_draw_below(2, PA_DRAW_TEST, 1, i, 20);
        int exponent = (int)pa_draw_below(2, PA_DRAW_TEST, 2, i, 18) - 9;
        bool negative = i % 2;
        char plain[48], text[64];
        int n = snprintf(plain, sizeof plain, "%0*" PRIu64, n_decimals + 1, digits);
        int m = snprintf(text, sizeof text, "%s%.*s.%s", negative ? "-" : "", n - n_decimals, plain,
                         plain + n - n_decimals);
        if (i % 5) {
            snprintf(text + m, sizeof text - (size_t)m, "e%d", exponent);
        } else {
            exponent = 0;
        }
        pa_i128 expected = slow_minor(digits, exponent + 2 - n_decimals);
        if (negative) expected = -expected;
        bool fits = expected >= INT64_MIN && expected <= INT64_MAX;
        wrong += fits ? !reads(pa_parse_minor, text, (int64_t)expected)
                      : !refuses(pa_parse_minor, text, negative ? INT64_MIN : INT64_MAX);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"integers are read", test_integers_are_read},
    {"what is no integer is told from what does not fit",
     test_what_is_no_integer_is_told_from_what_does_not_fit},
    {"integers go there and back", test_integers_go_there_and_back},
    {"amounts are read in hundredths", test_amounts_are_read_in_hundredths},
    {"amounts are rounded to even on decimal digits",
     test_amounts_are_rounded_to_even_on_decimal_digits},
    {"what is no amount is told from what does not fit",
     test_what_is_no_amount_is_told_from_what_does_not_fit},
    {"amounts agree with slow twin", test_amounts_agree_with_slow_twin},
};
PA_TEST_MAIN("text", tests)
