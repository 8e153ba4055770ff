#include "paraudit/forecast/prophet.h"

#include <math.h>
#include <string.h>

#include "../../../src/forecast/map.h"
#include "paraudit/base/draw.h"
#include "unit.h"

enum { MOST = 800, AHEAD = 9, COLUMNS = 80 };
static const double PI = 3.14159265358979323846;

static double noise(int which, size_t t)
{
    return pa_uniform(which, PA_DRAW_TEST, 3, t) - .5;
}

/* Days of a calendar that begins at 17622 (2018-04-01), `apart` days each from the last. */
static void set_days(size_t n, double apart, double day[])
{
    for (size_t t = 0; t < n + AHEAD; t++) day[t] = 17622 + apart * (double)t;
}

/* A trend that bends at a third, a week, noise. */
static void draw(int which, size_t n, double y[])
{
    double bend = (double)n / 3, slope = .02 * noise(which, 9001);
    for (size_t t = 0; t < n; t++) {
        double x = (double)t;
        y[t] = 5 + slope * x + (x > bend ? (.05 + .1 * noise(which, 9000)) * (x - bend) : 0) +
               sin(2 * PI * x / 7) + 2 * noise(which, t);
    }
}

static void make(size_t n, const double day[], const pa_prophet_options *o, pa_prophet *p)
{
    const pa_prophet_calendar calendar = {n, AHEAD, day};
    CU_ASSERT_EQUAL_FATAL(pa_prophet_make(&calendar, o, p, NULL), PA_OK);
    CU_ASSERT_TRUE_FATAL(p->n_columns <= COLUMNS);
}

/* ---- a slow twin ---- */

static double value_at(const pa_prophet *p, const double at[], size_t t)
{
    double sum = 0;
    for (size_t c = 0; c < p->n_columns; c++) sum += at[c] * p->column[c * p->n + t];
    return sum;
}

static double slow_squares(const pa_prophet *p, double scale, const double y[], const double at[])
{
    double sum = 0;
    for (size_t t = 0; t < p->n; t++) {
        double e = y[t] / scale - value_at(p, at, t);
        sum += e * e;
    }
    return sum;
}

/* As prophet.stan has it, with a minus before. */
static double slow_objective(const pa_prophet *p, double scale, const double y[], double sigma,
                             const double at[])
{
    double sum = (double)p->n * log(sigma) + slow_squares(p, scale, y, at) / (2 * sigma * sigma) +
                 sigma * sigma / (2 * .25);
    for (size_t c = 0; c < p->n_columns; c++)
        sum += c >= p->n_smooth ? fabs(at[c]) / .05 : at[c] * at[c] / (c < 2 ? 50 : 200);
    return sum;
}

/* d/d at[c] of the smooth part, times sigma^2. */
static double slope_at(const pa_prophet *p, double scale, const double y[], double variance,
                       const double at[], size_t c)
{
    double sum = c < p->n_smooth ? variance * at[c] / (c < 2 ? 25 : 100) : 0;
    for (size_t t = 0; t < p->n; t++)
        sum -= p->column[c * p->n + t] * (y[t] / scale - value_at(p, at, t));
    return sum;
}

/* Each coordinate to its own least; e: what is left of y. Returns the largest change. */
static double sweep(const pa_prophet *p, double variance, double e[], double at[])
{
    double most = 0, pull = variance / .05;
    for (size_t c = 0; c < p->n_columns; c++) {
        const double *x = p->column + c * p->n;
        double down = 0, up = 0, before = at[c];
        for (size_t t = 0; t < p->n; t++) {
            up += x[t] * (e[t] + before * x[t]);
            down += x[t] * x[t];
        }
        if (c < p->n_smooth)
            at[c] = up / (down + variance / (c < 2 ? 25 : 100));
        else
            at[c] = fabs(up) <= pull ? 0 : (up - copysign(pull, up)) / down;
        for (size_t t = 0; t < p->n; t++) e[t] -= (at[c] - before) * x[t];
        most = fmax(most, fabs(at[c] - before));
    }
    return most;
}

/* The variance in turn with coefficients that are the least at the one before, from 1 on. */
static double slow_fit(const pa_prophet *p, double scale, const double y[], double at[])
{
    double e[MOST], variance = 1, before = 0, n = (double)p->n;
    memset(at, 0, p->n_columns * sizeof *at);
    for (size_t t = 0; t < p->n; t++) e[t] = y[t] / scale;
    while (fabs(variance / before - 1) > 1e-8) {
        double squares = 0;
        while (sweep(p, variance, e, at) > 1e-10) {
        }
        for (size_t t = 0; t < p->n; t++) squares += e[t] * e[t];
        before = variance;
        variance = (sqrt(n * n + 16 * squares) - n) / 8;
    }
    return sqrt(variance);
}

