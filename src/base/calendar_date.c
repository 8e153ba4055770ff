/* Dates in text, and the clocks behind them. */
#include "calendar_parts.h"
#include "paraudit/base/text.h"

/* 2018-07-25 13:05:59, as nearly all times are written. */
static bool read_plain(const char *t, int64_t *seconds)
{
    unsigned bad = (t[4] != '-') | (t[7] != '-') | ((t[10] != ' ') & (t[10] != 'T'));
    bad |= (t[13] != ':') | (t[16] != ':');
    unsigned year = pa_two_digits(t, &bad) * 100;
    year += pa_two_digits(t + 2, &bad);
    unsigned month = pa_two_digits(t + 5, &bad), day = pa_two_digits(t + 8, &bad);
    unsigned hour = pa_two_digits(t + 11, &bad), minute = pa_two_digits(t + 14, &bad);
    unsigned second = pa_two_digits(t + 17, &bad);
    int64_t days;
    if (bad || hour > 23 || minute > 59 || second > 59) return false;
    if (!pa_days_of(year, month, day, &days)) return false;
    *seconds = days * PA_DAY_SECONDS + hour * PA_HOUR_SECONDS + minute * 60 + second;
    return true;
}

/* The three parts are told apart by one sign, twice. */
static bool take_separator(pa_time_text *r, char *separator)
{
    if (r->t == r->end || (*r->t != '-' && *r->t != '/' && *r->t != '.')) return false;
    if (*separator && *r->t != *separator) return false;
    *separator = *r->t++;
    return true;
}

/* 2018-07-25. In some countries a point ends the date. */
static bool take_year_first(pa_time_text *r, int64_t *days)
{
    unsigned year, month, day;
    char separator = '\0';
    if (!pa_take_number(r, 4, 4, &year) || !take_separator(r, &separator)) return false;
    if (!pa_take_number(r, 1, 2, &month) || !take_separator(r, &separator)) return false;
    if (!pa_take_number(r, 1, 2, &day) || !pa_days_of(year, month, day, days)) return false;
    if (separator == '.') pa_take(r, '.');
    return true;
}

/* 25/07/2018, the day first or the month. */
static bool take_year_last(pa_time_text *r, bool day_first, int64_t *days)
{
    unsigned part[2], year;
    char separator = '\0';
    for (int i = 0; i < 2; i++) {
        if (!pa_take_number(r, 1, 2, &part[i]) || !take_separator(r, &separator)) return false;
    }
    if (!pa_take_year(r, &year)) return false;
    if (!pa_days_of(year, part[day_first], part[!day_first], days)) return false;
    if (separator == '.') pa_take(r, '.');
    return true;
}

static bool take_compact(pa_time_text *r, int64_t *days)
{
    unsigned date;
    if (!pa_take_number(r, 8, 8, &date)) return false;
    return pa_days_of(date / 10000, date / 100 % 100, date % 100, days);
}

/* What stands around the name of a month: 25-Jul-2018, 25. July 2018, 25JUL2018. */
static void take_gap(pa_time_text *r)
{
    if (!pa_take(r, '-') && !pa_take(r, '/')) {
        pa_take(r, '.');
        pa_take(r, ',');
        pa_take_blanks(r);
    }
}

static bool take_day_month(pa_time_text *r, int64_t *days)
{
    unsigned day, month, year;
    if (!pa_take_number(r, 1, 2, &day)) return false;
    take_gap(r);
    if (!pa_take_month(r, &month)) return false;
    take_gap(r);
    return pa_take_year(r, &year) && pa_days_of(year, month, day, days);
}

/* Wed Jul 25 13:05:59 UTC 2018, from the clock on. */
static bool read_year_behind(pa_time_text *r, unsigned month, unsigned day, pa_written_time *w)
{
    unsigned year;
    int64_t days, clock;
    if (!pa_take_clock(r, &clock) || !pa_take_zone(r, w)) return false;
    pa_take_blanks(r);
    if (!pa_take_number(r, 4, 4, &year) || !pa_days_of(year, month, day, &days)) return false;
    w->local = days * PA_DAY_SECONDS + clock;
    return true;
}

