#include "paraudit/forecast/lstm_series.h"

#include <math.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { L = PA_FORECAST_LANES };

static void input_of(const pa_lstm_form *f, size_t t, const double y[], double input[])
{
    double lanes[PA_LSTM_INPUTS * L] = {0};
    pa_lstm_input(f, t, y + t, lanes + 2);
    for (int i = 0; i < PA_LSTM_INPUTS; i++) input[i] = lanes[i * L + 2];
}

static void test_kinds(void)
{
    static const double counts[] = {0, 3, 17}, halves[] = {.5, 1, 2}, reals[] = {-1, 2, 3};
    CU_ASSERT_TRUE(pa_lstm_may_be_counts(3, counts) && !pa_lstm_may_be_logs(3, counts));
    CU_ASSERT_TRUE(!pa_lstm_may_be_counts(3, halves) && pa_lstm_may_be_logs(3, halves));
    CU_ASSERT_TRUE(!pa_lstm_may_be_counts(3, reals) && !pa_lstm_may_be_logs(3, reals));
    CU_ASSERT_TRUE(!pa_lstm_may_be_counts(1, (const double[]){NAN}));
}

static void test_inputs_of_counts(void)
{
    static const double y[] = {0, 4, 2, 8, 6, 0, 1};
    double x[PA_LSTM_INPUTS];
    pa_lstm_form f = pa_lstm_form_of(PA_LSTM_COUNTS, 4, 1, 7, y);
    CU_ASSERT_DOUBLE_EQUAL(f.unit, 4, 1e-12);
    input_of(&f, 0, y, x);
    CU_ASSERT_TRUE(x[0] == 0 && x[1] == 0 && x[2] == 0);
    CU_ASSERT_DOUBLE_EQUAL(x[3], 1, 1e-12); /* place 1 of 4 */
    CU_ASSERT_DOUBLE_EQUAL(x[4], 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(x[7], log(4), 1e-12);
    input_of(&f, 5, y, x);
    CU_ASSERT_DOUBLE_EQUAL(x[0], log(1 + 6 / 4.), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(x[1], log(1 + 4 / 4.), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(x[3], 0, 1e-12); /* place 2 of 4 */
    CU_ASSERT_DOUBLE_EQUAL(x[4], -1, 1e-12);
    CU_ASSERT_EQUAL(pa_lstm_target(&f, 3, y + 3), 8);
}

static void test_inputs_of_values(void)
{
    static const double y[] = {1, 2, 4, 2, 2, 8};
    double x[PA_LSTM_INPUTS], unit = log(2) * 5 / 5;
    pa_lstm_form f = pa_lstm_form_of(PA_LSTM_LOGS, 3, 0, 6, y);
    CU_ASSERT_DOUBLE_EQUAL(f.unit, unit, 1e-12);
    input_of(&f, 5, y, x);
    CU_ASSERT_DOUBLE_EQUAL(x[0], 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(x[1], 1, 1e-12); /* from 2 to 4 */
    CU_ASSERT_DOUBLE_EQUAL(x[2], 1, 1e-12); /* from 2 to 4, a season before the next */
    CU_ASSERT_TRUE(isnan(pa_lstm_target(&f, 0, y)));
    CU_ASSERT_DOUBLE_EQUAL(pa_lstm_target(&f, 5, y + 5), 2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(pa_lstm_value(&f, 2, 2), 8, 1e-12);
    f = pa_lstm_form_of(PA_LSTM_REALS, 1, 0, 6, y);
    CU_ASSERT_DOUBLE_EQUAL(f.unit, 11 / 5., 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(pa_lstm_value(&f, y[4], pa_lstm_target(&f, 5, y + 5)), 8, 1e-12);
}

static void test_what_never_changes_stays(void)
{
    static const double y[] = {-3, -3, -3, -3, -3, -3};
    const pa_lstm_said said = {1, 1, 2, 1};
    double x[PA_LSTM_INPUTS];
    pa_lstm_form f = pa_lstm_form_of(PA_LSTM_REALS, 1, 0, 6, y);
    input_of(&f, 5, y, x);
    for (int i = 0; i < PA_LSTM_INPUTS; i++) CU_ASSERT_EQUAL(x[i], 0);
    CU_ASSERT_TRUE(isnan(pa_lstm_target(&f, 5, y + 5)));
    CU_ASSERT_EQUAL(pa_lstm_draw(&f, &said, -3, .9, .1), -3);
    f = pa_lstm_form_of(PA_LSTM_REALS, 1, 0, 1, y);
    CU_ASSERT_EQUAL(f.unit, 0);
}

/* Mean and variance of many draws. */
static void check_draws(const pa_lstm_form *f, const pa_lstm_said *said, double mean,
                        double variance)
{
    enum { N = 40000 };
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < N; i++) {
        double v = pa_lstm_draw(f, said, 10, pa_uniform(2, PA_DRAW_TEST, i, 0),
                                pa_uniform(2, PA_DRAW_TEST, i, 1));
        sum += v;
        squares += (v - mean) * (v - mean);
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / N, mean, 4 * sqrt(variance / N));
    CU_ASSERT_DOUBLE_EQUAL(squares / N / variance, 1, .06);
}

static void test_draws_are_as_the_heads_say(void)
{
    static const double y[] = {1, 2, 4};
    pa_lstm_form counts = pa_lstm_form_of(PA_LSTM_COUNTS, 1, 0, 3, y);
    pa_lstm_form reals = pa_lstm_form_of(PA_LSTM_REALS, 1, 0, 3, y);
    static const pa_lstm_said said[] = {
        {.3, .01, 0, 1}, {5, .5, 1, 2}, {60, .2, -1, .5}, {900, .05, 0, 1}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        double mean = said[i].mean;
        check_draws(&counts, said + i, mean, mean + mean * mean * said[i].dispersion);
        check_draws(&reals, said + i, 10 + 1.5 * said[i].middle,
                    2.25 * said[i].spread * said[i].spread);
    }
}

static const pa_test tests[] = {
    {"kinds", test_kinds},
    {"inputs of counts", test_inputs_of_counts},
    {"inputs of values", test_inputs_of_values},
    {"what never changes stays", test_what_never_changes_stays},
    {"draws are as the heads say", test_draws_are_as_the_heads_say},
};
PA_TEST_MAIN("lstm_series", tests)
