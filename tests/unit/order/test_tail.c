#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/order/tail.h"
#include "unit.h"

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The tail of n values, all of them or some as knots; sorts them. */
static pa_tail *tail_of_values(size_t n, float value[], size_t max_knots)
{
    pa_error err = {0};
    pa_tail *tail = NULL;
    int64_t *ordinal = pa_alloc(max_knots, sizeof *ordinal, &err);
    float *knot = pa_alloc(max_knots, sizeof *knot, &err);
    int64_t *count = pa_alloc(max_knots, sizeof *count, &err);
    qsort(value, n, sizeof *value, by_value);
    size_t n_ordinals = pa_tail_ordinals((int64_t)n, max_knots, ordinal), n_knots = 0;
    for (size_t i = 0; i < n_ordinals; i++) {
        float v = value[ordinal[i]];
        if (n_knots > 0 && knot[n_knots - 1] == v) continue;
        size_t first = (size_t)ordinal[i];
        while (first > 0 && value[first - 1] == v) first--;
        count[n_knots] = (int64_t)(n - first);
        knot[n_knots++] = v;
    }
    CU_ASSERT_EQUAL(pa_tail_open((int64_t)n, n_knots, knot, count, &tail, &err), PA_OK);
    pa_free(ordinal);
    pa_free(knot);
    pa_free(count);
    return tail;
}

