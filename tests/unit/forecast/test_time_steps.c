#include "paraudit/forecast/time_steps.h"

#include <string.h>

#include "paraudit/base/calendar.h"
#include "unit.h"

enum { N = 3 };

/* Three dates, and what follows them two steps on. */
static void check(const char *a, const char *b, const char *c, const char *then, const char *step)
{
    const char *const text[] = {a, b, c};
    int64_t time[N];
    char told[40];
    pa_buffer out = {0};
    pa_steps_seen seen = pa_steps_none;
    for (int i = 0; i < N; i++)
        CU_ASSERT_TRUE(pa_parse_date_time(text[i], strlen(text[i]), PA_DATE_YMD, time + i));
    pa_steps_see(N, time, true, &seen);
    pa_time_step s = pa_step_of(&seen, true);
    pa_step_tell(&s, told);
    CU_ASSERT_STRING_EQUAL(told, step);
    int day = pa_step_day(&s, N, time);
    CU_ASSERT_EQUAL(pa_step_add_time(&s, pa_step_on(&s, time[N - 1], 2, day), &out, NULL), PA_OK);
    CU_ASSERT_STRING_EQUAL(out.data, then);
    pa_buffer_free(&out);
    CU_ASSERT_TRUE(pa_step_is_one(&s, time[0], time[1]));
    CU_ASSERT_FALSE(pa_step_is_one(&s, time[0], time[2]));
}

static void test_dates_go_on_as_they_came(void)
{
    check("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05", "1 day");
    check("2024-01-01", "2024-01-08", "2024-01-15", "2024-01-29", "7 days");
    check("2023-12-15", "2024-01-15", "2024-02-15", "2024-04-15", "1 month");
    check("2023-12-31", "2024-01-31", "2024-02-29", "2024-04-30", "1 month");
    check("2023-11-30", "2023-12-30", "2024-01-30", "2024-03-30", "1 month");
    check("2023-06-30", "2023-09-30", "2023-12-31", "2024-06-30", "3 months");
    check("2021-01-01", "2022-01-01", "2023-01-01", "2025-01-01", "12 months");
    check("2024-01-01 00:00", "2024-01-01 06:00", "2024-01-01 12:00", "2024-01-02 00:00:00",
          "21600 seconds");
    check("2024-01-01", "2024-01-29", "2024-02-26", "2024-04-22", "28 days");
}

static void test_numbers_go_on(void)
{
    static const int64_t time[] = {3, 5, 7};
    pa_steps_seen seen = pa_steps_none;
    pa_steps_see(N, time, false, &seen);
    pa_time_step s = pa_step_of(&seen, false);
    CU_ASSERT_EQUAL(pa_step_on(&s, 7, 2, 1), 11);
    CU_ASSERT_FALSE(pa_step_is_one(&s, 3, 4));
}

static void test_one_value_each_is_a_step_of_one(void)
{
    pa_time_step s = pa_step_of(&pa_steps_none, false);
    CU_ASSERT_EQUAL(s.step, 1);
    s = pa_step_of(&pa_steps_none, true);
    CU_ASSERT_EQUAL(s.step, PA_DAY_SECONDS);
}

static const pa_test tests[] = {
    {"dates go on as they came", test_dates_go_on_as_they_came},
    {"numbers go on", test_numbers_go_on},
    {"one value each is a step of one", test_one_value_each_is_a_step_of_one}};
PA_TEST_MAIN("time_steps", tests)
