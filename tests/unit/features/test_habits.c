#include "paraudit/features/habits.h"

#include <math.h>
#include <string.h>

#include "naive_features.h"
#include "paraudit/features/line.h"
#include "unit.h"

enum { N = 700 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static float expected[PA_N_FEATURES][NAIVE_MOST_ROWS], got[NAIVE_MOST_ROWS];
static int8_t small[NAIVE_MOST_ROWS];

static void make_book(uint64_t seed, size_t n_last)
{
    naive_book(seed, N, 2, 12, book);
    naive_sort(N, book, false);
    naive_to_columns(N, book, &column);
    naive_features(N, book, PA_WEEK, n_last, expected);
}

static void test_habits_equal_the_naive_twin(void)
{
    make_book(41, 64);
    pa_account_gap(N, column.account, column.time, PA_MONTH, got);
    CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_GAP]), 0);
    pa_account_age(N, column.account, column.time, got);
    CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_AGE_DAYS]), 0);
    pa_account_velocity(N, column.account, column.time, PA_HOUR, expected[PA_ACCOUNT_TX_COUNT_1H],
                        PA_MONTH, expected[PA_ACCOUNT_TX_COUNT_30D], got);
    CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_ACCOUNT_VELOCITY_1H]), 0);
}

static void test_robust_z_equals_the_naive_twin_for_any_length(void)
{
    static const size_t n_last[] = {5, 6, 31, 64, 256};
    for (size_t i = 0; i < sizeof n_last / sizeof *n_last; i++) {
        make_book(50 + i, n_last[i]);
        pa_account_robust_z(N, column.account, column.amount, n_last[i], got, small);
        CU_ASSERT_EQUAL(naive_unlike(N, got, expected[PA_AMOUNT_ROBUST_Z]), 0);
    }
}

/* amounts 1 2 3 4 5 and 100 units: median 3, deviations 0 1 1 2 2, scale 1.4826 */
static void test_robust_z_is_in_scales_of_the_deviation(void)
{
    const int32_t account[] = {0, 0, 0, 0, 0, 0, 1};
    const int64_t cents[] = {500, 100, 400, 200, 300, 10000, 10000};
    pa_account_robust_z(7, account, cents, 64, got, small);
    for (int i = 0; i < 5; i++) CU_ASSERT_EQUAL(got[i], 0);
    CU_ASSERT_DOUBLE_EQUAL(got[5], 97 / 1.4826, 1e-5);
    CU_ASSERT_EQUAL(got[6], 0); /* another account */
}

/* median 10 units: below 2 is small, 2 is not, a refund is not */
static void test_small_is_below_a_fifth_of_the_median(void)
{
    const int32_t account[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const int64_t cents[] = {1000, 1, 1000, 1000, 1000, 199, 200, 0, -100, 1};
    const int8_t expected_small[] = {0, 0, 0, 0, 0, 1, 0, 1, 0, 0};
    pa_account_robust_z(10, account, cents, 64, got, small);
    CU_ASSERT_EQUAL(memcmp(small, expected_small, sizeof expected_small), 0);
    pa_account_robust_z(10, account, cents, 64, got, NULL); /* not asked for */
}

static void test_account_that_always_pays_the_same_has_a_floor(void)
{
    const int32_t account[8] = {0};
    const int64_t cheap[] = {500, 500, 500, 500, 500, 500, 700, 300};
    const int64_t dear[] = {100000, 100000, 100000, 100000, 100000, 100000, 120000, 100000};
    pa_account_robust_z(8, account, cheap, 64, got, small);
    CU_ASSERT_EQUAL(got[5], 0);
    CU_ASSERT_EQUAL(got[6], 2); /* two units above */
    CU_ASSERT_EQUAL(got[7], -2);
    pa_account_robust_z(8, account, dear, 64, got, small);
    CU_ASSERT_EQUAL(got[6], 4); /* a fifth of the median above */
}

static void test_largest_amounts_stay_finite(void)
{
    int32_t account[40] = {0};
    int64_t amount[40];
    for (int i = 0; i < 40; i++) amount[i] = i % 3 ? PA_AMOUNT_LIMIT : -PA_AMOUNT_LIMIT;
    pa_account_robust_z(40, account, amount, 8, got, small);
    size_t bad = 0;
    for (int i = 0; i < 40; i++) bad += !isfinite(got[i]);
    CU_ASSERT_EQUAL(bad, 0);
    /* -2^53 less 2^53 over the floor of a twentieth of 2^53 */
    CU_ASSERT_DOUBLE_EQUAL(got[39], -40.0, 1e-3);
}

static void test_no_rows_is_no_work(void)
{
    got[0] = -7;
    small[0] = 9;
    pa_account_robust_z(0, column.account, column.amount, 64, got, small);
    CU_ASSERT_EQUAL(small[0], 9);
    pa_account_gap(0, column.account, column.time, PA_MONTH, got);
    pa_account_age(0, column.account, column.time, got);
    pa_account_velocity(0, column.account, column.time, PA_HOUR, expected[PA_ACCOUNT_TX_COUNT_1H],
                        PA_MONTH, expected[PA_ACCOUNT_TX_COUNT_30D], got);
    CU_ASSERT_EQUAL(got[0], -7);
}

static const pa_test tests[] = {
    {"habits equal the naive twin", test_habits_equal_the_naive_twin},
    {"robust z equals the naive twin for any length",
     test_robust_z_equals_the_naive_twin_for_any_length},
    {"robust z is in scales of the deviation", test_robust_z_is_in_scales_of_the_deviation},
    {"small is below a fifth of the median", test_small_is_below_a_fifth_of_the_median},
    {"account that always pays the same has a floor",
     test_account_that_always_pays_the_same_has_a_floor},
    {"largest amounts stay finite", test_largest_amounts_stay_finite},
    {"no rows is no work", test_no_rows_is_no_work},
};
PA_TEST_MAIN("habits", tests)
