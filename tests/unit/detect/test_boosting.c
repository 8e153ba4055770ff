#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "boosting_bins.h"
#include "boosting_shapley.h"
#include "boosting_sums.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/boosting.h"
#include "unit.h"

enum { MOST_DEPTH = 10, MOST_TREES = 6, HEAP = 1 << MOST_DEPTH, COLUMNS = 10, ROWS = 300 };

static double draw(uint64_t a, uint64_t b)
{
    return pa_uniform(5, PA_DRAW_TEST, a, b);
}

/* ---- drawn trees ---- */

typedef struct {
    pa_boosting_model model;
    int32_t feature[MOST_TREES * HEAP];
    float threshold[MOST_TREES * HEAP];
    int8_t missing[MOST_TREES * HEAP];
    double value[2 * MOST_TREES * HEAP];
    int64_t rows[2 * MOST_TREES * HEAP];
} forest;

static void grow(forest *f, uint64_t id, size_t tree, size_t place, int64_t rows)
{
    size_t n = (size_t)1 << f->model.shape.depth, at = tree * n + place;
    uint64_t node = id * 100000 + at;
    f->rows[tree * 2 * n + place] = rows;
    f->value[tree * 2 * n + place] = 4 * draw(node, 1) - 2;
    if (place >= n) return;
    f->feature[at] = -1;
    if (rows < 2 || draw(node, 2) < 0.1) return;
    f->feature[at] = (int32_t)(draw(node, 3) * f->model.shape.n_features);
    f->threshold[at] = draw(node, 4) < 0.1 ? NAN : (float)draw(node, 5);
    f->missing[at] = draw(node, 6) < 0.5;
    int64_t left = 1 + (int64_t)(draw(node, 7) * (double)(rows - 1));
    grow(f, id, tree, 2 * place, left);
    grow(f, id, tree, 2 * place + 1, rows - left);
}

/* Trees number `id`: the same for the same id. */
static void make_forest(forest *f, uint64_t id, pa_boosting_shape shape)
{
    memset(f, 0, sizeof *f);
    memset(f->feature, -1, sizeof f->feature);
    f->model =
        (pa_boosting_model){shape, 0.25, f->feature, f->threshold, f->missing, f->value, f->rows};
    for (size_t t = 0; t < (size_t)(shape.n_rounds * shape.n_bags); t++)
        grow(f, id, t, 1, (int64_t)(1 + draw(id, t) * 1e6));
}

static float values[COLUMNS][ROWS];
static const float *column[COLUMNS];

/* Some values are missing or infinite, others are thresholds' equals or negative zeros. */
static void fill_columns(uint64_t id)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        column[c] = values[c];
        for (size_t r = 0; r < ROWS; r++) {
            double u = draw(id * 1000 + c, 1000 + r);
            float v = (float)draw(id * 1000 + c, 5000 + r);
            values[c][r] = u < 0.15 ? NAN : u < 0.2 ? INFINITY : u < 0.25 ? -INFINITY : v;
        }
    }
    values[0][0] = -0.0f;
    values[1][0] = 3e38f;
}

/* ---- slow twins ---- */

static bool goes_left(const forest *f, size_t at, float v)
{
    if (isnan(v)) return f->missing[at] != 0;
    return isnan(f->threshold[at]) || v < f->threshold[at];
}

static double slow_margin(const forest *f, size_t row)
{
    size_t n = (size_t)1 << f->model.shape.depth;
    double sum = 0;
    for (size_t t = 0; t < (size_t)(f->model.shape.n_rounds * f->model.shape.n_bags); t++) {
        size_t p = 1;
        while (p < n && f->feature[t * n + p] >= 0)
            p = 2 * p + !goes_left(f, t * n + p, values[f->feature[t * n + p]][row]);
        sum += f->value[t * 2 * n + p];
    }
    return 0.25 + sum / f->model.shape.n_bags;
}

