#include <math.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "paraudit/detect/curves.h"
#include "paraudit/detect/terms.h"
#include "unit.h"

enum { WIDTH = 2 };

/* Column 0 has no knots, column 1 one, column 2 these, column 3 an infinite one at each end.
 *
 *     height 0 of column 2      4 |    *
 *                               2 |        *
 *                               0 | *
 *                                  -1  1  2      */
static const int64_t first[] = {0, 0, 1, 4, 7};
static const float value[] = {5, -1, 1, 2, -INFINITY, 0, INFINITY};
static const double height[] = {7, 8, 0, 1, 4, 1, 2, -1, 1, 0, 2, 0, 3, 0};

static pa_curves drawn(void)
{
    return (pa_curves){4, WIDTH, first, value, height};
}

static double height_at(size_t column, float x, size_t which)
{
    const pa_curves c = drawn();
    double h[WIDTH];
    pa_curves_at(&c, column, 1, &x, h);
    return h[which];
}

static void test_lines_between_knots(void)
{
    CU_ASSERT_EQUAL(height_at(2, -1, 0), 0);
    CU_ASSERT_EQUAL(height_at(2, 0, 0), 2);
    CU_ASSERT_EQUAL(height_at(2, 0.5f, 0), 3);
    CU_ASSERT_EQUAL(height_at(2, 1, 0), 4);
    CU_ASSERT_EQUAL(height_at(2, 1.5f, 0), 3);
    CU_ASSERT_EQUAL(height_at(2, 1.5f, 1), 0);
    CU_ASSERT_EQUAL(height_at(2, 2, 0), 2);
}

static void test_beyond_the_knots(void)
{
    CU_ASSERT_EQUAL(height_at(2, -2, 0), 0);
    CU_ASSERT_EQUAL(height_at(2, -INFINITY, 1), 1);
    CU_ASSERT_EQUAL(height_at(2, 3, 0), 2);
    CU_ASSERT_EQUAL(height_at(2, INFINITY, 1), -1);
    CU_ASSERT_EQUAL(height_at(1, -9, 0), 7);
    CU_ASSERT_EQUAL(height_at(1, 5, 0), 7);
    CU_ASSERT_EQUAL(height_at(1, 9, 1), 8);
}

static void test_nothing_is_said_of_what_is_not_known(void)
{
    CU_ASSERT_EQUAL(height_at(2, NAN, 0), 0);
    CU_ASSERT_EQUAL(height_at(2, NAN, 1), 0);
    CU_ASSERT_EQUAL(height_at(0, 3, 0), 0);
    CU_ASSERT_EQUAL(height_at(0, NAN, 1), 0);
}

static void test_infinite_knots(void)
{
    CU_ASSERT_EQUAL(height_at(3, -INFINITY, 0), 1);
    CU_ASSERT_EQUAL(height_at(3, -3, 0), 1);
    CU_ASSERT_EQUAL(height_at(3, 0, 0), 2);
    CU_ASSERT_EQUAL(height_at(3, 3, 0), 2);
    CU_ASSERT_EQUAL(height_at(3, INFINITY, 0), 3);
}

/* Many knots, many values: as of one alone. */
static void test_values_do_not_depend_on_their_neighbours(void)
{
    enum { KNOTS = 77, VALUES = 301 };
    static float knot[KNOTS], x[VALUES];
    static double up[KNOTS], all[VALUES], one;
    const int64_t begin[] = {0, KNOTS};
    const pa_curves c = {1, 1, begin, knot, up};
    pa_error err = {0};
    size_t unlike = 0, off = 0;
    for (size_t k = 0; k < KNOTS; k++) {
        knot[k] = (float)k * 0.5f;
        up[k] = (double)(k * k);
    }
    CU_ASSERT_EQUAL(pa_curves_check(&c, 1e5, &err), PA_OK);
    for (size_t i = 0; i < VALUES; i++) x[i] = (float)(50 * pa_uniform(1, PA_DRAW_TEST, 1, i) - 5);
    pa_curves_at(&c, 0, VALUES, x, all);
    for (size_t i = 0; i < VALUES; i++) {
        pa_curves_at(&c, 0, 1, x + i, &one);
        unlike += memcmp(&one, all + i, sizeof one) != 0;
        double place = fmin(fmax(2 * (double)x[i], 0), KNOTS - 1), k = floor(place);
        off += fabs(k * k + (place - k) * (2 * k + 1) - one) > 1e-9;
    }
    CU_ASSERT_EQUAL(unlike + off, 0);
}

static pa_status check_edited(size_t knot, float v, double most)
{
    float edited[sizeof value / sizeof *value];
    pa_error err = {0};
    memcpy(edited, value, sizeof value);
    edited[knot] = v;
    const pa_curves c = {4, WIDTH, first, edited, height};
    return pa_curves_check(&c, most, &err);
}

