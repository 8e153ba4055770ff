/* How clocks will change: the rule at the end of a TZif file, written as POSIX has TZ. */
#include <stdlib.h>
#include <string.h>

#include "calendar_parts.h"
#include "zone_parts.h"

/* A day of each year: Jn (no 29 February), n (from 0) or Mm.w.d (week 5: the last). */
typedef struct {
    char kind; /* J, 0 or M */
    unsigned day, month, week;
    int32_t clock; /* seconds of the wall's clock; may lie in other days */
} rule_day;

typedef struct {
    int32_t standard, summer; /* seconds ahead of UTC */
    rule_day start, end;      /* of summer */
} rule;

static bool take_name(pa_time_text *r)
{
    size_t n = pa_letters_ahead(r);
    if (pa_take(r, '<')) {
        const char *close = memchr(r->t, '>', (size_t)(r->end - r->t));
        if (!close) return false;
        r->t = close + 1;
        return true;
    }
    r->t += n;
    return n >= 3;
}

/* hh, hh:mm or hh:mm:ss with a sign or not. */
static bool take_time(pa_time_text *r, int32_t *seconds)
{
    unsigned part[3] = {0};
    bool minus = pa_take(r, '-');
    if (!minus) pa_take(r, '+');
    if (!pa_take_number(r, 1, 3, &part[0])) return false;
    for (int i = 1; i < 3 && pa_take(r, ':'); i++) {
        if (!pa_take_number(r, 2, 2, &part[i])) return false;
    }
    *seconds = (int32_t)(part[0] * PA_HOUR_SECONDS + part[1] * 60 + part[2]);
    if (minus) *seconds = -*seconds;
    return part[0] <= 167 && part[1] < 60 && part[2] < 60;
}

static bool take_month_week_day(pa_time_text *r, rule_day *d)
{
    return pa_take_number(r, 1, 2, &d->month) && pa_take(r, '.') &&
           pa_take_number(r, 1, 1, &d->week) && pa_take(r, '.') &&
           pa_take_number(r, 1, 1, &d->day) && d->month >= 1 && d->month <= 12 && d->week >= 1 &&
           d->week <= 5 && d->day <= 6;
}

static bool take_day(pa_time_text *r, rule_day *d)
{
    bool good;
    if (!pa_take(r, ',')) return false;
    d->clock = 2 * PA_HOUR_SECONDS;
    d->kind = pa_take(r, 'M') ? 'M' : pa_take(r, 'J') ? 'J' : '0';
    if (d->kind == 'M') {
        good = take_month_week_day(r, d);
    } else {
        good = pa_take_number(r, 1, 3, &d->day) && d->day <= 365 && (d->kind == '0' || d->day > 0);
    }
    return good && (!pa_take(r, '/') || take_time(r, &d->clock));
}

/* Without summer both are alike. POSIX counts west of UTC. */
static bool take_rule(pa_time_text *r, rule *u)
{
    if (!take_name(r) || !take_time(r, &u->standard)) return false;
    u->standard = -u->standard;
    u->summer = u->standard;
    if (r->t == r->end) return true;
    if (!take_name(r)) return false;
    u->summer = u->standard + PA_HOUR_SECONDS;
    if (r->t < r->end && *r->t != ',') {
        if (!take_time(r, &u->summer)) return false;
        u->summer = -u->summer;
    }
    return take_day(r, &u->start) && take_day(r, &u->end) && r->t == r->end;
}

static bool is_offset(int32_t east)
{
    return east > -PA_DAY_SECONDS && east < PA_DAY_SECONDS;
}

/* Local seconds of the change in this year, on the clock before it. */
static int64_t change_in(const rule_day *d, int64_t year)
{
    int64_t day = pa_days_from_civil(year, 1, 1);
    if (d->kind == 'J') {
        bool after = d->day >= 60 && pa_date_exists(year, 2, 29);
        day += (int64_t)d->day - 1 + after;
    } else if (d->kind == '0') {
        day += d->day;
    } else {
        int64_t first = pa_days_from_civil(year, (int)d->month, 1);
        int weekday = (pa_weekday_of(first * PA_DAY_SECONDS) + 1) % 7; /* 0: Sunday */
        day = first + ((int)d->day - weekday + 7) % 7 + 7 * ((int64_t)d->week - 1);
        while (!pa_date_exists(year, d->month, day - first + 1)) day -= 7;
    }
    return day * PA_DAY_SECONDS + d->clock;
}

/* The changes of a year in their order, those behind what is known already. */
static bool add_year(const rule *u, int64_t year, int64_t known, pa_zone *z, int64_t utc[])
{
    int64_t start = change_in(&u->start, year) - u->standard;
    int64_t end = change_in(&u->end, year) - u->summer;
    bool summer_last = end <= start; /* of the year, in the south */
    int64_t at[2] = {summer_last ? end : start, summer_last ? start : end};
    for (int i = 0; i < 2; i++) {
        int32_t east = (i == 1) == summer_last ? u->summer : u->standard;
        if (at[i] > known && !pa_zone_add(z, utc, at[i], east)) return false;
    }
    return true;
}

bool pa_zone_add_rule(const char *text, size_t n, int64_t known, pa_zone *z, int64_t utc[])
{
    rule u = {0};
    pa_time_text r = {text, text + n};
    if (n == 0) return true; /* nothing is said: the last offset stays */
    if (!take_rule(&r, &u) || !is_offset(u.standard) || !is_offset(u.summer)) return false;
    if (u.standard == u.summer) return true;
    int64_t year;
    int month, day;
    pa_civil_from_days(pa_day_of(known), &year, &month, &day);
    for (int64_t y = year; y <= year + 401; y++) {
        if (!add_year(&u, y, known, z, utc)) return false;
    }
    z->repeats = 1;
    z->end = pa_days_from_civil(year + 401, 1, 1) * PA_DAY_SECONDS;
    return true;
}
