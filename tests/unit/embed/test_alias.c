#include "paraudit/embed/alias.h"

#include <math.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { MOST = 300 };

/* What share of all 64-bit words gives each value. */
static void find_shares(const pa_alias *a, double share[])
{
    for (uint32_t i = 0; i < a->n; i++) share[i] = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        double kept = (double)a->keep[i] * 0x1p-64;
        share[i] += kept / a->n;
        share[a->other[i]] += (1 - kept) / a->n;
    }
}

static void check(uint32_t n, const double weight[])
{
    pa_alias a;
    double share[MOST], sum = 0;
    int wrong = 0;
    CU_ASSERT_EQUAL_FATAL(pa_alias_new(n, weight, &a, NULL), PA_OK);
    find_shares(&a, share);
    for (uint32_t i = 0; i < n; i++) sum += weight[i];
    for (uint32_t i = 0; i < n; i++) {
        wrong += fabs(share[i] - weight[i] / sum) > 1e-14;
        wrong += weight[i] == 0 && share[i] != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_alias_free(&a);
}

static void test_shares_are_the_weights(void)
{
    double weight[MOST];
    for (uint32_t n = 1; n <= MOST; n += 1 + n / 4)
        for (int power = -3; power <= 6; power++) {
            for (uint32_t i = 0; i < n; i++)
                weight[i] = pow(pa_uniform(3, PA_DRAW_TEST, n, i) + 1e-3, power);
            check(n, weight);
        }
}

static void test_what_has_no_weight_is_never_drawn(void)
{
    double weight[MOST] = {0};
    for (uint32_t one = 0; one < 7; one++) {
        for (uint32_t i = 0; i < 7; i++) weight[i] = i == one;
        check(7, weight);
    }
    for (uint32_t i = 0; i < 100; i++) weight[i] = i % 3 ? 0.1 * i : 0;
    check(100, weight);
}

/* Words from the lowest to the highest meet every column, its beginning and its end. */
static void test_a_word_is_a_column_and_a_place_in_it(void)
{
    const double weight[] = {1, 2, 3, 2};
    pa_alias a;
    CU_ASSERT_EQUAL_FATAL(pa_alias_new(4, weight, &a, NULL), PA_OK);
    for (uint32_t c = 0; c < 4; c++) {
        uint64_t begin = (uint64_t)c << 62, end = begin + (UINT64_MAX >> 2);
        CU_ASSERT_EQUAL(pa_alias_draw(&a, begin), a.keep[c] ? c : a.other[c]);
        CU_ASSERT_EQUAL(pa_alias_draw(&a, end), a.keep[c] == UINT64_MAX ? c : a.other[c]);
    }
    pa_alias_free(&a);
}

static const pa_test tests[] = {
    {"shares are the weights", test_shares_are_the_weights},
    {"what has no weight is never drawn", test_what_has_no_weight_is_never_drawn},
    {"a word is a column and a place in it", test_a_word_is_a_column_and_a_place_in_it},
};
PA_TEST_MAIN("alias", tests)
