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

/* What the amount's column shows, as far as it is the whole amount: a sign of another column
 * turns it, and of two columns nothing is known. */
static uint32_t kinds_of_amounts(const pa_csv_intake *p, const pa_csv_record *r,
                                 pa_reject_reason reason)
{
    const uint32_t signs = 1u << PA_KIND_NEGATIVE | 1u << PA_KIND_POSITIVE;
    const pa_csv_layout *l = &p->layout;
    if (l->amount < 0) return 0;
    uint32_t kinds = kinds_of_amount(pa_csv_field_at(r, l->amount), reason);
    if (l->less >= 0) return kinds & ~signs;
    if (l->sign < 0) return kinds;
    pa_csv_field f = pa_csv_trimmed(pa_csv_field_at(r, l->sign));
    if (pa_csv_words_hold(&p->debit, f.text, f.length))
        return kinds & signs ? kinds ^ signs : kinds;
    return pa_csv_words_hold(&p->credit, f.text, f.length) ? kinds : kinds & ~signs;
}

uint32_t pa_csv_kinds_of(const pa_csv_intake *p, const pa_csv_record *r, pa_reject_reason reason,
                         int8_t label)
{
    const pa_csv_layout *l = &p->layout;
    uint32_t kinds = kinds_of_amounts(p, r, reason);
    if (label >= 0) kinds |= 1u << (label ? PA_KIND_FRAUD : PA_KIND_GENUINE);
    if (reason == PA_REJECT_TIME && has_late_day(day_field(l, r))) kinds |= 1u << PA_KIND_LATE_DAY;
    return kinds;
}

/* The fields of a line by its separators alone, so many from the end: their text. False where
 * there are fewer. */
static bool field_from_end(char separator, const char *line, size_t n, size_t which,
                           pa_csv_field *f)
{
    size_t end = n, begin;
    for (size_t k = 0;; k++) {
        begin = end;
        while (begin > 0 && line[begin - 1] != separator) begin--;
        if (k == which) break;
        if (begin == 0) return false;
        end = begin - 1;
    }
    *f = (pa_csv_field){line + begin, end - begin};
    return true;
}

/* 1,234.56 without quotes: one to three digits, a comma, three of them and a point. */
static bool has_bare_thousands(const char *line, size_t n)
{
    for (size_t i = 1; i + 4 < n; i++) {
        if (line[i] != ',' || !is_digit(line[i - 1])) continue;
        bool group = is_digit(line[i + 1]) && is_digit(line[i + 2]) && is_digit(line[i + 3]);
        if (group && line[i + 4] == '.') return true;
    }
    return false;
}

uint32_t pa_csv_kinds_of_line(const pa_csv_intake *p, const char *line, size_t n)
{
    const pa_csv_layout *l = &p->layout;
    pa_csv_field f;
    uint32_t kinds = 0;
    if (l->signs.separator == ',' && has_bare_thousands(line, n)) kinds |= 1u << PA_KIND_THOUSANDS;
    if (l->label < 0) return kinds;
    size_t behind = (size_t)(l->n_fields - 1 - l->label);
    if (!field_from_end(l->signs.separator, line, n, behind, &f)) return kinds;
    if (f.length >= 2 && *f.text == l->signs.quote && f.text[f.length - 1] == l->signs.quote)
        f = (pa_csv_field){f.text + 1, f.length - 2};
    int8_t label = pa_csv_read_label(&p->label_words, &p->missing, f.text, f.length);
    if (label == 0 || label == 1) kinds |= 1u << (label ? PA_KIND_FRAUD : PA_KIND_GENUINE);
    return kinds;
}

static uint32_t kinds_of_row(int64_t time, int64_t amount_minor, int64_t thousand, int8_t label)
{
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
    int64_t thousand = 1000;
    for (int32_t i = 0; i < b->has.decimals; i++) thousand *= 10;
    for (size_t i = 0; i < b->n && met != all; i++)
        met |= kinds_of_row(b->time[i], b->amount_minor[i], thousand, b->label[i]);
    return met;
}
