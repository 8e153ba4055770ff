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
    CU_ASSERT_TRUE(reads("2018-07-25 13:05:59z", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25  13:05:59,123", 1532523959));
    CU_ASSERT_TRUE(reads("2018.07.25 13:05:59", 1532523959));
    CU_ASSERT_TRUE(reads("2018.07.25. 13:05:59", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25-13.05.59.123456", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25 130559", 1532523959));
    CU_ASSERT_TRUE(reads("2018-07-25T1305Z", 1532523900));
    CU_ASSERT_TRUE(reads("2018-07-25, 1:05:59\xe2\x80\xafp.m.", 1532523959));
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
        "2018-01-01 00:00:00 ",
        "2018.01-01",
        "2018.01.01..",
        "2018-01",
        "2018-01-",
        "2018-001-01",
        "18-01-01",
        "02018-01-01",
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
        "2018-01-01 00:00 IST",
        "2018-01-01 00:00 UTCZ",
        "2018-01-01 00:00 UTC+",
        "2018-01-01 00:00 CET+01",
        "2018-01-01 00:00 CET UTC",
        "2018-01-01 00:00Z[UTC",
        "2018-01-01 00.00",
        "2018-01-01 00:00.00",
        "2018-01-01 00.00:00",
        "2018-01-01-00:00:00",
        "2018-01-01 00000",
        "2018-01-01 2400",
        "2018-01-01 1:00 p.m",
        "2018-01-01 1:00 AMX",
        "20180101T00",
        "20180101T0000",
        "01-Jan-2018",
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
        {"25/07/18", PA_DATE_DMY, 1532476800},
        {"25.07.18. 13:05", PA_DATE_DMY, 1532523900},
        {"25/07/2018, 13:05", PA_DATE_DMY, 1532523900},
        {"1/1/70", PA_DATE_MDY, 0},
        {"31.12.68", PA_DATE_DMY, 3124137600},
        {"25/07/018", PA_DATE_DMY, -1},
        {"20180725T130559", PA_DATE_COMPACT, 1532523959},
        {"20180725 1305", PA_DATE_COMPACT, 1532523900},
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

/* In UTC, or -1. */
static int64_t any_of(const char *text)
{
    int64_t v = -1;
    pa_parse_date_time(text, strlen(text), PA_DATE_ANY, &v);
    return v;
}

static void test_what_can_be_read_in_one_way_only_is_read_unasked(void)
{
    static const char *const same[] = {
        "2018-07-25 13:05:59",
        "2018-7-25T13:05:59",
        "2018.07.25 13:05:59",
        "20180725T130559Z",
        "20180725T130559",
        "20180725 13:05:59",
        "25-Jul-2018 13:05:59",
        "25-JUL-18 13:05:59",
        "25 Jul 2018 13:05:59.25",
        "25. July 2018, 13:05:59",
        "25JUL2018:13:05:59",
        "Jul 25, 2018 1:05:59 PM",
        "jul 25 2018 01:05:59 pm",
        "July 25 2018, 13:05:59",
        "[25/Jul/2018:13:05:59 +0000]",
        "25/Jul/2018:15:05:59 +0200",
        "Wed, 25 Jul 2018 13:05:59 +0000",
        "Wed, 25 Jul 2018 13:05:59 GMT",
        "Wed, 25 Jul 2018 09:05:59 -0400 (EDT)",
        "Wednesday, July 25, 2018 1:05:59 p.m.",
        "Wed Jul 25 13:05:59 2018",
        "Wed Jul 25 15:05:59 CEST 2018",
        "Wed Jul 25 13:05:59 +0000 2018",
        "Wed Jul 25 2018 15:05:59 GMT+0200 (Central European Summer Time)",
        "2018-07-25 13:05:59 +0000 UTC",
        "2018-07-25 16:05:59 +0300 +03",
        "2018-07-25T15:05:59+02:00[Europe/Berlin]",
        "2018-07-25T13:05:59Z[UTC]",
        "2018-07-25 14:05:59 CET",
        "2018-07-25 06:05:59 pdt",
        "2018-07-25 14:05:59 UTC+1",
        "2018-07-25 13:05:59 UT",
        "2018-07-25-13.05.59.123456",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        CU_ASSERT_EQUAL(any_of(same[i]), 1532523959);
    }
    CU_ASSERT_EQUAL(any_of("20180725T1305"), 1532523900);
    CU_ASSERT_EQUAL(any_of("Sept. 1, 2018"), 1535760000);
    CU_ASSERT_EQUAL(any_of("1-May-2018"), 1525132800);
}

static void test_what_can_be_read_in_two_ways_is_not_read_unasked(void)
{
    static const char *const texts[] = {
        "25/07/2018",
        "07/25/2018 13:05",
        "20180725",
        "25-07-2018",
        "25-Jux-2018",
        "25-Jul",
        "25-Juli-2018",
        "25-Jul-018",
        "32-Jul-2018",
        "Jul 2018",
        "Jul 25, 18",
        "2018-Jul-25",
        "25-Jul-2018 13",
        "25-Jul-2018 13:05:59 IST",
        "25-Jul-2018 13:05:59 BST",
        "[25/Jul/2018:13:05:59 +0000",
        "[]",
        "[",
        "Wed",
        "Wed, ",
        "Wedn, 25 Jul 2018",
        "Jul 25 13:05:59",
        "Jul 25 13:05:59 18",
        "25 Jul 2018:",
        "",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) CU_ASSERT_EQUAL(any_of(texts[i]), -1);
}

static void test_a_time_says_whether_it_has_a_zone(void)
{
    pa_written_time w;
    CU_ASSERT(pa_read_date_time("2018-07-25 13:05", 16, PA_DATE_ANY, &w) && !w.zoned && !w.east);
    CU_ASSERT(pa_read_date_time("2018-07-25 13:05Z", 17, PA_DATE_ANY, &w) && w.zoned && !w.east);
    CU_ASSERT(pa_read_date_time("2018-07-25 13:05 EST", 20, PA_DATE_ANY, &w) && w.zoned);
    CU_ASSERT_EQUAL(w.east, -18000);
    CU_ASSERT_EQUAL(w.local, 1532523900);
    int32_t east = 7;
    CU_ASSERT(pa_read_zone("PDT", 3, &east) && east == -25200);
    CU_ASSERT(pa_read_zone("-03:30", 6, &east) && east == -12600);
    CU_ASSERT_FALSE(pa_read_zone("", 0, &east));
    CU_ASSERT_FALSE(pa_read_zone("BST", 3, &east));
    CU_ASSERT_EQUAL(east, -12600);
}

/* In UTC, or -1. */
static int64_t by(const char *pattern, const char *text)
{
    pa_written_time w = {.local = -1};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_check_pattern(pattern, "key", &err), PA_OK);
    pa_read_pattern(text, strlen(text), pattern, &w);
    return w.local - w.east;
}

static void test_patterns_say_what_stands_where(void)
{
    CU_ASSERT_EQUAL(by("%Y-%m-%d %H:%M:%S", "2018-07-25 13:05:59"), 1532523959);
    CU_ASSERT_EQUAL(by("%d.%m.%y %H.%M", "25.7.18 13.05"), 1532523900);
    CU_ASSERT_EQUAL(by("%Y%m%d%H%M%S", "20180725130559"), 1532523959);
    CU_ASSERT_EQUAL(by("%F%T", "2018-07-25  13:05:59"), -1);
    CU_ASSERT_EQUAL(by("%F %T", "2018-07-25  13:05:59"), 1532523959);
    CU_ASSERT_EQUAL(by("%F %T", "2018-07-2513:05:59"), 1532523959);
    CU_ASSERT_EQUAL(by("%D%n%R", "07/25/18\t13:05"), 1532523900);
    CU_ASSERT_EQUAL(by("%A, %e. %B %Y um %I:%M %p", "Wednesday,  5. JULY 2018 um 1:05 pm"),
                    1530795900);
    CU_ASSERT_EQUAL(by("%a %b %d %H:%M:%S %Z %Y", "Wed Jul 25 15:05:59 CEST 2018"), 1532523959);
    CU_ASSERT_EQUAL(by("%F %T.%f %z", "2018-07-25 11:05:59.000001 -0200"), 1532523959);
    CU_ASSERT_EQUAL(by("%F %T %z %Z", "2018-07-25 18:35:59 +0530 IST"), 1532523959);
    CU_ASSERT_EQUAL(by("%F %T %Z", "2018-07-25 18:35:59 IST"), -1);
    CU_ASSERT_EQUAL(by("%FT%T%z", "2018-07-25T13:05:59Z"), 1532523959);
    CU_ASSERT_EQUAL(by("%Y%j", "2018206"), 1532476800);
    CU_ASSERT_EQUAL(by("%Y/%j", "2018/366"), -1);
    CU_ASSERT_EQUAL(by("%Y/%j", "2018/0"), -1);
    CU_ASSERT_EQUAL(by("%Y/%j", "2020/366"), 1609372800);
    CU_ASSERT_EQUAL(by("@%s.%f", "@1532523959.5"), 1532523959);
    CU_ASSERT_EQUAL(by("%s", "-2"), -2);
    CU_ASSERT_EQUAL(by("%d%%%m%%%Y", "25%07%2018"), 1532476800);
    CU_ASSERT_EQUAL(by("%y%m%d", "690101"), -31536000);
    CU_ASSERT_EQUAL(by("%y%m%d", "681231"), 3124137600);
    CU_ASSERT_EQUAL(by("%F %I %p", "2018-07-25 12 AM"), 1532476800);
    CU_ASSERT_EQUAL(by("%F %I %p", "2018-07-25 12 p.m."), 1532520000);
    CU_ASSERT_EQUAL(by("%F %I %p", "2018-07-25 13 PM"), -1);
    CU_ASSERT_EQUAL(by("%F %I %p", "2018-07-25 0 AM"), -1);
    CU_ASSERT_EQUAL(by("%F", "2018-07-25 "), -1);
    CU_ASSERT_EQUAL(by("%F", "18-07-25"), -1);
    CU_ASSERT_EQUAL(by("%F", "2018-02-30"), -1);
    CU_ASSERT_EQUAL(by("%F", ""), -1);
    CU_ASSERT_EQUAL(by("%F %R", "2018-07-25 24:00"), -1);
}

static void test_patterns_that_do_not_tell_the_time_are_refused(void)
{
    static const struct {
        const char *pattern, *message;
    } example[] = {
        {"%F %Q", "key: '%Q' in '%F %Q' is not known; these are: %Y %y %m %d %e %b %B %h %H %I %M "
                  "%S %f %p %z %Z %j %a %A %T %D %F %R %s %n %t %%"},
        {"%F %", "key: a % ends '%F %' (%% is the sign itself)"},
        {"%F %d", "key: '%d' in '%F %d' says again what was said before"},
        {"%m/%d", "key '%m/%d': it must say the year (%Y, %y), and month (%m, %b) and day (%d) or "
                  "the day of the year (%j)"},
        {"%Y %d %j", "key '%Y %d %j': it must say the year (%Y, %y), and month (%m, %b) and day "
                     "(%d) or the day of the year (%j)"},
        {"%F %I:%M", "key '%F %I:%M': %I is one of 12 hours: it needs %p"},
        {"%F %H:%M %p", "key '%F %H:%M %p': %p needs %I, the hour of 12"},
        {"%F %H %I %p", "key '%F %H %I %p': it says the hour twice"},
        {"%F %M", "key '%F %M': %M needs an hour (%H)"},
        {"%F %H %S", "key '%F %H %S': %S needs minutes (%M)"},
        {"%s %Y", "key '%s %Y': %s is a time by itself: nothing else may be said"},
    };
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_check_pattern(example[i].pattern, "key", &err), PA_E_CONFIG);
        CU_ASSERT_STRING_EQUAL(err.message, example[i].message);
    }
}

