#include "paraudit/patterns/rule_measures.h"

#include <math.h>
#include <stdbool.h>

#include "paraudit/base/exact.h"
#include "unit.h"

static bool near(double v, double expected, double share)
{
    return fabs(v - expected) <= share * fabs(expected);
}

/* Of 10 baskets 5 have A, 4 have c, 3 both:
 *
 *            c   not c
 *   A        3     2     5
 *   not A    1     4     5
 *            4     6    10      */
static void test_measures_of_a_table_by_hand(void)
{
    pa_rule_measures m = pa_measure_rule((pa_rule_counts){10, 5, 4, 3});
    CU_ASSERT(m.support == 0.3 && m.confidence == 0.6 && m.lift == 1.5);
    CU_ASSERT(m.leverage == 0.1);   /* .3 - .5 .4 */
    CU_ASSERT(m.conviction == 1.5); /* .5 .6 / .2 */
    CU_ASSERT(near(m.kulczynski, 0.675, 1e-15));
    CU_ASSERT(near(m.imbalance, 1.0 / 6, 1e-15));
}

static void test_measures_at_the_ends(void)
{
    pa_rule_measures always = pa_measure_rule((pa_rule_counts){10, 4, 5, 4});
    CU_ASSERT(always.confidence == 1 && always.conviction == INFINITY && always.lift == 2);
    pa_rule_measures everywhere = pa_measure_rule((pa_rule_counts){10, 4, 10, 4});
    CU_ASSERT(everywhere.conviction == 1 && everywhere.lift == 1 && everywhere.leverage == 0);
    pa_rule_measures both = pa_measure_rule((pa_rule_counts){10, 4, 4, 4});
    CU_ASSERT(both.kulczynski == 1 && both.imbalance == 0);
    /* 2^32 - 1 baskets; what is left of two shares of .25 is one part in 2^64. */
    pa_rule_measures many =
        pa_measure_rule((pa_rule_counts){4294967295, 2147483648, 2147483647, 1073741824});
    CU_ASSERT(near(many.leverage, 1073741824 / pow(4294967295.0, 2), 1e-15));
}

