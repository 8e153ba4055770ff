#include "paraudit/recommend/mixture.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "paraudit/recommend/surprise_ranks.h"
#include "unit.h"

enum { ROWS = 4000, LEVELS = 2, PARTS = 3 };

static float part[ROWS * PARTS];
static int8_t level[ROWS];

static double drawn(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) / (double)(1 << 24);
}

/* Three dice: the first shows 0 mostly, the second 1, the third anything; of level 0 the first is
 * thrown seven times in ten, of level 1 the second. */
static void throw_dice(void)
{
    static const double shows[PARTS][4] = {
        {.7, .1, .1, .1}, {.1, .7, .1, .1}, {.25, .25, .25, .25}};
    static const double of_level[LEVELS][PARTS] = {{.7, .1, .2}, {.1, .7, .2}};
    uint32_t state = 3;
    for (size_t i = 0; i < ROWS; i++) {
        int die = 0, face = 0;
        level[i] = (int8_t)(i % LEVELS);
        for (double u = drawn(&state); die < PARTS - 1 && u >= of_level[level[i]][die]; die++)
            u -= of_level[level[i]][die];
        for (double u = drawn(&state); face < 3 && u >= shows[die][face]; face++)
            u -= shows[die][face];
        for (int k = 0; k < PARTS; k++) part[i * PARTS + (size_t)k] = (float)shows[k][face];
    }
}

static double likelihood(const double weight[])
{
    double sum = 0;
    int most;
    for (size_t i = 0; i < ROWS; i++)
        sum += log(pa_mixture_of(PARTS, part + i * PARTS, weight + level[i] * PARTS, &most));
    return sum;
}

/* In two halves, in either order. */
static void step(double weight[], size_t cut, bool turned)
{
    int64_t sum[LEVELS * PARTS] = {0};
    for (int k = 0; k < 2; k++) {
        bool first = (k == 0) != turned;
        size_t from = first ? 0 : cut, n = first ? cut : ROWS - cut;
        pa_mixture_add(n, PARTS, part + from * PARTS, level + from, weight, sum);
    }
    pa_mixture_step(LEVELS, PARTS, sum, weight);
}

static void test_weights_find_the_dice(void)
{
    double weight[LEVELS * PARTS], other[LEVELS * PARTS], before = -INFINITY;
    throw_dice();
    pa_mixture_start(LEVELS, PARTS, weight);
    memcpy(other, weight, sizeof weight);
    for (int r = 0; r < 200; r++) {
        step(weight, 1234, false);
        step(other, 3777, true);
        double now = likelihood(weight);
        CU_ASSERT(now > before - 1); /* the prior takes a little */
        before = now;
    }
    CU_ASSERT_EQUAL(memcmp(weight, other, sizeof weight), 0);
    CU_ASSERT_DOUBLE_EQUAL(weight[0], .7, .1);
    CU_ASSERT_DOUBLE_EQUAL(weight[PARTS + 1], .7, .1);
    for (int l = 0; l < LEVELS; l++)
        CU_ASSERT_DOUBLE_EQUAL(weight[l * PARTS] + weight[l * PARTS + 1] + weight[l * PARTS + 2], 1,
                               1e-12);
}

static void test_a_level_without_rows_has_the_weights_of_all(void)
{
    const float one[] = {1, 0, 0};
    const int8_t at[] = {0};
    double weight[LEVELS * PARTS];
    int64_t sum[LEVELS * PARTS] = {0};
    pa_mixture_start(LEVELS, PARTS, weight);
    pa_mixture_add(1, PARTS, one, at, weight, sum);
    pa_mixture_step(LEVELS, PARTS, sum, weight);
    CU_ASSERT_EQUAL(weight[PARTS], 1);
    CU_ASSERT_EQUAL(weight[PARTS + 1], 0);
}

/* The first die is thrown ever more: weights follow within a few calls, where there are many rows,
 * and few rows change them little. */