/* ---- */

static void test_a_slow_search_ends_at_the_same_place(void)
{
    double day[MOST], y[MOST], at[COLUMNS], slow[COLUMNS];
    static const size_t lengths[] = {60, 157};
    const pa_prophet_options o = {0};
    pa_prophet p = {0};
    for (int i = 0; i < 6; i++) {
        size_t n = lengths[i % 2];
        pa_prophet_fitted f = {.at = at};
        set_days(n, 1, day);
        make(n, day, &o, &p);
        draw(i, n, y);
        pa_prophet_fit(&p, y, &f);
        double sigma = slow_fit(&p, f.scale, y, slow);
        double ours = slow_objective(&p, f.scale, y, f.sigma, at);
        CU_ASSERT_TRUE(ours <= slow_objective(&p, f.scale, y, sigma, slow) + 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(f.sigma, sigma, 1e-7);
        for (size_t c = 0; c < p.n_columns; c++) CU_ASSERT_DOUBLE_EQUAL(at[c], slow[c], 1e-5);
    }
    pa_prophet_free(&p);
}

/* A walk whose function has a second least place, of a third of the sigma, and no steep way there:
 * too long a step of the variance ends in it. */
static void test_of_two_least_places_it_is_that_of_the_larger_sigma(void)
{
    enum { N = 84, WALK = 396 };
    double day[MOST], y[MOST], at[COLUMNS], slow[COLUMNS];
    const pa_prophet_options o = {0};
    pa_prophet p = {0};
    pa_prophet_fitted f = {.at = at};
    set_days(N, 1, day);
    make(N, day, &o, &p);
    for (size_t t = 0; t < N; t++)
        y[t] = (t ? y[t - 1] : 8) + noise(WALK, t) + .2 * noise(WALK, 9001);
    pa_prophet_fit(&p, y, &f);
    CU_ASSERT_DOUBLE_EQUAL(f.sigma, slow_fit(&p, f.scale, y, slow), 1e-6);
    pa_prophet_free(&p);
}

/* Of many series, daily and monthly: no direction leads down. */
static void test_no_gradient_is_steeper_than_its_prior(void)
{
    double day[MOST], y[MOST], at[COLUMNS];
    const pa_prophet_options o = {0};
    pa_prophet p = {0};
    size_t n_zeros = 0, n_others = 0;
    for (int i = 0; i < 60; i++) {
        size_t n = (size_t)(20 + 12 * i);
        pa_prophet_fitted f = {.at = at};
        set_days(n, i % 3 == 2 ? 30.4375 : 1, day);
        make(n, day, &o, &p);
        draw(i, n, y);
        pa_prophet_fit(&p, y, &f);
        double variance = f.sigma * f.sigma, pull = variance / .05;
        double squares = slow_squares(&p, f.scale, y, at);
        CU_ASSERT_DOUBLE_EQUAL((double)n / variance - squares / (variance * variance) + 4, 0,
                               1e-5 * (double)n / variance);
        for (size_t c = 0; c < p.n_columns; c++) {
            double slope = slope_at(&p, f.scale, y, variance, at, c);
            if (c < p.n_smooth) CU_ASSERT_DOUBLE_EQUAL(slope, 0, 1e-9);
            if (c < p.n_smooth) continue;
            CU_ASSERT_TRUE(fabs(slope) <= pull * (1 + 1e-6));
            if (at[c] != 0) CU_ASSERT_DOUBLE_EQUAL(slope, -copysign(pull, at[c]), 1e-6 * pull);
            n_zeros += at[c] == 0;
            n_others += at[c] != 0;
        }
    }
    CU_ASSERT_TRUE(n_zeros > 20 * 60);
    CU_ASSERT_TRUE(n_others > 60);
    pa_prophet_free(&p);
}

static void test_columns_are_those_of_prophet(void)
{
    double day[MOST];
    const pa_prophet_options o = {0}, flat = {.flat = true};
    pa_prophet p = {0};
    set_days(157, 1, day);
    make(157, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_smooth, 2 + 6);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 6 + 25);
    for (size_t t = 0; t < 157; t++) {
        double x = (double)t / 156, turn = 2 * PI * (17622 + (double)t) / 7;
        CU_ASSERT_EQUAL(p.column[t], 1);
        CU_ASSERT_DOUBLE_EQUAL(p.column[157 + t], x, 1e-15);
        CU_ASSERT_DOUBLE_EQUAL(p.column[2 * 157 + t], sin(turn), 1e-10);
        CU_ASSERT_DOUBLE_EQUAL(p.column[5 * 157 + t], cos(2 * turn), 1e-10);
        /* numpy: linspace(0, 124, 26).round() is 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, ... */
        CU_ASSERT_DOUBLE_EQUAL(p.column[8 * 157 + t], fmax(x - 5. / 156, 0), 1e-15);
        CU_ASSERT_DOUBLE_EQUAL(p.column[32 * 157 + t], fmax(x - 124. / 156, 0), 1e-15);
    }
    CU_ASSERT_DOUBLE_EQUAL(p.beyond[0], 1. / 156, 1e-15);
    set_days(731, 1, day);
    make(731, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 20 + 6 + 25);
    set_days(730, 1, day);
    make(730, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 6 + 25);
    set_days(120, 30.4375, day);
    make(120, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 20 + 25);
    set_days(48, .25, day);
    make(48, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 8 + 25);
    set_days(14, 1, day);
    make(14, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 10);
    set_days(15, 1, day);
    make(15, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 6 + 11);
    pa_prophet_free(&p);
    set_days(157, 1, day);
    make(157, day, &flat, &p);
    CU_ASSERT_EQUAL(p.n_columns, 1 + 6);
    pa_prophet_free(&p);
}

