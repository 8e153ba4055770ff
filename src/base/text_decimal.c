/* Decimal numbers as people write them, to whole numbers of minor units. */
#include "paraudit/base/text.h"
#include "text_parts.h"

/* The exponent's size is cut off where no text could hold enough zeros. */
static bool take_exponent(const char *t, const char *end, int64_t *exponent)
{
    const int64_t enough = INT64_MAX / 100;
    int sign = pa_take_sign(&t, end);
    if (t == end) return false;
    int64_t v = 0;
    for (; t < end; t++) {
        if (pa_digit_at(t) > 9) return false;
        if (v < enough) v = v * 10 + pa_digit_at(t);
    }
    *exponent = sign * v;
    return true;
}

/* 1 to 3 digits, then groups of a comma and three digits: up to where the digits end. */
static bool are_groups(const char *t, const char *end)
{
    int64_t run = 0;
    bool grouped = false;
    for (; t < end && *t != '.'; t++) {
        if (*t != ',') {
            run++;
            continue;
        }
        if (run == 0 || run > 3 || (grouped && run != 3)) return false;
        grouped = true;
        run = 0;
    }
    return !grouped || run == 3;
}

bool pa_take_apart(const char *t, const char *end, bool grouped, pa_decimal *d)
{
    const char *point = NULL;
    bool commas = false;
    *d = (pa_decimal){.first = t};
    for (; t < end; t++) {
        unsigned digit = pa_digit_at(t);
        if (digit <= 9) {
            d->n_digits++;
            d->joined = d->joined * 10 + digit;
        } else if (*t == '.' && !point) {
            point = t;
        } else if (*t == ',' && grouped && !point) {
            commas = true;
        } else {
            break;
        }
    }
    d->end = t;
    if (d->n_digits == 0) return false;
    if (point) d->n_decimals = t - point - 1;
    if (commas && !are_groups(d->first, t)) return false;
    return t == end || ((*t == 'e' || *t == 'E') && take_exponent(t + 1, end, &d->exponent));
}

/* The number times 100 to nearest, ties to even; false where it does not fit. */
static bool to_hundredths(const pa_decimal *d, uint64_t *size)
{
    int64_t shift = d->exponent + 2 - d->n_decimals;
    int64_t kept = shift < 0 ? d->n_digits + shift : d->n_digits;
    int64_t place = 0;
    unsigned next = 0; /* the first digit dropped */
    bool more = false; /* something other than zero behind it */
    *size = 0;
    for (const char *t = d->first; t < d->end; t++) {
        if (*t == '.' || *t == ',') continue;
        if (place < kept) {
            if (!pa_append_digit(size, pa_digit_at(t))) return false;
        } else if (place == kept) {
            next = pa_digit_at(t);
        } else {
            more |= pa_digit_at(t) != 0;
        }
        place++;
    }
    for (; shift > 0 && *size > 0; shift--) {
        if (!pa_append_digit(size, 0)) return false;
    }
    bool up = next > 5 || (next == 5 && (more || (*size & 1)));
    return !__builtin_add_overflow(*size, (uint64_t)up, size);
}

/* 12.34 is how nearly all amounts look: no sign, at most 15 digits. */
static bool is_plain(const char *t, size_t length, int64_t *value)
{
    if (length < 4 || length > 16 || t[length - 3] != '.') return false;
    unsigned tenths = pa_digit_at(t + length - 2), hundredths = pa_digit_at(t + length - 1);
    unsigned bad = (tenths > 9) | (hundredths > 9);
    int64_t units = 0;
    for (size_t i = 0; i < length - 3; i++) {
        bad |= pa_digit_at(t + i) > 9;
        units = units * 10 + pa_digit_at(t + i);
    }
    *value = units * 100 + (int64_t)tenths * 10 + hundredths;
    return !bad;
}

bool pa_parse_minor(const char *text, size_t length, int64_t *value)
{
    if (is_plain(text, length, value)) return true;
    const char *t = text, *end = text + length;
    int sign = pa_take_sign(&t, end);
    bool signed_before = t > text;
    if (t < end && *t == '$') {
        t++;
        if (!signed_before) sign = pa_take_sign(&t, end); /* $-99.00 */
    }
    pa_decimal d;
    uint64_t size;
    if (!pa_take_apart(t, end, true, &d)) return pa_fail_number(value, 0);
    return to_hundredths(&d, &size) ? pa_with_sign(size, sign, value)
                                    : pa_out_of_range(value, sign);
}

/* Of the digits behind the `kept` first ones, as 0.d1d2..., times `times`, the
 * whole part; *rest: whether anything is left of it. From the last digit to the
 * first: floor((d times + x) / 10) needs of x the whole part only. */
static uint64_t whole_of_fraction(const pa_decimal *d, int64_t kept, uint64_t times, bool *rest)
{
    uint64_t carry = 0;
    *rest = false;
    int64_t place = d->n_digits;
    for (const char *t = d->end; t > d->first && place > kept;) {
        if (*--t == '.') continue;
        place--;
        carry += pa_digit_at(t) * times;
        *rest |= carry % 10 != 0;
        carry /= 10;
    }
    for (; place > kept && carry > 0; place--) { /* zeros between the point and the digits */
        *rest |= carry % 10 != 0;
        carry /= 10;
    }
    return carry;
}

static bool whole_of(const pa_decimal *d, int64_t kept, uint64_t *size)
{
    int64_t place = 0;
    *size = 0;
    for (const char *t = d->first; t < d->end && place < kept; t++) {
        if (*t == '.') continue;
        if (!pa_append_digit(size, pa_digit_at(t))) return false;
        place++;
    }
    for (; place<kept && * size> 0; place++) {
        if (!pa_append_digit(size, 0)) return false;
    }
    return true;
}

bool pa_parse_floor(const char *text, size_t length, int32_t times, int shift, int64_t *value)
{
    const char *t = text, *end = text + length;
    int sign = pa_take_sign(&t, end);
    pa_decimal d;
    if (!pa_take_apart(t, end, false, &d)) return pa_fail_number(value, 0);
    int64_t kept = d.n_digits - d.n_decimals + d.exponent + shift;
    uint64_t size;
    bool rest;
    if (!whole_of(&d, kept, &size)) return pa_out_of_range(value, sign);
    uint64_t part = whole_of_fraction(&d, kept, (uint64_t)times, &rest);
    if (__builtin_mul_overflow(size, (uint64_t)times, &size) ||
        __builtin_add_overflow(size, part + (sign < 0 && rest), &size)) {
        return pa_out_of_range(value, sign);
    }
    return pa_with_sign(size, sign, value);
}
