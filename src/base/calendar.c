#include "paraudit/base/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

static bool set_days(unsigned year, unsigned month, unsigned day, int64_t *days)
{
    if (month - 1 > 11 || day - 1 >= days_in(year, month)) return false;
    *days = pa_days_from_civil(year, (int)month, (int)day);
    return true;
}

/* 2018-07-25 13:05:59, as nearly all times are written. */
static bool parse_plain(const char *t, int64_t *seconds)
{
    unsigned bad = (t[4] != '-') | (t[7] != '-') | ((t[10] != ' ') & (t[10] != 'T'));
    bad |= (t[13] != ':') | (t[16] != ':');
    unsigned year = two_digits(t, &bad) * 100;
    year += two_digits(t + 2, &bad);
    unsigned month = two_digits(t + 5, &bad), day = two_digits(t + 8, &bad);
    unsigned hour = two_digits(t + 11, &bad), minute = two_digits(t + 14, &bad);
    unsigned second = two_digits(t + 17, &bad);
    int64_t days;
    if (bad || hour > 23 || minute > 59 || second > 59) return false;
    if (!set_days(year, month, day, &days)) return false;
    *seconds = days * PA_DAY_SECONDS + hour * PA_HOUR_SECONDS + minute * 60 + second;
    return true;
}

/* Text that is read from its front. */
typedef struct {
    const char *t, *end;
} reader;

static bool take(reader *r, char c)
{
    if (r->t == r->end || *r->t != c) return false;
    r->t++;
    return true;
}

/* `least` to `most` digits with no further one behind them. */
static bool take_number(reader *r, int least, int most, unsigned *value)
{
    int n = 0;
    *value = 0;
    for (; r->t < r->end && (unsigned char)(*r->t - '0') <= 9; r->t++, n++) {
        if (n == most) return false;
        *value = *value * 10 + (unsigned)(*r->t - '0');
    }
    return n >= least;
}

/* The three parts are told apart by one sign, twice. */
static bool take_separator(reader *r, const char *allowed, char *separator)
{
    if (r->t == r->end || *r->t == '\0' || !strchr(allowed, *r->t)) return false;
    if (*separator && *r->t != *separator) return false;
    *separator = *r->t++;
    return true;
}

static bool take_date(reader *r, pa_date_order order, int64_t *days)
{
    unsigned part[3]; /* as they stand */
    char separator = '\0';
    if (order == PA_DATE_COMPACT) {
        unsigned date;
        if (!take_number(r, 8, 8, &date)) return false;
        return set_days(date / 10000, date / 100 % 100, date % 100, days);
    }
    const char *allowed = order == PA_DATE_YMD ? "-/" : "-/.";
    for (int i = 0; i < 3; i++) {
        bool year = i == (order == PA_DATE_YMD ? 0 : 2);
        if (i > 0 && !take_separator(r, allowed, &separator)) return false;
        if (!take_number(r, year ? 4 : 1, year ? 4 : 2, &part[i])) return false;
    }
    if (order == PA_DATE_YMD) return set_days(part[0], part[1], part[2], days);
    bool day_first = order == PA_DATE_DMY;
    return set_days(part[2], part[day_first], part[!day_first], days);
}

/* AM, pm or nothing, behind a blank or not. */
static bool take_half(reader *r, unsigned *hour)
{
    reader at = *r;
    take(&at, ' ');
    if (at.end - at.t < 2 || (at.t[1] | 32) != 'm') return true;
    bool after_noon = (at.t[0] | 32) == 'p';
    if (!after_noon && (at.t[0] | 32) != 'a') return true;
    if (*hour < 1 || *hour > 12) return false;
    *hour = *hour % 12 + (after_noon ? 12 : 0);
    r->t = at.t + 2;
    return true;
}

/* Z, UTC, +02, +0200, -02:00 or nothing, behind a blank or not; *east: seconds
 * ahead of UTC. */
static bool take_zone(reader *r, int64_t *east)
{
    *east = 0;
    if (r->t == r->end) return true;
    take(r, ' ');
    if (take(r, 'Z')) return true;
    if (take(r, 'U')) return take(r, 'T') && take(r, 'C');
    bool west = take(r, '-');
    if (!west && !take(r, '+')) return false;
    reader hours = {r->t, r->end - r->t > 2 ? r->t + 2 : r->end};
    unsigned hour, minute = 0;
    if (!take_number(&hours, 2, 2, &hour)) return false;
    r->t = hours.t;
    bool colon = take(r, ':');
    if ((colon || r->t < r->end) && !take_number(r, 2, 2, &minute)) return false;
    if (hour > 23 || minute > 59) return false;
    *east = (int64_t)hour * PA_HOUR_SECONDS + (int64_t)minute * 60;
    if (west) *east = -*east;
    return true;
}

/* Up to the end of the text. */
static bool take_clock(reader *r, int64_t *seconds)
{
    unsigned hour, minute, second = 0;
    int64_t east;
    if (!take_number(r, 1, 2, &hour) || !take(r, ':') || !take_number(r, 2, 2, &minute))
        return false;
    if (take(r, ':')) {
        if (!take_number(r, 2, 2, &second)) return false;
        if (take(r, '.')) {
            const char *first = r->t;
            while (r->t < r->end && (unsigned char)(*r->t - '0') <= 9) r->t++;
            if (r->t == first) return false;
        }
    }
    if (!take_half(r, &hour) || !take_zone(r, &east) || r->t < r->end) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    *seconds = (int64_t)hour * PA_HOUR_SECONDS + (int64_t)minute * 60 + second - east;
    return true;
}

static bool within_years(int64_t t, int64_t *seconds)
{
    if (t < PA_TIME_MIN || t > PA_TIME_MAX) return false;
    *seconds = t;
    return true;
}

bool pa_parse_clock(const char *text, size_t length, int64_t *seconds)
{
    reader r = {text, text + length};
    int64_t clock;
    if (!take_clock(&r, &clock)) return false;
    *seconds = clock;
    return true;
}

bool pa_parse_date_time(const char *text, size_t length, pa_date_order order, int64_t *seconds)
{
    if (order == PA_DATE_YMD && length == 19 && parse_plain(text, seconds)) return true;
    reader r = {text, text + length};
    int64_t days, clock = 0;
    if (!take_date(&r, order, &days)) return false;
    if (r.t < r.end) {
        if (!take(&r, ' ') && !take(&r, 'T')) return false;
        if (!take_clock(&r, &clock)) return false;
    }
    return within_years(days * PA_DAY_SECONDS + clock, seconds);
}

bool pa_parse_time(const char *text, size_t length, int64_t *seconds)
{
    int64_t v;
    if (pa_parse_date_time(text, length, PA_DATE_YMD, seconds)) return true;
    return pa_parse_i64(text, length, &v) && within_years(v, seconds);
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
