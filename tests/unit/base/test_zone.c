#include "paraudit/base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/calendar.h"
#include "paraudit/base/draw.h"
#include "unit.h"

/* ---- a file of our own ------------------------------------------------------------- */

enum { FILE_ROOM = 400 };

static size_t put(char *file, size_t at, int64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--) file[at++] = (char)((uint64_t)v >> 8 * i);
    return at;
}

static size_t put_header(char *file, size_t at, const int64_t count[6])
{
    memcpy(file + at, "TZif2", 5);
    memset(file + at + 5, 0, 15);
    at += 20;
    for (int i = 0; i < 6; i++) at = put(file, at, count[i], 4);
    return at;
}

/* An hour ahead, two from second 1000000000 on, one again from 1010000000 on; then the rule. */
static size_t make_file(char file[FILE_ROOM], const char *rule)
{
    static const int64_t none[6] = {0, 0, 0, 0, 1, 1}, some[6] = {0, 0, 0, 2, 2, 4};
    size_t at = put_header(file, 0, none);
    at = put(file, at, 0, 7);
    at = put_header(file, at, some);
    at = put(file, at, 1000000000, 8);
    at = put(file, at, 1010000000, 8);
    at = put(file, at, 0x0100, 2);
    at = put(file, at, 3600, 4);
    at = put(file, at, 0, 2);
    at = put(file, at, 7200, 4);
    at = put(file, at, 0x0100, 2);
    memcpy(file + at, "ABC", 4);
    return at + 4 + (size_t)snprintf(file + at + 4, FILE_ROOM - at - 4, "\n%s\n", rule);
}

static int32_t east_at(const pa_zone *z, int64_t local)
{
    pa_zone_span last = {0};
    return pa_zone_east(z, local, &last);
}

static int64_t local_of(const char *text)
{
    int64_t v = 0;
    CU_ASSERT(pa_parse_time(text, strlen(text), &v));
    return v;
}

static int32_t east(const pa_zone *z, const char *local)
{
    return east_at(z, local_of(local));
}

/*   utc    ...999 | 1000000000 ... 1009999999 | 1010000000
 *   east     3600 | 7200                      | 3600
 *   local    +3600, then a gap to +7200       | what comes twice: from +3600 to +7200 */
static void test_an_hour_that_is_left_out_or_comes_twice_is_on_the_clock_before(void)
{
    char file[FILE_ROOM];
    pa_zone z;
    size_t n = make_file(file, "ABC-1");
    CU_ASSERT_FATAL(pa_zone_parse(file, n, &z));
    CU_ASSERT_EQUAL(east_at(&z, INT64_MIN), 3600);
    CU_ASSERT_EQUAL(east_at(&z, 1000003599), 3600);
    CU_ASSERT_EQUAL(east_at(&z, 1000003600), 3600); /* left out */
    CU_ASSERT_EQUAL(east_at(&z, 1000007199), 3600);
    CU_ASSERT_EQUAL(east_at(&z, 1000007200), 7200);
    CU_ASSERT_EQUAL(east_at(&z, 1010003600), 7200); /* twice: the first */
    CU_ASSERT_EQUAL(east_at(&z, 1010007199), 7200);
    CU_ASSERT_EQUAL(east_at(&z, 1010007200), 3600);
    CU_ASSERT_EQUAL(east_at(&z, INT64_MAX), 3600);
    pa_zone_span s = pa_zone_find(&z, 1000007200);
    CU_ASSERT(s.from == 1000007200 && s.until == 1010007200 && s.east == 7200);
}