/* What is to be expected at a place where the columns of the set are known. */
static double expect(const forest *f, size_t tree, size_t place, size_t row, uint32_t known)
{
    size_t n = (size_t)1 << f->model.shape.depth, at = tree * n + place;
    const int64_t *rows = f->rows + tree * 2 * n;
    if (place >= n || f->feature[at] < 0) return f->value[tree * 2 * n + place];
    if (known >> f->feature[at] & 1) {
        bool right = !goes_left(f, at, values[f->feature[at]][row]);
        return expect(f, tree, 2 * place + right, row, known);
    }
    double left = expect(f, tree, 2 * place, row, known);
    double right = expect(f, tree, 2 * place + 1, row, known);
    return ((double)rows[2 * place] * left + (double)rows[2 * place + 1] * right) /
           (double)rows[place];
}

/* Over all sets of columns, by the definition. */
static double slow_part(const double expected[], int n_columns, int c)
{
    double sum = 0;
    for (uint32_t set = 0; set < 1u << n_columns; set++) {
        double odds = 1.0 / n_columns;
        int k = 0;
        if (set >> c & 1) continue;
        for (int i = 0; i < n_columns; i++)
            if (set >> i & 1) {
                k++;
                odds = odds * k / (n_columns - k);
            }
        sum += odds * (expected[set | 1u << c] - expected[set]);
    }
    return sum;
}

/* ---- scores and parts ---- */

