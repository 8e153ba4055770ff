#include <stdbool.h>
#include <stdlib.h>

#include "paraudit/base/draw.h"
#include "unit.h"

/* philox4x32 10 rounds, from Random123's kat_vectors:
 *
 *   counter                              key                first two words
 *   00000000 00000000 00000000 00000000  00000000 00000000  6627e8d5 e169c58d
 *   ffffffff ffffffff ffffffff ffffffff  ffffffff ffffffff  408f276d 41c83b0e
 *   243f6a88 85a308d3 13198a2e 03707344  a4093822 299f31d0  d16cfe09 94fdcceb  */
static void test_draws_match_the_published_vectors(void)
{
    uint64_t ones = UINT64_MAX;
    CU_ASSERT_EQUAL(pa_draw(0, PA_DRAW_TEST, 0, 0), 0xe169c58d6627e8d5u);
    CU_ASSERT_EQUAL(pa_draw(ones, (pa_purpose)0xffff, ones, ones >> 16), 0x41c83b0e408f276du);
    CU_ASSERT_EQUAL(
        pa_draw(0x299f31d0a4093822u, (pa_purpose)0x0370, 0x85a308d3243f6a88u, 0x734413198a2eu),
        0x94fdccebd16cfe09u);
}

static void test_words_are_the_whole_of_the_published_vectors(void)
{
    uint32_t w[4];
    pa_draw_words(0, PA_DRAW_TEST, 0, 0, w);
    CU_ASSERT(w[0] == 0x6627e8d5u && w[1] == 0xe169c58du && w[2] == 0xbc57ac4cu &&
              w[3] == 0x9b00dbd8u);
}

static void test_every_argument_changes_the_draw(void)
{
    uint64_t v = pa_draw(1, PA_DRAW_TEST, 2, 3);
    CU_ASSERT_EQUAL(pa_draw(1, PA_DRAW_TEST, 2, 3), v);
    CU_ASSERT_NOT_EQUAL(pa_draw(2, PA_DRAW_TEST, 2, 3), v);
    CU_ASSERT_NOT_EQUAL(pa_draw(1, PA_DRAW_SAMPLE, 2, 3), v);
    CU_ASSERT_NOT_EQUAL(pa_draw(1, PA_DRAW_TEST, 3, 3), v);
    CU_ASSERT_NOT_EQUAL(pa_draw(1, PA_DRAW_TEST, 2, 4), v);
}

static void test_uniform_fills_the_unit_interval_evenly(void)
{
    enum { N = 100000, BINS = 50 };
    int count[BINS] = {0}, outside = 0;
    for (uint64_t i = 0; i < N; i++) {
        double u = pa_uniform(7, PA_DRAW_TEST, 1, i);
        outside += !(u >= 0 && u < 1);
        count[(int)(u * BINS)]++;
    }
    CU_ASSERT_EQUAL(outside, 0);
    double chi2 = 0, expected = (double)N / BINS;
    for (int b = 0; b < BINS; b++) chi2 += (count[b] - expected) * (count[b] - expected) / expected;
    CU_ASSERT(chi2 < 86); /* 49 degrees of freedom: exceeded once in 1000 seeds */
}

static void test_below_reaches_all_values_and_no_other(void)
{
    int count[6] = {0}, outside = 0;
    for (uint64_t i = 0; i < 6000; i++) {
        uint64_t v = pa_draw_below(8, PA_DRAW_TEST, i, 0, 6);
        outside += v > 5;
        if (v < 6) count[v]++;
    }
    CU_ASSERT_EQUAL(outside, 0);
    for (int i = 0; i < 6; i++) CU_ASSERT(count[i] > 850 && count[i] < 1150);
    CU_ASSERT_EQUAL(pa_draw_below(8, PA_DRAW_TEST, 1, 1, 1), 0);
    CU_ASSERT(pa_draw_below(8, PA_DRAW_TEST, 1, 1, UINT64_MAX) < UINT64_MAX);
}

