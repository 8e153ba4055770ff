#include "paraudit/base/text.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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
    CU_ASSERT_TRUE(reads(pa_parse_minor, "$-99.00", -9900));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "1,234.56", 123456));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "-$12,345,678", -1234567800));
    CU_ASSERT_TRUE(reads(pa_parse_minor, "123,456.", 12345600));
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
    static const char *const texts[] = {"",         "-",      "$",
                                        ".",        "-.",     "e5",
                                        ".e5",      "1e",     "1e+",
                                        "1e5.0",    "1.2.3",  "NaN",
                                        "inf",      "-inf",   " 1.00",
                                        "1.00 ",    "1.00x",  "$$1",
                                        "--1",      "+$-1",   "$-$1",
                                        "$+-1",     "(5)",    "1,23",
                                        "1234,567", "1,,234", ",123",
                                        "1,234,",   "1,2345", "1.234,567",
                                        "1,23,456", "$",      "0x10",
                                        "1.0:",     "1.a0",   "a.00",
                                        "1/.00",    "1e5x",   "99999999999999999999999x"};
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

static void test_numbers_are_rounded_down(void)
{
    static const struct {
        const char *text;
        int32_t times;
        int shift;
        int64_t value;
    } example[] = {
        {"172792.0", 1, 0, 172792},
        {"1e+05", 1, 0, 100000},
        {"12.99", 1, 0, 12},
        {"-12.01", 1, 0, -13},
        {"-12.00", 1, 0, -12},
        {"0.1", 3600, 0, 360},
        {"0.333", 3600, 0, 1198},
        {"-0.333", 3600, 0, -1199},
        {"1.99999999999999999999999999999999", 3600, 0, 7199},
        {"1532523959999", 1, -3, 1532523959},
        {"-1", 1, -3, -1},
        {"5e-4", 86400, 0, 43},
        {"1e-99999999999999999999", 86400, 0, 0},
        {"-1e-99999999999999999999", 86400, 0, -1},
        {"0e99999999999999999999", 86400, 0, 0},
        {"9223372036854775807.9", 1, 0, INT64_MAX},
        {"-9223372036854775808", 1, 0, INT64_MIN},
        {"1.5", 2, 3, 3000},
        {".5", 1, 0, 0},
        {"3.", 1, 0, 3},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        int64_t v = -77;
        const char *text = example[i].text;
        CU_ASSERT_TRUE(pa_parse_floor(text, strlen(text), example[i].times, example[i].shift, &v));
        CU_ASSERT_EQUAL(v, example[i].value);
    }
}

static void test_what_cannot_be_rounded_down_is_told_apart(void)
{
    static const char *const texts[] = {"", "-", ".", "e5", "1,000", "$1", "nan", "1e", "1 ", " 1"};
    int64_t v;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        v = -77;
        CU_ASSERT_FALSE(pa_parse_floor(texts[i], strlen(texts[i]), 1, 0, &v));
        CU_ASSERT_EQUAL(v, 0);
    }
    CU_ASSERT_FALSE(pa_parse_floor("9223372036854775808", 19, 1, 0, &v));
    CU_ASSERT_EQUAL(v, INT64_MAX);
    CU_ASSERT_FALSE(pa_parse_floor("-9223372036854775808.1", 22, 1, 0, &v));
    CU_ASSERT_EQUAL(v, INT64_MIN);
    CU_ASSERT_FALSE(pa_parse_floor("1e18", 4, 3600, 0, &v));
    CU_ASSERT_EQUAL(v, INT64_MAX);
    CU_ASSERT_FALSE(pa_parse_floor("-1e99999999999999999999", 23, 1, 0, &v));
    CU_ASSERT_EQUAL(v, INT64_MIN);
}