static void test_weights_follow_what_changes(void)
{
    const float shown[] = {.7f, .1f, .25f};
    const int8_t at[] = {0};
    double weight[PARTS] = {.1, .1, .8}, few[PARTS];
    int64_t sum[PARTS] = {2000ll << 30, 2000ll << 30, 16000ll << 30}, some[PARTS];
    memcpy(few, weight, sizeof few);
    memcpy(some, sum, sizeof some);
    for (int call = 0; call < 12; call++) {
        int64_t more[PARTS] = {0};
        for (int i = 0; i < ROWS; i++) pa_mixture_add(1, PARTS, shown, at, weight, more);
        pa_mixture_follow(1, PARTS, more, sum, weight);
    }
    CU_ASSERT(weight[0] > .5);
    CU_ASSERT_DOUBLE_EQUAL(weight[0] + weight[1] + weight[2], 1, 1e-12);
    int64_t one[PARTS] = {1 << 30, 0, 0};
    pa_mixture_follow(1, PARTS, one, some, few);
    CU_ASSERT_EQUAL(some[0], (1000ll << 30) + (1 << 30));
    CU_ASSERT_EQUAL(some[2], 8000ll << 30);
    CU_ASSERT_DOUBLE_EQUAL(few[0], .1, .001);
    for (int call = 0; call < 3; call++) pa_mixture_follow(1, PARTS, one, some, few);
    CU_ASSERT_EQUAL(some[2], 4000ll << 30); /* 10001 rows count half, 5001 all */
}

/* An account that throws the first die alone comes to weights of its own; of a new one they are the
 * level's. */
static void test_an_account_has_weights_of_its_own(void)
{
    const float shown[] = {.7f, .1f, .25f};
    double weight[] = {.2, .4, .4}, first = 0, last = 0;
    pa_mixture_own own = {0};
    int most;
    for (int r = 0; r < 400; r++) {
        double p = pa_mixture_next(PARTS, shown, weight, &own, &most);
        if (r == 0) first = p;
        CU_ASSERT(r == 0 || p > last);
        last = p;
    }
    CU_ASSERT_EQUAL(first, pa_mixture_of(PARTS, shown, weight, &most));
    CU_ASSERT_EQUAL(most, 0);
    CU_ASSERT(last > .45 && last < .7);
    CU_ASSERT_DOUBLE_EQUAL(own.rows, 100, 2);
    CU_ASSERT_DOUBLE_EQUAL(own.part[0] + own.part[1] + own.part[2], own.rows, 1e-9);
}

static void test_rows_that_do_not_count(void)
{
    const float none[] = {0, 0, 0, 1, 0, 0};
    const int8_t at[] = {0, -1};
    double weight[LEVELS * PARTS];
    int64_t sum[LEVELS * PARTS] = {0};
    pa_mixture_start(LEVELS, PARTS, weight);
    pa_mixture_add(2, PARTS, none, at, weight, sum);
    for (int k = 0; k < LEVELS * PARTS; k++) CU_ASSERT_EQUAL(sum[k], 0);
    pa_mixture_step(LEVELS, PARTS, sum, weight);
    CU_ASSERT_EQUAL(weight[0], 1 / 3.);
}

/* Of nine surprises 1 .. 9, those at least as large, and the row itself. */
static void test_p_values_are_exact_ranks(void)
{
    static int64_t count[2 * PA_SURPRISE_STEPS];
    for (int s = 1; s < 10; s++) count[PA_SURPRISE_STEPS + pa_surprise_step((float)s)]++;
    pa_surprise_rank(2, count);
    for (int s = 1; s < 10; s++)
        CU_ASSERT_EQUAL(pa_surprise_p_value(count + PA_SURPRISE_STEPS, (float)s),
                        (float)((10 - s + 1) / 10.));
    CU_ASSERT_EQUAL(pa_surprise_p_value(count + PA_SURPRISE_STEPS, 1000), (float).1);
    CU_ASSERT_EQUAL(pa_surprise_p_value(count + PA_SURPRISE_STEPS, 0), 1);
    CU_ASSERT_EQUAL(pa_surprise_p_value(count, 5), 1);
}

static const pa_test tests[] = {
    {"weights find the dice", test_weights_find_the_dice},
    {"a level without rows has the weights of all",
     test_a_level_without_rows_has_the_weights_of_all},
    {"weights follow what changes", test_weights_follow_what_changes},
    {"an account has weights of its own", test_an_account_has_weights_of_its_own},
    {"rows that do not count", test_rows_that_do_not_count},
    {"p-values are exact ranks", test_p_values_are_exact_ranks},
};
PA_TEST_MAIN("mixture", tests)
