#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/io/matrix_csv.h"

/* Powers of ten that a double holds exactly. */
static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { MOST_POWER = 22, MOST_EXPONENT = 100000 };
#define ROOM_FOR_A_DIGIT UINT64_C(1000000000000000000)

/* (-1)^negative * digits * 10^exponent; exact: no digit was left out. */
typedef struct {
    uint64_t digits;
    int64_t exponent;
    bool negative, exact;
} decimal;

static unsigned digit_of(char c)
{
    return (unsigned char)(c - '0'); /* above 9 for what is no digit */
}

static size_t take_digits(const char *text, size_t n, decimal *d)
{
    size_t i = 0;
    for (; i < n && digit_of(text[i]) <= 9; i++) {
        d->exact = d->exact && d->digits < ROOM_FOR_A_DIGIT;
        if (d->exact) d->digits = d->digits * 10 + digit_of(text[i]);
    }
    return i;
}

/* Bytes of e+12 at text; 0 where that is no exponent. */
static size_t take_exponent(const char *text, size_t n, decimal *d)
{
    size_t i = 1;
    bool negative = i < n && text[i] == '-';
    if (i < n && (text[i] == '-' || text[i] == '+')) i++;
    size_t first = i;
    int64_t e = 0;
    for (; i < n && digit_of(text[i]) <= 9; i++) {
        if (e < MOST_EXPONENT) e = e * 10 + digit_of(text[i]);
    }
    d->exponent += negative ? -e : e;
    return i > first ? i : 0;
}

/* Whether all of the text is a decimal number. */
static bool take_decimal(const char *text, size_t n, decimal *d)
{
    *d = (decimal){.exact = true};
    size_t i = 0;
    if (n > 0 && (*text == '-' || *text == '+')) d->negative = text[i++] == '-';
    size_t whole = take_digits(text + i, n - i, d), fraction = 0;
    i += whole;
    if (i < n && text[i] == '.') {
        fraction = take_digits(text + i + 1, n - i - 1, d);
        i += fraction + 1;
        d->exponent = -(int64_t)fraction;
    }
    if (whole + fraction == 0) return false;
    if (i < n && (text[i] == 'e' || text[i] == 'E')) {
        size_t step = take_exponent(text + i, n - i, d);
        if (step == 0) return false;
        i += step;
    }
    return i == n;
}

/* One rounding of exact numbers gives the double nearest to the decimal (W. D.
 * Clinger, "How to read floating point numbers accurately", PLDI 1990, sec. 3);
 * the float nearest to that is nearest to the decimal as well, but where the
 * double lies midway between two floats. */
static bool round_fast(const decimal *d, float *value)
{
    if (!d->exact || d->digits > (UINT64_C(1) << DBL_MANT_DIG)) return false;
    if (d->exponent < -MOST_POWER || d->exponent > MOST_POWER) return false;
    double v = (double)d->digits;
    if (d->exponent < 0)
        v /= power[-d->exponent];
    else
        v *= power[d->exponent];
    uint64_t bits, half = UINT64_C(1) << (DBL_MANT_DIG - FLT_MANT_DIG - 1);
    memcpy(&bits, &v, sizeof bits);
    if ((bits & (2 * half - 1)) == half) return false;
    *value = (float)(d->negative ? -v : v);
    return true;
}

/* The C library rounds correctly, whatever the length. */
static bool round_slowly(const char *text, size_t n, float *value)
{
    char small[128], *copy = n < sizeof small ? small : pa_alloc(n + 1, 1, NULL);
    if (!copy) return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    *value = strtof(copy, NULL);
    if (copy != small) pa_free(copy);
    return *value >= -FLT_MAX && *value <= FLT_MAX;
}

bool pa_parse_float(const char *text, size_t n, float *value)
{
    decimal d;
    *value = 0.0f;
    if (!take_decimal(text, n, &d)) return false;
    return round_fast(&d, value) || round_slowly(text, n, value);
}
