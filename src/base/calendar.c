#include "paraudit/base/calendar.h"

#include <inttypes.h>
#include <stdio.h>

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

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month] + (month == 2 && leap);
}

bool pa_date_exists(int64_t year, int64_t month, int64_t day)
{
    if (year < 0 || year > 9999 || month < 1 || month > 12) return false;
    return day >= 1 && day <= (int64_t)days_in((unsigned)year, (unsigned)month);
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
