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

/* Reads one of
 *     2018-07-25
 *     2018-07-25 13:05:59    2018-07-25T13:05:59    either with .123 (dropped), then Z
 *     1532523959             (seconds; a sign may lead)
 * and nothing around it. False for what is none of these, for dates and times
 * that do not exist, and outside of the years 0000 to 9999, so that times in
 * milliseconds are found out. *seconds is set on success only. */
bool pa_parse_time(const char *text, size_t length, int64_t *seconds);

/* "2018-07-25 13:05:59"; outside of the years 0000 to 9999 the plain number. */
void pa_format_time(int64_t seconds, char text[PA_TIME_TEXT]);

/* Days since 1970-01-01, rounded down; 0 Monday to 6 Sunday; 0 to 23. */
int64_t pa_day_of(int64_t seconds);
int pa_weekday_of(int64_t seconds);
int pa_hour_of(int64_t seconds);

#endif
