/* Fields as nearly all rows have them: the quick ways of one row and of a block of rows. */
#ifndef PARAUDIT_SRC_CSV_CSV_QUICK_H
#define PARAUDIT_SRC_CSV_CSV_QUICK_H

#include "paraudit/base/calendar.h"
#include "paraudit/base/words.h"
#include "paraudit/csv/csv_parts.h"

/* 1 to 16 digits. */
static inline bool pa_csv_digits(const char *text, size_t n, int64_t *value)
{
    int64_t high;
    if (n == 0 || n > 16) return false;
    if (n <= 8) return pa_digits8(text, n, value);
    if (!pa_digits8(text, n - 8, &high) || !pa_digits8(text + n - 8, 8, value)) return false;
    *value += high * 100000000;
    return true;
}

/* 12.34 is how nearly all amounts look. */
static inline bool pa_csv_hundredths(pa_csv_field f, int64_t *minor)
{
    int64_t units;
    const char *point = f.text + f.length - 3;
    if (f.length < 4 || *point != '.' || !pa_csv_digits(f.text, f.length - 3, &units)) return false;
    unsigned tenths = (unsigned char)(point[1] - '0'), ones = (unsigned char)(point[2] - '0');
    *minor = units * 100 + tenths * 10 + ones;
    return tenths <= 9 && ones <= 9;
}

/* "13:05:59" to seconds of the day, -1 where it is anything else. */
static inline int32_t pa_csv_clock(const char *text)
{
    uint64_t d = pa_load8(text) ^ 0x30303a30303a3030u; /* what is above "00:00:00" */
    if ((d & 0x0000ff0000ff0000u) != 0 || !pa_are_digits(d)) return -1;
    int32_t h = (int32_t)(10 * (d & 15) + (d >> 8 & 15));
    int32_t m = (int32_t)(10 * (d >> 24 & 15) + (d >> 32 & 15));
    int32_t s = (int32_t)(10 * (d >> 48 & 15) + (d >> 56));
    return h < 24 && m < 60 && s < 60 ? (h * 60 + m) * 60 + s : -1;
}

static inline unsigned pa_csv_day_in(const char *date)
{
    unsigned tens = (unsigned char)(date[8] - '0'), ones = (unsigned char)(date[9] - '0');
    return tens <= 9 && ones <= 9 ? tens * 10 + ones : 0;
}

/* Where the month of 2018-07-25 is remembered: the months of a year do not meet there. */
static inline size_t pa_csv_month_slot(uint64_t date)
{
    return ((date >> 40 & 15) * 10 + (date >> 48 & 15)) % PA_CSV_MONTHS;
}

/* "2018-07-25 13:05:59" of a month that was met to local seconds. Every month has 28 days, and
 * this one those that were met. */
static inline bool pa_csv_known_time(const pa_csv_month months[], pa_csv_field f, int64_t *seconds)
{
    if (f.length != 19 || (f.text[10] != ' ' && f.text[10] != 'T')) return false;
    uint64_t date = pa_load8(f.text);
    const pa_csv_month *m = &months[pa_csv_month_slot(date)];
    unsigned day = pa_csv_day_in(f.text);
    int32_t clock = pa_csv_clock(f.text + 11);
    *seconds = m->start + (int64_t)day * PA_DAY_SECONDS + clock;
    return m->text == date && day - 1 < m->days && clock >= 0;
}

/* From the clock of the zone; false outside of the years. */
static inline bool pa_csv_leave_zone(pa_csv_intake *p, int64_t *seconds)
{
    *seconds -= pa_zone_east(p->zone, *seconds, &p->zone_span);
    return *seconds >= PA_TIME_MIN && *seconds <= PA_TIME_MAX;
}

#endif
