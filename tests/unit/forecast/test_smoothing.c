#include "paraudit/forecast/smoothing.h"

#include <math.h>
#include <string.h>

#include "drawn_series.h"
#include "unit.h"

static const int all[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const int32_t mixed[] = {96, 40, 14, 60, 96, 9, 33, 77};

/* Level and trend by their equations, one value after the other. */
static double slow_trend(int32_t n, const double y[], double alpha, double beta, double phi,
                         double level, double trend, double ahead[], size_t horizon)
{
    double squares = 0;
    for (int32_t t = 0; t < n; t++) {
        double e = y[t] - (level + phi * trend);
        squares += e * e;
        level = level + phi * trend + alpha * e;
        trend = phi * trend + beta * e;
    }
    for (size_t h = 0; h < horizon; h++) {
        level += phi * trend;
        trend *= phi;
        ahead[h] = level;
    }
    return squares;
}

static double slow_complex(int32_t n, const double y[], double real, double imaginary, double level,
                           double rest, double ahead[], size_t horizon)
{
    double squares = 0;
    for (int32_t t = 0; t < n + (int32_t)horizon; t++) {
        double e = t < n ? y[t] - level : 0, before = level;
        squares += e * e;
        if (t >= n) ahead[t - n] = level;
        level = before - (1 - imaginary) * rest + (real - imaginary) * e;
        rest = before + (1 - real) * rest + (real + imaginary) * e;
    }
    return squares;
}

static double slow(const pa_smooth_fitted *f, int k, int32_t n, const double y[], double ahead[],
                   size_t horizon)
{
    double a = f->parameter[0][k], b = f->parameter[1][k], c = f->parameter[2][k];
    if (f->kind == PA_SMOOTH_COMPLEX)
        return slow_complex(n, y, a, b, f->first[0][k], f->first[1][k], ahead, horizon);
    return slow_trend(n, y, a, b, c, f->first[0][k], f->first[1][k], ahead, horizon);
}

static void test_fit_is_what_its_equations_say(void)
{
    enum { AHEAD = 5 };
    static drawn_batch b;
    static pa_smooth_fitted f;
    double y[DRAWN_MOST], ahead[AHEAD], mean[AHEAD], times[AHEAD];
    draw_batch(all, mixed, &b);
    for (int kind = PA_SMOOTH_SIMPLE; kind <= PA_SMOOTH_COMPLEX; kind++) {
        pa_smooth_fit(&b.batch, (pa_smooth_kind)kind, &f);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            draw_series(k, mixed[k], y);
            CU_ASSERT_DOUBLE_EQUAL(slow(&f, k, mixed[k], y, ahead, AHEAD), f.squares[k], 1e-11);
            pa_smooth_ahead(&f, k, AHEAD, mean, times);
            for (int h = 0; h < AHEAD; h++) CU_ASSERT_DOUBLE_EQUAL(mean[h], ahead[h], 1e-9);
        }
    }
}

/* By a fine grid, with first states from the normal equations of two walks. */
static double best_of_grid(pa_smooth_kind kind, int32_t n, const double y[])
{
    double best = INFINITY, none[1];
    for (int i = 1; i < 60; i++)
        for (int j = 1; j < (kind == PA_SMOOTH_SIMPLE ? 2 : 30); j++)
            for (int p = 0; p < (kind == PA_SMOOTH_DAMPED ? 10 : 1); p++) {
                double alpha = i / 60., phi = kind == PA_SMOOTH_SIMPLE ? 0 : kind == PA_SMOOTH_HOLT;
                double beta = kind == PA_SMOOTH_SIMPLE ? 0 : alpha * j / 30;
                if (kind == PA_SMOOTH_DAMPED) phi = .8 + .02 * p;
                double q00 = slow_trend(n, y, alpha, beta, phi, 0, 0, none, 0);
                double q10 = slow_trend(n, y, alpha, beta, phi, 1, 0, none, 0);
                double q20 = slow_trend(n, y, alpha, beta, phi, -1, 0, none, 0);
                double a2 = (q10 + q20) / 2 - q00, a1 = (q10 - q20) / 2, x = -a1 / (2 * a2), z = 0;
                if (kind != PA_SMOOTH_SIMPLE) {
                    double r1 = slow_trend(n, y, alpha, beta, phi, 0, 1, none, 0);
                    double r2 = slow_trend(n, y, alpha, beta, phi, 0, -1, none, 0);
                    double r3 = slow_trend(n, y, alpha, beta, phi, 1, 1, none, 0);
                    double b2 = (r1 + r2) / 2 - q00, b1 = (r1 - r2) / 2;
                    double ab = r3 - q00 - a2 - a1 - b2 - b1, det = 4 * a2 * b2 - ab * ab;
                    x = (-2 * b2 * a1 + ab * b1) / det;
                    z = (-2 * a2 * b1 + ab * a1) / det;
                }
                best = fmin(best, slow_trend(n, y, alpha, beta, phi, x, z, none, 0));
            }
    return best;
}

