#include "paraudit/features/surprise.h"

#include <math.h>

#include "naive_features.h"
#include "unit.h"

enum { N = 700 };
static naive_row book[NAIVE_MOST_ROWS];
static naive_columns column;
static naive_outputs expected;
static float got[NAIVE_MOST_ROWS], other[NAIVE_MOST_ROWS];

static void test_surprises_equal_the_naive_twin(void)
{
    for (uint64_t seed = 60; seed < 63; seed++) {
        naive_book(seed, N, 5, 12, book);
        naive_sort(N, book, false);
        naive_to_columns(N, book, &column);
        naive_features(N, book, PA_WEEK, 64, expected);
        pa_account_hour_surprise(N, column.account, column.time, got);
        CU_ASSERT_EQUAL(naive_unlike_feature(PA_HOUR_SURPRISE, N, got, expected[PA_HOUR_SURPRISE]),
                        0);
        pa_account_weekday_surprise(N, column.account, column.time, got);
        CU_ASSERT_EQUAL(
            naive_unlike_feature(PA_WEEKDAY_SURPRISE, N, got, expected[PA_WEEKDAY_SURPRISE]), 0);
    }
}

/* The 24 hours of a day that an account may come next, after the same past. */
static void test_shares_of_all_hours_and_weekdays_add_up_to_one(void)
{
    enum { PAST = 50 };
    int32_t account[PAST + 1] = {0};
    int64_t time[PAST + 1];
    uint64_t random = 3;
    for (int i = 0; i < PAST; i++) time[i] = i * PA_DAY + (int64_t)naive_random(&random, PA_DAY);
    double hours = 0, weekdays = 0;
    for (int h = 0; h < 24; h++) {
        time[PAST] = PAST * PA_DAY + h * PA_HOUR + 59;
        pa_account_hour_surprise(PAST + 1, account, time, got);
        hours += exp2(-(double)got[PAST]);
    }
    for (int d = 0; d < 7; d++) {
        time[PAST] = (PAST + d) * PA_DAY;
        pa_account_weekday_surprise(PAST + 1, account, time, got);
        weekdays += exp2(-(double)got[PAST]);
    }
    CU_ASSERT_DOUBLE_EQUAL(hours, 1, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(weekdays, 1, 1e-5);
}

/* The clock has no edge: turning all times by some hours changes no bit. */
static void test_turned_clock_changes_no_hour_surprise(void)
{
    naive_book(70, N, 5, 12, book);
    naive_sort(N, book, false);
    naive_to_columns(N, book, &column);
    pa_account_hour_surprise(N, column.account, column.time, got);
    for (int h = 1; h < 24; h++) {
        for (size_t i = 0; i < N; i++) column.time[i] += PA_HOUR;
        pa_account_hour_surprise(N, column.account, column.time, other);
        CU_ASSERT_EQUAL(naive_unlike(N, got, other), 0);
    }
}

static void test_first_row_has_the_bits_of_an_even_spread(void)
{
    const int32_t account[] = {4, 7};
    const int64_t time[] = {0, 5 * PA_HOUR};
    pa_account_hour_surprise(2, account, time, got);
    pa_account_weekday_surprise(2, account, time, other);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_DOUBLE_EQUAL(got[i], log2(24), 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(other[i], log2(7), 1e-6);
    }
}

static const pa_test tests[] = {
    {"surprises equal the naive twin", test_surprises_equal_the_naive_twin},
    {"shares of all hours and weekdays add up to one",
     test_shares_of_all_hours_and_weekdays_add_up_to_one},
    {"turned clock changes no hour surprise", test_turned_clock_changes_no_hour_surprise},
    {"first row has the bits of an even spread", test_first_row_has_the_bits_of_an_even_spread},
};
PA_TEST_MAIN("surprise", tests)