/* Behind the date: nothing, or a clock and perhaps a zone. */
static bool take_rest(pa_time_text *r, int64_t days, pa_written_time *w)
{
    int64_t clock = 0;
    *w = (pa_written_time){0};
    if (r->t < r->end) {
        size_t left = (size_t)(r->end - r->t);
        bool joined =
            pa_take(r, 'T') || pa_take(r, 't') || (left > 3 && r->t[3] == '.' && pa_take(r, '-'));
        if (!joined) {
            bool comma = pa_take(r, ',');
            if (!pa_take_blanks(r) && !comma) return false;
        }
        if (!pa_take_clock(r, &clock) || !pa_take_zone(r, w)) return false;
    }
    w->local = days * PA_DAY_SECONDS + clock;
    return true;
}

/* Jul 25, 2018 13:05, or the year behind the clock. */
static bool read_month_first(pa_time_text *r, pa_written_time *w)
{
    unsigned month, day, year;
    int64_t days;
    if (!pa_take_month(r, &month)) return false;
    take_gap(r);
    if (!pa_take_number(r, 1, 2, &day)) return false;
    take_gap(r);
    if (pa_digits_ahead(r) != 4) return read_year_behind(r, month, day, w);
    pa_take_digits(r, 4, 4, &year);
    return pa_days_of(year, month, day, &days) && take_rest(r, days, w);
}

/* 25/Jul/2018:13:05:59: the colon is one of web servers and of SAS. */
static bool read_day_first(pa_time_text *r, pa_written_time *w)
{
    int64_t days;
    if (!take_day_month(r, &days)) return false;
    pa_time_text at = *r;
    if (!pa_take(&at, ':')) return take_rest(r, days, w);
    int64_t clock;
    *r = at;
    if (!pa_take_clock(r, &clock) || !pa_take_zone(r, w)) return false;
    w->local = days * PA_DAY_SECONDS + clock;
    return true;
}

/* Compact only with a clock: alone it is a number. */
static bool read_any(pa_time_text *r, pa_written_time *w)
{
    if (r->end - r->t > 1 && *r->t == '[' && r->end[-1] == ']') r->t++, r->end--;
    if (pa_take_weekday(r)) {
        pa_take(r, '.');
        pa_take(r, ',');
        pa_take_blanks(r);
    }
    int64_t days;
    size_t n = pa_digits_ahead(r);
    if (n == 0) return read_month_first(r, w);
    if (n <= 2) return read_day_first(r, w);
    if (n == 8) return take_compact(r, &days) && r->t < r->end && take_rest(r, days, w);
    return take_year_first(r, &days) && take_rest(r, days, w);
}

static bool read_ordered(pa_time_text *r, pa_date_order order, pa_written_time *w)
{
    int64_t days;
    bool good = false;
    if (order == PA_DATE_YMD) good = take_year_first(r, &days);
    if (order == PA_DATE_COMPACT) good = take_compact(r, &days);
    if (order == PA_DATE_DMY || order == PA_DATE_MDY)
        good = take_year_last(r, order == PA_DATE_DMY, &days);
    return good && take_rest(r, days, w);
}

bool pa_read_date_time(const char *text, size_t length, pa_date_order order, pa_written_time *time)
{
    pa_written_time w = {0};
    bool year_first = order == PA_DATE_YMD || order == PA_DATE_ANY;
    if (!year_first || length != 19 || !read_plain(text, &w.local)) {
        pa_time_text r = {text, text + length};
        if (!(order == PA_DATE_ANY ? read_any(&r, &w) : read_ordered(&r, order, &w))) return false;
        if (r.t < r.end) return false;
    }
    *time = w;
    return true;
}

static bool within_years(int64_t t, int64_t *seconds)
{
    if (t < PA_TIME_MIN || t > PA_TIME_MAX) return false;
    *seconds = t;
    return true;
}

bool pa_parse_date_time(const char *text, size_t length, pa_date_order order, int64_t *seconds)
{
    pa_written_time w;
    return pa_read_date_time(text, length, order, &w) && within_years(w.local - w.east, seconds);
}

bool pa_parse_time(const char *text, size_t length, int64_t *seconds)
{
    int64_t v;
    if (pa_parse_date_time(text, length, PA_DATE_YMD, seconds)) return true;
    return pa_parse_i64(text, length, &v) && within_years(v, seconds);
}
