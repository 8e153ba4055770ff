/* Numbers with a point or an exponent, rounded exactly. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/exact.h"
#include "paraudit/base/text.h"
#include "paraudit/base/words.h"
#include "text_parts.h"

/* Digits that can matter: a tie between two doubles has at most 767 of them, and
 * one more tells on which side of it a longer text lies. */
enum { MOST_DIGITS = 768, TEXT_ROOM = MOST_DIGITS + 32, MANTISSA_BITS = 53, EXACT_POWER = 22 };

static const double power[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Both numbers are exact as doubles, so the one operation rounds correctly
 * (Clinger, How to read floating point numbers accurately, PLDI 1990). */
static bool by_exact_power(uint64_t digits, int64_t exponent, double *value)
{
    if (digits > (uint64_t)1 << MANTISSA_BITS) return false;
    if (exponent < -EXACT_POWER || exponent > EXACT_POWER) return false;
    *value = exponent < 0 ? (double)digits / power[-exponent] : (double)digits * power[exponent];
    return true;
}

/* digits / 10^-exponent for numbers of 16 to 19 digits, as writers of doubles
 * make them: 128 bits of quotient leave more than enough to round by. */
static bool by_division(uint64_t digits, int64_t exponent, double *value)
{
    if (exponent > 0 || exponent < -PA_JOINED_DIGITS) return false;
    uint64_t divisor = 1;
    for (int64_t i = exponent; i < 0; i++) divisor *= 10;
    int left = 64 + __builtin_clzll(digits);
    pa_u128 top = (pa_u128)digits << left, quotient = top / divisor;
    bool rest = quotient * divisor != top;
    uint64_t high = (uint64_t)(quotient >> 64);
    int bits = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)quotient);
    int dropped = bits - MANTISSA_BITS; /* at least 10: the quotient has 64 bits or 63 */
    uint64_t kept = (uint64_t)(quotient >> dropped);
    pa_u128 half = (pa_u128)1 << (dropped - 1);
    pa_u128 below = quotient & ((half << 1) - 1);
    bool up = below > half || (below == half && (rest || (kept & 1)));
    *value = ldexp((double)(kept + up), dropped - left);
    return true;
}

/* As digits and an exponent, for the point of the C library is that of the locale;
 * false for zero. */
static bool write_digits(const pa_decimal *d, char text[TEXT_ROOM])
{
    int64_t n = 0, dropped = 0;
    bool more = false;
    for (const char *t = d->first; t < d->end; t++) {
        if (*t == '.' || (n == 0 && *t == '0')) continue;
        if (n < MOST_DIGITS) {
            text[n++] = *t;
        } else {
            more |= *t != '0';
            dropped++;
        }
    }
    if (n == 0) return false;
    int64_t exponent = d->exponent - d->n_decimals + dropped;
    if (more) {
        text[n++] = '1';
        exponent--;
    }
    const int64_t most = 100000; /* far beyond any double, with all the digits before */
    if (exponent > most) exponent = most;
    if (exponent < -most) exponent = -most;
    snprintf(text + n, (size_t)(TEXT_ROOM - n), "e%" PRId64, exponent);
    return true;
}

/* Any other number, by the C library. */
static double by_library(const pa_decimal *d)
{
    char text[TEXT_ROOM];
    return write_digits(d, text) ? strtod(text, NULL) : 0.0;
}

/* 12.345 without an exponent and with at most 19 digits, as nearly all numbers
 * are written: eight digits at a time. */
static bool read_plain(const char *t, const char *end, uint64_t *digits, int64_t *exponent)
{
    static const uint64_t ten[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    const char *first = t;
    int64_t v;
    *digits = 0;
    for (; t < end && pa_digit_at(t) <= 9; t++) *digits = *digits * 10 + pa_digit_at(t);
    bool point = t < end;
    if ((point && *t != '.') || end - first - point > PA_JOINED_DIGITS || end - first == point)
        return false;
    t += point;
    *exponent = t - end;
    for (; end - t >= 8; t += 8) {
        if (!pa_digits8(t, 8, &v)) return false;
        *digits = *digits * 100000000 + (uint64_t)v;
    }
    if (t == end) return true;
    if (!pa_digits8(t, (size_t)(end - t), &v)) return false;
    *digits = *digits * ten[end - t] + (uint64_t)v;
    return true;
}

static bool round_digits(uint64_t digits, int64_t exponent, double *value)
{
    return by_exact_power(digits, exponent, value) || by_division(digits, exponent, value);
}

static bool read_any(const char *t, const char *end, int sign, double *value)
{
    double v = 0.0;
    uint64_t digits;
    int64_t exponent;
    if (!read_plain(t, end, &digits, &exponent) || !round_digits(digits, exponent, &v)) {
        pa_decimal d;
        *value = 0.0;
        if (!pa_take_apart(t, end, false, &d)) return false;
        bool joined = d.n_digits <= PA_JOINED_DIGITS;
        if (!joined || !round_digits(d.joined, d.exponent - d.n_decimals, &v)) v = by_library(&d);
    }
    *value = sign < 0 ? -v : v;
    return !isinf(v);
}

/* 12.345 in 2 to 8 signs, as places on the map are written: one word, out of which the point
 * is taken. */
static inline bool read_short(const char *t, size_t n, int sign, double *value)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t word = pa_word(t, n), differ = word ^ ones * '.';
    uint64_t points = (differ - ones) & ~differ & ones << 7;
    if (points == 0) return false;
    unsigned before = (unsigned)__builtin_ctzll(points) / 8; /* digits before the point */
    uint64_t low = ((uint64_t)1 << 8 * before) - 1;
    uint64_t joined = (word & low) | (word >> 8 & ~low);
    size_t shift = 72 - 8 * n; /* leading zeros, as in pa_digits8 */
    uint64_t d = (joined << shift) ^ (0x3030303030303030u << shift);
    double v = (double)pa_join_digits(d) / power[n - 1 - before];
    *value = sign < 0 ? -v : v;
    return pa_are_digits(d);
}

bool pa_parse_double(const char *text, size_t length, double *value)
{
    const char *t = text, *end = text + length;
    int sign = pa_take_sign(&t, end);
    size_t n = (size_t)(end - t);
    return (n >= 2 && n <= 8 && read_short(t, n, sign, value)) || read_any(t, end, sign, value);
}

/* Whether the float nearest to v, the double nearest to a number, may not be the
 * one nearest to the number: v is midway between two floats, or so small that
 * floats have fewer bits. */
static bool may_round_twice(double v)
{
    const uint64_t half = (uint64_t)1 << (DBL_MANT_DIG - FLT_MANT_DIG - 1);
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return (bits & (2 * half - 1)) == half || (v != 0 && v > -2 * FLT_MIN && v < 2 * FLT_MIN);
}

bool pa_parse_float(const char *text, size_t length, float *value)
{
    const char *t = text, *end = text + length;
    char digits[TEXT_ROOM];
    pa_decimal d;
    double v;
    bool good = pa_parse_double(text, length, &v);
    *value = (float)v;
    if (good && may_round_twice(v)) {
        int sign = pa_take_sign(&t, end);
        if (pa_take_apart(t, end, false, &d) && write_digits(&d, digits))
            *value = (float)sign * strtof(digits, NULL);
    }
    return good && !isinf(*value);
}