/*      _____
 *     /        one corner, at a changepoint, and noise */
static void test_only_the_corner_is_used(void)
{
    double day[MOST], y[MOST], at[COLUMNS], mean[AHEAD], spread[AHEAD];
    const pa_prophet_options o = {0};
    pa_prophet p = {0};
    pa_prophet_fitted f = {.at = at};
    set_days(157, 1, day);
    make(157, day, &o, &p);
    for (size_t t = 0; t < 157; t++) y[t] = fmin((double)t, 60) + 6 * noise(1, t);
    pa_prophet_fit(&p, y, &f);
    size_t used = 0;
    double size = 0;
    for (size_t c = p.n_smooth; c < p.n_columns; c++) {
        used += at[c] != 0;
        size += fabs(at[c]) / 25;
    }
    CU_ASSERT_TRUE(used >= 1 && used <= 4);
    CU_ASSERT_TRUE(at[p.n_smooth + 11] < -1);
    pa_prophet_ahead(&p, &f, mean, spread);
    for (int h = 0; h < AHEAD; h++) {
        CU_ASSERT_DOUBLE_EQUAL(mean[h], 60, 2);
        /* 25 changes in a time of 1, each of variance 2 size^2, that grow with time: ahead^3 / 3 */
        double ahead = (h + 1) / 156., changes = 25 * 2 * size * size * ahead * ahead * ahead / 3;
        CU_ASSERT_DOUBLE_EQUAL(spread[h], f.scale * sqrt(f.sigma * f.sigma + changes), 1e-9);
    }
    pa_prophet_free(&p);
}

static void test_little_is_enough(void)
{
    double day[MOST], at[COLUMNS], mean[AHEAD], spread[AHEAD];
    const pa_prophet_options o = {0}, flat = {.flat = true};
    pa_prophet p = {0};
    pa_prophet_fitted f = {.at = at};
    const double two[] = {3, 5}, same[30] = {0}, three[] = {-4, -4, -4};
    set_days(2, 1, day);
    make(2, day, &o, &p);
    pa_prophet_fit(&p, two, &f);
    pa_prophet_ahead(&p, &f, mean, spread);
    CU_ASSERT_DOUBLE_EQUAL(mean[0], 7, 1e-3);
    set_days(30, 1, day);
    make(30, day, &o, &p);
    pa_prophet_fit(&p, same, &f);
    pa_prophet_ahead(&p, &f, mean, spread);
    CU_ASSERT_EQUAL(mean[3], 0);
    set_days(3, 1, day);
    make(3, day, &o, &p);
    pa_prophet_fit(&p, three, &f);
    pa_prophet_ahead(&p, &f, mean, spread);
    CU_ASSERT_EQUAL(mean[3], -4);
    CU_ASSERT_TRUE(spread[3] < 1e-6);
    pa_prophet_free(&p);
    set_days(2, 1, day);
    make(2, day, &flat, &p);
    pa_prophet_fit(&p, two, &f);
    pa_prophet_ahead(&p, &f, mean, spread);
    CU_ASSERT_DOUBLE_EQUAL(mean[5], 4, .1);
    pa_prophet_free(&p);
}

