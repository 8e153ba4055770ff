#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/exact.h"
#include "unit.h"

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 1 to 127 random bits, either sign. */
static pa_i128 random_i128(uint64_t *state)
{
    pa_u128 v = (pa_u128)next(state) << 64 | next(state);
    int bits = 1 + (int)(next(state) % 127);
    pa_i128 size = (pa_i128)(v >> (128 - bits));
    return next(state) & 1 ? -size : size;
}

static pa_u128 distance(pa_i128 a, pa_i128 b)
{
    return a > b ? (pa_u128)a - (pa_u128)b : (pa_u128)b - (pa_u128)a;
}

/* No neighbour is nearer, and in a tie the last bit of d is 0. */
static bool is_nearest(pa_i128 v, double d)
{
    if (fabs(d) < 0x1p53) return (pa_i128)d == v;
    double below = nextafter(d, -INFINITY), above = nextafter(d, INFINITY);
    if (fabs(below) >= 0x1p127 || fabs(above) >= 0x1p127) return true;
    pa_u128 here = distance(v, (pa_i128)d);
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    pa_u128 low = distance(v, (pa_i128)below), high = distance(v, (pa_i128)above);
    if (here == low || here == high) return (bits & 1) == 0;
    return here < low && here < high;
}

static void test_conversion_is_to_the_nearest_double(void)
{
    uint64_t state = 1;
    int wrong = 0;
    for (int i = 0; i < 200000; i++) {
        pa_i128 v = random_i128(&state);
        wrong += !is_nearest(v, pa_i128_to_f64(v));
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_ties_go_to_even(void)
{
    int wrong = 0;
    for (int shift = 0; shift < 72; shift++) {
        pa_i128 odd = (((pa_i128)1 << 53) + 1) << shift; /* between 2^53 and 2^53 + 2 */
        wrong += pa_i128_to_f64(odd) != ldexp(0x1p53, shift);
        wrong +=
            pa_i128_to_f64(odd + (pa_i128)2 * ((pa_i128)1 << shift)) != ldexp(0x1p53 + 4, shift);
        wrong += pa_i128_to_f64(-odd) != -ldexp(0x1p53, shift);
        if (shift == 0) continue;
        wrong += pa_i128_to_f64(odd + 1) != ldexp(0x1p53 + 2, shift);
        wrong += pa_i128_to_f64(odd - 1) != ldexp(0x1p53, shift);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_i128 largest = (pa_i128)(((pa_u128)1 << 127) - 1);
    CU_ASSERT_EQUAL(pa_i128_to_f64(largest), 0x1p127);
    CU_ASSERT_EQUAL(pa_i128_to_f64(-largest - 1), -0x1p127);
}

/* long double holds every double times a power of two, and rounds as asked. */
static pa_i128 slow_fixed(double v, int fraction_bits)
{
    long double scaled = ldexpl((long double)v, fraction_bits);
    return (pa_i128)(fabsl(scaled) < 0x1p63L ? rintl(scaled) : scaled);
}

static void test_fixed_agrees_with_slow_twin(void)
{
    uint64_t state = 2;
    int wrong = 0;
    for (int i = 0; i < 200000; i++) {
        int fraction_bits = (int)(next(&state) % 100);
        int top = 126 - fraction_bits;
        double m = 1 + (double)(next(&state) >> 12) * 0x1p-52; /* in [1, 2) */
        double v = ldexp(m, top - 1 - (int)(next(&state) % 140));
        if (next(&state) & 1) v = -v;
        wrong += pa_fixed(v, fraction_bits) != slow_fixed(v, fraction_bits);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_fixed_rounds_halves_to_even(void)
{
    const double v[] = {0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.25, 0.75, 0x1p-60, 0.0, -0.0, 0x1p-1074};
    const int expected[] = {0, 2, 2, 0, -2, -2, 0, 1, 0, 0, 0, 0};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        CU_ASSERT(pa_fixed(v[i], 0) == expected[i]);
    }
    CU_ASSERT(pa_fixed(0x1p-1074, 1074) == 1);
    CU_ASSERT(pa_fixed(0x1.8p-1073, 1073) == 2);
}

static void test_fixed_sum_does_not_depend_on_order(void)
{
    enum { N = 1000, BITS = 60 };
    double v[N];
    uint64_t state = 3;
    pa_i128 forward = 0, backward = 0;
    for (int i = 0; i < N; i++)
        v[i] = ldexp((double)(int64_t)next(&state), -(int)(next(&state) % 80));
    for (int i = 0; i < N; i++) forward += pa_fixed(v[i], BITS / 2);
    for (int i = N; i-- > 0;) backward += pa_fixed(v[i], BITS / 2);
    CU_ASSERT(forward == backward);
    long double sum = 0;
    for (int i = 0; i < N; i++) sum += (long double)v[i];
    CU_ASSERT(fabs((double)sum - pa_fixed_to_f64(forward, BITS / 2)) <= 1e-6 * fabs((double)sum));
}

static void test_fixed_goes_there_and_back(void)
{
    uint64_t state = 4;
    int wrong = 0;
    for (int i = 0; i < 100000; i++) {
        double v = ldexp((double)(int64_t)next(&state), -20);
        wrong += pa_fixed_to_f64(pa_fixed(v, 40), 40) != v;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_fixed_to_f64(3, 1), 1.5);
    CU_ASSERT_EQUAL(pa_fixed_to_f64(-1, 1022), -0x1p-1022);
}

static const pa_test tests[] = {
    {"conversion is to the nearest double", test_conversion_is_to_the_nearest_double},
    {"ties go to even", test_ties_go_to_even},
    {"fixed agrees with slow twin", test_fixed_agrees_with_slow_twin},
    {"fixed rounds halves to even", test_fixed_rounds_halves_to_even},
    {"fixed sum does not depend on order", test_fixed_sum_does_not_depend_on_order},
    {"fixed goes there and back", test_fixed_goes_there_and_back},
};
PA_TEST_MAIN("exact", tests)
