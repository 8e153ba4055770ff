/* Times by a pattern. */
#include <stdio.h>

#include "calendar_parts.h"

/* What a pattern says of a time. */
enum {
    YEAR = 1 << 0,
    MONTH = 1 << 1,
    DAY = 1 << 2,
    DAY_OF_YEAR = 1 << 3,
    HOUR_24 = 1 << 4,
    HOUR_12 = 1 << 5,
    HALF = 1 << 6,
    MINUTE = 1 << 7,
    SECOND = 1 << 8,
    OFFSET = 1 << 9,
    ABBREVIATION = 1 << 10,
    EPOCH = 1 << 11,
    DATE = YEAR | MONTH | DAY | DAY_OF_YEAR,
    CLOCK = HOUR_24 | HOUR_12 | HALF | MINUTE | SECOND,
    ZONE = OFFSET | ABBREVIATION
};

static const struct {
    char letter;
    int says;
    const char *means; /* a longer pattern */
} directives[] = {
    {'Y', YEAR, NULL},
    {'y', YEAR, NULL},
    {'m', MONTH, NULL},
    {'d', DAY, NULL},
    {'e', DAY, NULL},
    {'b', MONTH, NULL},
    {'B', MONTH, NULL},
    {'h', MONTH, NULL},
    {'H', HOUR_24, NULL},
    {'I', HOUR_12, NULL},
    {'M', MINUTE, NULL},
    {'S', SECOND, NULL},
    {'f', 0, NULL},
    {'p', HALF, NULL},
    {'z', OFFSET, NULL},
    {'Z', ABBREVIATION, NULL},
    {'j', DAY_OF_YEAR, NULL},
    {'a', 0, NULL},
    {'A', 0, NULL},
    {'T', HOUR_24 | MINUTE | SECOND, "%H:%M:%S"},
    {'D', YEAR | MONTH | DAY, "%m/%d/%y"},
    {'F', YEAR | MONTH | DAY, "%Y-%m-%d"},
    {'R', HOUR_24 | MINUTE, "%H:%M"},
    {'s', EPOCH, NULL},
    {'n', 0, NULL},
    {'t', 0, NULL},
    {'%', 0, NULL},
};

enum { N_DIRECTIVES = sizeof directives / sizeof *directives };

static int directive_of(char letter)
{
    for (int i = 0; i < N_DIRECTIVES; i++) {
        if (directives[i].letter == letter) return i;
    }
    return -1;
}

/* What is found of a time, as it stands. */
typedef struct {
    unsigned year, month, day, day_of_year, hour, minute, second;
    int said;
    int64_t epoch;
    int32_t offset, abbreviation;
    bool knows_abbreviation;
    char half; /* a or p */
} found;

static bool take_fixed(pa_time_text *r, unsigned *value, size_t most, unsigned limit)
{
    return pa_take_digits(r, most == 4 ? 4 : 1, most, value) && *value <= limit;
}

static bool take_epoch(pa_time_text *r, int64_t *seconds)
{
    bool before = pa_take(r, '-');
    size_t n = pa_digits_ahead(r);
    if (n == 0 || n > 15) return false;
    *seconds = 0;
    while (n-- > 0) *seconds = *seconds * 10 + (*r->t++ - '0');
    if (before) *seconds = -*seconds;
    return true;
}

static bool take_fraction_digits(pa_time_text *r)
{
    size_t n = pa_digits_ahead(r);
    r->t += n;
    return n > 0;
}

static bool take_half_letters(pa_time_text *r, char *half)
{
    unsigned one = 1;
    if (!pa_take_half(r, &one)) return false;
    *half = one == 1 ? 'a' : 'p';
    return true;
}

static bool take_offset_or_z(pa_time_text *r, int32_t *east)
{
    *east = 0;
    return pa_take(r, 'Z') || pa_take(r, 'z') || pa_take_offset(r, false, east);
}

/* Any letters: whether they are needed is known at the end. */
static bool take_letters(pa_time_text *r, found *f)
{
    bool is_utc;
    size_t n = pa_letters_ahead(r);
    f->knows_abbreviation = pa_take_abbreviation(r, &f->abbreviation, &is_utc);
    if (!f->knows_abbreviation) r->t += n;
    return n > 0;
}

static bool take_day_padded(pa_time_text *r, unsigned *day)
{
    pa_take_blanks(r);
    return take_fixed(r, day, 2, 31);
}

static bool take_short_year(pa_time_text *r, unsigned *year)
{
    if (!pa_take_digits(r, 2, 2, year)) return false;
    *year = pa_year_of_two(*year);
    return true;
}

static bool take_date_part(pa_time_text *r, char letter, found *f)
{
    switch (letter) {
    case 'Y':
        return take_fixed(r, &f->year, 4, 9999);
    case 'y':
        return take_short_year(r, &f->year);
    case 'm':
        return take_fixed(r, &f->month, 2, 12);
    case 'b':
    case 'B':
    case 'h':
        return pa_take_month(r, &f->month);
    case 'd':
        return take_fixed(r, &f->day, 2, 31);
    case 'e':
        return take_day_padded(r, &f->day);
    case 'j':
        return take_fixed(r, &f->day_of_year, 3, 366);
    default:
        return pa_take_weekday(r);
    }
}

