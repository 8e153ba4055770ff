#include <math.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/fuse/calibrate.h"
#include "paraudit/fuse/fuse.h"

enum { ROWS = 40000, KNOTS = PA_CALIBRATION_KNOTS };

/* All rows, which every rank knows; each takes a part of them. */
static size_t n_rows;
static double margins[ROWS];
static uint8_t labels[ROWS];
static float scores[ROWS];
static double knot[KNOTS], height[KNOTS];

static double platt_odds(double m)
{
    return 1.3 * m - 5;
}

/* Steep, flat, steep. */
static double bent_odds(double m)
{
    return -6 + (m < 3 ? m : m < 5 ? 3 : 3 + 2 * (m - 5));
}

static double falling_odds(double m)
{
    return 1 - m;
}

/* Exponential margins, as of a tail. */
static void draw_rows(size_t n, double (*odds)(double margin))
{
    n_rows = n;
    for (size_t i = 0; i < n; i++) {
        margins[i] = -pa_ln(1 - pa_uniform(1, PA_DRAW_TEST, 1, i));
        double p = 1 / (1 + pa_exp(-odds(margins[i])));
        labels[i] = pa_uniform(1, PA_DRAW_TEST, 2, i) < p;
    }
}

/* Uneven; of three ranks and more, rank 1 has no row. */
static size_t first_row(int rank, int n_ranks)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks) return n_rows;
    if (n_ranks > 2 && rank == 1) return first_row(2, n_ranks);
    return n_rows * (size_t)(rank * rank) / (size_t)(n_ranks * n_ranks);
}

static pa_status fit(pa_calibration kind, double l2, pa_error *err)
{
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    size_t first = first_row(rank, n_ranks), n = first_row(rank + 1, n_ranks) - first;
    const pa_calibration_rows rows = {n, margins + first, labels + first};
    return pa_calibrate(pa_test_comm(), kind, l2, &rows, knot, height, err);
}

static pa_score_function fitted(void)
{
    return (pa_score_function){KNOTS, knot, height};
}

static double score_at(double margin)
{
    const pa_score_function f = fitted();
    float s;
    pa_fuse_score(&f, 1, &margin, &s);
    return (double)s;
}

static double loss_of(double p, uint8_t label)
{
    return -log(label ? p : 1 - p);
}

