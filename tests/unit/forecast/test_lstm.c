#include "paraudit/forecast/lstm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/forecast/lstm_parts.h"
#include "paraudit/base/draw.h"
#include "unit.h"

enum { L = PA_FORECAST_LANES, STEPS = 23, INPUTS = 3, HIDDEN = 5 };

static const pa_lstm_shape shape = {INPUTS, HIDDEN};

/* ---- series of draws ---- */

typedef struct {
    _Alignas(PA_FORECAST_ALIGN) double input[STEPS * INPUTS * L];
    _Alignas(PA_FORECAST_ALIGN) double count[STEPS * L], value[STEPS * L];
    pa_lstm_series series;
} drawn;

static double draw(uint64_t what, uint64_t i)
{
    return pa_uniform(3, PA_DRAW_TEST, what, i);
}

static void draw_all(drawn *d)
{
    for (size_t i = 0; i < STEPS * INPUTS * L; i++) d->input[i] = 4 * draw(1, i) - 2;
    for (size_t i = 0; i < STEPS * L; i++) {
        d->count[i] = draw(2, i) < .2 ? NAN : floor(9 * draw(3, i) * draw(3, i));
        d->value[i] = draw(4, i) < .3 ? NAN : 3 * draw(5, i) - 1;
    }
    d->count[5] = 200;
    d->series = (pa_lstm_series){STEPS, d->input, d->count, d->value, {0}};
    for (size_t k = 0; k < L; k++) d->series.scale[k] = .5 + (double)k;
}

static double *new_weights(void)
{
    double *w = malloc(pa_lstm_n_weights(&shape) * sizeof *w);
    pa_lstm_start(&shape, 7, w);
    return w;
}

static pa_lstm *open_net(int32_t most)
{
    pa_lstm *net;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_lstm_open(&shape, most, &net, &err), PA_OK);
    return net;
}

/* ---- one lane, as the equations have it ---- */

static double row_of(const double w[], const double x[], const double h[])
{
    double sum = w[0];
    for (int i = 0; i < INPUTS; i++) sum += w[1 + i] * x[i];
    for (int i = 0; i < HIDDEN; i++) sum += w[1 + INPUTS + i] * h[i];
    return sum;
}

static double slow_sigmoid(double a)
{
    return 1 / (1 + exp(-a));
}

static double slow_head(const double w[], const double h[], int m)
{
    const double *row =
        w + (size_t)HIDDEN * PA_LSTM_GATES * (1 + INPUTS + HIDDEN) + (size_t)m * (1 + HIDDEN);
    double sum = row[0];
    for (int i = 0; i < HIDDEN; i++) sum += row[1 + i] * h[i];
    return sum;
}

static void slow_step(const double w[], const double x[], double h[], double c[])
{
    double next[HIDDEN];
    for (int j = 0; j < HIDDEN; j++) {
        const double *row = w + (size_t)j * PA_LSTM_GATES * (1 + INPUTS + HIDDEN);
        double i = slow_sigmoid(row_of(row, x, h));
        double f = slow_sigmoid(row_of(row + 1 * (1 + INPUTS + HIDDEN), x, h));
        double g = tanh(row_of(row + 2 * (1 + INPUTS + HIDDEN), x, h));
        double o = slow_sigmoid(row_of(row + 3 * (1 + INPUTS + HIDDEN), x, h));
        c[j] = f * c[j] + i * g;
        next[j] = o * tanh(c[j]);
    }
    memcpy(h, next, sizeof next);
}

static double slow_count_loss(double n, double mean, double dispersion)
{
    double r = 1 / dispersion;
    return lgamma(n + 1) + lgamma(r) - lgamma(n + r) - r * log(r / (r + mean)) -
           (n > 0 ? n * log(mean / (r + mean)) : 0);
}