static int64_t clock_of(const char *text)
{
    pa_written_time w = {.local = -1};
    pa_read_clock(text, strlen(text), &w);
    return w.local - w.east;
}

static void test_a_clock_in_another_zone_may_lie_beyond_the_day(void)
{
    CU_ASSERT_EQUAL(clock_of("06:21"), 22860);
    CU_ASSERT_EQUAL(clock_of("062100"), 22860);
    CU_ASSERT_EQUAL(clock_of("0621"), 22860);
    CU_ASSERT_EQUAL(clock_of("121307.5"), 43987);
    CU_ASSERT_EQUAL(clock_of("01:00+02:00"), -3600);
    CU_ASSERT_EQUAL(clock_of("23:00 -02"), 90000);
    CU_ASSERT_EQUAL(clock_of("6"), -1);
    CU_ASSERT_EQUAL(clock_of("62100"), -1);
    CU_ASSERT_EQUAL(clock_of(""), -1);
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
    {"what can be read in one way only is read unasked",
     test_what_can_be_read_in_one_way_only_is_read_unasked},
    {"what can be read in two ways is not read unasked",
     test_what_can_be_read_in_two_ways_is_not_read_unasked},
    {"a time says whether it has a zone", test_a_time_says_whether_it_has_a_zone},
    {"patterns say what stands where", test_patterns_say_what_stands_where},
    {"patterns that do not tell the time are refused",
     test_patterns_that_do_not_tell_the_time_are_refused},
    {"a clock in another zone may lie beyond the day",
     test_a_clock_in_another_zone_may_lie_beyond_the_day},
    {"dates exist or do not", test_dates_exist_or_do_not},
    {"only the given length is read", test_only_the_given_length_is_read},
    {"format and parse undo each other", test_format_and_parse_undo_each_other},
    {"weekdays and hours run on across 1970", test_weekdays_and_hours_run_on_across_1970},
};
PA_TEST_MAIN("calendar", tests)
