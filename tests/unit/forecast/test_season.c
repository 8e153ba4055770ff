#include "paraudit/forecast/season.h"

#include <math.h>

#include "paraudit/base/draw.h"
#include "paraudit/forecast/adjust.h"
#include "unit.h"

enum { N = 60, M = 4 };

static const double known[M] = {.3, -.1, .2, -.4};

static void test_a_clean_season_is_found(void)
{
    double y[N], index[M], work[N];
    for (int t = 0; t < N; t++) y[t] = 5 + .1 * t + known[t % M];
    pa_season_index(N, y, M, index, work);
    for (int k = 0; k < M; k++) CU_ASSERT_DOUBLE_EQUAL(index[k], known[k], 1e-12);
}

static void test_chance_is_no_season(void)
{
    double y[N], index[M], work[N], all = 0;
    for (int s = 0; s < 200; s++) {
        for (int t = 0; t < N; t++) y[t] = pa_uniform(7, PA_DRAW_TEST, s, t);
        pa_season_index(N, y, M, index, work);
        for (int k = 0; k < M; k++) all += index[k] * index[k] / 200;
    }
    /* Unshrunk it would be M - 1 times the variance of a mean of N / M uniform numbers. */
    CU_ASSERT_TRUE(all < .5 * (M - 1) / 12. / (N / M));
}

static void test_what_is_taken_comes_back(void)
{
    static pa_adjustment a;
    double y[N], to[N], work[N];
    for (int with = 0; with < 3; with++) { /* factors, addends, logarithms */
        for (int t = 0; t < N; t++)
            y[t] = 1000 * (1 + .02 * t + known[t % M] + .1 * pa_uniform(1, PA_DRAW_TEST, 3, t)) -
                   (with == 1 ? 900 : 0);
        pa_adjust(N, y, M, with == 2, to, &a, work);
        CU_ASSERT_EQUAL(a.factors, with == 0);
        for (int t = 0; t < N; t++)
            CU_ASSERT_DOUBLE_EQUAL(pa_adjust_back(&a, (size_t)t, to[t]), y[t], 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(pa_adjust_back(&a, N, to[N - M]), y[N - M], 1e-9);
    }
}

static void test_a_power_of_two_changes_no_bit(void)
{
    static pa_adjustment a, b;
    double y[N], z[N], to[N], of[N], work[N];
    for (int t = 0; t < N; t++) y[t] = 1 + pa_uniform(1, PA_DRAW_TEST, 4, t);
    for (int t = 0; t < N; t++) z[t] = 1024 * y[t];
    pa_adjust(N, y, M, true, to, &a, work);
    pa_adjust(N, z, M, true, of, &b, work);
    for (int t = 0; t < N; t++) CU_ASSERT_EQUAL(to[t], of[t]);
    CU_ASSERT_EQUAL(a.scale, 1024 * b.scale);
}

static void test_few_values_have_no_season(void)
{
    CU_ASSERT_FALSE(pa_season_can_be_seen(9, 4));
    CU_ASSERT_TRUE(pa_season_can_be_seen(10, 4));
    CU_ASSERT_FALSE(pa_season_can_be_seen(100, 1));
}

static const pa_test tests[] = {
    {"a clean season is found", test_a_clean_season_is_found},
    {"chance is no season", test_chance_is_no_season},
    {"what is taken comes back", test_what_is_taken_comes_back},
    {"a power of two changes no bit", test_a_power_of_two_changes_no_bit},
    {"few values have no season", test_few_values_have_no_season}};
PA_TEST_MAIN("season", tests)