static double slow_loss(const double w[], const drawn *d, int k, pa_lstm_said said[])
{
    double h[HIDDEN] = {0}, c[HIDDEN] = {0}, loss = 0;
    for (int t = 0; t < STEPS; t++) {
        double x[INPUTS], n = d->count[t * L + k], v = d->value[t * L + k];
        for (int i = 0; i < INPUTS; i++) x[i] = d->input[(t * INPUTS + i) * L + k];
        slow_step(w, x, h, c);
        double mean = d->series.scale[k] * log1p(exp(slow_head(w, h, 0))) + 1e-6;
        double dispersion = log1p(exp(slow_head(w, h, 1))) + 1e-4, middle = slow_head(w, h, 2);
        double spread = log1p(exp(slow_head(w, h, 3))) + 1e-3, z = (v - middle) / spread;
        said[t] = (pa_lstm_said){mean, dispersion, middle, spread};
        if (!isnan(n)) loss += slow_count_loss(n, mean, dispersion);
        if (!isnan(v)) loss += log(spread) + z * z / 2 + log(2 * acos(-1)) / 2;
    }
    return loss;
}

/* ---- tests ---- */

static bool near(const pa_lstm_said *a, const pa_lstm_said *b)
{
    return fabs(a->mean - b->mean) < 1e-12 * b->mean && fabs(a->middle - b->middle) < 1e-12 &&
           fabs(a->dispersion - b->dispersion) < 1e-12 && fabs(a->spread - b->spread) < 1e-12;
}

static void test_a_walk_is_what_its_equations_say(void)
{
    static drawn d;
    static pa_lstm_said said[STEPS * L];
    pa_lstm_said slow[STEPS];
    double *w = new_weights(), *gradient = new_weights(), loss = 0;
    pa_lstm *net = open_net(STEPS);
    draw_all(&d);
    pa_lstm_walk(net, w, &d.series, said);
    for (int k = 0; k < L; k++) {
        loss += slow_loss(w, &d, k, slow);
        for (int t = 0; t < STEPS; t++) CU_ASSERT_TRUE(near(said + t * L + k, slow + t));
    }
    CU_ASSERT_DOUBLE_EQUAL(pa_lstm_gradient(net, w, &d.series, gradient), loss, 1e-9);
    pa_lstm_close(net);
    free(w);
    free(gradient);
}

static void test_gradients_are_finite_differences(void)
{
    static drawn d;
    const double by = 1e-5;
    double *w = new_weights(), *gradient = new_weights(), *unused = new_weights();
    pa_lstm *net = open_net(STEPS + 2);
    draw_all(&d);
    pa_lstm_gradient(net, w, &d.series, gradient);
    for (size_t i = 0; i < pa_lstm_n_weights(&shape); i++) {
        double was = w[i];
        w[i] = was + by;
        double up = pa_lstm_gradient(net, w, &d.series, unused);
        w[i] = was - by;
        double slope = (up - pa_lstm_gradient(net, w, &d.series, unused)) / (2 * by);
        w[i] = was;
        CU_ASSERT_DOUBLE_EQUAL(gradient[i], slope, 1e-5 * (1 + fabs(slope)));
    }
    pa_lstm_close(net);
    free(w);
    free(gradient);
    free(unused);
}

static void test_steps_go_on_from_a_walk(void)
{
    static drawn d;
    static pa_lstm_said all[STEPS * L], some[STEPS * L], next[L];
    double *w = new_weights();
    pa_lstm *net = open_net(STEPS), *other = open_net(2);
    draw_all(&d);
    pa_lstm_walk(net, w, &d.series, all);
    d.series.steps = STEPS - 4;
    pa_lstm_walk(net, w, &d.series, some);
    for (int k = 0; k < L; k++) pa_lstm_copy_lane(net, 3, STEPS - 4, other, k);
    for (int t = STEPS - 4; t < STEPS; t++) {
        double lane[INPUTS * L], scale[L];
        const double *input = d.input + (size_t)t * INPUTS * L;
        pa_lstm_step(net, w, input, d.series.scale, next);
        CU_ASSERT_EQUAL(memcmp(next, all + (size_t)t * L, sizeof next), 0);
        for (int i = 0; i < INPUTS * L; i++) lane[i] = input[i / L * L + 3];
        for (int k = 0; k < L; k++) scale[k] = d.series.scale[3];
        pa_lstm_step(other, w, lane, scale, next);
        for (int k = 0; k < L; k++)
            CU_ASSERT_EQUAL(memcmp(next + k, all + t * L + 3, sizeof *next), 0);
    }
    pa_lstm_close(net);
    pa_lstm_close(other);
    free(w);
}

