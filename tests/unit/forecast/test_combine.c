#include "paraudit/forecast/combine.h"

#include <math.h>

#include "paraudit/base/draw.h"
#include "paraudit/forecast/normal.h"
#include "unit.h"

enum { N = 4000, M = 3, HORIZON = 2 };

static double error[M * N];
static int32_t ahead[N];

static pa_trials trials(void)
{
    for (int i = 0; i < N; i++) ahead[i] = i % HORIZON;
    return (pa_trials){N / HORIZON, M, N, HORIZON, error, ahead, PA_COMBINE_MOST};
}

static double drawn(int m, int i)
{
    return pa_uniform(5, PA_DRAW_TEST, m, i) - .5;
}

static void test_errors_that_cancel_are_weighed(void)
{
    double weight[M];
    for (int i = 0; i < N; i++) {
        double e = drawn(0, i);
        error[i] = e + .1 * drawn(1, i);
        error[N + i] = -e + .1 * drawn(2, i);
        error[2 * N + i] = 3 * drawn(3, i);
    }
    pa_trials t = trials();
    t.n_trials = 100000;
    CU_ASSERT_EQUAL(pa_combine_weights(&t, weight, NULL), PA_OK);
    CU_ASSERT_DOUBLE_EQUAL(weight[0], weight[1], .02);
    CU_ASSERT_TRUE(weight[2] < .06);
    CU_ASSERT_DOUBLE_EQUAL(weight[0] + weight[1] + weight[2], 1, 1e-12);
}

static void test_a_clear_winner_is_alone(void)
{
    double weight[M];
    for (int i = 0; i < N; i++)
        for (int m = 0; m < M; m++) error[m * N + i] = m == 1 ? .1 * drawn(0, i) : 2 + drawn(m, i);
    pa_trials t = trials();
    CU_ASSERT_EQUAL(pa_combine_weights(&t, weight, NULL), PA_OK);
    CU_ASSERT_EQUAL(weight[0], 0);
    CU_ASSERT_EQUAL(weight[1], 1);
}

static void test_without_trials_all_count_alike(void)
{
    double weight[M];
    pa_trials t = {.n_members = M, .horizon = HORIZON, .on_trial = PA_COMBINE_MOST};
    CU_ASSERT_EQUAL(pa_combine_weights(&t, weight, NULL), PA_OK);
    for (int m = 0; m < M; m++) CU_ASSERT_EQUAL(weight[m], 1. / M);
    t.on_trial = 1;
    CU_ASSERT_EQUAL(pa_combine_weights(&t, weight, NULL), PA_OK);
    CU_ASSERT_EQUAL(weight[1], 0);
    CU_ASSERT_DOUBLE_EQUAL(weight[0] + weight[2], 1, 1e-12);
}

/* Member 1 errs the other way than the others, or further. */
static void test_who_is_on_trial_earns_its_place(void)
{
    for (int right = 0; right < 2; right++) {
        double weight[M];
        for (int i = 0; i < N; i++) {
            error[i] = drawn(0, i) + .3 * drawn(1, i);
            error[2 * N + i] = drawn(0, i) + .3 * drawn(2, i);
            error[N + i] = right ? -drawn(0, i) : 3 * drawn(0, i);
        }
        pa_trials t = trials();
        t.on_trial = 1;
        CU_ASSERT_EQUAL(pa_combine_weights(&t, weight, NULL), PA_OK);
        CU_ASSERT_EQUAL(weight[1] > 0, right);
        CU_ASSERT_DOUBLE_EQUAL(weight[0] + weight[1] + weight[2], 1, 1e-12);
        t.n_trials = 100; /* too few to tell */
        CU_ASSERT_EQUAL(pa_combine_weights(&t, weight, NULL), PA_OK);
        CU_ASSERT_EQUAL(weight[1], 0);
    }
}

/* Sizes 1 .. 39 at the first step, half of them at the second. */
static void test_reach_is_a_conformal_quantile(void)
{
    static const double level[] = {.8, .95, .99}, weight[M] = {1, 0, 0};
    double reach[3 * HORIZON];
    for (int i = 0; i < 78; i++) {
        error[i] = (i % 4 < 2 ? 1 : -1) * (i / 2 + 1) / (i % 2 ? 2. : 1.);
        error[78 + i] = error[2 * 78 + i] = NAN;
    }
    pa_trials t = trials();
    t.n_points = 78;
    CU_ASSERT_EQUAL(pa_combine_reach(&t, weight, 3, level, reach, NULL), PA_OK);
    CU_ASSERT_EQUAL(reach[0], 32); /* the 32nd of 40 */
    CU_ASSERT_EQUAL(reach[1], 32); /* it does not fall */
    CU_ASSERT_EQUAL(reach[2], 38);
    CU_ASSERT_TRUE(isnan(reach[4])); /* 39 errors tell nothing of one in a hundred */
}

static void test_who_is_silent_has_no_weight(void)
{
    static const double weight[M] = {.5, .3, .2}, said[M] = {NAN, 4, 9};
    /* Of .5 the middle .25: .175 of the 4, .075 of the 9. */
    CU_ASSERT_DOUBLE_EQUAL(pa_combine(M, weight, said, 1), (.175 * 4 + .075 * 9) / .25, 1e-12);
}

static void test_the_middle_half_counts(void)
{
    static const double weight[] = {.2, .3, .3, .2}, said[] = {1e9, 4, 6, -1e9};
    CU_ASSERT_DOUBLE_EQUAL(pa_combine(4, weight, said, 1), 5, 1e-12);
}

static void test_disagreement_is_a_mean_by_weight(void)
{
    const double said[] = {1, NAN, 5, 9, 100}, weight[] = {.5, .2, .25, .25, 0},
                 one[] = {0, .5, .5, 0, 0};
    CU_ASSERT_DOUBLE_EQUAL(pa_combine_disagreement(5, weight, said, 3), .5 * 2 + .25 * 2 + .25 * 6,
                           1e-12);
    CU_ASSERT_TRUE(isnan(pa_combine_disagreement(5, one, said, 5)));
}

static void test_change_is_of_seasons(void)
{
    static const double y[] = {1, 5, 2, 7, 2, 8};
    CU_ASSERT_DOUBLE_EQUAL(pa_change_of(6, y, 2), (1 + 2 + 0 + 1) / 4., 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(pa_change_of(2, y, 2), 4, 1e-12);
    CU_ASSERT_EQUAL(pa_change_of(1, y, 2), 0);
}

static void test_normal_quantiles(void)
{
    CU_ASSERT_DOUBLE_EQUAL(pa_normal_quantile(.975), 1.959963984540054, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(pa_normal_quantile(.1), -1.2815515655446004, 1e-14);
}

static const pa_test tests[] = {
    {"errors that cancel are weighed", test_errors_that_cancel_are_weighed},
    {"a clear winner is alone", test_a_clear_winner_is_alone},
    {"without trials all count alike", test_without_trials_all_count_alike},
    {"who is on trial earns its place", test_who_is_on_trial_earns_its_place},
    {"reach is a conformal quantile", test_reach_is_a_conformal_quantile},
    {"who is silent has no weight", test_who_is_silent_has_no_weight},
    {"the middle half counts", test_the_middle_half_counts},
    {"disagreement is a mean by weight", test_disagreement_is_a_mean_by_weight},
    {"change is of seasons", test_change_is_of_seasons},
    {"normal quantiles", test_normal_quantiles}};
PA_TEST_MAIN("combine", tests)
