#include "paraudit/base/decimal.h"

#include <math.h> /* fabs, floor; INFINITY */
#include <string.h>

#include "paraudit/base/math.h"

/* Those that are doubles. */
enum { LARGEST = 22 };
static const double power_of_ten[LARGEST + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

char *pa_put_u64(char *to, uint64_t v)
{
    char digits[20];
    int n = 0;
    do digits[n++] = (char)('0' + v % 10);
    while (v /= 10);
    while (n > 0) *to++ = digits[--n];
    return to;
}

/* v 10^k */
static double scaled(double v, int k)
{
    for (; k > LARGEST; k -= LARGEST) v *= power_of_ten[LARGEST];
    for (; k < -LARGEST; k += LARGEST) v /= power_of_ten[LARGEST];
    return k < 0 ? v / power_of_ten[-k] : v * power_of_ten[k];
}

/* Whole digits of a number: digit d is worth 10^(exponent - d), the first is not 0. */
typedef struct {
    uint64_t digits;
    int exponent;
} decimal;

static uint64_t nearest(double v)
{
    return (uint64_t)(v + 0.5);
}

/* v is above 0, below 10^(exponent + 2), and at least 10^(exponent - 1). */
static decimal decimal_of(double v, int exponent, int digits)
{
    uint64_t end = (uint64_t)power_of_ten[digits];
    uint64_t whole = nearest(scaled(v, digits - 1 - exponent));
    if (whole >= end) whole = nearest(scaled(v, digits - 1 - ++exponent));
    if (whole < end / 10) whole = nearest(scaled(v, digits - 1 - --exponent));
    return whole < end ? (decimal){whole, exponent} : (decimal){end / 10, exponent + 1};
}

/* Without zeros at the end; returns how many digits are left. */
static int trim(decimal *d, int digits)
{
    for (; digits > 1 && d->digits % 10 == 0; digits--) d->digits /= 10;
    return digits;
}

static char *put_zeros(char *to, int n)
{
    for (; n > 0; n--) *to++ = '0';
    return to;
}

/* n digits, a point behind the first n_before. */
static char *put_pointed(char *to, uint64_t digits, int n, int n_before)
{
    char text[20];
    pa_put_u64(text, digits);
    memcpy(to, text, (size_t)n_before);
    if (n == n_before) return to + n;
    to[n_before] = '.';
    memcpy(to + n_before + 1, text + n_before, (size_t)(n - n_before));
    return to + n + 1;
}

static char *put_exponent(char *to, int exponent)
{
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    if (exponent < 0) exponent = -exponent;
    if (exponent < 10) *to++ = '0';
    return pa_put_u64(to, (uint64_t)exponent);
}

static char *put(char *to, decimal d, int digits)
{
    int n = trim(&d, digits);
    if (d.exponent < -4 || d.exponent >= digits)
        return put_exponent(put_pointed(to, d.digits, n, 1), d.exponent);
    if (d.exponent < 0) {
        *to++ = '0';
        *to++ = '.';
        return pa_put_u64(put_zeros(to, -d.exponent - 1), d.digits);
    }
    if (n > d.exponent + 1) return put_pointed(to, d.digits, n, d.exponent + 1);
    return put_zeros(pa_put_u64(to, d.digits), d.exponent + 1 - n);
}

static char *put_word(char *to, const char *word)
{
    while (*word) *to++ = *word++;
    return to;
}

char *pa_put_decimal(char *to, double v, int digits)
{
    if (v != v) return put_word(to, "nan");
    if (v < 0) *to++ = '-';
    v = fabs(v);
    if (v == 0) return put_word(to, "0");
    if (v == INFINITY) return put_word(to, "inf");
    int exponent = (int)floor(pa_log2(v) * 0.30102999566398120); /* log 2 / log 10 */
    return put(to, decimal_of(v, exponent, digits), digits);
}

char *pa_put_exp(char *to, double v, int digits)
{
    /* ln 10 in two parts; whole numbers to 2^22 times the first are exact */
    const double ln_10 = 0x1.26bb1bb8p1, ln_10_rest = 0x1.aaa8ac16ea56dp-30;
    if (v == -INFINITY) return put_word(to, "0");
    double exponent = floor(v / ln_10);
    decimal d = decimal_of(pa_exp((v - exponent * ln_10) - exponent * ln_10_rest), 0, digits);
    d.exponent += (int)exponent;
    return put(to, d, digits);
}
