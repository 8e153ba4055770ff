#include "paraudit/base/math.h"

#include <math.h> /* fabs, floor and sqrt, which are exact or rounded once; NAN, INFINITY */
#include <stdint.h>
#include <string.h>

#include "math_tables.h"

enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023 };

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* 2^k for -1022 <= k <= 1023 */
static double power_of_two(int k)
{
    return from_bits((uint64_t)(k + EXPONENT_BIAS) << MANTISSA_BITS);
}

/* v 2^k for v from 2^-20 to 2^20, rounded at most once. */
static double scaled(double v, int k)
{
    if (k > 1000) return v * 0x1p100 * power_of_two(k - 100);
    if (k < -1000) return v * power_of_two(k + 200) * 0x1p-200;
    return v * power_of_two(k);
}

/* c[0] + c[1] x + ... */
static double polynomial(int n, const double c[], double x)
{
    double v = c[n - 1];
    for (int i = n - 2; i >= 0; i--) v = v * x + c[i];
    return v;
}

/* e^(high + low) = value * 2^k with a value near [1, 2); |high| below 800 and low
 * a small correction. With high = n ln2 / 32 + r, |r| <= ln2 / 64:
 * e^r = 1 + p(r), and 2^(n / 32) comes from a table of double-doubles. */
static double exp_parts(double high, double low, int *k)
{
    const double per_step = 0x1.71547652b82fep5; /* 32 / ln2 */
    /* ln2 / 32 in two parts; n times the first is exact */
    const double step = 0x1.62e42fefap-6, step_rest = 0x1.cf79abc9e3b3ap-45;
    /* Adding 1.5 * 2^52 leaves the nearest integer in the low bits. */
    const double shift = 0x1.8p52;
    double n = high * per_step + shift - shift;
    int steps = (int)n;
    double r = (high - n * step) - n * step_rest + low;
    double p = r + r * r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r / 720))));
    int j = steps & 31;
    *k = (steps - j) / 32;
    return two_to[j][0] + (two_to[j][1] + two_to[j][0] * p);
}

double pa_exp(double x)
{
    if (x != x) return x;
    if (x > 709.8) return INFINITY;
    if (x < -745.2) return 0;
    int k;
    double value = exp_parts(x, 0, &k);
    return scaled(value, k);
}

/* log(s + rest) for s normal or subnormal, finite and positive, and |rest| at
 * most half a unit in the last place of s. s = 2^k m with m near 1, F = j / 128
 * nearest to m, f = m - F:
 *   log m = log F + u + u^3 / 12 + u^5 / 80 + u^7 / 448 ...,  u = 2 f / (m + F).
 * u is held as u1 + u2 because log F = 0 next to 1. */
