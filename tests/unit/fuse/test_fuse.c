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

/* Weights of both signs, and a base. */
static void test_margin_is_the_sum_of_stored_contributions(void)
{
    static float tail[3][N], contribution[3][N];
    static double margin[N];
    float *const contributions[] = {contribution[0], contribution[1], contribution[2]};
    const double weight[] = {1, -2, 0.3}, base = -1.25;
    const pa_fuse_voice voices[] = {{.name = "a", .value = tail[0], .weight = weight[0]},
                                    {.name = "b", .value = tail[1], .weight = weight[1]},
                                    {.name = "c", .value = tail[2], .weight = weight[2]}};
    unsigned state = 7;
    pa_error err = {0};
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < 3; k++) tail[k][i] = drawn_tail(&state);
    }
    CU_ASSERT_EQUAL(pa_fuse_rows(N, 3, voices, base, contributions, margin, &err), PA_OK);
    int wrong_sum = 0, wrong_part = 0;
    for (int i = 0; i < N; i++) {
        double sum = base;
        for (int k = 0; k < 3; k++) {
            sum += (double)contribution[k][i];
            double expected = -weight[k] * log((double)tail[k][i]);
            wrong_part += fabs((double)contribution[k][i] - expected) > 1e-7 * (fabs(expected) + 1);
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
    float *const contributions[] = {ca, cb};
    const pa_fuse_voice voices[] = {{.name = "a", .value = a, .weight = 1},
                                    {.name = "b", .value = b, .weight = 1}};
    CU_ASSERT_EQUAL(pa_fuse_rows(4, 2, voices, 0, contributions, margin, &err), PA_OK);
    const float ln2 = (float)log(2), ln4 = (float)log(4);
    CU_ASSERT(ca[0] == 0 && !signbit(ca[0]) && cb[0] == ln4 && margin[0] == (double)ln4);
    CU_ASSERT(ca[1] == 0 && cb[1] == ln2 && margin[1] == (double)ln2);
    CU_ASSERT(isnan(ca[2]) && isnan(cb[2]) && isnan(margin[2]));
    CU_ASSERT(ca[3] == ln2 && cb[3] == 0 && margin[3] == (double)ln2);
}

static void test_tail_outside_its_range_is_named(void)
{
    const float bad[] = {0, -0.1f, 1.5f, INFINITY};
    for (int i = 0; i < 4; i++) {
        float tail[] = {0.5f, bad[i]}, contribution[2];
        float *const contributions[] = {contribution};
        const pa_fuse_voice voice = {.name = "iforest", .value = tail, .weight = 1};
        double margin[2];
        pa_error err = {0};
        CU_ASSERT_EQUAL(pa_fuse_rows(2, 1, &voice, 0, contributions, margin, &err), PA_E_DATA);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "iforest"));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "row 1"));
    }
}

/*  log-odds       -5    NaN    3
 *  tail           .5     1    .25
 */
static void test_log_odds_count_from_their_center(void)
{
    const float odds[] = {-5, NAN, 3}, tail[] = {0.5f, 1, 0.25f};
    float ca[3], cb[3];
    double margin[3];
    pa_error err = {0};
    float *const contributions[] = {ca, cb};
    const pa_fuse_voice voices[] = {
        {.name = "a", .value = odds, .is_log_odds = true, .center = -4, .weight = 0.5},
        {.name = "b", .value = tail, .weight = 2}};
    CU_ASSERT_EQUAL(pa_fuse_rows(3, 2, voices, -3, contributions, margin, &err), PA_OK);
    const float two_ln2 = (float)(2 * log(2)), two_ln4 = (float)(2 * log(4));
    CU_ASSERT(ca[0] == -0.5f && cb[0] == two_ln2 && margin[0] == -3 - 0.5 + (double)two_ln2);
    CU_ASSERT(ca[1] == 0 && cb[1] == 0 && margin[1] == -3);
    CU_ASSERT(ca[2] == 3.5f && cb[2] == two_ln4 && margin[2] == -3 + 3.5 + (double)two_ln4);
    const float infinite[] = {INFINITY};
    const pa_fuse_voice bad = {.name = "boosting", .value = infinite, .is_log_odds = true};
    CU_ASSERT_EQUAL(pa_fuse_rows(1, 1, &bad, 0, contributions, margin, &err), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "boosting"));
}