static bool take_part(pa_time_text *r, char letter, found *f)
{
    switch (letter) {
    case 'H':
        return take_fixed(r, &f->hour, 2, 23);
    case 'I':
        return take_fixed(r, &f->hour, 2, 12) && f->hour > 0;
    case 'M':
        return take_fixed(r, &f->minute, 2, 59);
    case 'S':
        return take_fixed(r, &f->second, 2, 59);
    case 'f':
        return take_fraction_digits(r);
    case 'p':
        return take_half_letters(r, &f->half);
    case 'z':
        return take_offset_or_z(r, &f->offset);
    case 'Z':
        return take_letters(r, f);
    case 's':
        return take_epoch(r, &f->epoch);
    case 'n':
    case 't':
        pa_take_blanks(r);
        return true;
    case '%':
        return pa_take(r, '%');
    default:
        return take_date_part(r, letter, f);
    }
}

/* No directive means one that means another. */
static bool take_all(pa_time_text *r, const char *p, bool whole, found *f)
{
    for (; *p; p++) {
        if (*p == ' ' || *p == '\t') {
            pa_take_blanks(r);
        } else if (*p != '%') {
            if (!pa_take(r, *p)) return false;
        } else {
            int d = directive_of(*++p);
            if (d < 0) return false;
            const char *means = directives[d].means;
            f->said |= directives[d].says;
            bool good = means && whole ? take_all(r, means, false, f) : take_part(r, *p, f);
            if (!good) return false;
        }
    }
    return true;
}

/* Day n of a year that has it. */
static bool take_day_of_year(unsigned year, unsigned n, int64_t *days)
{
    int64_t first, next;
    if (n == 0) return false;
    first = pa_days_from_civil(year, 1, 1);
    next = pa_days_from_civil((int64_t)year + 1, 1, 1);
    *days = first + n - 1;
    return *days < next;
}

static bool find_zone(const found *f, pa_written_time *w)
{
    *w = (pa_written_time){.zoned = f->said & (ZONE | EPOCH)};
    if (f->said & OFFSET) {
        w->east = f->offset;
    } else if (f->said & ABBREVIATION) {
        w->east = f->abbreviation;
        return f->knows_abbreviation;
    }
    return true;
}

static bool settle(const found *f, pa_written_time *w)
{
    int64_t days;
    unsigned hour = f->hour;
    if (!find_zone(f, w)) return false;
    if (f->said & EPOCH) return w->local = f->epoch, true;
    bool there = f->said & DAY_OF_YEAR ? take_day_of_year(f->year, f->day_of_year, &days)
                                       : pa_days_of(f->year, f->month, f->day, &days);
    if (!there) return false;
    if (f->said & HOUR_12) hour = hour % 12 + (f->half == 'p' ? 12 : 0);
    w->local = days * PA_DAY_SECONDS + (int64_t)hour * PA_HOUR_SECONDS;
    w->local += (int64_t)f->minute * 60 + f->second;
    return true;
}

bool pa_read_pattern(const char *text, size_t length, const char *pattern, pa_written_time *time)
{
    pa_time_text r = {text, text + length};
    pa_written_time w;
    found f = {0};
    if (!take_all(&r, pattern, true, &f) || r.t < r.end || !settle(&f, &w)) return false;
    *time = w;
    return true;
}

/* Month and day, or the day of the year. */
static bool has_day(int said)
{
    bool by_month = (said & (MONTH | DAY)) == (MONTH | DAY) && !(said & DAY_OF_YEAR);
    return by_month || (said & (MONTH | DAY | DAY_OF_YEAR)) == DAY_OF_YEAR;
}

/* What is wrong with all that a pattern says, or NULL. */
static const char *fault_of(int said)
{
    if (said & EPOCH) {
        return said == EPOCH ? NULL : "%s is a time by itself: nothing else may be said";
    }
    if (!(said & YEAR) || !has_day(said)) {
        return "it must say the year (%Y, %y), and month (%m, %b) and day (%d) or the day of the "
               "year (%j)";
    }
    if ((said & HOUR_12) && !(said & HALF)) return "%I is one of 12 hours: it needs %p";
    if ((said & HALF) && !(said & HOUR_12)) return "%p needs %I, the hour of 12";
    if ((said & (HOUR_24 | HOUR_12)) == (HOUR_24 | HOUR_12)) return "it says the hour twice";
    if ((said & MINUTE) && !(said & (HOUR_24 | HOUR_12))) return "%M needs an hour (%H)";
    if ((said & SECOND) && !(said & MINUTE)) return "%S needs minutes (%M)";
    return NULL;
}

pa_status pa_check_pattern(const char *pattern, const char *name, pa_error *err)
{
    int said = 0;
    for (const char *p = pattern; *p; p++) {
        if (*p != '%') continue;
        int d = directive_of(*++p);
        if (*p == '\0') {
            return pa_fail(err, PA_E_CONFIG, "%s: a %% ends '%s' (%%%% is the sign itself)", name,
                           pattern);
        }
        if (d < 0) {
            return pa_fail(err, PA_E_CONFIG,
                           "%s: '%%%c' in '%s' is not known; these are: %%Y %%y %%m %%d %%e %%b "
                           "%%B %%h %%H %%I %%M %%S %%f %%p %%z %%Z %%j %%a %%A %%T %%D %%F %%R "
                           "%%s %%n %%t %%%%",
                           name, *p, pattern);
        }
        if (said & directives[d].says) {
            return pa_fail(err, PA_E_CONFIG, "%s: '%%%c' in '%s' says again what was said before",
                           name, *p, pattern);
        }
        said |= directives[d].says;
    }
    const char *fault = fault_of(said);
    return fault ? pa_fail(err, PA_E_CONFIG, "%s '%s': %s", name, pattern, fault) : PA_OK;
}