static void test_no_grid_finds_better(void)
{
    static drawn_batch b;
    static pa_smooth_fitted f;
    double y[DRAWN_MOST];
    draw_batch(all, mixed, &b);
    for (int kind = PA_SMOOTH_SIMPLE; kind <= PA_SMOOTH_DAMPED; kind++) {
        pa_smooth_fit(&b.batch, (pa_smooth_kind)kind, &f);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            draw_series(k, mixed[k], y);
            double best = best_of_grid((pa_smooth_kind)kind, mixed[k], y);
            CU_ASSERT_TRUE(f.squares[k] <= 1.002 * best);
        }
    }
}

static void test_simple_one_of_a_constant_is_it(void)
{
    static drawn_batch b;
    static pa_smooth_fitted f;
    double mean[3], times[3];
    draw_batch(all, mixed, &b);
    for (int32_t t = 0; t < mixed[1]; t++) b.y[(size_t)t * PA_FORECAST_LANES + 1] = 3;
    pa_smooth_fit(&b.batch, PA_SMOOTH_SIMPLE, &f);
    pa_smooth_ahead(&f, 1, 3, mean, times);
    CU_ASSERT_EQUAL(f.squares[1], 0);
    CU_ASSERT_EQUAL(mean[2], 3);
}

static void test_variance_of_simple_one_grows_by_alpha(void)
{
    static drawn_batch b;
    static pa_smooth_fitted f;
    double mean[4], times[4];
    draw_batch(all, mixed, &b);
    pa_smooth_fit(&b.batch, PA_SMOOTH_SIMPLE, &f);
    pa_smooth_ahead(&f, 0, 4, mean, times);
    for (int h = 0; h < 4; h++)
        CU_ASSERT_DOUBLE_EQUAL(times[h], 1 + h * f.parameter[0][0] * f.parameter[0][0], 1e-12);
}

static void test_short_series_have_no_fit(void)
{
    static const int32_t n[] = {4, 5, 6, 7, 8, 9, 10, 11};
    static drawn_batch b;
    static pa_smooth_fitted f;
    draw_batch(all, n, &b);
    for (int kind = PA_SMOOTH_SIMPLE; kind <= PA_SMOOTH_COMPLEX; kind++) {
        pa_smooth_fit(&b.batch, (pa_smooth_kind)kind, &f);
        for (int k = 0; k < PA_FORECAST_LANES; k++)
            CU_ASSERT_EQUAL(f.squares[k] < INFINITY, n[k] >= pa_smooth_least((pa_smooth_kind)kind));
    }
}

static void test_neighbours_change_no_bit(void)
{
    static const int alone[] = {-1, -1, -1, 3, -1, -1, -1, -1};
    static drawn_batch b, c;
    static pa_smooth_fitted f, g;
    draw_batch(all, mixed, &b);
    draw_batch(alone, mixed, &c);
    for (int kind = PA_SMOOTH_SIMPLE; kind <= PA_SMOOTH_COMPLEX; kind++) {
        pa_smooth_fit(&b.batch, (pa_smooth_kind)kind, &f);
        pa_smooth_fit(&c.batch, (pa_smooth_kind)kind, &g);
        CU_ASSERT_EQUAL(f.squares[3], g.squares[3]);
        CU_ASSERT_EQUAL(f.parameter[0][3], g.parameter[0][3]);
        CU_ASSERT_EQUAL(f.state[0][3], g.state[0][3]);
        CU_ASSERT_EQUAL(f.state[1][3], g.state[1][3]);
    }
}

static void test_processors_agree_to_the_bit(void)
{
    static drawn_batch b;
    static pa_smooth_fitted f;
    static pa_smooth_sums own, other;
    draw_batch(all, mixed, &b);
    for (int kind = PA_SMOOTH_SIMPLE; kind <= PA_SMOOTH_COMPLEX; kind++) {
        pa_smooth_fit(&b.batch, (pa_smooth_kind)kind, &f);
        memset(&own, 0, sizeof own);
        memset(&other, 0, sizeof other);
        memcpy(own.first, f.first, sizeof own.first);
        memcpy(other.first, f.first, sizeof own.first);
        pa_walks_any.smooth(&b.batch, &f.form, &own);
        for (int i = 0; walks_here(i); i++) {
            walks_here(i)->smooth(&b.batch, &f.form, &other);
            CU_ASSERT_EQUAL(memcmp(&own, &other, sizeof own), 0);
        }
    }
}

static const pa_test tests[] = {
    {"a fit is what its equations say", test_fit_is_what_its_equations_say},
    {"no grid finds better", test_no_grid_finds_better},
    {"the simple one of a constant is it", test_simple_one_of_a_constant_is_it},
    {"the variance of the simple one grows by alpha", test_variance_of_simple_one_grows_by_alpha},
    {"short series have no fit", test_short_series_have_no_fit},
    {"neighbours change no bit", test_neighbours_change_no_bit},
    {"processors agree to the bit", test_processors_agree_to_the_bit}};
PA_TEST_MAIN("smoothing", tests)
