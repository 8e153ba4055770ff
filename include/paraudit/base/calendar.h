/* Dates and times of day: the proleptic Gregorian calendar without leap seconds, as seconds
 * since 1970-01-01 00:00:00. Zones that have a history: base/zone.h. */
#ifndef PARAUDIT_BASE_CALENDAR_H
#define PARAUDIT_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_HOUR_SECONDS = 3600, PA_DAY_SECONDS = 86400, PA_TIME_TEXT = 24 };

/* 0000-01-01 00:00:00 and 9999-12-31 23:59:59: nothing outside is parsed. */
#define PA_TIME_MIN INT64_C(-62167219200)
#define PA_TIME_MAX INT64_C(253402300799)

/* Days since 1970-01-01 of a date that exists: any year, month 1 to 12. */
int64_t pa_days_from_civil(int64_t year, int month, int day);
void pa_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

/* Years 0 to 9999. */
bool pa_date_exists(int64_t year, int64_t month, int64_t day);

/* How a date is written. Years have four digits, or two where a month is named between
 * day and year and in DMY and MDY: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068
 * (POSIX). Months are named in English, by three letters or in full, in letters of any size. */
typedef enum {
    PA_DATE_YMD,     /* 2018-07-25 2018/7/25 2018.07.25 */
    PA_DATE_DMY,     /* 25/07/2018 25.7.18 25-07-2018 */
    PA_DATE_MDY,     /* 07/25/2018 7.25.18 07-25-2018 */
    PA_DATE_COMPACT, /* 20180725 */
    PA_DATE_ANY      /* what can be read in one way only: YMD; 25-Jul-2018, 25 July 2018, 25JUL18;
                        Jul 25, 2018, July 25 2018; 20180725T130559; a weekday before any of
                        them, which is not checked; [25/Jul/2018:13:05:59 +0000];
                        Wed Jul 25 13:05:59 UTC 2018 */
} pa_date_order;

/* A time as it is written. */
typedef struct {
    int64_t local; /* seconds as if it were UTC */
    int32_t east;  /* seconds by which its own zone is ahead of UTC; 0 without one */
    bool zoned;    /* it has a zone of its own */
} pa_written_time;

/* Reads a date, or a date and a clock with blanks, T, a comma, or in front of 13.05.59 a
 * hyphen between them, and nothing around it. False for anything else, and for dates and
 * clocks that do not exist. *time is set on success only. */
bool pa_read_date_time(const char *text, size_t length, pa_date_order order, pa_written_time *time);

/* A clock: 13:05, 1:05 PM, 13:05:59, 13:05:59.123 (the fraction, behind a point or a comma, is
 * dropped), 13.05.59, 130559, 1305, with a zone behind it or not. */
bool pa_read_clock(const char *text, size_t length, pa_written_time *clock);

/* A zone: Z UTC GMT UT, +02 +0200 +02:00, both (GMT+1, +0000 UTC), those of RFC 5322 (EST EDT
 * CST CDT MST MDT PST PDT) and of the European Union (WET WEST CET CEST EET EEST), in letters of
 * any size. Others (IST, BST, AST ...) mean several offsets and are refused, unless a
 * number before them says which. *east: seconds ahead of UTC. */
bool pa_read_zone(const char *text, size_t length, int32_t *east);

/* A time by a pattern of the kind of strptime, but without a locale: %Y (four digits) %y %m
 * %d %e %b %B %h %H %I %M %S %f (digits of a fraction, dropped) %p %z %Z %j %a %A %T %D %F %R
 * %s %n %t %%; blanks stand for any blanks or none, other signs for themselves. Numbers take
 * as many digits as they may have. The pattern is one that pa_check_pattern found good. */
bool pa_read_pattern(const char *text, size_t length, const char *pattern, pa_written_time *time);

/* PA_E_CONFIG: not known, a part that is said twice, or too little to tell the second. name:
 * of the key, for the message. */
pa_status pa_check_pattern(const char *pattern, const char *name, pa_error *err);

/* pa_read_date_time in seconds of UTC, a time without a zone being one of UTC already. False
 * outside of the years 0000 to 9999 too. */
bool pa_parse_date_time(const char *text, size_t length, pa_date_order order, int64_t *seconds);

/* pa_parse_date_time with PA_DATE_YMD, or whole seconds with a sign or without:
 * 1532523959. Times in milliseconds are beyond the years, and so found out. */
bool pa_parse_time(const char *text, size_t length, int64_t *seconds);

/* "2018-07-25 13:05:59"; outside of the years 0000 to 9999 the plain number. */
void pa_format_time(int64_t seconds, char text[PA_TIME_TEXT]);

/* Days since 1970-01-01, rounded down; 0 Monday to 6 Sunday; 0 to 23. */
int64_t pa_day_of(int64_t seconds);
int pa_weekday_of(int64_t seconds);
int pa_hour_of(int64_t seconds);

#endif
