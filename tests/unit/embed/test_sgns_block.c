/* Built with all of src/embed/sgns_block*.c in plain C, so for any machine. */
#include "../../../src/embed/sgns_block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { ROWS = 24, MOST_STRIDE = 208, MOST_SHARED = 48, N_KERNELS = 3 };

static const pa_sgns_kernels kernels[N_KERNELS] = {
    {pa_sgns_step_plain, pa_sgns_note_plain},
    {pa_sgns_step_avx2, pa_sgns_note_avx2},
    {pa_sgns_step_avx512, pa_sgns_note_avx512},
};

/* Inputs are rows 0 .. ROWS - 1 of a model, outputs those behind them; few, so that a block meets
 * some of them twice. */
typedef struct {
    pa_sgns_block block;
    float *model;
    float *shared[MOST_SHARED];
    int32_t shared_item[MOST_SHARED], input_item[PA_SGNS_INPUTS];
    float turned[MOST_STRIDE * MOST_SHARED], slope[PA_SGNS_INPUTS * MOST_SHARED];
    float change[PA_SGNS_INPUTS * MOST_STRIDE], zeros[MOST_STRIDE];
} drawn_block;

static float *row_of(const drawn_block *d, int32_t row)
{
    return d->model + row * d->block.stride;
}

static uint64_t below(uint64_t seed, uint64_t *step, uint64_t n)
{
    return pa_draw_below(seed, PA_DRAW_TEST, 1, (*step)++, n);
}

static void draw_pairs(uint64_t seed, uint64_t *step, drawn_block *d)
{
    pa_sgns_block *b = &d->block;
    size_t left = PA_SGNS_PAIRS - b->n_inputs, n = 0;
    for (size_t i = 0; i < b->n_inputs; i++) {
        d->input_item[i] = (int32_t)below(seed, step, ROWS);
        b->input[i] = row_of(d, d->input_item[i]);
        size_t more = below(seed, step, left < 9 ? left + 1 : 9);
        left -= more;
        for (size_t k = 0; k <= more; k++) {
            b->output_item[n] = (int32_t)below(seed, step, ROWS);
            b->output[n] = row_of(d, ROWS + b->output_item[n]);
            n++;
        }
        b->pair[i + 1] = n;
    }
}

/* model: of 2 x ROWS rows, filled here. */
static void draw_block(uint64_t seed, int32_t dim, size_t n_shared, float model[], drawn_block *d)
{
    uint64_t step = 0;
    int32_t stride = (dim + PA_SGNS_FOLD - 1) / PA_SGNS_FOLD * PA_SGNS_FOLD;
    memset(d, 0, sizeof *d);
    d->model = model;
    for (int32_t r = 0; r < 2 * ROWS; r++)
        for (int32_t k = 0; k < stride; k++)
            model[r * stride + k] =
                k < dim ? (float)(pa_uniform(seed, PA_DRAW_TEST, 2, step++) - 0.5) : 0;
    d->block = (pa_sgns_block){.stride = stride,
                               .rate = 0.05f,
                               .share = 5.0f / (float)n_shared,
                               .n_inputs = 1 + below(seed, &step, PA_SGNS_INPUTS),
                               .n_shared = n_shared,
                               .shared = d->shared,
                               .shared_item = d->shared_item,
                               .turned = d->turned,
                               .slope = d->slope,
                               .change = d->change,
                               .zeros = d->zeros};
    draw_pairs(seed, &step, d);
    for (size_t n = 0; n < n_shared; n++) {
        d->shared_item[n] = (int32_t)below(seed, &step, ROWS);
        d->shared[n] = row_of(d, ROWS + d->shared_item[n]);
    }
}

/* ---- the naive twin, in double ---- */

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double product(const drawn_block *d, int32_t input, int32_t output)
{
    double sum = 0;
    const float *x = row_of(d, input), *y = row_of(d, ROWS + output);
    for (int32_t k = 0; k < d->block.stride; k++) sum += (double)x[k] * y[k];
    return sum;
}

/* row += slope x other. */
static void add_row(int32_t stride, double slope, const double other[], double row[])
{
    for (int32_t k = 0; k < stride; k++) row[k] += slope * other[k];
}

/* What a drawn item counts against input i: once for each of its pairs that is not with that item,
 * times its share. */
static double shared_slope(const drawn_block *d, size_t i, size_t n)
{
    const pa_sgns_block *b = &d->block;
    int32_t other = d->shared_item[n], met = 0;
    for (size_t k = b->pair[i]; k < b->pair[i + 1]; k++) met += b->output_item[k] != other;
    return -b->rate * b->share * met * logistic(product(d, d->input_item[i], other));
}