static void test_logistic_knots_are_the_logistic_function(void)
{
    static double margin[PA_LOGISTIC_KNOTS], score[PA_LOGISTIC_KNOTS];
    pa_error err = {0};
    pa_logistic_knots(margin, score);
    const pa_score_function f = {PA_LOGISTIC_KNOTS, margin, score};
    CU_ASSERT_EQUAL(pa_score_function_check(&f, &err), PA_OK);
    int wrong = 0;
    for (double x = -40; x < 40; x += 0.0137) {
        float s;
        double expected = 1 / (1 + exp(-x));
        pa_fuse_score(&f, 1, &x, &s);
        wrong += fabs((double)s - expected) > 3e-6 * expected + 2e-14;
    }
    CU_ASSERT_EQUAL(wrong, 0);
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

/* Fisher's knots for k detectors. */
static pa_score_function fisher(size_t k)
{
    static double margin[PA_FISHER_KNOTS], score[PA_FISHER_KNOTS];
    pa_fisher_knots(k, margin, score);
    return (pa_score_function){PA_FISHER_KNOTS, margin, score};
}

static float score_at(const pa_score_function *f, double margin)
{
    float score;
    pa_fuse_score(f, 1, &margin, &score);
    return score;
}

static void test_score_is_the_share_of_smaller_margins(void)
{
    double worst = 0;
    for (size_t k = 1; k <= 12; k++) {
        pa_score_function f = fisher(k);
        CU_ASSERT_EQUAL(pa_score_function_check(&f, NULL), PA_OK);
        for (int i = 0; i < 4000; i++) {
            double margin = i * 0.0173;
            worst = fmax(worst, fabs((double)score_at(&f, margin) - slow_gamma_lower(k, margin)));
        }
    }
    CU_ASSERT(worst < 4e-7);
}

/* Knots at even distances are looked up by their number, as scores of earlier
 * results were made: the bits are those. */
static float score_by_number(const pa_score_function *f, double margin)
{
    double place = margin / f->margin[1];
    if (place >= PA_FISHER_KNOTS - 1) return 1;
    size_t i = (size_t)place;
    double v = f->score[i] + (place - (double)i) * (f->score[i + 1] - f->score[i]);
    return (float)(v < f->score[i + 1] ? v : f->score[i + 1]);
}

static void test_even_knots_give_the_bits_of_a_look_up_by_number(void)
{
    const pa_fuse_voice voice = {.name = "a"};
    unsigned state = 3;
    int wrong = 0;
    for (size_t k = 1; k <= 3; k++) {
        pa_score_function f = fisher(k);
        for (int i = 0; i < 200000; i++) {
            double margin = pa_fuse_input(&voice, drawn_tail(&state)) * (double)k;
            wrong += score_at(&f, margin) != score_by_number(&f, margin);
        }
        for (int i = 1; i < PA_FISHER_KNOTS; i++) {
            double at = f.margin[i];
            wrong += score_at(&f, at) != score_by_number(&f, at);
            wrong += score_at(&f, nextafter(at, 0)) != score_by_number(&f, nextafter(at, 0));
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Steps of neighbouring doubles round every knot, and far beyond both ends. */
static void check_monotone(const pa_score_function *f)
{
    float last = score_at(f, -INFINITY);
    double before = -INFINITY;
    int falls = 0;
    CU_ASSERT_EQUAL(last, (float)f->score[0]);
    CU_ASSERT_EQUAL(score_at(f, f->margin[0] - 1), last);
    for (size_t i = 0; i < f->n; i++) {
        double margin = f->margin[i];
        for (int j = 0; j < 8; j++) margin = nextafter(margin, -INFINITY);
        for (int j = 0; j < 16; j++, margin = nextafter(margin, INFINITY)) {
            if (margin <= before) continue; /* knots a few steps apart */
            float score = score_at(f, margin);
            falls += score < last;
            last = score;
            before = margin;
        }
    }
    CU_ASSERT_EQUAL(falls, 0);
    CU_ASSERT_EQUAL(score_at(f, f->margin[f->n - 1] + 1), (float)f->score[f->n - 1]);
    CU_ASSERT_EQUAL(score_at(f, INFINITY), (float)f->score[f->n - 1]);
}

static void test_score_never_falls_as_the_margin_grows(void)
{
    static const double margin[] = {-40, -3, -1 - 1e-15, -1, -1e-300, 0, 1e-9, 2, 1e9};
    static const double score[] = {0.01, 0.01, 0.1, 0.4, 0.4, 0.41, 0.6, 0.61, 0.99};
    const pa_score_function uneven = {sizeof margin / sizeof *margin, margin, score};
    pa_score_function f = fisher(3);
    CU_ASSERT_EQUAL(pa_score_function_check(&uneven, NULL), PA_OK);
    check_monotone(&f);
    check_monotone(&uneven);
    CU_ASSERT_EQUAL(score_at(&uneven, -2), 0.055f);
}

/* At a margin of -1 the knots were read outside of their array. */
static void test_margin_below_the_knots_has_the_first_score(void)
{
    pa_score_function f = fisher(1);
    CU_ASSERT_EQUAL(score_at(&f, -1), 0);
    CU_ASSERT_EQUAL(score_at(&f, -1e300), 0);
}

static void test_knots_out_of_order_are_refused(void)
{
    static const double up[] = {-1, 0, 2}, even[] = {0, 0, 2}, open[] = {0, 1, INFINITY};
    static const double score[] = {0, 0.5, 1}, falls[] = {0, 0.5, 0.4}, odd[] = {0, (double)NAN, 1};
    const pa_score_function bad[] = {{3, even, score}, {3, open, score}, {3, up, falls},
                                     {3, up, odd},     {1, up, score},   {3, score, up}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_EQUAL(pa_score_function_check(bad + i, NULL), PA_E_DATA);
}

static void test_row_without_margin_has_no_score(void)
{
    pa_score_function f = fisher(1);
    CU_ASSERT(isnan(score_at(&f, (double)NAN)));
    CU_ASSERT_EQUAL(score_at(&f, 0), 0);
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
    {"log-odds count from their center", test_log_odds_count_from_their_center},
    {"logistic knots are the logistic function", test_logistic_knots_are_the_logistic_function},
    {"score is the share of smaller margins", test_score_is_the_share_of_smaller_margins},
    {"score never falls as the margin grows", test_score_never_falls_as_the_margin_grows},
    {"even knots give the bits of a look up by number",
     test_even_knots_give_the_bits_of_a_look_up_by_number},
    {"margin below the knots has the first score", test_margin_below_the_knots_has_the_first_score},
    {"knots out of order are refused", test_knots_out_of_order_are_refused},
    {"row without margin has no score", test_row_without_margin_has_no_score},
    {"gamma tail of one is exponential", test_gamma_tail_of_one_is_exponential},
};
PA_TEST_MAIN("fuse", tests)
