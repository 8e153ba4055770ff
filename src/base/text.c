#include "paraudit/base/text.h"

/* 18 digits cannot overflow. */
enum { SAFE_DIGITS = 18 };

static unsigned digit_at(const char *t)
{
    return (unsigned char)(*t - '0'); /* above 9 for what is no digit */
}

/* -1 or 1; steps over the sign. */
static int take_sign(const char **t, const char *end)
{
    if (*t == end || (**t != '-' && **t != '+')) return 1;
    return *(*t)++ == '-' ? -1 : 1;
}

/* size * 10 + digit; false where it does not fit. */
static bool append_digit(uint64_t *size, unsigned digit)
{
    return !__builtin_mul_overflow(*size, (uint64_t)10, size) &&
           !__builtin_add_overflow(*size, (uint64_t)digit, size);
}

static bool fail(int64_t *value, int64_t why)
{
    *value = why;
    return false;
}

static bool out_of_range(int64_t *value, int sign)
{
    return fail(value, sign < 0 ? INT64_MIN : INT64_MAX);
}

static bool with_sign(uint64_t size, int sign, int64_t *value)
{
    if (size > (uint64_t)INT64_MAX + (sign < 0)) return out_of_range(value, sign);
    *value = sign < 0 ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

bool pa_parse_i64(const char *text, size_t length, int64_t *value)
{
    const char *t = text, *end = text + length;
    int sign = take_sign(&t, end);
    if (t == end) return fail(value, 0);
    bool is_long = end - t > SAFE_DIGITS, fits = true;
    uint64_t size = 0;
    unsigned bad = 0;
    for (; t < end; t++) {
        unsigned digit = digit_at(t);
        bad |= digit > 9;
        if (!is_long) {
            size = size * 10 + digit;
        } else if (fits) {
            fits = append_digit(&size, digit);
        }
    }
    if (bad) return fail(value, 0);
    return fits ? with_sign(size, sign, value) : out_of_range(value, sign);
}

/* A number taken apart: the digits from `first` to `end`, a point among them or
 * not, times 10^exponent. */
typedef struct {
    const char *first, *end;
    int64_t n_digits, n_decimals;
    int64_t exponent;
} decimal;

/* The exponent's size is cut off where no text could hold enough zeros. */
static bool take_exponent(const char *t, const char *end, int64_t *exponent)
{
    const int64_t enough = INT64_MAX / 100;
    int sign = take_sign(&t, end);
    if (t == end) return false;
    int64_t v = 0;
    for (; t < end; t++) {
        if (digit_at(t) > 9) return false;
        if (v < enough) v = v * 10 + digit_at(t);
    }
    *exponent = sign * v;
    return true;
}

static bool take_apart(const char *t, const char *end, decimal *d)
{
    *d = (decimal){.first = t};
    bool point = false;
    for (; t < end; t++) {
        if (digit_at(t) <= 9) {
            d->n_digits++;
            d->n_decimals += point;
        } else if (*t == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    d->end = t;
    if (d->n_digits == 0) return false;
    return t == end || ((*t == 'e' || *t == 'E') && take_exponent(t + 1, end, &d->exponent));
}

/* The number times 100 to nearest, ties to even; false where it does not fit. */
static bool to_hundredths(const decimal *d, uint64_t *size)
{
    int64_t shift = d->exponent + 2 - d->n_decimals;
    int64_t kept = shift < 0 ? d->n_digits + shift : d->n_digits;
    int64_t place = 0;
    unsigned next = 0; /* the first digit dropped */
    bool more = false; /* something other than zero behind it */
    *size = 0;
    for (const char *t = d->first; t < d->end; t++) {
        if (*t == '.') continue;
        if (place < kept) {
            if (!append_digit(size, digit_at(t))) return false;
        } else if (place == kept) {
            next = digit_at(t);
        } else {
            more |= digit_at(t) != 0;
        }
        place++;
    }
    for (; shift > 0 && *size > 0; shift--) {
        if (!append_digit(size, 0)) return false;
    }
    bool up = next > 5 || (next == 5 && (more || (*size & 1)));
    return !__builtin_add_overflow(*size, (uint64_t)up, size);
}

/* 12.34 is how nearly all amounts look: no sign, at most 15 digits. */
static bool is_plain(const char *t, size_t length, int64_t *value)
{
    if (length < 4 || length > SAFE_DIGITS - 2 || t[length - 3] != '.') return false;
    unsigned tenths = digit_at(t + length - 2), hundredths = digit_at(t + length - 1);
    unsigned bad = (tenths > 9) | (hundredths > 9);
    int64_t units = 0;
    for (size_t i = 0; i < length - 3; i++) {
        bad |= digit_at(t + i) > 9;
        units = units * 10 + digit_at(t + i);
    }
    *value = units * 100 + (int64_t)tenths * 10 + hundredths;
    return !bad;
}

bool pa_parse_minor(const char *text, size_t length, int64_t *value)
{
    if (is_plain(text, length, value)) return true;
    const char *t = text, *end = text + length;
    int sign = take_sign(&t, end);
    if (t < end && *t == '$') t++;
    decimal d;
    uint64_t size;
    if (!take_apart(t, end, &d)) return fail(value, 0);
    return to_hundredths(&d, &size) ? with_sign(size, sign, value) : out_of_range(value, sign);
}