static void step_slowly(const drawn_block *d, double model[])
{
    static double was[2 * ROWS * MOST_STRIDE], change[PA_SGNS_INPUTS][MOST_STRIDE];
    const pa_sgns_block *b = &d->block;
    int32_t stride = b->stride;
    for (int32_t i = 0; i < 2 * ROWS * stride; i++) was[i] = model[i] = d->model[i];
    memset(change, 0, sizeof change);
    for (size_t i = 0; i < b->n_inputs; i++) {
        int32_t x = d->input_item[i];
        for (size_t n = 0; n < b->n_shared; n++)
            add_row(stride, shared_slope(d, i, n), was + (ROWS + d->shared_item[n]) * stride,
                    change[i]);
        for (size_t k = b->pair[i]; k < b->pair[i + 1]; k++) {
            int32_t y = b->output_item[k];
            double slope = b->rate * (1 - logistic(product(d, x, y)));
            add_row(stride, slope, model + (ROWS + y) * stride, change[i]);
            add_row(stride, slope, was + x * stride, model + (ROWS + y) * stride);
        }
    }
    for (size_t i = 0; i < b->n_inputs; i++)
        for (size_t n = 0; n < b->n_shared; n++)
            add_row(stride, shared_slope(d, i, n), was + d->input_item[i] * stride,
                    model + (ROWS + d->shared_item[n]) * stride);
    for (size_t i = 0; i < b->n_inputs; i++)
        add_row(stride, 1, change[i], model + d->input_item[i] * stride);
}

static void check_block(uint64_t seed, int32_t dim, size_t n_shared)
{
    static float model[N_KERNELS][2 * ROWS * MOST_STRIDE];
    static double known[2 * ROWS * MOST_STRIDE];
    static drawn_block d;
    size_t n = 0;
    double off = 0;
    for (int k = 0; k < N_KERNELS; k++) {
        draw_block(seed, dim, n_shared, model[k], &d);
        n = (size_t)(2 * ROWS * d.block.stride);
        if (k == 0) step_slowly(&d, known);
        kernels[k].step(&d.block);
        CU_ASSERT_EQUAL(memcmp(model[0], model[k], n * sizeof *model[k]), 0);
    }
    for (size_t i = 0; i < n; i++) off = fmax(off, fabs(model[0][i] - known[i]));
    CU_ASSERT(off < 2e-6);
}

static void test_blocks_equal_the_naive_twin_at_any_width(void)
{
    static const int32_t dims[] = {1, 15, 16, 17, 32, 50, 64, 96, 100, 128, 150, 200};
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i++)
        for (uint64_t seed = 0; seed < 12; seed++)
            check_block(seed, dims[i], PA_SGNS_SHARED * (1 + seed % 3));
}

/* Products of any size have a slope: no sum overflows, and what is no number stays where it is. */
static void test_large_products_have_slopes(void)
{
    static float model[N_KERNELS][2 * ROWS * MOST_STRIDE];
    static drawn_block d;
    for (int k = 0; k < N_KERNELS; k++) {
        draw_block(1, 20, PA_SGNS_SHARED, model[k], &d);
        size_t n = (size_t)(2 * ROWS * d.block.stride), odd = 0;
        for (size_t i = 0; i < n; i++) model[k][i] *= i % 3 ? 1e6f : -1e6f;
        kernels[k].step(&d.block);
        for (size_t i = 0; i < n; i++) odd += !isfinite(model[k][i]);
        CU_ASSERT_EQUAL(odd, 0);
        CU_ASSERT_EQUAL(memcmp(model[0], model[k], n * sizeof *model[k]), 0);
    }
}

/* ---- whole numbers ---- */

static void test_changes_are_rounded_and_bounded(void)
{
    const float unit = 0x1p21f, most = 0x1p24f;
    float was[PA_SGNS_FOLD] = {0}, now[PA_SGNS_FOLD] = {0};
    const float change[] = {0, 0x1p-21f, -0x1p-21f, 0x1.8p-21f, -0x1.8p-21f, 0x1p-23f, 7.5f,
                            8, 9,        -9,        INFINITY,   -INFINITY,   NAN,      1e30f};
    const int32_t known[] = {0,        1,         -1,        2,        -2,
                             0,        15728640,  16777216,  16777216, -16777216,
                             16777216, -16777216, -16777216, 16777216};
    memcpy(now, change, sizeof change);
    for (int k = 0; k < N_KERNELS; k++) {
        int32_t sum[PA_SGNS_FOLD];
        for (int i = 0; i < PA_SGNS_FOLD; i++) sum[i] = 5;
        kernels[k].note(PA_SGNS_FOLD, was, now, unit, most, sum);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            CU_ASSERT(abs(sum[i] - 5 - known[i]) <= (abs(known[i]) == 16777216));
        CU_ASSERT_EQUAL(sum[1] - 5, 1);
        CU_ASSERT_EQUAL(sum[PA_SGNS_FOLD - 1], 5);
    }
}

static const pa_test tests[] = {
    {"blocks equal the naive twin at any width", test_blocks_equal_the_naive_twin_at_any_width},
    {"large products have slopes", test_large_products_have_slopes},
    {"changes are rounded and bounded", test_changes_are_rounded_and_bounded},
};
PA_TEST_MAIN("sgns_block", tests)