static bool ascends_below(uint64_t n, size_t k, const uint64_t v[])
{
    for (size_t i = 0; i < k; i++) {
        if (v[i] >= n || (i > 0 && v[i] <= v[i - 1])) return false;
    }
    return true;
}

static void test_distinct_draws_ascend_and_stay_below_n(void)
{
    static uint64_t out[5000];
    const struct {
        uint64_t n;
        size_t k;
    } cases[] = {{1, 1},     {2, 1},       {2, 2},       {7, 7},         {256, 256},
                 {257, 256}, {5000, 4999}, {5000, 5000}, {1000000, 256}, {(uint64_t)1 << 62, 5000}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pa_draw_distinct(9, PA_DRAW_TEST, c, cases[c].n, cases[c].k, out);
        CU_ASSERT_TRUE(ascends_below(cases[c].n, cases[c].k, out));
    }
    pa_draw_distinct(9, PA_DRAW_TEST, 0, 0, 0, out);
    pa_draw_distinct(9, PA_DRAW_TEST, 0, 5, 0, NULL);
}

/* Floyd's algorithm with a plain list for a set. */
static void slow_distinct(uint64_t seed, uint64_t id1, uint64_t n, size_t k, uint64_t out[])
{
    for (size_t i = 0; i < k; i++) {
        uint64_t j = n - k + i, t = pa_draw_below(seed, PA_DRAW_TEST, id1, i, j + 1);
        for (size_t s = 0; s < i; s++) {
            if (out[s] == t) {
                t = j;
                break;
            }
        }
        size_t at = i;
        for (; at > 0 && out[at - 1] > t; at--) out[at] = out[at - 1];
        out[at] = t;
    }
}

static void test_distinct_agrees_with_slow_twin(void)
{
    uint64_t fast[200], slow[200];
    int wrong = 0;
    for (uint64_t id1 = 0; id1 < 300; id1++) {
        size_t k = id1 % 200;
        uint64_t n = k + id1 / 3;
        pa_draw_distinct(10, PA_DRAW_TEST, id1, n, k, fast);
        slow_distinct(10, id1, n, k, slow);
        for (size_t i = 0; i < k; i++) wrong += fast[i] != slow[i];
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_all_subsets_are_equally_likely(void)
{
    enum { TRIES = 20000, SUBSETS = 20 }; /* 3 of 6 */
    int count[64] = {0};
    for (uint64_t id1 = 0; id1 < TRIES; id1++) {
        uint64_t out[3];
        pa_draw_distinct(11, PA_DRAW_TEST, id1, 6, 3, out);
        count[1 << out[0] | 1 << out[1] | 1 << out[2]]++;
    }
    double chi2 = 0, expected = (double)TRIES / SUBSETS;
    int met = 0;
    for (int s = 0; s < 64; s++) {
        if (!count[s]) continue;
        met++;
        chi2 += (count[s] - expected) * (count[s] - expected) / expected;
    }
    CU_ASSERT_EQUAL(met, SUBSETS);
    CU_ASSERT(chi2 < 44); /* 19 degrees of freedom: exceeded once in 1000 seeds */
}

static const pa_test tests[] = {
    {"draws match the published vectors", test_draws_match_the_published_vectors},
    {"words are the whole of the published vectors",
     test_words_are_the_whole_of_the_published_vectors},
    {"every argument changes the draw", test_every_argument_changes_the_draw},
    {"uniform fills the unit interval evenly", test_uniform_fills_the_unit_interval_evenly},
    {"below reaches all values and no other", test_below_reaches_all_values_and_no_other},
    {"distinct draws ascend and stay below n", test_distinct_draws_ascend_and_stay_below_n},
    {"distinct agrees with slow twin", test_distinct_agrees_with_slow_twin},
    {"all subsets are equally likely", test_all_subsets_are_equally_likely},
};
PA_TEST_MAIN("draw", tests)
