/* Exact sums: integers of 128 bits, and doubles as fixed-point numbers. */
#ifndef PARAUDIT_BASE_EXACT_H
#define PARAUDIT_BASE_EXACT_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 pa_i128;
__extension__ typedef unsigned __int128 pa_u128;

/* Nearest double, ties to even. */
double pa_i128_to_f64(pa_i128 v);

/* v scaled by 2^fraction_bits and rounded to nearest, ties to even: terms that
 * add in any order to the same sum. |v| must be below 2^(126 - fraction_bits). */
pa_i128 pa_fixed(double v, int fraction_bits);
double pa_fixed_to_f64(pa_i128 sum, int fraction_bits);

/* Where share k of n even shares of `total` items begins: those of share k are
 * pa_even_share(total, k, n) up to pa_even_share(total, k + 1, n). floor(total * k / n), for
 * any total; 0 <= k <= n < 2^31. */
static inline int64_t pa_even_share(int64_t total, int64_t k, int64_t n)
{
    return total / n * k + total % n * k / n;
}

#endif
