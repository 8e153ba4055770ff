#include "paraudit/base/math.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

/* Error of y in units of the last place of the exact value. */
static double ulps(double y, long double exact)
{
    if ((long double)y == exact) return 0;
    int exponent = ilogbl(exact) - 52;
    long double unit = ldexpl(1, exponent < -1074 ? -1074 : exponent);
    return (double)(fabsl((long double)y - exact) / unit);
}

typedef double function(double);
typedef long double exact_function(long double);

/* The largest error over n evenly spread and n random points of [a, b]. */
static double worst(function *f, exact_function *exact, double a, double b, int n)
{
    double most = 0;
    for (int i = 0; i < 2 * n; i++) {
        double part = i < n ? (double)i / n : pa_uniform(1, PA_DRAW_TEST, 1, (uint64_t)i);
        double x = a + part * (b - a);
        double error = ulps(f(x), exact((long double)x));
        if (!(error <= most)) most = error;
    }
    return most;
}

/* The same over all sizes: exponents from low to high, random mantissas. */
static double worst_over_sizes(function *f, exact_function *exact, int low, int high, double sign)
{
    double most = 0;
    for (int e = low; e <= high; e++) {
        for (uint64_t i = 0; i < 200; i++) {
            double x = sign * ldexp(1 + pa_uniform(2, PA_DRAW_TEST, (uint64_t)(e + 2000), i), e);
            double error = ulps(f(x), exact((long double)x));
            if (!(error <= most)) most = error;
        }
    }
    return most;
}

static void test_exp_is_within_its_bound(void)
{
    CU_ASSERT(worst(pa_exp, expl, -1, 1, 50000) < 0.6);
    CU_ASSERT(worst(pa_exp, expl, -708, 709.78, 100000) < 0.6);
    CU_ASSERT(worst(pa_exp, expl, -745, -708, 20000) < 1);
    CU_ASSERT(worst_over_sizes(pa_exp, expl, -1074, 8, 1) < 0.6);
    CU_ASSERT(worst_over_sizes(pa_exp, expl, -1074, 8, -1) < 0.6);
}

static void test_log_is_within_its_bound(void)
{
    CU_ASSERT(worst(pa_ln, logl, 0.9, 1.1, 100000) < 0.51);
    CU_ASSERT(worst(pa_ln, logl, 0.99999, 1.00001, 50000) < 0.51);
    CU_ASSERT(worst(pa_ln, logl, 0.5, 3, 100000) < 0.51);
    CU_ASSERT(worst_over_sizes(pa_ln, logl, -1074, 1023, 1) < 0.51);
}

static void test_log2_is_within_its_bound(void)
{
    CU_ASSERT(worst(pa_log2, log2l, 0.9, 1.1, 100000) < 2);
    CU_ASSERT(worst_over_sizes(pa_log2, log2l, -1074, 1023, 1) < 2);
}

static void test_asin_is_within_its_bound(void)
{
    CU_ASSERT(worst(pa_asin, asinl, -0.5, 0.5, 100000) < 3);
    CU_ASSERT(worst(pa_asin, asinl, -1, 1, 100000) < 3);
    CU_ASSERT(worst(pa_asin, asinl, 0.999999, 1, 50000) < 3);
    CU_ASSERT(worst_over_sizes(pa_asin, asinl, -1074, -1, 1) < 3);
    CU_ASSERT_EQUAL(pa_asin(0), 0);
    CU_ASSERT_EQUAL(pa_asin(1), 0x1.921fb54442d18p0);
    CU_ASSERT_EQUAL(pa_asin(-1), -0x1.921fb54442d18p0);
    CU_ASSERT(isnan(pa_asin(1.0000001)));
    CU_ASSERT(isnan(pa_asin(-INFINITY)));
    CU_ASSERT(isnan(pa_asin(NAN)));
}