static void test_knots_out_of_order_are_refused(void)
{
    CU_ASSERT_EQUAL(check_edited(0, 5, 8), PA_OK);
    CU_ASSERT_EQUAL(check_edited(0, NAN, 8), PA_E_DATA);
    CU_ASSERT_EQUAL(check_edited(2, -1, 8), PA_E_DATA);
    CU_ASSERT_EQUAL(check_edited(2, 3, 8), PA_E_DATA);
    CU_ASSERT_EQUAL(check_edited(0, 5, 7), PA_E_DATA);
    const int64_t turned[] = {0, 2, 1, 4, 7}, late[] = {1, 1, 1, 4, 7};
    pa_curves c = drawn();
    pa_error err = {0};
    c.first = turned;
    CU_ASSERT_EQUAL(pa_curves_check(&c, 8, &err), PA_E_DATA);
    c.first = late;
    CU_ASSERT_EQUAL(pa_curves_check(&c, 8, &err), PA_E_DATA);
    double none[sizeof height / sizeof *height];
    memcpy(none, height, sizeof height);
    none[3] = NAN;
    c.first = first;
    c.height = none;
    CU_ASSERT_EQUAL(pa_curves_check(&c, 8, &err), PA_E_DATA);
}

/* ---- terms ---- */

/* Ten rows 0, one 4, one 12, each known where it lies. */
static void test_terms_by_hand(void)
{
    const float v[] = {0, 4, 12};
    const int64_t below[] = {0, 10, 11}, up_to[] = {10, 11, 12};
    double t[3 * PA_TERMS], mean = 16.0 / 12, size = sqrt((16 + 144) / 12.0 - mean * mean);
    pa_terms_of(3, v, below, up_to, t);
    CU_ASSERT_DOUBLE_EQUAL(t[0], -mean / size, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(t[2 * PA_TERMS], (12 - mean) / size, 1e-12);
    /* The middle half is all 0, so the spread is 1. */
    const double log4 = log(5), log12 = log(13), log_mean = (log4 + log12) / 12;
    double log_size = sqrt((log4 * log4 + log12 * log12) / 12 - log_mean * log_mean);
    CU_ASSERT_DOUBLE_EQUAL(t[PA_TERMS + 1], (log4 - log_mean) / log_size, 1e-12);
    /* At most 0: 10 of 12; at least 12: 1 of 12. */
    const double low[] = {-log(10 / 12.0), -log(11 / 12.0), 0},
                 high[] = {0, -log(2 / 12.0), -log(1 / 12.0)};
    double low_mean = (10 * low[0] + low[1]) / 12, high_mean = (high[1] + high[2]) / 12;
    double low_size = sqrt((10 * low[0] * low[0] + low[1] * low[1]) / 12 - low_mean * low_mean);
    double high_size = sqrt((high[1] * high[1] + high[2] * high[2]) / 12 - high_mean * high_mean);
    for (size_t k = 0; k < 3; k++) {
        CU_ASSERT_DOUBLE_EQUAL(t[k * PA_TERMS + 2], (low[k] - low_mean) / low_size, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(t[k * PA_TERMS + 3], (high[k] - high_mean) / high_size, 1e-12);
    }
}

static void test_terms_have_mean_zero_and_deviation_one(void)
{
    enum { KNOTS = 40 };
    float v[KNOTS];
    int64_t below[KNOTS], up_to[KNOTS];
    double t[KNOTS * PA_TERMS];
    for (size_t k = 0; k < KNOTS; k++) {
        v[k] = (float)exp((double)k / 3);
        below[k] = (int64_t)(3 * k);
        up_to[k] = below[k] + 3; /* nothing between */
    }
    pa_terms_of(KNOTS, v, below, up_to, t);
    for (size_t i = 0; i < PA_TERMS; i++) {
        double sum = 0, squares = 0;
        for (size_t k = 0; k < KNOTS; k++) {
            sum += t[k * PA_TERMS + i] / KNOTS;
            squares += t[k * PA_TERMS + i] * t[k * PA_TERMS + i] / KNOTS;
        }
        CU_ASSERT_DOUBLE_EQUAL(sum, 0, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(squares, 1, 1e-12);
    }
}

static void check_finite(size_t n, const float v[], const int64_t below[], const int64_t up_to[])
{
    double t[8 * PA_TERMS];
    pa_terms_of(n, v, below, up_to, t);
    for (size_t i = 0; i < n * PA_TERMS; i++) CU_ASSERT(fabs(t[i]) < 100);
}

static void test_terms_of_odd_columns_are_finite(void)
{
    const int64_t below[] = {0, 1, 2, 3}, up_to[] = {1, 2, 3, 4}, seven[] = {7};
    const float far[] = {-3e38f, -1e-40f, 0, 3e38f}, ends[] = {-INFINITY, 0, 1, INFINITY};
    const float no_number[] = {-INFINITY, INFINITY}, one[] = {3};
    check_finite(4, far, below, up_to);
    check_finite(4, ends, below, up_to);
    check_finite(2, no_number, below, up_to);
    check_finite(1, one, below, seven);
    check_finite(0, NULL, NULL, NULL);
    double t[PA_TERMS];
    pa_terms_of(1, one, below, seven, t);
    for (size_t i = 0; i < PA_TERMS; i++) CU_ASSERT_EQUAL(t[i], 0);
}

static const pa_test tests[] = {
    {"lines between knots", test_lines_between_knots},
    {"beyond the knots", test_beyond_the_knots},
    {"nothing is said of what is not known", test_nothing_is_said_of_what_is_not_known},
    {"infinite knots", test_infinite_knots},
    {"values do not depend on their neighbours", test_values_do_not_depend_on_their_neighbours},
    {"knots out of order are refused", test_knots_out_of_order_are_refused},
    {"terms by hand", test_terms_by_hand},
    {"terms have mean 0 and deviation 1", test_terms_have_mean_zero_and_deviation_one},
    {"terms of odd columns are finite", test_terms_of_odd_columns_are_finite},
};
PA_TEST_MAIN("curves", tests)
