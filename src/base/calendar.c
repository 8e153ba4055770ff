#include "paraudit/base/calendar.h"

#include <inttypes.h>
#include <stdio.h>

#include "paraudit/base/text.h"

/* Years start on 1 March here: the leap day comes last, so that day and month
 * need no table, and 400 years are always 146097 days. */
enum { ERA_YEARS = 400, ERA_DAYS = 146097, MARCH_1_OF_0_TO_1970 = 719468 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t pa_days_from_civil(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = floor_div(y, ERA_YEARS), of_era = y - era * ERA_YEARS;
    int since_march = month > 2 ? month - 3 : month + 9;
    /* months of 31 30 31 30 31 days, over and over: 153 days in 5 */
    int64_t day_of_year = (153 * since_march + 2) / 5 + day - 1;
    int64_t day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - MARCH_1_OF_0_TO_1970;
}

void pa_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t d = days + MARCH_1_OF_0_TO_1970;
    int64_t era = floor_div(d, ERA_DAYS), of_era = d - era * ERA_DAYS;
    /* takes out the leap days met so far: after 4 years, not after 100, after 400 */
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = (int)(of_era - (365 * y + y / 4 - y / 100));
    int since_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * since_march + 2) / 5 + 1;
    *month = since_march < 10 ? since_march + 3 : since_march - 9;
    *year = era * ERA_YEARS + y + (*month <= 2);
}

static unsigned two_digits(const char *t, unsigned *bad)
{
    unsigned tens = (unsigned char)(t[0] - '0'), ones = (unsigned char)(t[1] - '0');
    *bad |= (tens > 9) | (ones > 9);
    return tens * 10 + ones;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month] + (month == 2 && leap);
}

/* 2018-07-25 */
static bool parse_date(const char *t, int64_t *days)
{
    unsigned bad = (t[4] != '-') | (t[7] != '-');
    unsigned year = two_digits(t, &bad) * 100;
    year += two_digits(t + 2, &bad);
    unsigned month = two_digits(t + 5, &bad), day = two_digits(t + 8, &bad);
    if (bad || month - 1 > 11 || day - 1 >= days_in(year, month)) return false;
    *days = pa_days_from_civil(year, (int)month, (int)day);
    return true;
}

/* 13:05:59 */
static bool parse_clock(const char *t, int64_t *seconds)
{
    unsigned bad = (t[2] != ':') | (t[5] != ':');
    unsigned hour = two_digits(t, &bad), minute = two_digits(t + 3, &bad);
    unsigned second = two_digits(t + 6, &bad);
    if (bad || hour > 23 || minute > 59 || second > 59) return false;
    *seconds = (int64_t)hour * PA_HOUR_SECONDS + (int64_t)minute * 60 + second;
    return true;
}

/* What may stand behind the seconds: .123, Z, both or nothing. */
static bool is_tail(const char *t, size_t length)
{
    if (length > 0 && t[length - 1] == 'Z') length--;
    if (length == 0) return true;
    if (t[0] != '.' || length == 1) return false;
    for (size_t i = 1; i < length; i++) {
        if ((unsigned char)(t[i] - '0') > 9) return false;
    }
    return true;
}

static bool parse_seconds(const char *text, size_t length, int64_t *seconds)
{
    int64_t v;
    if (!pa_parse_i64(text, length, &v) || v < PA_TIME_MIN || v > PA_TIME_MAX) return false;
    *seconds = v;
    return true;
}

bool pa_parse_time(const char *text, size_t length, int64_t *seconds)
{
    if (length < 10 || text[4] != '-') return parse_seconds(text, length, seconds);
    int64_t days, clock = 0;
    if (!parse_date(text, &days)) return false;
    if (length > 10) {
        if (length < 19 || (text[10] != ' ' && text[10] != 'T')) return false;
        if (!parse_clock(text + 11, &clock) || !is_tail(text + 19, length - 19)) return false;
    }
    *seconds = days * PA_DAY_SECONDS + clock;
    return true;
}

void pa_format_time(int64_t seconds, char text[PA_TIME_TEXT])
{
    if (seconds < PA_TIME_MIN || seconds > PA_TIME_MAX) {
        snprintf(text, PA_TIME_TEXT, "%" PRId64, seconds);
        return;
    }
    int64_t days = pa_day_of(seconds), year;
    int month, day, clock = (int)(seconds - days * PA_DAY_SECONDS);
    pa_civil_from_days(days, &year, &month, &day);
    const int pairs[] = {(int)year / 100, (int)year % 100, month,     day,
                         clock / 3600,    clock / 60 % 60, clock % 60};
    static const char behind[] = {0, '-', '-', ' ', ':', ':', 0};
    for (int i = 0; i < 7; i++) {
        *text++ = (char)('0' + pairs[i] / 10);
        *text++ = (char)('0' + pairs[i] % 10);
        if (behind[i]) *text++ = behind[i];
    }
    *text = '\0';
}

int64_t pa_day_of(int64_t seconds)
{
    return floor_div(seconds, PA_DAY_SECONDS);
}

/* 1970-01-01 was a Thursday. */
int pa_weekday_of(int64_t seconds)
{
    int64_t day = pa_day_of(seconds) + 3;
    return (int)(day - 7 * floor_div(day, 7));
}

int pa_hour_of(int64_t seconds)
{
    return (int)((seconds - pa_day_of(seconds) * PA_DAY_SECONDS) / PA_HOUR_SECONDS);
}
