/* What the readers of written times share. */
#ifndef PARAUDIT_SRC_BASE_CALENDAR_PARTS_H
#define PARAUDIT_SRC_BASE_CALENDAR_PARTS_H

#include <string.h>

#include "paraudit/base/calendar.h"

/* Text that is read from its front. What fails may have taken some of it. */
typedef struct {
    const char *t, *end;
} pa_time_text;

static inline bool pa_take(pa_time_text *r, char c)
{
    if (r->t == r->end || *r->t != c) return false;
    r->t++;
    return true;
}

static inline bool pa_is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

static inline bool pa_is_letter(char c)
{
    return (unsigned char)((c | 32) - 'a') < 26;
}

/* *bad is set where they are none. */
static inline unsigned pa_two_digits(const char *t, unsigned *bad)
{
    unsigned tens = (unsigned char)(t[0] - '0'), ones = (unsigned char)(t[1] - '0');
    *bad |= (tens > 9) | (ones > 9);
    return tens * 10 + ones;
}

/* How many digits, or letters, are next. */
static inline size_t pa_digits_ahead(const pa_time_text *r)
{
    const char *t = r->t;
    while (t < r->end && pa_is_digit(*t)) t++;
    return (size_t)(t - r->t);
}

static inline size_t pa_letters_ahead(const pa_time_text *r)
{
    const char *t = r->t;
    while (t < r->end && pa_is_letter(*t)) t++;
    return (size_t)(t - r->t);
}

/* Blanks, tabs and the no-break spaces that programs write before AM; whether any. */
bool pa_take_blanks(pa_time_text *r);

/* `least` to `most` digits, as many as there are. */
bool pa_take_digits(pa_time_text *r, size_t least, size_t most, unsigned *value);
/* The same, and no digit behind them. */
bool pa_take_number(pa_time_text *r, size_t least, size_t most, unsigned *value);

/* The letters that are next, in any size, up to where they end; false takes nothing.
 * month: 1 to 12. */
bool pa_take_word(pa_time_text *r, const char *lower);
bool pa_take_month(pa_time_text *r, unsigned *month);
bool pa_take_weekday(pa_time_text *r);

/* AM, pm, a.m. with hour 1 to 12, which becomes one of 24; false takes nothing. */
bool pa_take_half(pa_time_text *r, unsigned *hour);

/* Four digits or two. */
bool pa_take_year(pa_time_text *r, unsigned *year);
static inline unsigned pa_year_of_two(unsigned year)
{
    return year + (year < 69 ? 2000 : 1900);
}

/* 13:05:59.123, to where it ends; the zone is another thing. */
bool pa_take_clock(pa_time_text *r, int64_t *seconds);

/* +02, -0230, +02:00; hours of one digit where `short_hour`. */
bool pa_take_offset(pa_time_text *r, bool short_hour, int32_t *east);
/* UTC, CET ...; false takes nothing. *is_utc: an offset may follow. */
bool pa_take_abbreviation(pa_time_text *r, int32_t *east, bool *is_utc);
/* Any zone, blanks before it, or none: true with time->zoned unset, and nothing taken. */
bool pa_take_zone(pa_time_text *r, pa_written_time *time);

/* Days since 1970-01-01; false where there is no such day. */
static inline bool pa_days_of(unsigned year, unsigned month, unsigned day, int64_t *days)
{
    if (!pa_date_exists(year, month, day)) return false;
    *days = pa_days_from_civil(year, (int)month, (int)day);
    return true;
}

#endif
