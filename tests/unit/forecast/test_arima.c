#include "paraudit/forecast/arima.h"

#include <math.h>
#include <string.h>

#include "drawn_series.h"
#include "paraudit/base/draw.h"
#include "unit.h"

static const int all[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const int32_t long_ones[] = {96, 96, 96, 96, 96, 96, 96, 96};

static double normal(int which, int t)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += pa_uniform(which, PA_DRAW_TEST, 200 + i, t);
    return sum;
}

/* Noise that is added up d times. */
static void draw_sums(int which, int d, double y[])
{
    for (int t = 0; t < DRAWN_MOST; t++) y[t] = normal(which, t);
    for (; d > 0; d--)
        for (int t = 1; t < DRAWN_MOST; t++) y[t] += y[t - 1];
}

static void test_differences_are_as_many_as_sums(void)
{
    double y[DRAWN_MOST], work[DRAWN_MOST];
    for (int d = 0; d <= 2; d++) {
        int n_right = 0;
        for (int which = 0; which < 40; which++) {
            draw_sums(which, d, y);
            n_right += pa_arima_differences(DRAWN_MOST, y, 1, work) == d;
        }
        CU_ASSERT_TRUE(n_right >= 28);
    }
}

typedef struct {
    drawn_batch b;
    _Alignas(PA_FORECAST_ALIGN) double work[DRAWN_MOST * PA_FORECAST_LANES];
    double one[2 * DRAWN_MOST];
    pa_arima_fitted fitted[PA_FORECAST_LANES];
} fit;

/* Expected values with all that is behind, by the equation of the whole model. */
static void check_ahead(const fit *f, int k)
{
    enum { AHEAD = 6, N = DRAWN_MOST };
    const pa_arima_fitted *m = f->fitted + k;
    double y[N + AHEAD], x[N + AHEAD], e[N + AHEAD] = {0}, mean[AHEAD], times[AHEAD];
    for (int t = 0; t < N; t++) y[t] = f->b.y[t * PA_FORECAST_LANES + k];
    memcpy(x, y, sizeof x);
    for (int d = 0; d < m->d; d++)
        for (int t = N - 1; t > d; t--) x[t] -= x[t - 1];
    for (int t = m->d; t < N + AHEAD; t++) {
        double expected = 0;
        bool known = t >= m->d + m->p;
        for (int i = 0; i < m->p && known; i++) expected += m->phi[i] * (x[t - 1 - i] - m->mean);
        for (int j = 0; j < m->q && t > j; j++) expected += m->theta[j] * e[t - 1 - j];
        if (t < N && known) e[t] = x[t] - m->mean - expected;
        if (t >= N) x[t] = expected + m->mean;
    }
    for (int t = N; t < N + AHEAD; t++)
        y[t] = x[t] + (m->d == 1 ? y[t - 1] : m->d == 2 ? 2 * y[t - 1] - y[t - 2] : 0);
    pa_arima_ahead(m, AHEAD, mean, times);
    for (int h = 0; h < AHEAD; h++) CU_ASSERT_DOUBLE_EQUAL(mean[h], y[N + h], 1e-8);
}

/* How much one error changes the values behind it, by running the model twice. */
static void check_times(const pa_arima_fitted *m)
{
    enum { AHEAD = 8 };
    pa_arima_fitted moved = *m;
    double mean[AHEAD], other[AHEAD], times[AHEAD], sum = 1;
    moved.x[0] += 1;
    moved.e[0] += 1;
    moved.level[0] += 1;
    if (m->d == 2) moved.level[1] += 1;
    pa_arima_ahead(m, AHEAD, mean, times);
    pa_arima_ahead(&moved, AHEAD, other, times);
    for (int h = 0; h < AHEAD; h++) {
        CU_ASSERT_DOUBLE_EQUAL(times[h], sum, 1e-9 * sum);
        sum += (other[h] - mean[h]) * (other[h] - mean[h]);
    }
}

static void test_forecasts_are_what_the_equation_says(void)
{
    static fit f;
    int seen[3] = {0};
    for (int round = 0; round < 6; round++) {
        draw_batch(all, long_ones, &f.b);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            double y[DRAWN_MOST];
            draw_sums(10 * round + k, k % 3, y);
            for (int t = 0; t < DRAWN_MOST; t++)
                f.b.y[t * PA_FORECAST_LANES + k] = y[t] + (t && k > 4 ? .7 * y[t - 1] : 0);
        }
        pa_arima_fit(&f.b.batch, f.work, f.one, f.fitted);
        for (int k = 0; k < PA_FORECAST_LANES; k++) {
            CU_ASSERT_TRUE(f.fitted[k].aicc < INFINITY);
            seen[f.fitted[k].d]++;
            check_ahead(&f, k);
            check_times(f.fitted + k);
        }
    }
    CU_ASSERT_TRUE(seen[0] > 5 && seen[1] > 5 && seen[2] > 5);
}

static void test_short_series_have_none(void)
{
    static const int32_t n[] = {1, 2, 3, 4, 9, 12, 20, 30};
    static fit f;
    draw_batch(all, n, &f.b);
    pa_arima_fit(&f.b.batch, f.work, f.one, f.fitted);
    for (int k = 0; k < 2; k++) CU_ASSERT_FALSE(f.fitted[k].aicc < INFINITY);
    for (int k = 4; k < PA_FORECAST_LANES; k++) CU_ASSERT_TRUE(f.fitted[k].aicc < INFINITY);
}

/* Of four values AICc likes nothing to estimate, and 0 as what comes. */
static void test_few_values_do_not_lie_around_zero(void)
{
    static const int32_t n[] = {4, 4, 4, 5, 6, 7, 8, 9};
    static fit f;
    double mean[1], times[1];
    draw_batch(all, n, &f.b);
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        for (int t = 0; t < n[k]; t++) f.b.y[t * PA_FORECAST_LANES + k] = 100 + 120 * ((t + k) % 2);
    pa_arima_fit(&f.b.batch, f.work, f.one, f.fitted);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        pa_arima_ahead(f.fitted + k, 1, mean, times);
        CU_ASSERT_TRUE(mean[0] > 50 && mean[0] < 300);
    }
}

static const pa_test tests[] = {
    {"differences are as many as sums", test_differences_are_as_many_as_sums},
    {"forecasts are what the equation says", test_forecasts_are_what_the_equation_says},
    {"short series have none", test_short_series_have_none},
    {"few values do not lie around zero", test_few_values_do_not_lie_around_zero}};
PA_TEST_MAIN("arima", tests)
