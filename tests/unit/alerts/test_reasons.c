#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/alerts/reasons.h"
#include "unit.h"

/*  row            0     1     2     3
 *  first says     0     0     -     -     contribution 1 1 9 1
 *  second says    1     1     1     -     contribution 2 1 1 1
 *  third          gives no reasons        contribution 5 5 5 5 */
static void test_reasons_come_from_the_largest_contribution_that_has_some(void)
{
    int8_t first[] = {0, 0, -1, -1};
    int32_t second[] = {1, 1, 1, -1};
    const float small[] = {1, 1, 9, 1}, large[] = {2, 1, 1, 1}, none[] = {5, 5, 5, 5};
    const pa_column one = {.spec.type = PA_I8, .data = first};
    const pa_column other = {.spec.type = PA_I32, .data = second};
    const pa_detector_view d[] = {{.contribution = small, .feature = {&one}},
                                  {.contribution = large, .feature = {&other}},
                                  {.contribution = none}};
    static const int32_t expected[] = {1, 0, 1, -1};
    for (size_t row = 0; row < 4; row++) CU_ASSERT_EQUAL(pa_reasons_from(3, d, row), expected[row]);
    CU_ASSERT_EQUAL(pa_reasons_from(0, d, 0), -1);
}

static int compare(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Of the rows of the same account in [row - 256, row). */
static float slow_usual(const float v[], const int32_t account[], int row, size_t *n_usual)
{
    float earlier[PA_USUAL_ROWS];
    size_t n = 0;
    for (int i = 0; i < row; i++) {
        if (i >= row - PA_USUAL_ROWS && account[i] == account[row] && !isnan(v[i]))
            earlier[n++] = v[i];
    }
    qsort(earlier, n, sizeof *earlier, compare);
    *n_usual = n;
    return n ? (float)(((double)earlier[(n - 1) / 2] + (double)earlier[n / 2]) / 2) : NAN;
}

static void test_usual_is_the_median_of_the_last_earlier_rows(void)
{
    enum { ROWS = 700 };
    static float v[ROWS];
    static int32_t account[ROWS];
    int wrong = 0, without = 0;
    for (int i = 0; i < ROWS; i++) {
        account[i] = i < 5 ? 0 : i < 600 ? 1 : i < 601 ? 2 : 3;
        v[i] = i % 11 == 0 ? NAN : (float)((i * 7919) % 1000) + (float)i;
    }
    const pa_column column = {.spec.type = PA_F32, .data = v};
    for (int i = 0; i < ROWS; i++) {
        size_t n;
        int32_t n_usual;
        float usual, expected = slow_usual(v, account, i, &n);
        wrong += pa_account_usual(&column, account, (size_t)i, &usual, &n_usual, NULL) != PA_OK;
        wrong += n_usual != (int32_t)n;
        wrong += isnan(expected) ? !isnan(usual) : usual != expected;
        without += isnan(expected);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(without, 5); /* four first rows, and row 1 after a NaN */
}

static const pa_test tests[] = {
    {"reasons come from the largest contribution that has some",
     test_reasons_come_from_the_largest_contribution_that_has_some},
    {"usual is the median of the last earlier rows",
     test_usual_is_the_median_of_the_last_earlier_rows},
};
PA_TEST_MAIN("reasons", tests)
