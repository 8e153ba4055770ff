#include <math.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/fuse/fuse.h"
#include "unit.h"

enum { N = 5000 };

/* Numbers in (0, 1], the same in every run. */
static float drawn_tail(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)((*state >> 8) + 1) / 16777216.0f;
}

static void test_margin_is_the_sum_of_stored_contributions(void)
{
    static float tail[3][N], contribution[3][N];
    static double margin[N];
    const float *const tails[] = {tail[0], tail[1], tail[2]};
    float *const contributions[] = {contribution[0], contribution[1], contribution[2]};
    const char *const names[] = {"a", "b", "c"};
    const double weight[] = {1, 1, 0.3};
    unsigned state = 7;
    pa_error err = {0};
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < 3; k++) tail[k][i] = drawn_tail(&state);
    }
    CU_ASSERT_EQUAL(pa_fuse_rows(N, 3, names, tails, weight, contributions, margin, &err), PA_OK);
    int wrong_sum = 0, wrong_part = 0;
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            sum += (double)contribution[k][i];
            double expected = -weight[k] * log((double)tail[k][i]);
            wrong_part += fabs((double)contribution[k][i] - expected) > 1e-7 * (expected + 1);
        }
        wrong_sum += memcmp(&sum, margin + i, sizeof sum) != 0;
    }
    CU_ASSERT_EQUAL(wrong_sum, 0);
    CU_ASSERT_EQUAL(wrong_part, 0);
}

/*  row            0     1     2     3
 *  tail of a      1    NaN   NaN   .5
 *  tail of b     .25   .5    NaN    1
 */
static void test_detector_without_a_tail_adds_nothing(void)
{
    const float a[] = {1, NAN, NAN, 0.5f}, b[] = {0.25f, 0.5f, NAN, 1};
    float ca[4], cb[4];
    double margin[4];
    pa_error err = {0};
    const float *const tails[] = {a, b};
    float *const contributions[] = {ca, cb};
    const char *const names[] = {"a", "b"};
    const double weight[] = {1, 1};
    CU_ASSERT_EQUAL(pa_fuse_rows(4, 2, names, tails, weight, contributions, margin, &err), PA_OK);
    const float ln2 = (float)log(2), ln4 = (float)log(4);
    CU_ASSERT(ca[0] == 0 && !signbit(ca[0]) && cb[0] == ln4 && margin[0] == (double)ln4);
    CU_ASSERT(ca[1] == 0 && cb[1] == ln2 && margin[1] == (double)ln2);
    CU_ASSERT(isnan(ca[2]) && isnan(cb[2]) && isnan(margin[2]));
    CU_ASSERT(ca[3] == ln2 && cb[3] == 0 && margin[3] == (double)ln2);
}

static void test_tail_outside_its_range_is_named(void)
{
    const float bad[] = {0, -0.1f, 1.5f, INFINITY};
    const char *const names[] = {"iforest"};
    const double weight[] = {1};
    for (int i = 0; i < 4; i++) {
        float tail[] = {0.5f, bad[i]}, contribution[2];
        const float *const tails[] = {tail};
        float *const contributions[] = {contribution};
        double margin[2];
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_fuse_rows(2, 1, names, tails, weight, contributions, margin, &err),
                        PA_E_DATA);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "iforest"));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "row 1"));
    }
}

static double slow_gamma_lower(size_t k, double x)
{
    long double term = 1, sum = 1;
    for (size_t i = 1; i < k; i++) {
        term *= (long double)x / (long double)i;
        sum += term;
    }
    return (double)(1 - expl(-(long double)x) * sum);
}

static void test_score_is_the_share_of_smaller_margins(void)
{
    static double knot[PA_SCORE_STEPS + 1];
    double step, worst = 0;
    for (size_t k = 1; k <= 12; k++) {
        pa_fuse_score_knots(k, &step, knot);
        for (int i = 0; i < 4000; i++) {
            double margin = i * 0.0173;
            float score;
            pa_fuse_score(1, &margin, step, knot, &score);
            worst = fmax(worst, fabs((double)score - slow_gamma_lower(k, margin)));
        }
    }
    CU_ASSERT(worst < 4e-7);
}

/* Neighbouring doubles round a knot, and far beyond the last one. */
static void test_score_never_falls_as_the_margin_grows(void)
{
    static double knot[PA_SCORE_STEPS + 1];
    double step, margin = 0;
    float last = 0;
    int falls = 0, outside = 0;
    pa_fuse_score_knots(3, &step, knot);
    for (int i = 0; i <= PA_SCORE_STEPS + 50; i++) {
        margin = (double)i * step;
        for (int j = 0; j < 8; j++) margin = nextafter(margin, 0);
        for (int j = 0; j < 16; j++) {
            float score;
            pa_fuse_score(1, &margin, step, knot, &score);
            falls += score < last;
            outside += !(score >= 0 && score <= 1);
            last = score;
            margin = nextafter(margin, INFINITY);
        }
    }
    CU_ASSERT_EQUAL(falls, 0);
    CU_ASSERT_EQUAL(outside, 0);
    CU_ASSERT_EQUAL(last, 1.0f);
}

static void test_row_without_margin_has_no_score(void)
{
    static double knot[PA_SCORE_STEPS + 1];
    double step, margin[] = {(double)NAN, 0};
    float score[2];
    pa_fuse_score_knots(1, &step, knot);
    pa_fuse_score(2, margin, step, knot, score);
    CU_ASSERT(isnan(score[0]) && score[1] == 0);
}

static void test_gamma_tail_of_one_is_exponential(void)
{
    CU_ASSERT_DOUBLE_EQUAL(pa_gamma_upper(1, 2.5), exp(-2.5), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(pa_gamma_upper(2, 2.5), exp(-2.5) * 3.5, 1e-15);
    CU_ASSERT_EQUAL(pa_gamma_upper(5, 0), 1);
}

static const pa_test tests[] = {
    {"margin is the sum of stored contributions", test_margin_is_the_sum_of_stored_contributions},
    {"detector without a tail adds nothing", test_detector_without_a_tail_adds_nothing},
    {"tail outside its range is named", test_tail_outside_its_range_is_named},
    {"score is the share of smaller margins", test_score_is_the_share_of_smaller_margins},
    {"score never falls as the margin grows", test_score_never_falls_as_the_margin_grows},
    {"row without margin has no score", test_row_without_margin_has_no_score},
    {"gamma tail of one is exponential", test_gamma_tail_of_one_is_exponential},
};
PA_TEST_MAIN("fuse", tests)