/* What holds of any calibration of the rows. */
static void check_fit(pa_calibration kind, double l2)
{
    const pa_score_function f = fitted();
    pa_error err = {0};
    double expected = 0, observed = 0, loss = 0, constant = 0;
    CU_ASSERT_EQUAL(fit(kind, l2, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_score_function_check(&f, &err), PA_OK);
    pa_fuse_score(&f, n_rows, margins, scores);
    for (size_t i = 0; i < n_rows; i++) {
        expected += (double)scores[i];
        observed += labels[i];
        loss += loss_of((double)scores[i], labels[i]);
    }
    CU_ASSERT_DOUBLE_EQUAL(expected / observed, 1, 1e-6);
    for (size_t i = 0; i < n_rows; i++) constant += loss_of(observed / (double)n_rows, labels[i]);
    CU_ASSERT(loss <= constant * (1 + 1e-7));
}

static void test_a_known_line_is_found(void)
{
    draw_rows(ROWS, platt_odds);
    check_fit(PA_PLATT, 0);
    for (double m = 0; m < 9; m += 0.5) {
        double p = score_at(m);
        CU_ASSERT_DOUBLE_EQUAL(log(p / (1 - p)), platt_odds(m), 0.25);
    }
    check_fit(PA_SMOOTH, 1);
    for (double m = 0; m < 9; m += 0.5) {
        double p = score_at(m);
        CU_ASSERT_DOUBLE_EQUAL(log(p / (1 - p)), platt_odds(m), 0.5);
    }
}

static double loss_here(void)
{
    double loss = 0;
    for (size_t i = 0; i < n_rows; i++) loss += loss_of((double)scores[i], labels[i]);
    return loss;
}

static void test_a_known_bend_is_found(void)
{
    draw_rows(ROWS, bent_odds);
    check_fit(PA_PLATT, 0);
    double line = loss_here();
    check_fit(PA_SMOOTH, 0.1);
    CU_ASSERT(loss_here() < line - 3);
    for (double m = 0.5; m < 8; m += 0.5) {
        double p = score_at(m);
        CU_ASSERT_DOUBLE_EQUAL(log(p / (1 - p)), bent_odds(m), 0.7);
    }
    /* Much held back, it is the line. */
    check_fit(PA_SMOOTH, 1e4);
    CU_ASSERT_DOUBLE_EQUAL(loss_here(), line, 1);
}

static void test_it_goes_on_beyond_the_rows(void)
{
    draw_rows(ROWS, platt_odds);
    check_fit(PA_PLATT, 0);
    CU_ASSERT(score_at(-1) < score_at(0) && score_at(15) > score_at(12));
    CU_ASSERT(score_at(1e9) < 1.0000001 && score_at(-1e9) > 0);
}

static void test_margins_that_say_the_contrary_say_nothing(void)
{
    draw_rows(ROWS, falling_odds);
    check_fit(PA_PLATT, 0);
    CU_ASSERT_EQUAL(height[0], height[KNOTS - 1]);
    check_fit(PA_SMOOTH, 1);
    CU_ASSERT_DOUBLE_EQUAL(height[0], height[KNOTS - 1], 1e-9);
}

static void test_few_and_odd_rows(void)
{
    draw_rows(5, platt_odds);
    memcpy(labels, (const uint8_t[]){0, 1, 0, 0, 1}, 5);
    check_fit(PA_PLATT, 0);
    check_fit(PA_SMOOTH, 1);
    for (size_t i = 0; i < 5; i++) margins[i] = 700;
    check_fit(PA_PLATT, 0);
    CU_ASSERT_DOUBLE_EQUAL(score_at(700), 0.4, 1e-7);
    check_fit(PA_SMOOTH, 1);
    /* Far away from 0, where a float32 has no room for differences. */
    draw_rows(ROWS, platt_odds);
    for (size_t i = 0; i < ROWS; i++) margins[i] += 1e9;
    check_fit(PA_PLATT, 0);
    CU_ASSERT_DOUBLE_EQUAL(log(score_at(1e9 + 4) / (1 - score_at(1e9 + 4))), platt_odds(4), 0.25);
    check_fit(PA_SMOOTH, 1);
    draw_rows(ROWS, platt_odds);
    for (size_t i = 0; i < ROWS; i++) margins[i] = i < ROWS / 2 ? 0 : 1;
    check_fit(PA_SMOOTH, 1);
}

static void test_separable_rows(void)
{
    draw_rows(2000, platt_odds);
    for (size_t i = 0; i < n_rows; i++) labels[i] = margins[i] > 4;
    check_fit(PA_PLATT, 0);
    CU_ASSERT(score_at(3) < 0.01 && score_at(5) > 0.99);
    check_fit(PA_SMOOTH, 1);
}

static uint64_t bits_of(const double v[], size_t n)
{
    uint64_t bits = 14695981039346656037u, word;
    for (size_t i = 0; i < n; i++) {
        memcpy(&word, v + i, sizeof word);
        bits = (bits ^ word) * 1099511628211u;
        bits ^= bits >> 29;
    }
    return bits;
}

/* The digests stand here, at each number of ranks. */
static void test_bits_do_not_depend_on_the_ranks(void)
{
    draw_rows(ROWS, bent_odds);
    check_fit(PA_PLATT, 0);
    CU_ASSERT_EQUAL(bits_of(knot, KNOTS) ^ bits_of(height, KNOTS), 0xbe03708b7541f5cfu);
    check_fit(PA_SMOOTH, 1);
    CU_ASSERT_EQUAL(bits_of(knot, KNOTS) ^ bits_of(height, KNOTS), 0x6498a1d97a4e779bu);
}

static void check_refused(const char *message)
{
    for (int kind = PA_PLATT; kind <= PA_SMOOTH; kind++) {
        pa_error err = {0};
        CU_ASSERT_EQUAL(fit((pa_calibration)kind, 1, &err), PA_E_DATA);
        CU_ASSERT_STRING_EQUAL(err.message, message);
    }
}

static void test_rows_that_nothing_is_learned_from(void)
{
    draw_rows(500, platt_odds);
    memset(labels, 0, sizeof labels);
    check_refused("logistic regression: no row to learn from is a fraud");
    margins[400] = NAN;
    check_refused("calibration: a margin is nan");
    n_rows = 0;
    check_refused("calibration: there are no rows");
}

static const pa_test tests[] = {
    {"a known line is found", test_a_known_line_is_found},
    {"a known bend is found", test_a_known_bend_is_found},
    {"it goes on beyond the rows", test_it_goes_on_beyond_the_rows},
    {"margins that say the contrary say nothing", test_margins_that_say_the_contrary_say_nothing},
    {"few and odd rows", test_few_and_odd_rows},
    {"separable rows", test_separable_rows},
    {"bits do not depend on the ranks", test_bits_do_not_depend_on_the_ranks},
    {"rows that nothing is learned from", test_rows_that_nothing_is_learned_from},
};
PA_MPI_TEST_MAIN("calibrate", tests)
