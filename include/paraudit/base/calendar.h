/* Dates and times of day: the proleptic Gregorian calendar without time zones
 * and leap seconds, as seconds since 1970-01-01 00:00:00. */
#ifndef PARAUDIT_BASE_CALENDAR_H
#define PARAUDIT_BASE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PA_HOUR_SECONDS = 3600, PA_DAY_SECONDS = 86400, PA_TIME_TEXT = 24 };

/* 0000-01-01 00:00:00 and 9999-12-31 23:59:59: nothing outside is parsed. */
#define PA_TIME_MIN INT64_C(-62167219200)
#define PA_TIME_MAX INT64_C(253402300799)

/* Days since 1970-01-01 of a date that exists: any year, month 1 to 12. */
int64_t pa_days_from_civil(int64_t year, int month, int day);
void pa_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

/* Years 0 to 9999. */
bool pa_date_exists(int64_t year, int64_t month, int64_t day);

/* How a date is written. */
typedef enum {
    PA_DATE_YMD,    /* 2018-07-25 2018/7/25 */
    PA_DATE_DMY,    /* 25/07/2018 25.7.2018 25-07-2018 */
    PA_DATE_MDY,    /* 07/25/2018 7.25.2018 07-25-2018 */
    PA_DATE_COMPACT /* 20180725 */
} pa_date_order;

/* Reads a date, or a date and a clock with a blank or T between them, and nothing
 * around it. False for anything else, for dates and clocks that do not exist, and
 * outside of the years 0000 to 9999. *seconds is set on success only. */
bool pa_parse_date_time(const char *text, size_t length, pa_date_order order, int64_t *seconds);

/* Seconds of a clock: 13:05, 1:05 PM, 13:05:59, 13:05:59.123 (the fraction is
 * dropped), with a zone behind it or not: Z, UTC, +02, +0200, +02:00. A zone is
 * converted to UTC, so the seconds may lie outside of 0 to 86399. */
bool pa_parse_clock(const char *text, size_t length, int64_t *seconds);

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
