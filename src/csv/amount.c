/* The number inside an amount, and how its marks may be read. */
#include "paraudit/csv/amount.h"

#include <string.h>

#include "amount_parts.h"
#include "paraudit/csv/csv.h"

/* So many fit into 64 bits, and ten times as much. */
enum { HEAD_DIGITS = 18 };

/* Digits with signs among them: what the signs mean is left open. */
typedef struct {
    uint64_t head; /* the first digits behind leading zeros */
    int32_t n_head;
    int64_t n_dropped; /* further ones */
    bool rest;         /* one of these is not 0 */
    int64_t n_digits;
    int64_t run; /* digits behind the last sign */

    int64_t n_signs;
    int first, last;          /* signs, each known by its last byte */
    bool alike, alike_before; /* all signs; all but the last */

    bool threes, twos;          /* the runs so far may be groups of three, of two */
    bool groups, groups_before; /* they are whole groups, with the last run and without */

    bool zero; /* a single 0 before the first sign */
    bool scaled;
    int64_t exponent;
} number;

static inline unsigned digit_at(const char *t)
{
    return (unsigned char)(*t - '0'); /* above 9 for what is no digit */
}

static inline bool is_mark(int c)
{
    return c == '.' || c == ',';
}

static void add_digit(number *d, unsigned digit)
{
    if (d->n_head == HEAD_DIGITS) {
        d->n_dropped++;
        d->rest |= digit != 0;
        return;
    }
    d->head = d->head * 10 + digit;
    d->n_head += d->head != 0;
}

/* The digits up to the next sign. */
static void take_run(const char **t, const char *end, number *d)
{
    const char *from = *t;
    for (; *t < end && digit_at(*t) <= 9; ++*t) add_digit(d, digit_at(*t));
    int64_t run = *t - from;
    d->n_digits += run;
    d->run = run;
    d->groups_before = d->groups;
    if (d->n_signs == 0) {
        d->threes = run >= 1 && run <= 3;
        d->twos = run >= 1 && run <= 2;
        d->groups = true;
        d->zero = run == 1 && *from == '0';
        return;
    }
    bool lakh = d->first == ',' && d->twos && run == 3;
    d->threes &= run == 3;
    d->twos &= run == 2;
    d->groups = d->threes || lakh;
}

/* A mark may be the last of a number; other signs stand between digits. */
static bool take_sign(const char **t, const char *end, number *d)
{
    size_t n = 1;
    if (!is_mark(**t)) {
        if (end - *t >= 3 && memcmp(*t, "\xe2\x80\x99", 3) == 0)
            n = 3;
        else if (**t != '\'')
            n = pa_amount_blank(*t, end);
        if (n == 0 || end - *t <= (ptrdiff_t)n || digit_at(*t + n) > 9) return false;
    }
    *t += n;
    d->last = (unsigned char)(*t)[-1];
    if (d->n_signs == 0) d->first = d->last;
    d->alike_before = d->alike;
    d->alike &= d->last == d->first;
    d->n_signs++;
    return true;
}

/* An E without digits belongs to a currency. The exponent's size is cut off where no
 * text could hold enough zeros. */
static void take_exponent(const char **t, const char *end, number *d)
{
    const int64_t enough = INT64_MAX / 100;
    const char *e = *t;
    if (e == end || (*e != 'e' && *e != 'E')) return;
    e++;
    bool minus = e < end && *e == '-';
    if (e < end && (*e == '-' || *e == '+')) e++;
    if (e == end || digit_at(e) > 9) return;
    for (; e < end && digit_at(e) <= 9; e++) {
        if (d->exponent < enough) d->exponent = d->exponent * 10 + digit_at(e);
    }
    if (minus) d->exponent = -d->exponent;
    d->scaled = true;
    *t = e;
}

static bool take_number(const char **t, const char *end, number *d)
{
    *d = (number){.alike = true};
    take_run(t, end, d);
    while (*t < end && take_sign(t, end, d)) take_run(t, end, d);
    if (d->n_digits == 0) return false;
    take_exponent(t, end, d);
    return true;
}

/* A mark that parts no thousands: nobody groups behind a single 0. */
static bool parts_nothing(const number *d)
{
    return d->n_signs == 1 && is_mark(d->last) && d->zero;
}

/* May this be the decimal mark? */
static bool reads_with(const number *d, char decimal)
{
    if (d->n_signs == 0) return true;
    if (d->last != decimal) return d->alike && d->groups && !parts_nothing(d);
    return d->n_signs == 1 || (d->alike_before && d->first != decimal && d->groups_before);
}

/* The decimal mark to read it with, 0 where there is none. Which mark it is tells
 * whoever has read it both ways. */
static char find_decimal(const number *d, char known, pa_amount_tally *tally)
{
    bool point = reads_with(d, '.'), comma = reads_with(d, ',');
    if (!point && !comma) return 0;
    tally->n++;
    char decimal = point ? '.' : ',';
    if (d->n_signs > 0 && is_mark(d->last)) {
        bool both = point && comma; /* then it has one sign, and might be a group */
        if (both) decimal = (char)d->last;
        bool lone = both && !d->scaled;
        (lone ? tally->lone : tally->decimal)[decimal == ',']++;
        tally->even += lone && d->n_dropped == 0 && d->head % 100 == 0;
    }
    if (known == 0) return decimal;
    return (known == '.' ? point : comma) ? known : 0;
}