static void test_tail_at_a_row_counts_the_rows_at_least_as_odd(void)
{
    enum { N = 500 };
    float value[N];
    for (size_t i = 0; i < N; i++)
        value[i] = (float)pa_draw_below(1, PA_DRAW_TEST, i, 0, 200) / 7.0f - 5.0f;
    pa_tail *tail = tail_of_values(N, value, 1000);
    size_t wrong = 0;
    for (size_t i = 0; i < N; i++) {
        size_t above = 0;
        for (size_t j = 0; j < N; j++) above += value[j] >= value[i];
        double share = (double)(above + 1) / (N + 1);
        wrong += fabs(pa_tail_of(tail, value[i]) - share) > 1e-7 * share;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(pa_tail_of(tail, -1e30f), 1.0f);
    CU_ASSERT_EQUAL(pa_tail_of(tail, value[0]), 1.0f);
    CU_ASSERT(isnan(pa_tail_of(tail, NAN)));
    pa_tail_free(tail);
}

static void test_between_knots_the_logarithm_is_a_straight_line(void)
{
    pa_error err = {0};
    pa_tail *tail = NULL;
    float value[] = {1, 3, 4};
    int64_t count[] = {999, 99, 9};
    CU_ASSERT_EQUAL(pa_tail_open(999, 3, value, count, &tail, &err), PA_OK);
    CU_ASSERT_DOUBLE_EQUAL(pa_tail_of(tail, 2), sqrt(0.1), 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(pa_tail_of(tail, 3.5f), sqrt(0.1 * 0.01), 1e-8);
    /* at most 10 rows reach the knot 4 only: the line is that from 3 to 4 */
    CU_ASSERT_DOUBLE_EQUAL(pa_tail_of(tail, 5), 0.001, 1e-9);
    pa_tail_free(tail);
}

static void test_beyond_the_last_row_the_tail_falls_and_is_never_zero(void)
{
    enum { N = 3000 };
    float value[N];
    for (size_t i = 0; i < N; i++) value[i] = (float)pa_uniform(3, PA_DRAW_TEST, i, 0);
    pa_tail *tail = tail_of_values(N, value, N);
    float before = pa_tail_of(tail, value[N - 1]);
    size_t rises = 0;
    for (double x = value[N - 1] + 0.001; x < 3; x += 0.001) {
        float now = pa_tail_of(tail, (float)x);
        rises += !(now < before) || !(now >= FLT_MIN);
        before = now;
    }
    CU_ASSERT_EQUAL(rises, 0);
    CU_ASSERT(pa_tail_of(tail, FLT_MAX) >= FLT_MIN);
    CU_ASSERT(pa_tail_of(tail, INFINITY) >= FLT_MIN);
    pa_tail_free(tail);
}

static void test_few_knots_keep_the_top_exactly_and_the_rest_closely(void)
{
    enum { N = 40000, KNOTS = 2000 };
    static float value[N];
    for (size_t i = 0; i < N; i++)
        value[i] = (float)(pa_uniform(5, PA_DRAW_TEST, i, 0) + pa_uniform(6, PA_DRAW_TEST, i, 0));
    pa_tail *tail = tail_of_values(N, value, KNOTS);
    double worst_top = 0, worst = 0;
    for (size_t i = 0; i < N; i++) {
        double share = (double)(N - i + 1) / (N + 1);
        double off = fabs(log(pa_tail_of(tail, value[i]) / share));
        if (i >= N - KNOTS / 2) worst_top = fmax(worst_top, off);
        worst = fmax(worst, off);
    }
    CU_ASSERT(worst_top < 1e-6);
    /* a step is ln(40000 / 1000) / 1000 = .0037 */
    CU_ASSERT(worst < 0.0075);
    pa_tail_free(tail);
}

static void test_ordinals_ascend_from_the_first_to_the_last(void)
{
    static const int64_t rows[] = {1, 2, 3, 9, 10, 11, 12, 13, 100, 1000003, INT64_C(10000000000)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t knots = 2; knots < 30; knots += 9) {
            int64_t ordinal[32];
            size_t n = pa_tail_ordinals(rows[i], knots, ordinal);
            CU_ASSERT_EQUAL(n, (size_t)rows[i] < knots ? (size_t)rows[i] : knots);
            CU_ASSERT_EQUAL(ordinal[0], 0);
            CU_ASSERT_EQUAL(ordinal[n - 1], rows[i] - 1);
            for (size_t k = 1; k < n; k++) CU_ASSERT(ordinal[k - 1] < ordinal[k]);
        }
}

static void test_unlikely_is_minus_the_logarithm(void)
{
    const float value[] = {-2, 0.5f, 7};
    const int64_t count[] = {999, 100, 3};
    pa_tail *tail;
    pa_error err = {0};
    int far = 0;
    CU_ASSERT_EQUAL(pa_tail_open(999, 3, value, count, &tail, &err), PA_OK);
    for (float x = -3; x < 30; x += 0.37f) {
        double t = (double)pa_tail_of(tail, x), u = (double)pa_tail_unlikely(tail, x);
        far += fabs(u + log(t)) > 2e-7 * (1 + u);
    }
    CU_ASSERT_EQUAL(far, 0);
    CU_ASSERT(pa_tail_unlikely(tail, -3) == 0 && !signbit(pa_tail_unlikely(tail, -3)));
    CU_ASSERT(isnan(pa_tail_unlikely(tail, NAN)));
    pa_tail_free(tail);
}

static void test_rows_all_alike_still_have_a_tail_beyond(void)
{
    float value[] = {0.5f, 0.5f, 0.5f};
    pa_tail *tail = tail_of_values(3, value, 10);
    CU_ASSERT_EQUAL(pa_tail_of(tail, 0.5f), 1.0f);
    CU_ASSERT(pa_tail_of(tail, 0.6f) < 1.0f);
    CU_ASSERT(pa_tail_of(tail, 0.7f) < pa_tail_of(tail, 0.6f));
    pa_tail_free(tail);
}

static void refuse(int64_t n_rows, size_t n, const float value[], const int64_t count[])
{
    pa_error err = {0};
    pa_tail *tail = NULL;
    CU_ASSERT_EQUAL(pa_tail_open(n_rows, n, value, count, &tail, &err), PA_E_DATA);
    CU_ASSERT_PTR_NULL(tail);
}

static void test_knots_out_of_order_are_refused(void)
{
    refuse(5, 2, (float[]){2, 1}, (int64_t[]){5, 1});
    refuse(5, 2, (float[]){1, 2}, (int64_t[]){5, 5});
    refuse(5, 2, (float[]){1, 2}, (int64_t[]){4, 1});
    refuse(5, 2, (float[]){1, 2}, (int64_t[]){5, 0});
    refuse(5, 2, (float[]){1, NAN}, (int64_t[]){5, 1});
    refuse(5, 0, (float[]){1}, (int64_t[]){5});
}

static const pa_test tests[] = {
    {"unlikely is minus the logarithm", test_unlikely_is_minus_the_logarithm},
    {"tail at a row counts the rows at least as odd",
     test_tail_at_a_row_counts_the_rows_at_least_as_odd},
    {"between knots the logarithm is a straight line",
     test_between_knots_the_logarithm_is_a_straight_line},
    {"beyond the last row the tail falls and is never zero",
     test_beyond_the_last_row_the_tail_falls_and_is_never_zero},
    {"few knots keep the top exactly and the rest closely",
     test_few_knots_keep_the_top_exactly_and_the_rest_closely},
    {"ordinals ascend from the first to the last", test_ordinals_ascend_from_the_first_to_the_last},
    {"rows all alike still have a tail beyond", test_rows_all_alike_still_have_a_tail_beyond},
    {"knots out of order are refused", test_knots_out_of_order_are_refused},
};
PA_TEST_MAIN("tail", tests)