/* A line that its columns follow to the last digit, and a week of three values with gaps. */
static void test_a_perfect_fit_has_a_variance(void)
{
    double day[MOST], y[MOST], at[COLUMNS], mean[AHEAD], spread[AHEAD];
    const pa_prophet_options o = {0};
    pa_prophet p = {0};
    pa_prophet_fitted f = {.at = at};
    set_days(100, 1, day);
    make(100, day, &o, &p);
    for (size_t t = 0; t < 100; t++) y[t] = 3 + 2 * (double)t;
    pa_prophet_fit(&p, y, &f);
    pa_prophet_ahead(&p, &f, mean, spread);
    CU_ASSERT_DOUBLE_EQUAL(mean[8], 3 + 2 * 108, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(f.sigma, 1e-5, 1e-12);
    const double gaps[3 + AHEAD] = {0, 10, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25};
    make(3, gaps, &o, &p);
    CU_ASSERT_EQUAL(p.n_columns, 2 + 6 + 1);
    const double three[] = {1, 3, 2};
    pa_prophet_fit(&p, three, &f);
    for (size_t t = 0; t < 3; t++)
        CU_ASSERT_DOUBLE_EQUAL(f.scale * value_at(&p, at, t), three[t], 1e-3);
    pa_prophet_free(&p);
}

static void test_holidays_are_learned_where_they_are(void)
{
    double day[MOST], y[MOST], at[COLUMNS], mean[AHEAD], spread[AHEAD];
    int32_t effect[] = {0, 0, 0, 1, 2};
    int64_t on[] = {17640, 17680, 17622 + 157 + 2, 17700, 10000};
    const pa_holidays holidays = {5, 3, effect, on};
    const pa_prophet_options o = {.holidays = &holidays};
    pa_prophet p = {0};
    pa_prophet_fitted f = {.at = at};
    set_days(157, 1, day);
    make(157, day, &o, &p);
    CU_ASSERT_EQUAL(p.n_smooth, 2 + 6 + 2); /* effect 2 is nowhere */
    for (size_t t = 0; t < 157; t++) {
        bool first = day[t] == 17640 || day[t] == 17680;
        y[t] = 10 + noise(2, t) + (first ? 8 : 0) - (day[t] == 17700 ? 5 : 0);
    }
    pa_prophet_fit(&p, y, &f);
    pa_prophet_ahead(&p, &f, mean, spread);
    CU_ASSERT_DOUBLE_EQUAL(f.scale * at[8], 8, 1);
    CU_ASSERT_DOUBLE_EQUAL(f.scale * at[9], -5, 1);
    CU_ASSERT_DOUBLE_EQUAL(mean[2], 18, 1);
    CU_ASSERT_DOUBLE_EQUAL(mean[3], 10, 1);
    pa_prophet_free(&p);
}

static void test_what_was_fitted_before_changes_no_bit(void)
{
    double day[MOST], y[MOST], at[COLUMNS], again[COLUMNS];
    const pa_prophet_options o = {0};
    pa_prophet p = {0}, fresh = {0};
    pa_prophet_fitted f = {.at = at}, g = {.at = again};
    set_days(157, 1, day);
    make(157, day, &o, &p);
    draw(3, 157, y);
    pa_prophet_fit(&p, y, &f);
    draw(4, 157, y);
    pa_prophet_fit(&p, y, &f);
    make(157, day, &o, &fresh);
    pa_prophet_fit(&fresh, y, &g);
    CU_ASSERT_EQUAL(memcmp(at, again, p.n_columns * sizeof *at), 0);
    CU_ASSERT_EQUAL(f.sigma, g.sigma);
    pa_prophet_free(&p);
    pa_prophet_free(&fresh);
}

static const pa_test tests[] = {
    {"a slow search ends at the same place", test_a_slow_search_ends_at_the_same_place},
    {"of two least places it is that of the larger sigma",
     test_of_two_least_places_it_is_that_of_the_larger_sigma},
    {"no gradient is steeper than its prior", test_no_gradient_is_steeper_than_its_prior},
    {"columns are those of Prophet", test_columns_are_those_of_prophet},
    {"only the corner is used", test_only_the_corner_is_used},
    {"little is enough", test_little_is_enough},
    {"a perfect fit has a variance", test_a_perfect_fit_has_a_variance},
    {"holidays are learned where they are", test_holidays_are_learned_where_they_are},
    {"what was fitted before changes no bit", test_what_was_fitted_before_changes_no_bit}};
PA_TEST_MAIN("prophet", tests)