/* head times 10^shift to nearest, ties to even; false beyond the largest amount. */
static bool to_minor(const number *d, int64_t shift, uint64_t *minor, bool *rounded)
{
    static const uint64_t power[HEAD_DIGITS + 1] = {1,
                                                    10,
                                                    100,
                                                    1000,
                                                    10000,
                                                    100000,
                                                    1000000,
                                                    10000000,
                                                    100000000,
                                                    1000000000,
                                                    10000000000,
                                                    100000000000,
                                                    1000000000000,
                                                    10000000000000,
                                                    100000000000000,
                                                    1000000000000000,
                                                    10000000000000000,
                                                    100000000000000000,
                                                    1000000000000000000};
    *minor = d->head;
    *rounded = false;
    if (d->head == 0) return true;
    if (shift > HEAD_DIGITS) return false;
    if (shift >= 0) {
        return !__builtin_mul_overflow(d->head, power[shift], minor) &&
               *minor <= (uint64_t)PA_CSV_AMOUNT_MOST;
    }
    if (shift < -HEAD_DIGITS) { /* less than a tenth of a unit */
        *minor = 0;
        *rounded = true;
        return true;
    }
    uint64_t unit = power[-shift], left = d->head % unit, half = unit / 2;
    *minor = d->head / unit;
    *minor += left > half || (left == half && (d->rest || (*minor & 1)));
    *rounded = left > 0 || d->rest;
    return *minor <= (uint64_t)PA_CSV_AMOUNT_MOST;
}

static bool is_nothing(const pa_amount_around *a)
{
    return a->minus + a->plus + a->opened + a->closed + a->symbols + a->words == 0;
}

static bool agrees(const pa_amount_around *a)
{
    return a->minus + a->plus + a->opened <= 1 && a->opened == a->closed && a->symbols <= 1 &&
           a->words <= 1;
}

/* 12.- says twelve in Zurich. */
static bool take_rest(const char *t, const char *end, const number *d, pa_amount_around *around)
{
    int before = around->minus;
    if (!pa_amount_take_around(&t, end, true, around) || t < end || !agrees(around)) return false;
    bool ends_in_mark = is_mark(d->last) && d->run == 0 && !d->scaled;
    return !ends_in_mark || around->minus == before;
}

pa_amount_verdict pa_amount_read(const pa_amount_form *form, const char *text, size_t n,
                                 int64_t *minor, pa_amount_tally *tally)
{
    const char *t = text, *end = text + n;
    pa_amount_around around = {0};
    number d;
    *minor = 0;
    if (!pa_amount_take_around(&t, end, false, &around)) return PA_AMOUNT_BAD;
    if (t == end) return is_nothing(&around) ? PA_AMOUNT_EMPTY : PA_AMOUNT_BAD;
    if (!take_number(&t, end, &d) || !take_rest(t, end, &d, &around)) return PA_AMOUNT_BAD;
    char decimal = find_decimal(&d, form->decimal, tally);
    if (decimal == 0) return PA_AMOUNT_BAD;
    int64_t n_decimals = d.last == decimal ? d.run : 0;
    uint64_t size;
    bool rounded;
    if (!to_minor(&d, d.exponent + form->decimals - n_decimals + d.n_dropped, &size, &rounded))
        return PA_AMOUNT_RANGE;
    tally->rounded += rounded;
    *minor = around.minus + around.opened > 0 ? -(int64_t)size : (int64_t)size;
    return PA_AMOUNT_READ;
}

pa_amount_finding pa_amount_decimal(const pa_amount_tally *tally, char *decimal)
{
    bool point = tally->decimal[0] > 0, comma = tally->decimal[1] > 0;
    bool lone = tally->lone[0] > 0 || tally->lone[1] > 0;
    bool few = (point && tally->lone[1] / 200 > tally->decimal[0]) ||
               (comma && tally->lone[0] / 200 > tally->decimal[1]);
    *decimal = 0;
    if (point && comma) return PA_AMOUNT_CONTRADICTORY;
    if ((!point && !comma && lone) || few) return PA_AMOUNT_AMBIGUOUS;
    *decimal = comma ? ',' : '.';
    return point || comma ? PA_AMOUNT_SETTLED : PA_AMOUNT_SILENT;
}

char pa_amount_likely_decimal(const pa_amount_tally *tally, int32_t decimals)
{
    int64_t point = tally->lone[0], comma = tally->lone[1];
    if ((point > 0) == (comma > 0) || tally->decimal[0] + tally->decimal[1] > 0) return 0;
    if (decimals >= 3) return point > 0 ? '.' : ',';
    bool all = point == tally->n && tally->n >= PA_AMOUNT_MANY;
    return all && tally->even * 2 < tally->n ? '.' : 0;
}