static void test_rules_hold_for_all_years_to_come(void)
{
    char file[FILE_ROOM];
    pa_zone z;
    CU_ASSERT_FATAL(pa_zone_parse(file, make_file(file, "ABC-1ABD,M3.5.0,M10.5.0/3"), &z));
    CU_ASSERT_EQUAL(east(&z, "2024-03-31 01:59:59"), 3600);
    CU_ASSERT_EQUAL(east(&z, "2024-03-31 03:00:00"), 7200);
    CU_ASSERT_EQUAL(east(&z, "2024-10-27 02:59:59"), 7200);
    CU_ASSERT_EQUAL(east(&z, "2024-10-27 03:00:00"), 3600);
    CU_ASSERT_EQUAL(east(&z, "9999-07-01 00:00:00"), 7200);
    CU_ASSERT_EQUAL(east(&z, "9999-12-31 23:59:59"), 3600);
    int wrong = 0; /* every 400 years the same */
    for (uint64_t i = 0; i < 20000; i++) {
        int64_t t = 1100000000 + (int64_t)pa_draw_below(1, PA_DRAW_TEST, 1, i, 40000000000);
        wrong += east_at(&z, t) != east_at(&z, t + 146097 * (int64_t)PA_DAY_SECONDS * 5);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    /* In the south summer is where the year begins; days are counted with and without leap days. */
    CU_ASSERT_FATAL(pa_zone_parse(file, make_file(file, "<+01>-1<+0130>-1:30,J300/0,59/-1"), &z));
    CU_ASSERT_EQUAL(east(&z, "2023-02-28 22:59:59"), 5400); /* until 23:00 of 28 February */
    CU_ASSERT_EQUAL(east(&z, "2023-02-28 23:00:00"), 3600);
    CU_ASSERT_EQUAL(east(&z, "2024-02-28 22:59:59"), 5400);
    CU_ASSERT_EQUAL(east(&z, "2024-02-28 23:00:00"), 3600);
    CU_ASSERT_EQUAL(east(&z, "2024-10-26 23:59:59"), 3600);
    CU_ASSERT_EQUAL(east(&z, "2024-10-27 00:30:00"), 5400);
    CU_ASSERT_EQUAL(east(&z, "2023-10-26 23:59:59"), 3600);
    CU_ASSERT_EQUAL(east(&z, "2023-10-27 00:30:00"), 5400);
    /* Summer all year long (RFC 8536, 3.3.1). */
    CU_ASSERT_FATAL(pa_zone_parse(file, make_file(file, "ABC5ABD,0/0,J365/25"), &z));
    CU_ASSERT_EQUAL(east(&z, "2030-01-01 00:30:00"), -4 * 3600);
    CU_ASSERT_EQUAL(east(&z, "2030-12-31 23:30:00"), -4 * 3600);
    CU_ASSERT_EQUAL(east(&z, "2930-06-30 23:30:00"), -4 * 3600);
}

static void test_files_that_are_no_zone_are_refused(void)
{
    char file[FILE_ROOM], broken[FILE_ROOM];
    static const char *const rules[] = {
        "AB-1",
        "ABC",
        "ABC-1ABD",
        "ABC-1ABD,M3.5.0",
        "ABC-168",
        "ABC-1:60",
        "ABC-1ABD,M13.1.0,J1",
        "ABC-1ABD,M1.6.0,J1",
        "ABC-1ABD,J0,1",
        "ABC-1ABD,366,1",
        "<AB-1",
        "ABC-1ABD,J1,J2x",
        "ABC-30",
    };
    pa_zone z;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        CU_ASSERT_FALSE(pa_zone_parse(file, make_file(file, rules[i]), &z));
    }
    size_t n = make_file(file, "ABC-1");
    for (size_t cut = 0; cut < n; cut++) {
        char *exact = malloc(cut + 1); /* so that reading on is seen */
        CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
        memcpy(exact, file, cut);
        CU_ASSERT_FALSE(pa_zone_parse(exact, cut, &z));
        free(exact);
    }
    for (uint64_t i = 0; i < 20000; i++) { /* nothing is read outside, whatever they say */
        memcpy(broken, file, n);
        for (uint64_t k = 0; k < 3; k++) {
            size_t at = (size_t)pa_draw_below(1, PA_DRAW_TEST, 2 + k, i, n);
            broken[at] = (char)pa_draw_below(1, PA_DRAW_TEST, 6 + k, i, 256);
        }
        if (pa_zone_parse(broken, n, &z)) east_at(&z, 1700000000);
    }
}

/* ---- the zones of the system ------------------------------------------------------- */

static bool find(const char *name, pa_zone *z)
{
    pa_error err = {0};
    if (pa_zone_read(name, "key", z, &err) == PA_OK) return true;
    if (strstr(err.message, "has no time zone data")) {
        printf("skipped: no time zone data here (tzdata)\n");
    } else {
        CU_FAIL("the zone is not there");
    }
    return false;
}