static void test_log1p_is_within_its_bound(void)
{
    CU_ASSERT(worst(pa_ln1p, log1pl, -0.999, 1, 100000) < 1);
    CU_ASSERT(worst(pa_ln1p, log1pl, -0.01, 0.01, 100000) < 1);
    CU_ASSERT(worst_over_sizes(pa_ln1p, log1pl, -1074, 1023, 1) < 1);
    CU_ASSERT(worst_over_sizes(pa_ln1p, log1pl, -1074, -2, -1) < 1);
}

static void test_erfc_is_within_its_bound(void)
{
    CU_ASSERT(worst(pa_erfc, erfcl, -6.5, 0.5, 100000) < 3);
    CU_ASSERT(worst(pa_erfc, erfcl, 0.5, 4, 100000) < 3);
    CU_ASSERT(worst(pa_erfc, erfcl, 4, 26.5, 100000) < 3);
    CU_ASSERT(worst(pa_erfc, erfcl, 26.5, 27.2, 10000) < 3);
    CU_ASSERT(worst_over_sizes(pa_erfc, erfcl, -1074, 3, 1) < 3);
    CU_ASSERT(worst_over_sizes(pa_erfc, erfcl, -1074, 3, -1) < 3);
}

/* Of 400 bits; those of 16, the first of the series, and of 15, the last of the table, are on a
 * line. */
