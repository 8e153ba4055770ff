/* Clocks, zones and names in text. */
#include "calendar_parts.h"

static bool take_text(pa_time_text *r, const char *text, size_t n)
{
    if ((size_t)(r->end - r->t) < n || memcmp(r->t, text, n) != 0) return false;
    r->t += n;
    return true;
}

bool pa_take_blanks(pa_time_text *r)
{
    const char *first = r->t;
    while (pa_take(r, ' ') || pa_take(r, '\t') || take_text(r, "\xc2\xa0", 2) ||
           take_text(r, "\xe2\x80\xaf", 3)) {
    }
    return r->t > first;
}

bool pa_take_digits(pa_time_text *r, size_t least, size_t most, unsigned *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < most && r->t < r->end && pa_is_digit(*r->t); n++) {
        *value = *value * 10 + (unsigned)(*r->t++ - '0');
    }
    return n >= least;
}

bool pa_take_number(pa_time_text *r, size_t least, size_t most, unsigned *value)
{
    return pa_take_digits(r, least, most, value) && (r->t == r->end || !pa_is_digit(*r->t));
}

static bool is_word(const char *t, size_t n, const char *lower)
{
    for (size_t i = 0; i < n; i++) {
        if (lower[i] == '\0' || (t[i] | 32) != lower[i]) return false;
    }
    return true;
}

bool pa_take_word(pa_time_text *r, const char *lower)
{
    size_t n = pa_letters_ahead(r);
    if (n != strlen(lower) || !is_word(r->t, n, lower)) return false;
    r->t += n;
    return true;
}

/* One of n names, in full or by its first three letters. */
static bool take_name(pa_time_text *r, const char *const names[], unsigned n, unsigned *which)
{
    size_t length = pa_letters_ahead(r);
    for (unsigned i = 0; i < n; i++) {
        if (length != 3 && length != strlen(names[i])) continue;
        if (!is_word(r->t, length, names[i])) continue;
        r->t += length;
        *which = i;
        return true;
    }
    return false;
}

bool pa_take_month(pa_time_text *r, unsigned *month)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    if (pa_take_word(r, "sept")) return *month = 9, true;
    if (!take_name(r, names, 12, month)) return false;
    ++*month;
    return true;
}

bool pa_take_weekday(pa_time_text *r)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    unsigned which;
    return take_name(r, names, 7, &which);
}

bool pa_take_half(pa_time_text *r, unsigned *hour)
{
    pa_time_text at = *r;
    if (at.t == at.end) return false;
    char half = (char)(*at.t++ | 32);
    bool dotted = pa_take(&at, '.');
    if ((half != 'a' && half != 'p') || at.t == at.end || (*at.t++ | 32) != 'm') return false;
    if (dotted && !pa_take(&at, '.')) return false;
    if (pa_letters_ahead(&at) > 0 || *hour < 1 || *hour > 12) return false;
    *hour = *hour % 12 + (half == 'p' ? 12 : 0);
    r->t = at.t;
    return true;
}

bool pa_take_year(pa_time_text *r, unsigned *year)
{
    size_t n = pa_digits_ahead(r);
    if (n != 4 && n != 2) return false;
    pa_take_digits(r, n, n, year);
    if (n == 2) *year = pa_year_of_two(*year);
    return true;
}

/* Digits behind a point or a comma, or none of either. */
static bool take_fraction(pa_time_text *r)
{
    if (!pa_take(r, '.') && !pa_take(r, ',')) return true;
    size_t n = pa_digits_ahead(r);
    r->t += n;
    return n > 0;
}

/* hhmmss or hhmm */
static bool take_joined_clock(pa_time_text *r, size_t n, unsigned part[3])
{
    for (size_t i = 0; i < n / 2; i++) pa_take_digits(r, 2, 2, &part[i]);
    return n == 4 || take_fraction(r);
}

/* Colons, or points: where points stand the seconds must be there, as 13.05 is a number. */
static bool take_parted_clock(pa_time_text *r, unsigned part[3])
{
    if (!pa_take_number(r, 1, 2, &part[0])) return false;
    char mark = pa_take(r, '.') ? '.' : ':';
    if ((mark == ':' && !pa_take(r, ':')) || !pa_take_number(r, 2, 2, &part[1])) return false;
    if (!pa_take(r, mark)) return mark == ':';
    return pa_take_number(r, 2, 2, &part[2]) && take_fraction(r);
}

bool pa_take_clock(pa_time_text *r, int64_t *seconds)
{
    unsigned part[3] = {0};
    size_t n = pa_digits_ahead(r);
    bool good = n == 4 || n == 6 ? take_joined_clock(r, n, part) : take_parted_clock(r, part);
    if (!good) return false;
    pa_time_text at = *r;
    pa_take_blanks(&at);
    if (pa_take_half(&at, &part[0])) *r = at;
    if (part[0] > 23 || part[1] > 59 || part[2] > 59) return false;
    *seconds = (int64_t)part[0] * PA_HOUR_SECONDS + (int64_t)part[1] * 60 + part[2];
    return true;
}