static void test_zones_of_the_system_change_when_they_did(void)
{
    static const struct {
        const char *zone, *local;
        int32_t east;
    } example[] = {
        {"Europe/Berlin", "2024-03-31 01:59:59", 3600},
        {"Europe/Berlin", "2024-03-31 02:30:00", 3600}, /* there is none */
        {"Europe/Berlin", "2024-03-31 03:00:00", 7200},
        {"Europe/Berlin", "2024-10-27 01:59:59", 7200},
        {"Europe/Berlin", "2024-10-27 02:30:00", 7200}, /* there are two */
        {"Europe/Berlin", "2024-10-27 03:00:00", 3600},
        {"Europe/Berlin", "1950-07-01 12:00:00", 3600},
        {"Europe/Berlin", "2999-07-01 12:00:00", 7200},
        {"America/New_York", "2024-03-10 01:59:59", -18000},
        {"America/New_York", "2024-03-10 03:00:00", -14400},
        {"America/New_York", "2024-11-03 01:59:59", -14400},
        {"America/New_York", "2024-11-03 02:00:00", -18000},
        {"Asia/Kolkata", "2024-07-01 00:00:00", 19800},
        {"Australia/Lord_Howe", "2024-04-07 01:59:59", 39600},
        {"Australia/Lord_Howe", "2024-04-07 02:00:00", 37800},
        {"Australia/Lord_Howe", "2024-10-06 01:59:59", 37800},
        {"Australia/Lord_Howe", "2024-10-06 02:30:00", 39600},
        {"UTC", "2024-04-07 01:59:59", 0},
        {"+05:45", "2024-04-07 01:59:59", 20700},
    };
    pa_zone z;
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        if (!find(example[i].zone, &z)) return;
        CU_ASSERT_EQUAL(east(&z, example[i].local), example[i].east);
    }
}

/* Of the instants that the clock of glibc shows as this local time the first; where there is
 * none, with the offset before the gap. */
static int32_t slow_east(int64_t local)
{
    int32_t offset[2];
    int n = 0;
    for (int64_t utc = local - 50400; utc <= local + 50400; utc += 900) {
        struct tm tm;
        time_t t = (time_t)utc;
        localtime_r(&t, &tm);
        int64_t shown = pa_days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        shown = shown * PA_DAY_SECONDS + tm.tm_hour * PA_HOUR_SECONDS + tm.tm_min * 60 + tm.tm_sec;
        if (shown == local) return (int32_t)(local - utc);
        if (shown < local) offset[0] = (int32_t)(shown - utc), n = 1;
    }
    return n ? offset[0] : 0;
}

static void test_zones_agree_with_the_clock_of_the_c_library(void)
{
    static const char *const names[] = {
        "Europe/Berlin",     "Europe/London",       "Europe/Dublin",  "America/New_York",
        "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Tehran",    "Africa/Casablanca",
        "America/Nuuk",      "Pacific/Auckland",    "Asia/Kathmandu", "Asia/Gaza"};
    pa_zone z;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        int wrong = 0;
        if (!find(names[k], &z)) return;
        setenv("TZ", names[k], 1);
        tzset();
        for (uint64_t i = 0; i < 4000; i++) { /* quarters of an hour of 1990 to 2090 */
            int64_t q = (int64_t)pa_draw_below(2, PA_DRAW_TEST, k, i, 100 * 366 * 96);
            int64_t local = 631152000 + 900 * q;
            if (i % 2) { /* near a change */
                pa_zone_span s = pa_zone_find(&z, local);
                if (s.until < 4000000000) local = s.until + 900 * ((int64_t)(i % 16) - 12);
            }
            wrong += east_at(&z, local) != slow_east(local);
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
    unsetenv("TZ");
    tzset();
}

static void test_zones_that_are_not_there_are_named(void)
{
    static const char *const names[] = {
        "../etc/passwd", "/etc/passwd", "Europe//Berlin", "Europe/Berlin ", "+2", "+25:00", ""};
    pa_zone z;
    pa_error err = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        err = (pa_error){0};
        CU_ASSERT_EQUAL(pa_zone_read(names[i], "input.time_zone", &z, &err), PA_E_CONFIG);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "names no time zone: it is like Europe/Berlin"));
    }
    if (!find("Europe/Berlin", &z)) return;
    err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_zone_read("Europe/Berlln", "input.time_zone", &z, &err), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "input.time_zone is 'Europe/Berlln', which the time "
                                               "zone data in "));
    err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_zone_read("Europe", "input.time_zone", &z, &err), PA_E_CONFIG);
}

static const pa_test tests[] = {
    {"an hour that is left out or comes twice is on the clock before",
     test_an_hour_that_is_left_out_or_comes_twice_is_on_the_clock_before},
    {"rules hold for all years to come", test_rules_hold_for_all_years_to_come},
    {"files that are no zone are refused", test_files_that_are_no_zone_are_refused},
    {"zones of the system change when they did", test_zones_of_the_system_change_when_they_did},
    {"zones agree with the clock of the C library",
     test_zones_agree_with_the_clock_of_the_c_library},
    {"zones that are not there are named", test_zones_that_are_not_there_are_named},
};
PA_TEST_MAIN("zone", tests)
