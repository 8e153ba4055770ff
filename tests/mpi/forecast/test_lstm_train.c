#include "paraudit/forecast/lstm_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/base/words.h"

enum { L = PA_FORECAST_LANES, STEPS = 30, INPUTS = 2, HIDDEN = 6, PIECES = 21, WEIGHTS = 256 };

static const pa_lstm_shape shape = {INPUTS, HIDDEN};

static _Alignas(PA_FORECAST_ALIGN) double input[PIECES][STEPS * INPUTS * L];
static _Alignas(PA_FORECAST_ALIGN) double count[PIECES][STEPS * L], value[PIECES][STEPS * L];
static pa_lstm_series piece[PIECES];

static double draw(uint64_t what, size_t i)
{
    return pa_uniform(9, PA_DRAW_TEST, what, i);
}

/* Counts of 0 and 4 by turns, the turn drawn, and values around the count before: what is to come
 * is told by the last count alone. Shorter pieces and gaps among them. */
static void draw_series(void)
{
    for (size_t p = 0; p < PIECES; p++) {
        piece[p] = (pa_lstm_series){STEPS - (int32_t)(p % 3), input[p], count[p], value[p], {0}};
        for (size_t k = 0; k < L; k++) {
            double last = draw(1, p * L + k) < .5 ? 0 : 4;
            piece[p].scale[k] = 3;
            for (size_t t = 0; t < STEPS; t++) {
                size_t i = (p * STEPS + t) * L + k;
                input[p][t * INPUTS * L + k] = last / 4;
                input[p][t * INPUTS * L + L + k] = draw(2, i);
                value[p][t * L + k] = draw(3, i) < .1 ? NAN : last / 4 + draw(4, i) - .5;
                count[p][t * L + k] = last = 4 - last;
            }
        }
    }
}

static double train(double weight[])
{
    const pa_lstm_training o = {40, 4, .02, 5};
    double loss;
    pa_error err = {0};
    pa_lstm_shape s = shape;
    CU_ASSERT_EQUAL_FATAL(pa_lstm_n_weights(&s) <= WEIGHTS, 1);
    CU_ASSERT_EQUAL(pa_lstm_train(pa_test_comm(), &s, PIECES, piece, &o, NULL, weight, &loss, &err),
                    PA_OK);
    return loss;
}

/* The same constant at 1, 2, 3 and 4 ranks, and on every processor. */
static void test_bits_do_not_hang_on_ranks(void)
{
    const uint64_t known = UINT64_C(0xbe32844083af653a);
    double weight[WEIGHTS] = {0};
    uint64_t digest = 0, bits;
    train(weight);
    for (size_t i = 0; i < pa_lstm_n_weights(&shape); i++) {
        memcpy(&bits, weight + i, sizeof bits);
        digest = pa_mix(digest ^ bits);
    }
    CU_ASSERT_EQUAL(digest, known);
    if (digest != known) printf("digest is 0x%016llx\n", (unsigned long long)digest);
}

static void test_what_is_to_come_is_learned(void)
{
    double weight[WEIGHTS], start[WEIGHTS], unused[WEIGHTS];
    pa_lstm *net;
    pa_error err = {0};
    static pa_lstm_said said[STEPS * L];
    double loss = train(weight);
    pa_lstm_start(&shape, 5, start);
    CU_ASSERT_EQUAL_FATAL(pa_lstm_open(&shape, STEPS, &net, &err), PA_OK);
    double first = pa_lstm_gradient(net, start, piece, unused) / (2. * STEPS * L);
    CU_ASSERT_TRUE(loss < .6 * first);
    pa_lstm_walk(net, weight, piece, said);
    for (size_t i = 5 * L; i < STEPS * L; i++) {
        CU_ASSERT_TRUE(count[0][i] > 0 ? said[i].mean > 3 : said[i].mean < .5);
        CU_ASSERT_DOUBLE_EQUAL(said[i].middle, 1 - count[0][i] / 4, .15);
        CU_ASSERT_DOUBLE_EQUAL(said[i].spread, .289, .08);
    }
    pa_lstm_close(net);
}

static void test_nothing_to_learn_from_is_no_fault(void)
{
    const pa_lstm_training o = {2, 4, .02, 5};
    double weight[WEIGHTS], loss = 1;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_lstm_train(pa_test_comm(), &shape, 0, NULL, &o, NULL, weight, &loss, &err),
                    PA_OK);
    CU_ASSERT_EQUAL(loss, 0);
}

static const pa_test tests[] = {
    {"bits do not hang on ranks", test_bits_do_not_hang_on_ranks},
    {"what is to come is learned", test_what_is_to_come_is_learned},
    {"nothing to learn from is no fault", test_nothing_to_learn_from_is_no_fault},
};

int main(int argc, char **argv)
{
    draw_series();
    return pa_run_mpi_tests(argc, argv, "lstm_train", tests, sizeof tests / sizeof *tests);
}