bool pa_take_offset(pa_time_text *r, bool short_hour, int32_t *east)
{
    bool west = pa_take(r, '-');
    if (!west && !pa_take(r, '+')) return false;
    size_t n = pa_digits_ahead(r);
    unsigned hour, minute = 0;
    if (n != 2 && n != 4 && !(n == 1 && short_hour)) return false;
    pa_take_digits(r, 1, n < 2 ? n : 2, &hour);
    bool more = n == 4 || pa_take(r, ':');
    if ((more && !pa_take_number(r, 2, 2, &minute)) || hour > 23 || minute > 59) return false;
    *east = (int32_t)(hour * PA_HOUR_SECONDS + minute * 60);
    if (west) *east = -*east;
    return true;
}

bool pa_take_abbreviation(pa_time_text *r, int32_t *east, bool *is_utc)
{
    static const struct {
        const char *name;
        int32_t hours;
    } known[] = {
        {"utc", 0},  {"gmt", 0},  {"ut", 0},   {"z", 0},    {"wet", 0},  {"west", 1},
        {"cet", 1},  {"cest", 2}, {"eet", 2},  {"eest", 3}, {"est", -5}, {"edt", -4},
        {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!pa_take_word(r, known[i].name)) continue;
        *east = known[i].hours * PA_HOUR_SECONDS;
        *is_utc = i < 3;
        return true;
    }
    return false;
}

/* More words for a zone that is known: [Europe/Berlin] (RFC 9557), (CET) (RFC 5322), and
 * behind an offset UTC or +03, as Go has them. */
static bool take_zone_name(pa_time_text *r, bool offset)
{
    int32_t east;
    pa_time_text at = *r;
    bool apart = pa_take_blanks(&at);
    if (at.t == at.end) return true;
    char close = *at.t == '[' ? ']' : *at.t == '(' ? ')' : '\0';
    size_t letters = pa_letters_ahead(&at);
    if (close) {
        const char *end = memchr(at.t, close, (size_t)(at.end - at.t));
        if (!end) return false;
        at.t = end + 1;
    } else if (offset && apart && letters > 0) {
        at.t += letters;
    } else if (!offset || !apart || !pa_take_offset(&at, false, &east)) {
        return true;
    }
    *r = at;
    return true;
}

/* At a letter or a sign. */
static bool take_known_zone(pa_time_text *r, int32_t *east)
{
    bool is_utc = false;
    bool offset = *r->t == '+' || *r->t == '-';
    if (!offset) {
        if (!pa_take_abbreviation(r, east, &is_utc)) return false;
        offset = is_utc && r->t < r->end && (*r->t == '+' || *r->t == '-');
    }
    return (!offset || pa_take_offset(r, is_utc, east)) && take_zone_name(r, offset);
}

bool pa_take_zone(pa_time_text *r, pa_written_time *time)
{
    pa_time_text at = *r;
    pa_take_blanks(&at);
    time->east = 0;
    time->zoned = at.t < at.end && (*at.t == '+' || *at.t == '-' || pa_is_letter(*at.t));
    if (!time->zoned) return true;
    *r = at;
    return take_known_zone(r, &time->east);
}

/* 13:05 or 13:05:59, as nearly all clocks are written. */
static bool read_plain(const char *t, size_t length, int64_t *seconds)
{
    unsigned bad = t[2] != ':', second = 0;
    unsigned hour = pa_two_digits(t, &bad), minute = pa_two_digits(t + 3, &bad);
    if (length == 8) {
        bad |= t[5] != ':';
        second = pa_two_digits(t + 6, &bad);
    }
    *seconds = hour * PA_HOUR_SECONDS + minute * 60 + second;
    return !bad && hour < 24 && minute < 60 && second < 60;
}

bool pa_read_clock(const char *text, size_t length, pa_written_time *clock)
{
    pa_time_text r = {text, text + length};
    pa_written_time w = {0};
    if ((length == 5 || length == 8) && read_plain(text, length, &w.local)) {
        *clock = w;
        return true;
    }
    if (!pa_take_clock(&r, &w.local) || !pa_take_zone(&r, &w) || r.t < r.end) return false;
    *clock = w;
    return true;
}

bool pa_read_zone(const char *text, size_t length, int32_t *east)
{
    pa_time_text r = {text, text + length};
    pa_written_time w = {0};
    if (!pa_take_zone(&r, &w) || r.t < r.end || !w.zoned) return false;
    *east = w.east;
    return true;
}
