/* Kinds of rows: of those that were read by their values, of those that could not be by
 * the look of their fields. */
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/calendar.h"
#include "paraudit/csv/csv_parts.h"

const char *const pa_row_kind_words[PA_KIND_N] = {
    [PA_KIND_NEGATIVE] = "with a negative amount",
    [PA_KIND_POSITIVE] = "with a positive amount",
    [PA_KIND_THOUSANDS] = "with an amount of 1000 or more",
    [PA_KIND_FRAUD] = "labelled as fraud",
    [PA_KIND_GENUINE] = "labelled as genuine",
    [PA_KIND_LATE_DAY] = "with a day above 12",
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- amounts ---- */

typedef struct {
    size_t first, last; /* digits */
    size_t n_whole;     /* digits before the decimals, zeros in front left out */
    bool is_amount;     /* and no date, clock or word */
} amount_look;

/* Behind a point or comma are one or two decimals; three are a group. */
static amount_look look_at(pa_csv_field f)
{
    amount_look look = {.is_amount = true};
    size_t n_digits = 0, n_behind = 0;
    bool marked = false;
    for (size_t i = 0; i < f.length; i++) {
        char c = f.text[i];
        if (is_digit(c)) {
            if (n_digits++ == 0) look.first = i;
            look.last = i;
            n_behind++;
            look.n_whole += look.n_whole > 0 || c != '0';
        } else if (c == '.' || c == ',') {
            marked = true;
            n_behind = 0;
        }
    }
    look.is_amount = n_digits > 0;
    if (marked && n_behind < 3) look.n_whole -= n_behind < look.n_whole ? n_behind : look.n_whole;
    for (size_t i = 0; look.is_amount && i < f.length; i++) {
        char c = f.text[i];
        bool within = i > look.first && i < look.last;
        look.is_amount = c != ':' && c != '/' && !(within && c == '-');
    }
    return look;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A sign at either end, the hyphen-minus or one of U+2010 .. U+2015 and U+2212; a
 * parenthesis; DR. */
static bool marks_negative(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *t = text + i;
        size_t left = n - i;
        if (*t == '-' || *t == '(') return true;
        if (left >= 3 && memcmp(t, "\xe2\x88\x92", 3) == 0) return true;
        if (left >= 3 && memcmp(t, "\xe2\x80", 2) == 0 && (t[2] & 0xff) >= 0x90 &&
            (t[2] & 0xff) <= 0x95)
            return true;
        bool alone = (i == 0 || !is_letter(t[-1])) && (left == 2 || (left > 2 && !is_letter(t[2])));
        if (left >= 2 && alone && (t[0] | 32) == 'd' && (t[1] | 32) == 'r') return true;
    }
    return false;
}

static uint32_t kinds_of_amount(pa_csv_field f, pa_reject_reason reason)
{
    amount_look look = look_at(f);
    if (!look.is_amount) return 0;
    bool negative = marks_negative(f.text, look.first) ||
                    marks_negative(f.text + look.last + 1, f.length - look.last - 1);
    uint32_t kinds = 1u << (negative ? PA_KIND_NEGATIVE : PA_KIND_POSITIVE);
    /* Groups of digits are what may be read in small amounts and not in large ones. */
    if (reason == PA_REJECT_AMOUNT && look.n_whole > 3) kinds |= 1u << PA_KIND_THOUSANDS;
    return kinds;
}

/* ---- days ---- */

/* Whether one of the numbers of a date is a day that is no month: 25/07/2018, 2018-07-25,
 * 20180725; years of two digits pass for days, the clock does not count. */
static bool has_late_day(pa_csv_field f)
{
    for (size_t i = 0; i < f.length;) {
        size_t n = 0;
        while (i + n < f.length && is_digit(f.text[i + n])) n++;
        bool clock = n > 0 && i + n < f.length && f.text[i + n] == ':';
        if (clock) return false;
        if (n == 2 || n == 8) {
            const char *t = f.text + i + n - 2;
            int day = (t[0] - '0') * 10 + t[1] - '0';
            if (day > 12 && day <= 31) return true;
        }
        i += n > 0 ? n : 1;
    }
    return false;
}

static pa_csv_field day_field(const pa_csv_layout *l, const pa_csv_record *r)
{
    return pa_csv_field_at(r, l->time[l->n_time == 4 ? 2 : 0]);
}

/* ---- rows ---- */

uint32_t pa_csv_kinds_of(const pa_csv_layout *l, const pa_csv_record *r, pa_reject_reason reason,
                         int8_t label)
{
    uint32_t kinds = 0;
    if (l->amount >= 0) kinds |= kinds_of_amount(pa_csv_field_at(r, l->amount), reason);
    if (label >= 0) kinds |= 1u << (label ? PA_KIND_FRAUD : PA_KIND_GENUINE);
    if (reason == PA_REJECT_TIME && has_late_day(day_field(l, r))) kinds |= 1u << PA_KIND_LATE_DAY;
    return kinds;
}

static uint32_t kinds_of_row(int64_t time, int64_t amount_minor, int8_t label)
{
    const int64_t thousand = 100000;
    int64_t year;
    int month, day;
    pa_civil_from_days(pa_day_of(time), &year, &month, &day);
    uint32_t kinds = 1u << (amount_minor < 0 ? PA_KIND_NEGATIVE : PA_KIND_POSITIVE);
    if (llabs(amount_minor) >= thousand) kinds |= 1u << PA_KIND_THOUSANDS;
    if (label >= 0) kinds |= 1u << (label ? PA_KIND_FRAUD : PA_KIND_GENUINE);
    if (day > 12) kinds |= 1u << PA_KIND_LATE_DAY;
    return kinds;
}

uint32_t pa_csv_kinds_met(const pa_csv_batch *b)
{
    const uint32_t all = (1u << PA_KIND_N) - 1;
    uint32_t met = 0;
    for (size_t i = 0; i < b->n && met != all; i++)
        met |= kinds_of_row(b->time[i], b->amount_minor[i], b->label[i]);
    return met;
}