/* mpmath, 200 bits. */
static void test_fisher_equals_values_of_high_precision(void)
{
    static const struct {
        pa_rule_counts counts;
        double ln_p;
    } known[] = {
        {{10, 5, 5, 5}, -5.5294290875114233},
        {{10, 5, 5, 3}, -0.69314718055994531},
        {{100, 10, 20, 5}, -3.6704681304263019},
        {{100, 50, 50, 25}, -0.54612067939908376},
        {{1000, 10, 999, 10}, -0.010050335853501441},
        {{100000000, 1, 99999999, 1}, -1.000000005e-8},
        {{4000000000, 83, 3999999998, 83}, -4.1500000435750006e-8},
        {{100000000, 1000000, 1000000, 10000}, -0.69041125352058318},
        {{100000000, 1000000, 1000000, 10001}, -0.69848108027424632},
        {{100000000, 1000000, 1000000, 9000}, -4.4795724963212972e-25},
        {{100000000, 1000000, 1000000, 12000}, -195.75617436564908},
        {{100000000, 50000000, 50000000, 25000000}, -0.69298761638002245},
        {{100000000, 50000000, 50000000, 25010000}, -10.359256595402651},
        {{100000000, 50000000, 50000000, 24990000}, -3.1644980501615479e-5},
        {{100000000, 50000000, 50000000, 24970000}, -1.7721638708348306e-33},
        {{100000000, 50000000, 50000000, 50000000}, -69314708.619862804},
        {{100000000, 10, 10, 10}, -169.10239441644813},
        {{100000000, 3000, 70000, 40}, -82.935205354849418},
        {{88162, 42135, 50675, 29142}, -2285.1710612607884},
        {{4294967295, 2000000000, 2000000000, 2000000000}, -2966907685.3596919},
        {{4294967295, 2000000000, 2147483648, 1000100000}, -21.469738539485703},
        {{3, 2, 2, 1}, 0.0},
        {{7, 1, 1, 1}, -1.9459101490553133},
        {{1000000, 999999, 999999, 999999}, -13.815510557964274},
        {{1000000, 1000, 999000, 990}, -9.1716790126813501e-9},
        {{100000000, 30000, 30000, 9}, -0.60809502373251511},
        {{100000000, 30000, 30000, 1}, -0.00012308451081658771},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        CU_ASSERT(near(pa_fisher_ln_p(known[i].counts), known[i].ln_p, 1e-12));
}

/* ---- every table of few baskets, beside whole numbers ---- */

enum { MOST = 36 };

static pa_u128 choose(int n, int k)
{
    pa_u128 ways = 1;
    for (int i = 1; i <= k; i++) ways = ways * (pa_u128)(n - k + i) / (pa_u128)i;
    return ways;
}

/* Ways in which `from` to `to` baskets have both. */
static long double ways(pa_rule_counts c, int64_t from, int64_t to)
{
    pa_u128 sum = 0;
    for (int64_t k = from; k <= to; k++)
        if (c.n_c - k <= c.n - c.n_a)
            sum += choose((int)c.n_a, (int)k) * choose((int)(c.n - c.n_a), (int)(c.n_c - k));
    return (long double)sum;
}

static double slow_ln_p(pa_rule_counts c)
{
    int64_t most = c.n_a < c.n_c ? c.n_a : c.n_c;
    long double all = (long double)choose((int)c.n, (int)c.n_c);
    long double more = ways(c, c.n_ac, most) / all, fewer = ways(c, 0, c.n_ac - 1) / all;
    return (double)(more < 0.5L ? logl(more) : log1pl(-fewer));
}

static void test_fisher_equals_the_slow_twin_for_every_small_table(void)
{
    size_t wrong = 0, n = 0;
    pa_rule_counts c;
    for (c.n = 1; c.n <= MOST; c.n++)
        for (c.n_a = 1; c.n_a <= c.n; c.n_a++)
            for (c.n_c = 1; c.n_c <= c.n; c.n_c++)
                for (c.n_ac = 1; c.n_ac <= c.n_a && c.n_ac <= c.n_c; c.n_ac++) {
                    if (c.n_a + c.n_c - c.n_ac > c.n) continue;
                    wrong += !near(pa_fisher_ln_p(c), slow_ln_p(c), 1e-12);
                    n++;
                }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(n > 50000);
}

static void test_a_rule_and_its_reverse_have_the_same_p(void)
{
    for (int64_t k = 1; k <= 3000; k++) {
        pa_rule_counts c = {1000003 + k * 7, 3000 + k * 11, 3001 + k * 3, k};
        pa_rule_counts reverse = {c.n, c.n_c, c.n_a, c.n_ac};
        CU_ASSERT_EQUAL(pa_fisher_ln_p(c), pa_fisher_ln_p(reverse));
    }
}

static void test_strength_grows_with_what_was_seen(void)
{
    CU_ASSERT(near(pa_rule_strength((pa_rule_counts){2000, 10, 100, 10}),
                   log2(1 + 10 / (1.645 * 1.645)), 1e-14));
    double last = 0;
    for (int64_t n_a = 1; n_a <= 1 << 20; n_a *= 2) {
        double s = pa_rule_strength((pa_rule_counts){1 << 22, n_a, 1 << 21, n_a});
        CU_ASSERT(s > last && s < INFINITY);
        last = s;
    }
    CU_ASSERT(near(last, 18.6, 0.01));
    for (int64_t misses = 1; misses < 1000; misses++) {
        double s = pa_rule_strength((pa_rule_counts){1 << 20, 1000, 2000, 1000 - misses});
        CU_ASSERT(s < last && s > 0);
        last = s;
    }
}

static const pa_test tests[] = {
    {"measures of a table by hand", test_measures_of_a_table_by_hand},
    {"measures at the ends", test_measures_at_the_ends},
    {"Fisher equals values of high precision", test_fisher_equals_values_of_high_precision},
    {"Fisher equals the slow twin for every small table",
     test_fisher_equals_the_slow_twin_for_every_small_table},
    {"a rule and its reverse have the same p", test_a_rule_and_its_reverse_have_the_same_p},
    {"strength grows with what was seen", test_strength_grows_with_what_was_seen},
};
PA_TEST_MAIN("rule_measures", tests)