static void test_margins_are_those_of_walking_the_trees(void)
{
    static forest f;
    size_t wrong = 0;
    for (uint64_t id = 1; id < 40; id++) {
        int32_t depth = 1 + (int32_t)(id % MOST_DEPTH);
        make_forest(&f, id, (pa_boosting_shape){2, 1 + (int32_t)(id % 3), COLUMNS, depth});
        fill_columns(id);
        size_t n = id % 4 == 0 ? 1 : id % 4 == 1 ? 129 : ROWS;
        double margin[ROWS];
        pa_boosting *b = NULL;
        CU_ASSERT_EQUAL_FATAL(pa_boosting_open(&f.model, &b, NULL), PA_OK);
        pa_boosting_score(b, n, column, margin);
        for (size_t r = 0; r < n; r++) wrong += margin[r] != slow_margin(&f, r);
        pa_boosting_free(b);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void find_parts(const forest *f, size_t n, double part[])
{
    pa_boosting_parts *p = NULL;
    CU_ASSERT_EQUAL_FATAL(pa_boosting_parts_open(&f->model, &p, NULL), PA_OK);
    pa_boosting_parts_of(p, n, column, part);
    pa_boosting_parts_free(p);
}

/* Differences to the values by the definition beyond 1e-9, in one row. */
static size_t unlike_parts(const forest *f, size_t n, size_t row, const double part[])
{
    static double expected[1 << COLUMNS];
    int n_columns = f->model.shape.n_features;
    size_t n_trees = (size_t)(f->model.shape.n_rounds * f->model.shape.n_bags), unlike = 0;
    for (uint32_t set = 0; set < 1u << n_columns; set++) {
        expected[set] = 0;
        for (size_t t = 0; t < n_trees; t++) expected[set] += expect(f, t, 1, row, set);
        expected[set] /= f->model.shape.n_bags;
    }
    double all = expected[(1u << n_columns) - 1] - expected[0], sum = 0;
    for (int c = 0; c < n_columns; c++) {
        unlike += !(fabs(part[(size_t)c * n + row] - slow_part(expected, n_columns, c)) < 1e-9);
        sum += part[(size_t)c * n + row];
    }
    return unlike + !(fabs(sum - all) < 1e-9);
}

static void test_parts_are_shapley_values(void)
{
    static forest f;
    static double part[COLUMNS * ROWS];
    size_t unlike = 0;
    for (uint64_t id = 1; id <= 60; id++) {
        int32_t depth = 1 + (int32_t)(id % 8), n_columns = 1 + (int32_t)(id % COLUMNS);
        make_forest(&f, id, (pa_boosting_shape){2, 1 + (int32_t)(id % 2), n_columns, depth});
        fill_columns(id);
        find_parts(&f, 4, part);
        for (size_t r = 0; r < 4; r++) unlike += unlike_parts(&f, 4, r, part);
    }
    make_forest(&f, 99, (pa_boosting_shape){1, 1, COLUMNS, MOST_DEPTH});
    find_parts(&f, ROWS, part);
    for (size_t r = 0; r < ROWS; r += 149) unlike += unlike_parts(&f, ROWS, r, part);
    CU_ASSERT_EQUAL(unlike, 0);
}

/* A leaf of two columns with even odds, which agree: each earns half of what is paid above
 * a quarter. */
static void test_a_leaf_is_shared_by_hand(void)
{
    const double share[] = {0.5, 0.5};
    double value[2];
    pa_boosting_shapley(2, share, 3, value);
    CU_ASSERT_DOUBLE_EQUAL(value[0], 0.375, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(value[1], 0.375, 1e-15);
    pa_boosting_shapley(2, share, 1, value);
    CU_ASSERT_DOUBLE_EQUAL(value[0], 0.125, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(value[1], -0.375, 1e-15);
}

/* ---- models that are none ---- */

static void refuse(const forest *f)
{
    pa_boosting *b = NULL;
    pa_boosting_parts *p = NULL;
    CU_ASSERT_EQUAL(pa_boosting_open(&f->model, &b, NULL), PA_E_DATA);
    CU_ASSERT_EQUAL(pa_boosting_parts_open(&f->model, &p, NULL), PA_E_DATA);
    CU_ASSERT_PTR_NULL(b);
    CU_ASSERT_PTR_NULL(p);
}

static void test_what_is_no_model_is_refused(void)
{
    static forest f;
    const pa_boosting_shape good = {2, 1, 3, 3},
                            bad[] = {{-1, 1, 3, 3},    {2, 0, 3, 3},    {2, 101, 3, 3},
                                     {2, 1, 0, 3},     {2, 1, 3, 0},    {2, 1, 3, 11},
                                     {10001, 1, 3, 3}, {2, 1, 40000, 3}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        make_forest(&f, 1, good);
        f.model.shape = bad[i];
        refuse(&f);
    }
    make_forest(&f, 1, good);
    pa_boosting *b = NULL;
    CU_ASSERT_EQUAL(pa_boosting_open(&f.model, &b, NULL), PA_OK);
    pa_boosting_free(b);
    f.feature[1] = 3;
    refuse(&f);
    make_forest(&f, 1, good);
    f.feature[9] = -2;
    refuse(&f);
    make_forest(&f, 1, good);
    f.missing[2] = 2;
    refuse(&f);
    make_forest(&f, 1, good);
    f.value[20] = NAN;
    refuse(&f);
    make_forest(&f, 1, good);
    f.value[5] = 65;
    refuse(&f);
    make_forest(&f, 1, good);
    f.feature[1] = 0;
    f.rows[2]++;
    refuse(&f);
    make_forest(&f, 1, good);
    f.rows[17] = -1;
    refuse(&f);
    make_forest(&f, 1, good);
    f.model.start = NAN;
    refuse(&f);
}

/* ---- bins ---- */

static size_t slow_bin(const pa_boosting_edges *e, size_t c, float v)
{
    size_t n = pa_boosting_value_bins(e, c), bin = 0;
    if (isnan(v)) return n;
    for (int64_t i = e->first[c]; i < e->first[c + 1]; i++) bin += e->edge[i] <= v;
    return bin;
}

static void test_bins_count_the_edges_below(void)
{
    int64_t first[] = {0, 0, 1, 8, 1008};
    float edge[1008] = {0.5f, -INFINITY, -1, -0.5f, 0, 0.5f, 2, INFINITY};
    pa_boosting_edges e = {4, first, edge};
    pa_boosting_rows rows;
    size_t wrong = 0;
    for (int i = 0; i < 1000; i++) edge[8 + i] = (float)i / 1000;
    fill_columns(7);
    for (size_t r = 0; r < ROWS; r += 7) values[2][r] = edge[1 + r % 7];
    CU_ASSERT_EQUAL_FATAL(pa_boosting_rows_new(&rows, ROWS, 4, NULL), PA_OK);
    for (size_t c = 0; c < 4; c++) {
        pa_boosting_bin(&e, c, 0, 201, values[c], &rows);
        pa_boosting_bin(&e, c, 201, ROWS - 201, values[c] + 201, &rows);
    }
    for (size_t c = 0; c < 4; c++)
        for (size_t r = 0; r < ROWS; r++) {
            wrong += rows.bin[r * rows.stride + c] != slow_bin(&e, c, values[c][r]);
            wrong += rows.by_column[c * ROWS + r] != slow_bin(&e, c, values[c][r]);
        }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_boosting_rows_free(&rows);
}

static void test_ordinals_ascend_and_are_single_at_the_ends(void)
{
    static int64_t ordinal[4096];
    const int64_t counts[] = {1, 17, 4096, 4097, 5000, 1000000, (int64_t)1 << 40};
    for (size_t max = 16; max <= 4096; max *= 4)
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            size_t n = pa_boosting_ordinals(counts[k], max, ordinal), wrong = 0;
            for (size_t i = 1; i < n; i++) wrong += ordinal[i] <= ordinal[i - 1];
            for (size_t i = 0; i < max / 8 && i < n; i++)
                wrong +=
                    ordinal[i] != (int64_t)i || ordinal[n - 1 - i] != counts[k] - 1 - (int64_t)i;
            CU_ASSERT(n <= max && wrong == 0);
        }
}

/* ---- cuts ---- */

enum { BINS = 12 };

/* The gain of bins up to `bin` on the left, as the header says it; negative: not allowed. */
static double slow_gain(const pa_boosting_sum sum[], size_t bin, bool missing_left,
                        const pa_boosting_limits *limits)
{
    double one = PA_BOOSTING_ONE, l2 = limits->l2 * one;
    pa_boosting_sum left = {0, 0}, total = {0, 0};
    for (size_t b = 0; b <= BINS; b++) {
        total += sum[b];
        if (b < BINS ? b <= bin : missing_left) left += sum[b];
    }
    double g = (double)left[0], h = (double)left[1];
    double other = (double)(total[0] - left[0]), rest = (double)(total[1] - left[1]);
    double all = (double)total[0] * (double)total[0] / ((double)total[1] + l2);
    if (left[1] < limits->least_hessian || total[1] - left[1] < limits->least_hessian) return -1;
    double both = (g * g * (rest + l2) + other * other * (h + l2)) / ((h + l2) * (rest + l2));
    return (both - all) / one;
}

static void test_the_best_cut_is_that_of_trying_all(void)
{
    pa_boosting_scanner s = {0};
    size_t wrong = 0;
    CU_ASSERT_EQUAL_FATAL(pa_boosting_scanner_new(&s, BINS, NULL), PA_OK);
    for (uint64_t id = 0; id < 500; id++) {
        pa_boosting_sum sum[BINS + 1] = {{0, 0}};
        pa_boosting_whole whole = {.range = {-INFINITY, INFINITY}};
        pa_boosting_limits limits = {(double)(id % 3), 1e-6, 1 + (int64_t)(id % 2) * 3000000000};
        for (size_t b = 0; b <= BINS; b++) {
            if (draw(id, 100 + b) < 0.3) continue; /* an empty bin */
            sum[b][0] = (int64_t)((draw(id, 200 + b) - 0.5) * 8e9);
            sum[b][1] = 1 + (int64_t)(draw(id, 300 + b) * 4e9);
            whole.total += sum[b];
        }
        pa_boosting_split best = {.column = INT32_MAX};
        pa_boosting_scan(&s, &limits, &(pa_boosting_column){3, 0, BINS}, sum, &whole, &best);
        double most = 0;
        for (size_t b = 0; b < BINS; b++)
            for (int left = 0; left < 2; left++) {
                double gain = slow_gain(sum, b, left, &limits);
                if (gain > most && gain > 1e-6) most = gain;
            }
        wrong += best.gain != most;
        if (most > 0) wrong += slow_gain(sum, (size_t)best.bin, best.missing_left, &limits) != most;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_boosting_scanner_free(&s);
}

/* bins  0 1 2 3 4 5, rows in 0 and 5 alone: the cut lies in the middle. */
static void test_a_cut_lies_in_the_middle_of_empty_bins(void)
{
    pa_boosting_scanner s = {0};
    const pa_boosting_limits limits = {1, 0, 1};
    const pa_boosting_sum one = {1000000000, 200000000}, none = {0, 0};
    const pa_boosting_sum sum[] = {one, none, none, none, none, {-one[0], one[1]}, none};
    const pa_boosting_whole whole = {{0, 2 * one[1]}, {-INFINITY, INFINITY}};
    pa_boosting_split best = {.column = INT32_MAX};
    CU_ASSERT_EQUAL_FATAL(pa_boosting_scanner_new(&s, 6, NULL), PA_OK);
    pa_boosting_scan(&s, &limits, &(pa_boosting_column){0, 0, 6}, sum, &whole, &best);
    CU_ASSERT_EQUAL(best.bin, 2);
    CU_ASSERT_EQUAL(best.left_gradient, one[0]);
    pa_boosting_scanner_free(&s);
}

static void test_missing_values_alone_may_be_parted(void)
{
    pa_boosting_scanner s = {0};
    const pa_boosting_limits limits = {1, 0, 1};
    const pa_boosting_sum sum[] = {{1000000000, 200000000}, {-1000000000, 200000000}};
    const pa_boosting_whole whole = {sum[0] + sum[1], {-INFINITY, INFINITY}};
    pa_boosting_split best = {.column = INT32_MAX};
    CU_ASSERT_EQUAL_FATAL(pa_boosting_scanner_new(&s, 1, NULL), PA_OK);
    pa_boosting_scan(&s, &limits, &(pa_boosting_column){0, 0, 1}, sum, &whole, &best);
    CU_ASSERT_EQUAL(best.bin, 0);
    CU_ASSERT_EQUAL(best.missing_left, 0);
    CU_ASSERT(best.gain > 0);
    pa_boosting_scanner_free(&s);
}

static void test_slopes_are_those_of_the_logistic_loss(void)
{
    pa_boosting_entry e;
    for (double m = -30; m <= 30; m += 0.37) {
        double p = 1 / (1 + exp(-m));
        for (uint8_t label = 0; label < 2; label++) {
            pa_boosting_slope(m, label, &e);
            CU_ASSERT_DOUBLE_EQUAL(e.gradient, (p - label) * PA_BOOSTING_ONE, 1.01);
            CU_ASSERT_DOUBLE_EQUAL(e.hessian, p * (1 - p) * PA_BOOSTING_ONE, 1.01);
        }
    }
    pa_boosting_slope(-1e6, 1, &e);
    CU_ASSERT_EQUAL(e.gradient, -PA_BOOSTING_ONE);
    CU_ASSERT_EQUAL(e.hessian, 1);
    pa_boosting_slope(1e6, 1, &e);
    CU_ASSERT_EQUAL(e.gradient, 0);
    CU_ASSERT_EQUAL(e.hessian, 1);
}

static const pa_test tests[] = {
    {"margins are those of walking the trees", test_margins_are_those_of_walking_the_trees},
    {"parts are Shapley values", test_parts_are_shapley_values},
    {"a leaf is shared by hand", test_a_leaf_is_shared_by_hand},
    {"what is no model is refused", test_what_is_no_model_is_refused},
    {"bins count the edges below", test_bins_count_the_edges_below},
    {"ordinals ascend and are single at the ends", test_ordinals_ascend_and_are_single_at_the_ends},
    {"the best cut is that of trying all", test_the_best_cut_is_that_of_trying_all},
    {"a cut lies in the middle of empty bins", test_a_cut_lies_in_the_middle_of_empty_bins},
    {"missing values alone may be parted", test_missing_values_alone_may_be_parted},
    {"slopes are those of the logistic loss", test_slopes_are_those_of_the_logistic_loss},
};
PA_TEST_MAIN("boosting", tests)