static void test_what_stirling_lacks_is_within_its_bound(void)
{
    static const struct {
        int64_t n;
        double rest;
    } known[] = {
        {1, 0x1.4c071bcda0a5bp-4},        {2, 0x1.52a9b923ea649p-5},
        {15, 0x1.6c08f6f194a10p-8},       {16, 0x1.5549f7dd113bcp-8},
        {17, 0x1.4137c74da35f2p-8},       {31, 0x1.6054f550b26c0p-9},
        {100, 0x1.b4e7bbdd9cecdp-11},     {12345, 0x1.c5027ecedb43ep-18},
        {1000000, 0x1.65e9f80f29140p-24}, {1000000000, 0x1.6e80fe033c8c6p-34},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        CU_ASSERT(ulps(pa_stirling_rest(known[i].n), (long double)known[i].rest) < 4);
    long double sum = 0; /* ln n!, a term at a time */
    for (int64_t n = 1; n <= 300; n++) {
        long double m = (long double)n, formula = m * logl(m) - m + logl(8 * atanl(1) * m) / 2;
        sum += logl(m);
        CU_ASSERT(fabsl(sum - formula - (long double)pa_stirling_rest(n)) < 1e-15L);
    }
}

/* pi in long double alone would lose what is left near half turns. */
static long double sine_of(long double turns, int quarters)
{
    long double nearest = rintl(4 * turns), r = 8 * atanl(1) * (turns - nearest / 4);
    int quarter = (int)fmodl(nearest + 8 * ceill(fabsl(nearest) / 4) + quarters, 4);
    long double v = quarter % 2 ? cosl(r) : sinl(r);
    return quarter < 2 ? v : -v;
}

static long double sin_of_turn(long double turns)
{
    return sine_of(turns, 0);
}

static long double cos_of_turn(long double turns)
{
    return sine_of(turns, 1);
}

static void test_sine_and_cosine_are_within_their_bound(void)
{
    CU_ASSERT(worst(pa_sin_turn, sin_of_turn, -1.5, 1.5, 200000) < 2);
    CU_ASSERT(worst(pa_cos_turn, cos_of_turn, -1.5, 1.5, 200000) < 2);
    CU_ASSERT(worst_over_sizes(pa_sin_turn, sin_of_turn, -1000, 60, 1) < 2);
    CU_ASSERT(worst_over_sizes(pa_cos_turn, cos_of_turn, -1000, 60, -1) < 2);
}

static void test_special_values_of_exp(void)
{
    CU_ASSERT_EQUAL(pa_exp(0), 1);
    CU_ASSERT_EQUAL(pa_exp(-0.0), 1);
    CU_ASSERT_EQUAL(pa_exp(INFINITY), INFINITY);
    CU_ASSERT_EQUAL(pa_exp(-INFINITY), 0);
    CU_ASSERT(isnan(pa_exp(NAN)));
    CU_ASSERT_EQUAL(pa_exp(0x1.62e42fefa39efp9), 0x1.fffffffffff2ap1023); /* largest finite */
    CU_ASSERT_EQUAL(pa_exp(0x1.62e42fefa39f0p9), INFINITY);
    CU_ASSERT_EQUAL(pa_exp(-745.13), 0x1p-1074);
    CU_ASSERT_EQUAL(pa_exp(-745.14), 0);
    CU_ASSERT_EQUAL(pa_exp(1e300), INFINITY);
    CU_ASSERT_EQUAL(pa_exp(-1e300), 0);
}

static void test_special_values_of_logarithms(void)
{
    CU_ASSERT_EQUAL(pa_ln(1), 0);
    CU_ASSERT_EQUAL(pa_ln(0), -INFINITY);
    CU_ASSERT_EQUAL(pa_ln(-0.0), -INFINITY);
    CU_ASSERT_EQUAL(pa_ln(INFINITY), INFINITY);
    CU_ASSERT(isnan(pa_ln(-1)));
    CU_ASSERT(isnan(pa_ln(-INFINITY)));
    CU_ASSERT(isnan(pa_ln(NAN)));
    CU_ASSERT(ulps(pa_ln(0x1p-1074), logl(0x1p-1074L)) < 0.6);
    CU_ASSERT_EQUAL(pa_ln1p(0), 0);
    CU_ASSERT_EQUAL(pa_ln1p(0x1p-1074), 0x1p-1074);
    CU_ASSERT_EQUAL(pa_ln1p(-1), -INFINITY);
    CU_ASSERT_EQUAL(pa_ln1p(INFINITY), INFINITY);
    CU_ASSERT(isnan(pa_ln1p(-1.5)));
    CU_ASSERT(isnan(pa_ln1p(NAN)));
}

static void test_special_values_of_erfc(void)
{
    CU_ASSERT_EQUAL(pa_erfc(0), 1);
    CU_ASSERT_EQUAL(pa_erfc(-0.0), 1);
    CU_ASSERT_EQUAL(pa_erfc(INFINITY), 0);
    CU_ASSERT_EQUAL(pa_erfc(-INFINITY), 2);
    CU_ASSERT_EQUAL(pa_erfc(1e300), 0);
    CU_ASSERT_EQUAL(pa_erfc(-1e300), 2);
    CU_ASSERT_EQUAL(pa_erfc(27.3), 0);
    CU_ASSERT(pa_erfc(27.2) > 0);
    CU_ASSERT(isnan(pa_erfc(NAN)));
}

static void test_quarter_turns_are_exact(void)
{
    const double s[] = {0, 1, 0, -1};
    for (int q = -40; q <= 40; q++) {
        CU_ASSERT_EQUAL(pa_sin_turn(0.25 * q), s[q & 3]);
        CU_ASSERT_EQUAL(pa_cos_turn(0.25 * q), s[(q + 1) & 3]);
    }
    CU_ASSERT_EQUAL(pa_sin_turn(0x1p50 + 0.25), 1);
    CU_ASSERT_EQUAL(pa_cos_turn(-0x1p50 - 0.5), -1);
    CU_ASSERT_EQUAL(pa_sin_turn(1e308), 0);
    CU_ASSERT_EQUAL(pa_cos_turn(-1e308), 1);
    CU_ASSERT(isnan(pa_sin_turn(INFINITY)));
    CU_ASSERT(isnan(pa_cos_turn(NAN)));
}

/* x never falls, so neither may f(x) (or rise, direction -1) by more than its
 * last bits. */
static bool is_monotone(function *f, double a, double b, int direction)
{
    double last = f(a);
    for (int i = 1; i <= 20000; i++) {
        double v = f(a + (b - a) * i / 20000);
        if (direction * (v - last) < 0) return false;
        last = v;
    }
    return true;
}

static void test_functions_are_monotone_on_a_grid(void)
{
    CU_ASSERT_TRUE(is_monotone(pa_exp, -746, 710, 1));
    CU_ASSERT_TRUE(is_monotone(pa_ln, 0.001, 1000, 1));
    CU_ASSERT_TRUE(is_monotone(pa_ln1p, -0.99, 2, 1));
    CU_ASSERT_TRUE(is_monotone(pa_asin, -1, 1, 1));
    CU_ASSERT_TRUE(is_monotone(pa_erfc, -5.5, 27.5, -1));
}

/* FNV-1a over the bits of f at 100,000 points of all signs and sizes. */
static uint64_t digest(function *f, double widest)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (uint64_t i = 0; i < 100000; i++) {
        double x = widest * (2 * pa_uniform(3, PA_DRAW_TEST, 0, i) - 1);
        if (i % 4 == 1) x *= 0.01;
        if (i % 4 == 2) x = ldexp(x, -(int)(i % 300));
        double v = f(x);
        if (v != v) continue; /* the sign of a NaN is nobody's promise */
        uint64_t bits;
        memcpy(&bits, &v, sizeof bits);
        for (int b = 0; b < 8; b++) hash = (hash ^ (bits >> (8 * b) & 0xff)) * 0x100000001b3u;
    }
    return hash;
}

