#include "paraudit/base/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

static const char *text_of(double v, int digits)
{
    static char text[PA_DECIMAL_TEXT + 1];
    *pa_put_decimal(text, v, digits) = 0;
    return text;
}

static bool is_printed(double v, int digits)
{
    char expected[64];
    snprintf(expected, sizeof expected, "%.*g", digits, v);
    return strcmp(expected, text_of(v, digits)) == 0;
}

static void test_numbers_by_hand(void)
{
    static const double v[] = {1,       -1,      10,       123456789012, 1e12,          1e11,
                               0.5,     0.1,     1e-4,     1e-5,         12.25,         99999.5,
                               0.0625,  1e22,    1e23,     1e-300,       3e300,         0x1p-1074,
                               1.0 / 3, 2.0 / 3, INFINITY, -INFINITY,    999999999999.5};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        for (int digits = 1; digits <= 15; digits++) /* What lies on a half goes up. */
            CU_ASSERT(is_printed(v[i], digits) || is_printed(v[i] * (1 + 0x1p-52), digits));
    CU_ASSERT_STRING_EQUAL(text_of(-0.0, 6), "0");
    CU_ASSERT_STRING_EQUAL(text_of(NAN, 6), "nan");
    CU_ASSERT_STRING_EQUAL(text_of(9.9999996, 6), "10");
    CU_ASSERT_STRING_EQUAL(text_of(-1234567, 6), "-1.23457e+06");
}

/* All sizes: as printf has them, but for the last digit of a few. */
static void test_numbers_are_those_of_printf(void)
{
    size_t n_unlike = 0, wrong = 0;
    enum { N = 200000 };
    for (uint64_t i = 0; i < N; i++) {
        double u = pa_uniform(1, PA_DRAW_TEST, 5, i),
               v = i % 2 ? ldexp(0.5 + u, (int)(i % 2000) - 1000) : u;
        if (i % 16 == 0) v = floor(u * 1e6) / 1000;
        int digits = 1 + (int)(i % 15);
        if (is_printed(v, digits)) continue;
        n_unlike++;
        wrong += fabs(strtod(text_of(v, digits), NULL) / v - 1) > 1.01 * pow(10, 1 - digits);
    }
    CU_ASSERT(n_unlike < N / 100);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_exponentials_are_those_of_printf(void)
{
    char text[PA_DECIMAL_TEXT + 1], expected[64];
    size_t wrong = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        double v = (i % 2 ? 40 : 11000) * (pa_uniform(1, PA_DRAW_TEST, 6, i) - 1);
        *pa_put_exp(text, v, 9) = 0;
        snprintf(expected, sizeof expected, "%.9Lg", expl((long double)v));
        wrong += strcmp(text, expected) != 0;
    }
    CU_ASSERT(wrong < 20);
    *pa_put_exp(text, 0, 6) = 0;
    CU_ASSERT_STRING_EQUAL(text, "1");
    *pa_put_exp(text, -INFINITY, 6) = 0;
    CU_ASSERT_STRING_EQUAL(text, "0");
    *pa_put_exp(text, -69314708.619862804, 6) = 0; /* mpmath */
    CU_ASSERT_STRING_EQUAL(text, "3.40143e-30102996");
}

static const pa_test tests[] = {
    {"numbers by hand", test_numbers_by_hand},
    {"numbers are those of printf", test_numbers_are_those_of_printf},
    {"exponentials are those of printf", test_exponentials_are_those_of_printf},
};
PA_TEST_MAIN("decimal", tests)
