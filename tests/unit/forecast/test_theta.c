#include "paraudit/forecast/theta.h"

#include <math.h>
#include <string.h>

#include "drawn_series.h"
#include "unit.h"

static const int all[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const int32_t mixed[] = {96, 40, 14, 60, 96, 5, 33, 77};

/* The line a + b t through y[0 .. n), t from 1. */
static void slow_line(int32_t n, const double y[], double *a, double *b)
{
    double t_mean = (n + 1) / 2., mean = 0, up = 0, down = 0;
    for (int32_t t = 0; t < n; t++) mean += y[t] / n;
    for (int32_t t = 0; t < n; t++) {
        up += (t + 1 - t_mean) * (y[t] - mean);
        down += (t + 1 - t_mean) * (t + 1 - t_mean);
    }
    *b = n > 1 ? up / down : 0;
    *a = mean - *b * t_mean;
}

/* Goes on behind the end with what it has said. */
static double slow(bool dynamic, int32_t n, const double y[], double alpha, double drift,
                   double first, double ahead[], int32_t horizon)
{
    double value[DRAWN_MOST + 8], squares = 0, level = alpha * y[0] + (1 - alpha) * first, a, b;
    memcpy(value, y, (size_t)n * sizeof *y);
    for (int32_t t = 1; t < n + horizon; t++) {
        slow_line(dynamic ? t : n, value, &a, &b);
        double mu =
            level + drift * (a * pow(1 - alpha, t) + b * (1 - pow(1 - alpha, t + 1)) / alpha);
        if (t >= n) ahead[t - n] = value[t] = mu;
        if (t < n) squares += (y[t] - mu) * (y[t] - mu);
        level = alpha * value[t] + (1 - alpha) * level;
    }
    return squares;
}

static void test_fit_is_what_its_equations_say(void)
{
    enum { AHEAD = 5 };
    static drawn_batch b;
    static pa_theta_fitted f;
    double y[DRAWN_MOST], ahead[AHEAD], mean[AHEAD], times[AHEAD];
    draw_batch(all, mixed, &b);
    for (int dynamic = 0; dynamic < 2; dynamic++) {
        pa_theta_fit(&b.batch, dynamic, &f);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            draw_series(k, mixed[k], y);
            double squares =
                slow(dynamic, mixed[k], y, f.alpha[k], f.drift[k], f.first[k], ahead, AHEAD);
            CU_ASSERT_DOUBLE_EQUAL(squares, f.squares[k], 1e-10);
            CU_ASSERT_TRUE(f.drift[k] >= 0 && f.drift[k] <= 1);
            pa_theta_ahead(&f, k, AHEAD, mean, times);
            for (int h = 0; h < AHEAD; h++) CU_ASSERT_DOUBLE_EQUAL(mean[h], ahead[h], 1e-9);
        }
    }
}

static void test_no_grid_finds_better(void)
{
    static drawn_batch b;
    static pa_theta_fitted f;
    double y[DRAWN_MOST], none[1];
    draw_batch(all, mixed, &b);
    for (int dynamic = 0; dynamic < 2; dynamic++) {
        pa_theta_fit(&b.batch, dynamic, &f);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            double best = INFINITY;
            draw_series(k, mixed[k], y);
            for (int i = 0; i < 20; i++)
                for (int d = 0; d <= 10; d++)
                    for (int l = 0; l <= 10; l++)
                        best = fmin(best, slow(dynamic, mixed[k], y, .1 + .89 * i / 19, d / 10.,
                                               f.first[k] * (.5 + .1 * l), none, 0));
            CU_ASSERT_TRUE(f.squares[k] <= 1.0001 * best);
        }
    }
}

static void test_a_line_goes_on(void)
{
    static drawn_batch b;
    static pa_theta_fitted f;
    double mean[4], times[4];
    draw_batch(all, mixed, &b);
    for (int32_t t = 0; t < mixed[1]; t++) b.y[(size_t)t * PA_FORECAST_LANES + 1] = 2 + .5 * t;
    pa_theta_fit(&b.batch, false, &f);
    pa_theta_ahead(&f, 1, 4, mean, times);
    for (int h = 0; h < 4; h++) CU_ASSERT_DOUBLE_EQUAL(mean[h], 2 + .5 * (mixed[1] + h), .02);
}

static void test_neighbours_and_processors_change_no_bit(void)
{
    static const int alone[] = {-1, -1, -1, 3, -1, -1, -1, -1};
    static drawn_batch b, c;
    static pa_theta_fitted f, g;
    static pa_theta_sums own, other;
    draw_batch(all, mixed, &b);
    draw_batch(alone, mixed, &c);
    for (int dynamic = 0; dynamic < 2; dynamic++) {
        pa_theta_fit(&b.batch, dynamic, &f);
        pa_theta_fit(&c.batch, dynamic, &g);
        CU_ASSERT_EQUAL(f.squares[3], g.squares[3]);
        CU_ASSERT_EQUAL(f.level[3], g.level[3]);
        memset(&own, 0, sizeof own);
        own.dynamic = dynamic;
        memcpy(own.alpha, f.alpha, sizeof own.alpha);
        other = own;
        pa_walks_any.theta(&b.batch, &own);
        for (int i = 0; walks_here(i); i++) {
            walks_here(i)->theta(&b.batch, &other);
            CU_ASSERT_EQUAL(memcmp(&own, &other, sizeof own), 0);
        }
    }
}

static const pa_test tests[] = {
    {"a fit is what its equations say", test_fit_is_what_its_equations_say},
    {"no grid finds better", test_no_grid_finds_better},
    {"a line goes on", test_a_line_goes_on},
    {"neighbours and processors change no bit", test_neighbours_and_processors_change_no_bit}};
PA_TEST_MAIN("theta", tests)