/* Results in old files hang on these bits: a change here is a new version of
 * every result. */
static void test_bits_are_the_frozen_ones(void)
{
    CU_ASSERT_EQUAL(digest(pa_exp, 720), 0x826e6f9b15cc0b16u);
    CU_ASSERT_EQUAL(digest(pa_ln, 1000), 0xc5f5bd5c2ac64db7u);
    CU_ASSERT_EQUAL(digest(pa_ln1p, 1000), 0x43f355866a625f3eu);
    CU_ASSERT_EQUAL(digest(pa_erfc, 27), 0xb8b0a7f2dede585du);
    CU_ASSERT_EQUAL(digest(pa_sin_turn, 10), 0x075618107e3d108bu);
    CU_ASSERT_EQUAL(digest(pa_cos_turn, 10), 0x2a4f731faf2475f2u);
    CU_ASSERT_EQUAL(digest(pa_log2, 1000), 0x4f6cc31f612f2667u);
    CU_ASSERT_EQUAL(digest(pa_asin, 1), 0x14fe8dbe75c020f4u);
}

static void test_one_nan_among_many_is_found(void)
{
    float v[70];
    size_t wrong = 0;
    for (size_t i = 0; i < 70; i++) v[i] = i % 2 ? INFINITY : -(float)i;
    for (size_t n = 0; n < 70; n++) {
        v[n] = n % 2 ? NAN : copysignf(NAN, -1.0f);
        wrong += pa_any_nan(n, v) || !pa_any_nan(n + 1, v) || !pa_any_nan(70, v);
        v[n] = 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"exp is within its bound", test_exp_is_within_its_bound},
    {"log is within its bound", test_log_is_within_its_bound},
    {"log2 is within its bound", test_log2_is_within_its_bound},
    {"log1p is within its bound", test_log1p_is_within_its_bound},
    {"erfc is within its bound", test_erfc_is_within_its_bound},
    {"sine and cosine are within their bound", test_sine_and_cosine_are_within_their_bound},
    {"asin is within its bound", test_asin_is_within_its_bound},
    {"what Stirling lacks is within its bound", test_what_stirling_lacks_is_within_its_bound},
    {"special values of exp", test_special_values_of_exp},
    {"special values of logarithms", test_special_values_of_logarithms},
    {"special values of erfc", test_special_values_of_erfc},
    {"quarter turns are exact", test_quarter_turns_are_exact},
    {"functions are monotone on a grid", test_functions_are_monotone_on_a_grid},
    {"bits are the frozen ones", test_bits_are_the_frozen_ones},
    {"one NaN among many is found", test_one_nan_among_many_is_found},
};
PA_TEST_MAIN("math", tests)
