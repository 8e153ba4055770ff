#include "paraudit/features/moment.h"

#include <time.h>

#include "unit.h"

static void test_night_ends_at_seven(void)
{
    /* 2018-04-01 00:00:00, 06:59:59, 07:00:00, 23:59:59 */
    const int64_t midnight = 1522540800;
    const int64_t time[] = {midnight, midnight + 25199, midnight + 25200, midnight + 86399};
    float night[4];
    pa_moment_night(4, time, night);
    CU_ASSERT_EQUAL(night[0], 1);
    CU_ASSERT_EQUAL(night[1], 1);
    CU_ASSERT_EQUAL(night[2], 0);
    CU_ASSERT_EQUAL(night[3], 0);
}

static void test_both_agree_with_the_c_library_before_and_after_1970(void)
{
    size_t unlike = 0;
    for (int64_t t = -400000000; t < 2000000000; t += 40009) {
        time_t seconds = (time_t)t;
        struct tm parts;
        gmtime_r(&seconds, &parts);
        float weekend, night;
        pa_moment_weekend(1, &t, &weekend);
        pa_moment_night(1, &t, &night);
        unlike += weekend != (parts.tm_wday == 0 || parts.tm_wday == 6);
        unlike += night != (parts.tm_hour <= 6);
    }
    CU_ASSERT_EQUAL(unlike, 0);
}

static void test_amount_is_in_whole_units(void)
{
    const int64_t minor[] = {5716, -250, 0};
    float amount[3];
    pa_moment_amount(3, minor, 100, amount);
    CU_ASSERT_EQUAL(amount[0], 57.16f);
    CU_ASSERT_EQUAL(amount[1], -2.5f);
    CU_ASSERT_EQUAL(amount[2], 0.0f);
}

static const pa_test tests[] = {
    {"night ends at seven", test_night_ends_at_seven},
    {"both agree with the C library before and after 1970",
     test_both_agree_with_the_c_library_before_and_after_1970},
    {"amount is in whole units", test_amount_is_in_whole_units},
};
PA_TEST_MAIN("moment", tests)