/* Of counts from small to large, and dispersions from Poisson's on. */
static void test_losses_of_counts_add_up_to_a_distribution(void)
{
    static const double means[] = {.01, .7, 12, 300}, dispersions[] = {1e-4, .03, 1, 8};
    static const double counts[] = {0, 1, 2, 17, 64, 65, 400, 5000};
    for (size_t m = 0; m < 16; m++) {
        double mean = means[m / 4], dispersion = dispersions[m % 4], by_mean, by_dispersion;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            double n = counts[i], e = 1e-6 * mean, g = 1e-5 * dispersion;
            double loss = pa_negative_binomial_loss(n, mean, dispersion, &by_mean, &by_dispersion);
            CU_ASSERT_DOUBLE_EQUAL(loss, slow_count_loss(n, mean, dispersion), 1e-8 * (1 + loss));
            double slope = (pa_negative_binomial_loss(n, mean + e, dispersion, NULL, NULL) -
                            pa_negative_binomial_loss(n, mean - e, dispersion, NULL, NULL)) /
                           (2 * e);
            CU_ASSERT_DOUBLE_EQUAL(by_mean, slope, 1e-5 * (1 + fabs(slope) + loss / mean * 1e-3));
            slope = (pa_negative_binomial_loss(n, mean, dispersion + g, NULL, NULL) -
                     pa_negative_binomial_loss(n, mean, dispersion - g, NULL, NULL)) /
                    (2 * g);
            CU_ASSERT_DOUBLE_EQUAL(by_dispersion, slope, 1e-4 * (1 + fabs(slope)));
        }
    }
}

static void fill(double at[], size_t n, uint64_t what)
{
    for (size_t i = 0; i < n; i++) at[i] = 6 * draw(what, i) - 3;
}

/* All of a room after a step forward and one backward. */
static void run_loops(const pa_lstm_loops *loops, double block[], size_t n, double gradient[])
{
    enum { COLUMNS = 1 + INPUTS + HIDDEN, GATES = HIDDEN * PA_LSTM_GATES };
    double *w = new_weights();
    pa_lstm_room r = {.inputs = INPUTS, .hidden = HIDDEN, .n_columns = COLUMNS};
    fill(block, n, 8);
    r.column = block;
    r.gate = r.column + 3 * COLUMNS * L;
    r.cell = r.gate + 2 * GATES * L;
    r.change = r.cell + 2 * HIDDEN * L;
    r.by_h = r.change + 2 * GATES * L;
    r.by_c = r.by_h + HIDDEN * L;
    for (int32_t t = 0; t < 2; t++) loops->forward(&r, w, t);
    for (int32_t t = 1; t >= 0; t--) loops->backward(&r, w, t);
    loops->add_up(&r, 2, gradient);
    free(w);
}

static void test_vectors_of_any_width_give_the_same_bits(void)
{
    enum { N = (3 * (1 + INPUTS + HIDDEN) + 4 * HIDDEN * PA_LSTM_GATES + 4 * HIDDEN) * L };
    static double any[N], other[N];
    double *one = new_weights(), *two = new_weights();
    size_t bytes = sizeof(double) * HIDDEN * PA_LSTM_GATES * (1 + INPUTS + HIDDEN);
    run_loops(&pa_lstm_loops_any, any, N, one);
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        run_loops(&pa_lstm_loops_avx2, other, N, two);
        CU_ASSERT_EQUAL(memcmp(any, other, sizeof any), 0);
        CU_ASSERT_EQUAL(memcmp(one, two, bytes), 0);
    }
    if (__builtin_cpu_supports("avx512f")) {
        run_loops(&pa_lstm_loops_avx512, other, N, two);
        CU_ASSERT_EQUAL(memcmp(any, other, sizeof any), 0);
        CU_ASSERT_EQUAL(memcmp(one, two, bytes), 0);
    }
#endif
    free(one);
    free(two);
}

static const pa_test tests[] = {
    {"a walk is what its equations say", test_a_walk_is_what_its_equations_say},
    {"gradients are finite differences", test_gradients_are_finite_differences},
    {"steps go on from a walk", test_steps_go_on_from_a_walk},
    {"losses of counts are those of the distribution",
     test_losses_of_counts_add_up_to_a_distribution},
    {"vectors of any width give the same bits", test_vectors_of_any_width_give_the_same_bits},
};
PA_TEST_MAIN("lstm", tests)
