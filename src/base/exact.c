#include "paraudit/base/exact.h"

#include <stdint.h>
#include <string.h>

#include "paraudit/base/status.h"

enum { MANTISSA_BITS = 52, EXPONENT_MASK = 0x7ff, EXPONENT_BIAS = 1023 };

/* gcc converts in integers and rounds once, to nearest even; the test holds it
 * to that. */
double pa_i128_to_f64(pa_i128 v)
{
    return (double)v;
}

/* m / 2^shift to nearest, ties to even; m below 2^53. */
static uint64_t shifted_down(uint64_t m, int shift)
{
    if (shift > MANTISSA_BITS + 1) return 0;
    uint64_t whole = m >> shift;
    uint64_t rest = m - (whole << shift);
    uint64_t half = (uint64_t)1 << (shift - 1);
    return whole + (rest > half || (rest == half && (whole & 1)));
}

pa_i128 pa_fixed(double v, int fraction_bits)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int exponent = (int)(bits >> MANTISSA_BITS & EXPONENT_MASK);
    uint64_t m = bits & (((uint64_t)1 << MANTISSA_BITS) - 1);
    if (exponent == 0) {
        exponent = 1; /* subnormal or zero */
    } else {
        m |= (uint64_t)1 << MANTISSA_BITS;
    }
    /* |v| * 2^fraction_bits = m * 2^shift */
    int shift = exponent - EXPONENT_BIAS - MANTISSA_BITS + fraction_bits;
    PA_ASSERT(exponent != EXPONENT_MASK); /* inf or NaN */
    PA_ASSERT(shift < 126 - MANTISSA_BITS || m == 0);
    pa_i128 size = m == 0 ? 0 : shift < 0 ? (pa_i128)shifted_down(m, -shift) : (pa_i128)m << shift;
    return bits >> 63 ? -size : size;
}

/* 2^e for a normal result. */
static double power_of_two(int e)
{
    uint64_t bits = (uint64_t)(e + EXPONENT_BIAS) << MANTISSA_BITS;
    double p;
    memcpy(&p, &bits, sizeof p);
    return p;
}

/* Within these bounds scaling is exact: it neither overflows nor meets a
 * subnormal, because |sum| is 0 or from 1 to 2^127. */
double pa_fixed_to_f64(pa_i128 sum, int fraction_bits)
{
    PA_ASSERT(fraction_bits >= -896 && fraction_bits <= 1022);
    return pa_i128_to_f64(sum) * power_of_two(-fraction_bits);
}
