#include "paraudit/base/calendar.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

static int slow_days_in(int64_t year, int month)
{
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Turns the pages of a calendar, one day at a time. */
static void test_every_day_of_ten_thousand_years_follows_the_one_before(void)
{
    int64_t days = PA_TIME_MIN / PA_DAY_SECONDS, year = 0;
    int month = 1, day = 1, wrong = 0;
    while (year < 10000) {
        int64_t y;
        int m, d;
        pa_civil_from_days(days, &y, &m, &d);
        wrong += y != year || m != month || d != day;
        wrong += pa_days_from_civil(year, month, day) != days;
        days++;
        if (++day > slow_days_in(year, month)) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(days * PA_DAY_SECONDS - 1, PA_TIME_MAX);
    CU_ASSERT_EQUAL(pa_days_from_civil(1970, 1, 1), 0);
    CU_ASSERT_EQUAL(pa_days_from_civil(-1, 12, 31), PA_TIME_MIN / PA_DAY_SECONDS - 1);
}

static bool reads(const char *text, int64_t expected)
{
    int64_t v = expected + 1;
    return pa_parse_time(text, strlen(text), &v) && v == expected;
}

static void test_all_forms_of_a_time_are_read(void)
{
    CU_ASSERT_TRUE(reads("1970-01-01", 0));
    CU_ASSERT_TRUE(reads("2018-07-25", 1532476800));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05:59", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25T13:05:59", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25T13:05:59Z", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05:59.999", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05:59.0Z", 1532523959));
    CU_ASSERT_TRUE(reads("2018/07/25", 1532476800));
    CU_ASSERT_TRUE(reads("2018-7-5", 1530748800));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05", 1532523900));
    CU_ASSERT_TRUE(reads("2018/7/25 1:05 PM", 1532523900));
    CU_ASSERT_TRUE(reads("2018-07-25T13:05:59.5+02:00", 1532523959 - 7200));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05:59 -0330", 1532523959 + 12600));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05:59 UTC", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25 13:05+02", 1532523900 - 7200));
    CU_ASSERT_TRUE(reads("2018-07-25 01:30-12:00", 1532525400));
    CU_ASSERT_TRUE(reads("1532523959", 1532523959));
    CU_ASSERT_TRUE(reads("0", 0));
    CU_ASSERT_TRUE(reads("-1", -1));
    CU_ASSERT_TRUE(reads("1969-12-31 23:59:59.9", -1));
    CU_ASSERT_TRUE(reads("2020-02-29", 1582934400));
    CU_ASSERT_TRUE(reads("2000-02-29", 951782400));
    CU_ASSERT_TRUE(reads("0000-01-01", PA_TIME_MIN));
    CU_ASSERT_TRUE(reads("9999-12-31 23:59:59", PA_TIME_MAX));
    CU_ASSERT_TRUE(reads("253402300799", PA_TIME_MAX));
}

static void test_what_is_no_time_is_refused(void)
{
    static const char *const texts[] = {
        "",
        "-",
        "abc",
        "2018-13-01",
        "2018-00-01",
        "2018-02-30",
        "2019-02-29",
        "1900-02-29",
        "2018-04-31",
        "2018-01-00",
        "2018-01-32",
        "2018-01/01",
        "2018-01-0x",
        "x018-01-01",
        "2018-01-01 ",
        " 2018-01-01",
        "2018-01-01Z",
        "2018-01-01 25:00:00",
        "2018-01-01 24:00:00",
        "2018-01-01 00:60:00",
        "2018-01-01 00:00:60",
        "2018-01-01 00:00:0",
        "2018-01-01 00-00:00",
        "2018-01-01 00:00-0",
        "2018-01-01_00:00:00",
        "2018-01-01 00:00:00.",
        "2018-01-01 00:00:00.Z",
        "2018-01-01 00:00:00.1x",
        "2018-01-01 00:00:00ZZ",
        "2018-01-01 00:00:00z",
        "2018-01-01 00:00:00 ",
        "2018.01.01",
        "2018-01",
        "2018-01-",
        "2018-001-01",
        "18-01-01",
        "02018-01-01",
        "2018-01-01  00:00:00",
        "2018-01-01 00:",
        "2018-01-01 000:00",
        "2018-01-01 00:000",
        "2018-01-01 00:00:000",
        "2018-01-01 00:00.5",
        "2018-01-01 13:00 PM",
        "2018-01-01 0:00 AM",
        "2018-01-01 1:00 XM",
        "2018-01-01 1:00 P",
        "2018-01-01 00:00+",
        "2018-01-01 00:00+2",
        "2018-01-01 00:00+02:",
        "2018-01-01 00:00+02:0",
        "2018-01-01 00:00+02:000",
        "2018-01-01 00:00+020",
        "2018-01-01 00:00+24:00",
        "2018-01-01 00:00+02:60",
        "2018-01-01 00:00 CET",
        "2018-01-01 00:00 UT",
        "0000-01-01 00:00+00:01",
        "9999-12-31 23:59:59-00:01",
        "1532523959.5",
        "1532523959000", /* milliseconds */
        "253402300800",
        "-62167219201",
        "99999999999999999999",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t v = 42;
        CU_ASSERT_FALSE(pa_parse_time(texts[i], strlen(texts[i]), &v));
        CU_ASSERT_EQUAL(v, 42);
    }
}

static void test_dates_are_read_in_the_order_asked_for(void)
{
    static const struct {
        const char *text;
        pa_date_order order;
        int64_t seconds; /* -1: none */
    } example[] = {
        {"25/07/2018", PA_DATE_DMY, 1532476800},
        {"25.7.2018", PA_DATE_DMY, 1532476800},
        {"25-07-2018 13:05", PA_DATE_DMY, 1532523900},
        {"5/7/2018 1:05:59 pm", PA_DATE_DMY, 1530795959},
        {"07/25/2018", PA_DATE_MDY, 1532476800},
        {"7/5/2018 12:00 AM", PA_DATE_MDY, 1530748800},
        {"7/5/2018 12:00PM", PA_DATE_MDY, 1530792000},
        {"7.25.2018T13:05", PA_DATE_MDY, 1532523900},
        {"20180725", PA_DATE_COMPACT, 1532476800},
        {"20180725 13:05:59", PA_DATE_COMPACT, 1532523959},
        {"07/25/2018", PA_DATE_DMY, -1},
        {"25/07/2018", PA_DATE_MDY, -1},
        {"25/07-2018", PA_DATE_DMY, -1},
        {"25 07 2018", PA_DATE_DMY, -1},
        {"25/07/18", PA_DATE_DMY, -1},
        {"2018/07/25", PA_DATE_DMY, -1},
        {"25/07/20180", PA_DATE_DMY, -1},
        {"25/07/2018 ", PA_DATE_DMY, -1},
        {"30/02/2018", PA_DATE_DMY, -1},
        {"0/7/2018", PA_DATE_DMY, -1},
        {"/7/2018", PA_DATE_DMY, -1},
        {"2018072", PA_DATE_COMPACT, -1},
        {"201807250", PA_DATE_COMPACT, -1},
        {"20181325", PA_DATE_COMPACT, -1},
        {"2018-07-25", PA_DATE_COMPACT, -1},
        {"", PA_DATE_COMPACT, -1},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        int64_t v = -1;
        const char *text = example[i].text;
        bool good = pa_parse_date_time(text, strlen(text), example[i].order, &v);
        CU_ASSERT_EQUAL(good, example[i].seconds >= 0);
        CU_ASSERT_EQUAL(v, example[i].seconds);
    }
}

static void test_a_clock_in_another_zone_may_lie_beyond_the_day(void)
{
    int64_t v = 0;
    CU_ASSERT_TRUE(pa_parse_clock("06:21", 5, &v));
    CU_ASSERT_EQUAL(v, 22860);
    CU_ASSERT_TRUE(pa_parse_clock("01:00+02:00", 11, &v));
    CU_ASSERT_EQUAL(v, -3600);
    CU_ASSERT_TRUE(pa_parse_clock("23:00 -02", 9, &v));
    CU_ASSERT_EQUAL(v, 90000);
    CU_ASSERT_FALSE(pa_parse_clock("6", 1, &v));
    CU_ASSERT_FALSE(pa_parse_clock("", 0, &v));
    CU_ASSERT_EQUAL(v, 90000);
}

static void test_dates_exist_or_do_not(void)
{
    CU_ASSERT_TRUE(pa_date_exists(2020, 2, 29));
    CU_ASSERT_FALSE(pa_date_exists(2019, 2, 29));
    CU_ASSERT_FALSE(pa_date_exists(-1, 1, 1));
    CU_ASSERT_FALSE(pa_date_exists(10000, 1, 1));
    CU_ASSERT_FALSE(pa_date_exists(2020, 0, 1));
    CU_ASSERT_FALSE(pa_date_exists(2020, 13, 1));
    CU_ASSERT_FALSE(pa_date_exists(2020, 1, INT64_MAX));
    CU_ASSERT_FALSE(pa_date_exists(2020, INT64_MIN, 1));
}

/* Nothing behind the text is looked at, so a field may end where memory ends. */
static void test_only_the_given_length_is_read(void)
{
    int64_t v;
    CU_ASSERT_TRUE(pa_parse_time("2018-07-25 13:05:59", 10, &v));
    CU_ASSERT_EQUAL(v, 1532476800);
    CU_ASSERT_TRUE(pa_parse_time("2018-07-25 13:05:59", 16, &v));
    CU_ASSERT_EQUAL(v, 1532523900);
    CU_ASSERT_FALSE(pa_parse_time("2018-07-25 13:05:59", 15, &v));
}

static void test_format_and_parse_undo_each_other(void)
{
    int wrong = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        uint64_t span = (uint64_t)(PA_TIME_MAX - PA_TIME_MIN) + 1;
        int64_t t = PA_TIME_MIN + (int64_t)pa_draw_below(1, PA_DRAW_TEST, 0, i, span), back;
        char text[PA_TIME_TEXT];
        pa_format_time(t, text);
        wrong += strlen(text) != 19 || !pa_parse_time(text, 19, &back) || back != t;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    char text[PA_TIME_TEXT];
    pa_format_time(1532523959, text);
    CU_ASSERT_STRING_EQUAL(text, "2018-07-25 13:05:59");
    pa_format_time(-1, text);
    CU_ASSERT_STRING_EQUAL(text, "1969-12-31 23:59:59");
    pa_format_time(INT64_MIN, text);
    CU_ASSERT_STRING_EQUAL(text, "-9223372036854775808");
}

static void test_weekdays_and_hours_run_on_across_1970(void)
{
    CU_ASSERT_EQUAL(pa_weekday_of(0), 3);          /* Thursday */
    CU_ASSERT_EQUAL(pa_weekday_of(1532476800), 2); /* Wednesday 2018-07-25 */
    int weekday = pa_weekday_of(-1000 * (int64_t)PA_HOUR_SECONDS * 24), wrong = 0;
    for (int64_t h = -24000; h < 24000; h++) {
        int64_t last = h * PA_HOUR_SECONDS + PA_HOUR_SECONDS - 1;
        int hour = (int)((h + 24000) % 24);
        if (hour == 0 && h > -24000) weekday = (weekday + 1) % 7;
        wrong += pa_hour_of(last) != hour || pa_hour_of(h * PA_HOUR_SECONDS) != hour;
        wrong += pa_weekday_of(last) != weekday;
        wrong += pa_day_of(last) != (h + 24000) / 24 - 1000;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"every day of ten thousand years follows the one before",
     test_every_day_of_ten_thousand_years_follows_the_one_before},
    {"all forms of a time are read", test_all_forms_of_a_time_are_read},
    {"what is no time is refused", test_what_is_no_time_is_refused},
    {"dates are read in the order asked for", test_dates_are_read_in_the_order_asked_for},
    {"a clock in another zone may lie beyond the day",
     test_a_clock_in_another_zone_may_lie_beyond_the_day},
    {"dates exist or do not", test_dates_exist_or_do_not},
    {"only the given length is read", test_only_the_given_length_is_read},
    {"format and parse undo each other", test_format_and_parse_undo_each_other},
    {"weekdays and hours run on across 1970", test_weekdays_and_hours_run_on_across_1970},
};
PA_TEST_MAIN("calendar", tests)