static double log_kernel(double s, double rest)
{
    const double ln2 = 0x1.62e42fefa38p-1, ln2_rest = 0x1.ef35793c7673p-45;
    int k = 0;
    double scaled_s = s;
    if (s < 0x1p-1022) {
        scaled_s = s * 0x1p54;
        k = -54;
    }
    uint64_t bits = bits_of(scaled_s);
    k += (int)(bits >> MANTISSA_BITS) - EXPONENT_BIAS;
    double m = from_bits((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
    if (m > 181.0 / 128) {
        m *= 0.5;
        k++;
    }
    int j = (int)(m * 128 + 0.5);
    double center = j / 128.0, f = m - center;
    double g = 1 / (m + center);
    double u = 2 * f * g;
    double u1 = (double)(float)u;                     /* so that u1 * center is exact */
    double u2 = (2 * (f - u1 * center) - u1 * f) * g; /* (2 f - u1 (2 F + f)) / (2 F + f) */
    double v = u * u;
    double q = u * v * (1.0 / 12 + v * (1.0 / 80 + v / 448));
    double high = k * ln2 + log_of[j - 91][0]; /* exact: multiples of 2^-42 */
    double sum = high + u1, lost = (high - sum) + u1;
    return sum + (lost + (u2 + (q + (k * ln2_rest + log_of[j - 91][1]) + rest / s)));
}

double pa_ln(double x)
{
    if (x != x || x == INFINITY) return x;
    if (x == 0) return -INFINITY;
    return x < 0 ? NAN : log_kernel(x, 0);
}

double pa_log2(double x)
{
    return pa_ln(x) * 0x1.71547652b82fep0; /* 1 / ln2 */
}

double pa_ln1p(double x)
{
    if (x != x || x == INFINITY || x == 0) return x;
    if (x <= -1) return x == -1 ? -INFINITY : NAN;
    double s = 1 + x;
    double rest = x < 1 ? x - (s - 1) : 1 - (s - x); /* exact: s + rest = 1 + x */
    return log_kernel(s, rest);
}

/* erfc(x) for 1/2 <= x <= 28: exp(-x^2) p / (1 + 2 x), p a polynomial. The
 * square is taken in two parts, x = a + b with a * a exact. What rounding took
 * from p and from d = 1 + 2 x goes into the exponent, where it costs nothing. */
static double erfc_far(double x)
{
    double a = from_bits(bits_of(x) & 0xfffffffff8000000u), b = x - a;
    double t = (x - 4) / (x + 4);
    double varying = t * polynomial(21, erfc_part + 1, t);
    double p = erfc_part[0] + varying, p_lost = (erfc_part[0] - p) + varying;
    double d = 1 + 2 * x, d_lost = 1 - (d - 2 * x);
    int k;
    double e = exp_parts(-a * a, -b * (x + a) + (p_lost / p - d_lost / d), &k);
    return scaled(e * p / d, k);
}

double pa_erfc(double x)
{
    if (x != x) return x;
    if (x > 27.5) return 0;
    if (x < -6) return 2;
    if (x >= 0.5) return erfc_far(x);
    if (x <= -0.5) return 2 - erfc_far(-x);
    return 1 - (x + x * polynomial(10, erf_part, x * x));
}

/* sin(2 pi r), |r| <= 1/8 */
static double sin_near(double r)
{
    const double two_pi = 0x1.921fb54442d18p2, two_pi_rest = 0x1.1a62633145c07p-52;
    double v = r * r;
    return r * two_pi + r * (two_pi_rest + v * polynomial(8, sin_part, v));
}

/* cos(2 pi r), |r| <= 1/8 */
static double cos_near(double r)
{
    double v = r * r;
    return 1 + v * polynomial(9, cos_part, v);
}

/* sin(2 pi turns + quarters * pi / 2). What is left of the nearest quarter turn
 * is exact for every size of turns. */
static double sine(double turns, int quarters)
{
    if (!(turns > -INFINITY && turns < INFINITY)) return NAN;
    /* From here on a double is a whole number of quarters, too large to add 0.5 to. */
    if (fabs(turns) >= 0x1p50) turns -= floor(turns);
    double nearest = floor(4 * turns + 0.5);
    double r = turns - 0.25 * nearest;
    switch (((int64_t)nearest + quarters) & 3) {
    case 0:
        return sin_near(r);
    case 1:
        return cos_near(r);
    case 2:
        return -sin_near(r);
    default:
        return -cos_near(r);
    }
}

double pa_sin_turn(double turns)
{
    return sine(turns, 0);
}

double pa_cos_turn(double turns)
{
    return sine(turns, 1);
}

/* asin(x), 0 <= x <= 1/2 */
static double asin_near(double x)
{
    double v = x * x;
    return x + x * v * polynomial(12, asin_part, v);
}

double pa_asin(double x)
{
    const double half_pi = 0x1.921fb54442d18p0, half_pi_rest = 0x1.1a62633145c07p-54;
    double size = fabs(x);
    if (!(size <= 1)) return NAN;
    if (size <= 0.5) return x < 0 ? -asin_near(size) : asin_near(size);
    /* sin(pi/2 - 2 a) = 1 - 2 sin(a)^2, with a at most pi/6 */
    double square = (1 - size) / 2;
    double a = half_pi - (2 * asin_near(sqrt(square)) - half_pi_rest);
    return x < 0 ? -a : a;
}

double pa_stirling_rest(int64_t n)
{
    if (n < 16) return stirling_rests[n];
    double g = 1 / (double)n, v = g * g;
    return g * (1.0 / 12 -
                v * (1.0 / 360 -
                     v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188 - v * 691 / 360360)))));
}

bool pa_any_nan(size_t n, const float v[])
{
    /* Without a way out, so that the compiler makes vector code of it. */
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++) any |= v[i] != v[i];
    return any != 0;
}