/* By 128-bit division. */
static void test_rounding_down_agrees_with_slow_twin(void)
{
    static const int32_t times[] = {1, 3600, 86400};
    int wrong = 0;
    for (uint64_t i = 0; i < 50000; i++) {
        int64_t digits = (int64_t)(pa_draw(6, PA_DRAW_TEST, 0, i) >> (20 + i % 44));
        int places = (int)pa_draw_below(6, PA_DRAW_TEST, 1, i, 17);
        int shift = i % 2 ? -3 : 0;
        int32_t unit = times[i % 3];
        bool negative = pa_draw_below(6, PA_DRAW_TEST, 2, i, 2);
        char text[64];
        int n =
            snprintf(text, sizeof text, "%s%" PRId64 "e-%d", negative ? "-" : "", digits, places);
        pa_i128 value = (pa_i128)digits * unit, ten = 1;
        for (int k = 0; k < places - shift; k++) ten *= 10;
        value = negative ? -((value + ten - 1) / ten) : value / ten;
        int64_t v;
        wrong += !pa_parse_floor(text, (size_t)n, unit, shift, &v) || v != (int64_t)value;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static bool same_as_strtod(const char *text)
{
    double v, expected = strtod(text, NULL);
    bool finite = pa_parse_double(text, strlen(text), &v);
    return memcmp(&v, &expected, sizeof v) == 0 && finite == !isinf(expected);
}

static void test_doubles_are_read_as_strtod_does(void)
{
    int wrong = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t bits = pa_draw(3, PA_DRAW_TEST, 0, i);
        char text[80];
        double v;
        memcpy(&v, &bits, sizeof v);
        if (i % 4 == 0) { /* any double with enough digits to name it, or more, or fewer */
            if (!isfinite(v)) continue;
            snprintf(text, sizeof text, "%.*e", (int)(pa_draw(3, PA_DRAW_TEST, 1, i) % 25), v);
        } else if (i % 4 == 1) { /* a number of everyday size, 15 to 19 digits */
            v = (double)(int64_t)bits / 9.3e14;
            snprintf(text, sizeof text, "%.*g", (int)(15 + bits % 5), v);
        } else { /* any digits, any exponent */
            int shift = (int)(pa_draw(3, PA_DRAW_TEST, 2, i) % 64);
            int exponent = (int)(pa_draw(3, PA_DRAW_TEST, 3, i) % 60) - 30;
            snprintf(text, sizeof text, "%" PRIu64 "%s%de%d", bits >> shift, i % 3 ? "." : "",
                     (int)(bits % 7), exponent);
        }
        wrong += !same_as_strtod(text);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static bool is_decimal(const char *text)
{
    const char *t = text + (*text == '-');
    size_t n = strlen(t), points = 0;
    for (size_t i = 0; i < n; i++) {
        if (t[i] != '.' && (t[i] < '0' || t[i] > '9')) return false;
        points += t[i] == '.';
    }
    return points <= 1 && n > points;
}

/* Digits, points and their neighbours in ASCII, in all places. */
static void test_short_numbers_are_read_as_strtod_does(void)
{
    static const char signs[] = "0123456789012345678901234567890123456789....-/:";
    int wrong = 0, numbers = 0;
    for (uint64_t i = 0; i < 300000; i++) {
        char text[16] = "";
        size_t n = 1 + i % 10;
        for (size_t k = 0; k < n; k++)
            text[k] = signs[pa_draw(5, PA_DRAW_TEST, i, k) % (sizeof signs - 1)];
        double v = 7;
        bool good = is_decimal(text);
        numbers += good;
        if (good)
            wrong += !same_as_strtod(text);
        else
            wrong += pa_parse_double(text, n, &v) || v != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(numbers > 50000);
}

/* Halfway between two doubles, a hair beside it, at the ends of the range, and with
 * a thousand digits. */
static void test_doubles_are_rounded_to_even_at_any_length(void)
{
    static const char *const texts[] = {"9007199254740993",
                                        "9007199254740992.99999999999",
                                        "9007199254740993.000000000000000001",
                                        "9007199254740995",
                                        "900719925474099.3e1",
                                        "9223372036854775807",
                                        "9223372036854776832",
                                        "9223372036854776833",
                                        "9999999999999999999",
                                        "18446744073709551615",
                                        "0.1",
                                        "0.3333333333333333333333333333333333333333333",
                                        "1.7976931348623157e308",
                                        "1.7976931348623158079372897140530341507993413e308",
                                        "1.797693134862315808e308",
                                        "1e309",
                                        "-1e99999999999999999999",
                                        "1e-99999999999999999999",
                                        "4.9406564584124654e-324",
                                        "2.4703282292062327e-324",
                                        "2.4703282292062328e-324",
                                        "2.2250738585072011e-308",
                                        "2.2250738585072014e-308",
                                        "-0",
                                        "0e999",
                                        "0.0000000000000000000000000000000000001",
                                        "-.5",
                                        "5.",
                                        "+7",
                                        "123456789012345678901234567890",
                                        "1E22",
                                        "1e23",
                                        "8.5e-22",
                                        "0.000e-400"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CU_ASSERT_TRUE(same_as_strtod(texts[i]));
    }
    char tie[1200];
    int n = snprintf(tie, sizeof tie, "%.1100f", ldexp(1.0, -1074));
    CU_ASSERT_TRUE(same_as_strtod(tie));
    n = snprintf(tie, sizeof tie, "%.1080f", ldexp(3.0, -1074));
    CU_ASSERT_TRUE(n > 1000 && same_as_strtod(tie));
    /* 1 + 2^-53 exactly, and with a last digit below it at place 900 */
    n = snprintf(tie, sizeof tie, "%.53f%0847d", 1.0, 0);
    memcpy(tie, "1.00000000000000011102230246251565404236316680908203125", 55);
    CU_ASSERT_TRUE(same_as_strtod(tie));
    tie[n - 1] = '1';
    CU_ASSERT_TRUE(same_as_strtod(tie));
    CU_ASSERT_TRUE(strtod(tie, NULL) > 1.0);
}

static void test_what_is_no_double_is_zero(void)
{
    static const char *const texts[] = {
        "",        "-",           ".",          "e5",          "1e",
        "1e+",     "1.2.3",       "nan",        "inf",         "NaN",
        "-inf",    "0x1",         "1 ",         " 1",          "1,000",
        "$1",      "0.12345678x", "0.1234x678", "0.12345678.", "12345678.1234567,",
        "1.2e3e4", "0.1234567:",  "/1",         "1:",          "--1",
        "1e5.",    "infinity",    "1d5",        "1f"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double v = 7;
        CU_ASSERT_FALSE(pa_parse_double(texts[i], strlen(texts[i]), &v));
        CU_ASSERT_EQUAL(v, 0);
    }
    double v;
    CU_ASSERT_TRUE(pa_parse_double("12345", 3, &v)); /* the given length alone */
    CU_ASSERT_EQUAL(v, 123);
}

/* A locale with a comma for its point, where the machine has one. */
static void test_the_locale_does_not_matter(void)
{
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
        if (setlocale(LC_NUMERIC, locales[i])) break;
    }
    double v;
    CU_ASSERT_TRUE(pa_parse_double("1.5e-300", 8, &v));
    CU_ASSERT_TRUE(v == 1.5e-300);
    setlocale(LC_NUMERIC, "C");
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
    {"numbers are rounded down", test_numbers_are_rounded_down},
    {"what cannot be rounded down is told apart", test_what_cannot_be_rounded_down_is_told_apart},
    {"rounding down agrees with slow twin", test_rounding_down_agrees_with_slow_twin},
    {"short numbers are read as strtod does", test_short_numbers_are_read_as_strtod_does},
    {"doubles are read as strtod does", test_doubles_are_read_as_strtod_does},
    {"doubles are rounded to even at any length", test_doubles_are_rounded_to_even_at_any_length},
    {"what is no double is zero", test_what_is_no_double_is_zero},
    {"the locale does not matter", test_the_locale_does_not_matter},
};
PA_TEST_MAIN("text", tests)
