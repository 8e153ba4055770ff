#include <stdlib.h>
#include <string.h>

#include "iforest_data.h"
#include "paraudit/base/math.h"
#include "paraudit/detect/top_reasons.h"
#include "paraudit/table/column.h"
#include "unit.h"

/* The slow twin: a tree of pointers, in doubles, grown again from the rows of
 * the sample and the drawing rule. It takes over thresholds after it has
 * checked them. */
typedef struct twin {
    int32_t feature; /* -1: leaf */
    double threshold;
    double path; /* expected here; of a leaf, its length */
    int n;       /* rows */
    struct twin *left, *right;
} twin;

typedef struct {
    uint64_t seed;
    int32_t tree;
    const pa_iforest_shape *shape;
    const float *values;
    const int32_t *feature;
    const float *threshold;
    const int32_t *expected;
    size_t faults;
} twin_context;

static double harmonic_path(int n)
{
    double h = 0;
    for (int i = n - 1; i >= 1; i--) h += 1.0 / i;
    return n < 2 ? 0 : 2 * h - 2.0 * (n - 1) / n;
}

static bool varies(const twin_context *c, int32_t f, const int rows[], int n, double *low,
                   double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int i = 0; i < n; i++) {
        double v = c->values[f * c->shape->sample + rows[i]];
        if (isnan(v)) continue;
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
    return *low < *high;
}

/* The feature that the rule draws for this node, or -1. */
static int32_t drawn_feature(const twin_context *c, int32_t place, const int rows[], int n)
{
    double low, high;
    uint64_t n_features = (uint64_t)c->shape->n_features;
    for (uint64_t t = 0; t < 15; t++) {
        uint64_t f = pa_draw_below(c->seed, PA_DRAW_IFOREST_FEATURE, (uint64_t)c->tree,
                                   (uint64_t)place * 16 + t, n_features);
        if (varies(c, (int32_t)f, rows, n, &low, &high)) return (int32_t)f;
    }
    int32_t list[128], n_list = 0;
    for (int32_t f = 0; f < c->shape->n_features; f++)
        if (varies(c, f, rows, n, &low, &high)) list[n_list++] = f;
    if (n_list == 0) return -1;
    return list[pa_draw_below(c->seed, PA_DRAW_IFOREST_FEATURE, (uint64_t)c->tree,
                              (uint64_t)place * 16 + 15, (uint64_t)n_list)];
}

/* In (low, high], and where it was drawn, to the width of the grid. */
static bool good_threshold(const twin_context *c, int32_t place, double t, double low, double high)
{
    if (!(low < t && t <= high)) return false;
    if (isinf(low) || isinf(high)) return true;
    double u = pa_uniform(c->seed, PA_DRAW_IFOREST_CUT, (uint64_t)c->tree, (uint64_t)place);
    double drawn = high - u * (high - low);
    return fabs(t - drawn) <= 0x1p-16 * fmax(fabs(drawn), fabs(t)) + 0x1p-140;
}

/* Which rows go left at a place: of those whose value is missing, as many as in proportion
 * to the others, at even distances. */
static void part_rows(const twin_context *c, int32_t place, const float v[], double t,
                      const int rows[], int n, bool left[])
{
    uint64_t n_left = 0, n_known = 0, n_missing = 0, from = 0;
    for (int i = 0; i < n; i++) {
        left[i] = v[rows[i]] < t;
        n_left += left[i];
        n_known += !isnan(v[rows[i]]);
    }
    if (n_known < (uint64_t)n)
        from = pa_draw_below(c->seed, PA_DRAW_IFOREST_MISSING, (uint64_t)c->tree, (uint64_t)place,
                             n_known);
    for (int i = 0; i < n; i++) {
        if (!isnan(v[rows[i]])) continue;
        uint64_t before = (from + n_missing * n_left) / n_known;
        left[i] = (from + ++n_missing * n_left) / n_known > before;
    }
}

static twin *grow_twin(twin_context *c, int32_t place, int depth, const int rows[], int n)
{
    twin *node = calloc(1, sizeof *node);
    node->feature = -1;
    node->n = n;
    node->path = depth + harmonic_path(n);
    double found = (double)c->expected[place] / PA_IFOREST_UNIT;
    c->faults += fabs(found - node->path) > 0.51 / PA_IFOREST_UNIT;
    node->path = found;
    if (depth == c->shape->depth) return node;
    int32_t f = n > 1 ? drawn_feature(c, place, rows, n) : -1;
    c->faults += c->feature[place] != f;
    if (f < 0 || c->feature[place] != f) return node;
    double low, high, t = c->threshold[place];
    varies(c, f, rows, n, &low, &high);
    c->faults += !good_threshold(c, place, t, low, high);
    int left[4096], right[4096], n_left = 0, n_right = 0;
    bool goes_left[4096];
    part_rows(c, place, c->values + f * c->shape->sample, t, rows, n, goes_left);
    for (int i = 0; i < n; i++) {
        if (goes_left[i])
            left[n_left++] = rows[i];
        else
            right[n_right++] = rows[i];
    }
    c->faults += n_left == 0 || n_right == 0;
    node->feature = f;
    node->threshold = t;
    node->left = grow_twin(c, 2 * place, depth + 1, left, n_left);
    node->right = grow_twin(c, 2 * place + 1, depth + 1, right, n_right);
    return node;
}

static void free_twin(twin *t)
{
    if (!t) return;
    free_twin(t->left);
    free_twin(t->right);
    free(t);
}

/* Where the value is missing: along the side of more rows, with what both sides expect in
 * place of what it expects. */
static double twin_path(const twin *t, const float values[], size_t n, size_t row)
{
    if (t->feature < 0) return t->path;
    double x = values[(size_t)t->feature * n + row];
    if (isnan(x)) {
        const twin *side = t->right->n > t->left->n ? t->right : t->left;
        double both = (t->left->n * t->left->path + t->right->n * t->right->path) / t->n;
        both = floor(both * PA_IFOREST_UNIT + 0.5) / PA_IFOREST_UNIT;
        return twin_path(side, values, n, row) + both - side->path;
    }
    return twin_path(x < t->threshold ? t->left : t->right, values, n, row);
}

/* Grows the forest's twins; adds their paths of n rows to sum. */
static size_t add_twins(const forest_data *f, uint64_t seed, const float values[], size_t n,
                        double sum[])
{
    static int rows[4096];
    size_t faults = 0, heap = (size_t)1 << f->shape.depth;
    for (int i = 0; i < f->shape.sample; i++) rows[i] = i;
    for (int32_t t = 0; t < f->shape.n_trees; t++) {
        size_t one = (size_t)f->shape.n_features * (size_t)f->shape.sample, at = (size_t)t * heap;
        twin_context c = {seed,
                          t,
                          &f->shape,
                          f->samples + (size_t)t * one,
                          f->feature + at,
                          f->threshold + at,
                          f->expected + 2 * at,
                          0};
        twin *root = grow_twin(&c, 1, 0, rows, f->shape.sample);
        for (size_t r = 0; r < n; r++) sum[r] += twin_path(root, values, n, r);
        faults += c.faults;
        free_twin(root);
    }
    return faults;
}

static size_t n_unlike(const int64_t sum[], const double twin_sum[], size_t n)
{
    size_t unlike = 0;
    for (size_t r = 0; r < n; r++) unlike += (double)sum[r] != twin_sum[r] * PA_IFOREST_UNIT;
    return unlike;
}

static void check_against_twins(int32_t n_trees, int32_t n_features, int32_t sample, size_t n)
{
    uint64_t seed = (uint64_t)n_trees * 1000003 + (uint64_t)(n_features * 1009 + sample);
    forest_data f = grow_forest(seed, n_trees, n_features, sample);
    float *values = odd_columns(seed, n_features, n);
    double *twin_sum = calloc(n, sizeof *twin_sum);
    CU_ASSERT_EQUAL(add_twins(&f, seed, values, n, twin_sum), 0);
    for (pa_iforest_path path = PA_IFOREST_BEST; path <= PA_IFOREST_AVX512; path++) {
        if (!pa_iforest_has_path(path)) continue;
        int64_t *sum = sums_of(&f, path, values, n);
        CU_ASSERT_EQUAL(n_unlike(sum, twin_sum, n), 0);
        pa_free(sum);
    }
    free(twin_sum);
    pa_free(values);
    free_forest(&f);
}

static void test_paths_are_those_of_pointer_trees_for_any_number_of_columns(void)
{
    static const int32_t columns[] = {1, 2, 5, 30, 32, 33, 37, 64, 65, 100};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        check_against_twins(18, columns[i], 256, 150);
}

static void test_paths_are_those_of_pointer_trees_for_any_sample(void)
{
    static const int32_t samples[] = {2, 3, 4, 5, 8, 9, 100, 257, 1024, 4096};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        check_against_twins(3, 12, samples[i], 131);
}

static void test_more_trees_than_32_bits_can_add_are_added(void)
{
    check_against_twins(2500, 3, 4, 9);
}

static void test_few_rows_are_scored_as_many_are(void)
{
    forest_data f = grow_forest(5, 7, 9, 64);
    float *values = odd_columns(5, 9, 200);
    int64_t *all = sums_of(&f, PA_IFOREST_BEST, values, 200);
    size_t unlike = 0;
    for (size_t r = 0; r < 200; r++) {
        float row[9];
        for (size_t c = 0; c < 9; c++) row[c] = values[c * 200 + r];
        int64_t *one = sums_of(&f, PA_IFOREST_BEST, row, 1);
        unlike += one[0] != all[r];
        pa_free(one);
    }
    CU_ASSERT_EQUAL(unlike, 0);
    pa_free(all);
    pa_free(values);
    free_forest(&f);
}

static void test_rows_that_are_all_alike_make_no_cut(void)
{
    float values[2 * 8];
    for (int i = 0; i < 16; i++) values[i] = i < 8 ? 4.25f : NAN;
    values[3] = 4.25f;
    pa_iforest_shape shape = {1, 2, 8, 3};
    int32_t feature[8], expected[16];
    float threshold[8];
    grow_tree(1, 0, &shape, values, feature, threshold, expected);
    for (int p = 1; p < 8; p++) CU_ASSERT_EQUAL(feature[p], -1);
    for (int p = 2; p < 16; p++) CU_ASSERT_EQUAL(expected[p], expected[1]);
    CU_ASSERT_DOUBLE_EQUAL(expected[1] / (double)PA_IFOREST_UNIT, harmonic_path(8), 1e-5);
}

static void test_neighbouring_floats_are_told_apart(void)
{
    float values[2] = {1.0f, nextafterf(1.0f, 2.0f)};
    pa_iforest_shape shape = {1, 1, 2, 1};
    int32_t feature[2], expected[4];
    float threshold[2];
    for (int32_t tree = 0; tree < 50; tree++) {
        grow_tree(9, tree, &shape, values, feature, threshold, expected);
        CU_ASSERT_EQUAL(feature[1], 0);
        CU_ASSERT_EQUAL(threshold[1], values[1]);
        CU_ASSERT_EQUAL(expected[2], PA_IFOREST_UNIT);
        CU_ASSERT_EQUAL(expected[3], PA_IFOREST_UNIT);
    }
}

/* 10 columns, of which 1, 4 and 7 vary, so that both ways to draw are taken. */
static void test_root_cuts_are_uniform_over_columns_and_values(void)
{
    enum { TREES = 6000 };
    float values[10 * 4] = {0};
    pa_iforest_shape shape = {TREES, 10, 4, 2};
    int count[10] = {0};
    double at = 0, squares = 0;
    for (int32_t tree = 0; tree < TREES; tree++) {
        int32_t feature[4], expected[8];
        float threshold[4];
        for (int c = 1; c < 10; c += 3) {
            float column[4] = {-3, 5, 1, 0};
            memcpy(values + 4 * c, column, sizeof column);
        }
        grow_tree(77, tree, &shape, values, feature, threshold, expected);
        count[feature[1]]++;
        double u = (threshold[1] + 3) / 8;
        at += u / TREES;
        squares += u * u / TREES;
    }
    double chi_square = 0;
    for (int c = 1; c < 10; c += 3)
        chi_square += (count[c] - TREES / 3) * (count[c] - TREES / 3) / (TREES / 3.0);
    CU_ASSERT_EQUAL(count[1] + count[4] + count[7], TREES);
    CU_ASSERT(chi_square < 13.8); /* 2 degrees of freedom, 1 in 1000 */
    CU_ASSERT_DOUBLE_EQUAL(at, 0.5, 3.3 * sqrt(1.0 / 12 / TREES));
    CU_ASSERT_DOUBLE_EQUAL(squares, 1.0 / 3, 0.013);
}

/* 16 neighbours far from zero, where a step of the grid is wider than all of them
 * together: each of the 15 gaps is cut as often as the others. */
static void test_root_cuts_far_from_zero_are_uniform_too(void)
{
    enum { TREES = 6000, GAPS = 15 };
    float values[GAPS + 1];
    pa_iforest_shape shape = {TREES, 1, GAPS + 1, 4};
    int count[GAPS + 2] = {0};
    for (int i = 0; i <= GAPS; i++) values[i] = 1e7f + (float)i;
    for (int32_t tree = 0; tree < TREES; tree++) {
        int32_t feature[16], expected[32];
        float threshold[16];
        grow_tree(78, tree, &shape, values, feature, threshold, expected);
        float at = threshold[1] - 1e7f;
        count[at >= 0 && at <= GAPS ? (int)at : GAPS + 1]++;
    }
    double chi_square = 0, fair = (double)TREES / GAPS;
    for (int gap = 1; gap <= GAPS; gap++)
        chi_square += (count[gap] - fair) * (count[gap] - fair) / fair;
    CU_ASSERT_EQUAL(count[0] + count[GAPS + 1], 0);
    CU_ASSERT(chi_square < 36.1); /* 14 degrees of freedom, 1 in 1000 */
}

static void test_average_path_of_the_paper(void)
{
    CU_ASSERT_EQUAL(pa_iforest_average_path(0), 0.0);
    CU_ASSERT_EQUAL(pa_iforest_average_path(1), 0.0);
    CU_ASSERT_EQUAL(pa_iforest_average_path(2), 1.0);
    CU_ASSERT_DOUBLE_EQUAL(pa_iforest_average_path(3), 5.0 / 3, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(pa_iforest_average_path(256), 10.248689925634562, 1e-12);
    CU_ASSERT_EQUAL(pa_iforest_depth(2), 1);
    CU_ASSERT_EQUAL(pa_iforest_depth(256), 8);
    CU_ASSERT_EQUAL(pa_iforest_depth(257), 9);
}

static void test_score_falls_with_the_path(void)
{
    pa_error err = {0};
    forest_data f = grow_forest(3, 10, 2, 256);
    pa_iforest_model model = model_of(&f);
    pa_iforest *forest = NULL;
    CU_ASSERT_EQUAL(pa_iforest_open(&model, PA_IFOREST_BEST, &forest, &err), PA_OK);
    double unit = 10.0 * PA_IFOREST_UNIT, c = pa_iforest_average_path(256);
    CU_ASSERT_DOUBLE_EQUAL(pa_iforest_anomaly(forest, (int64_t)(c * unit)), 0.5, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(pa_iforest_anomaly(forest, 0), 1.0, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(pa_iforest_anomaly(forest, (int64_t)unit), pow(2, -1 / c), 1e-12);
    size_t rises = 0;
    for (int64_t sum = 1000000; sum < 1010000; sum++)
        rises += !(pa_iforest_anomaly(forest, sum + 1) < pa_iforest_anomaly(forest, sum));
    CU_ASSERT_EQUAL(rises, 0);
    pa_iforest_free(forest);
    free_forest(&f);
}

static pa_iforest_ways *open_ways(const pa_iforest_model *model)
{
    pa_iforest_ways *ways = NULL;
    CU_ASSERT_EQUAL(pa_iforest_ways_open(model, &ways, NULL), PA_OK);
    return ways;
}

static void test_shares_of_features_add_up_to_the_path_saved(void)
{
    enum { ROWS = 100, COLUMNS = 11 };
    forest_data f = grow_forest(12, 30, COLUMNS, 200);
    pa_iforest_model model = model_of(&f);
    float *values = odd_columns(12, COLUMNS, ROWS);
    int64_t *sum = sums_of(&f, PA_IFOREST_BEST, values, ROWS);
    size_t unlike = 0;
    pa_iforest_ways *ways = open_ways(&model);
    for (size_t r = 0; r < ROWS; r++) {
        float row[COLUMNS];
        int64_t part[COLUMNS], whole = 30 * (int64_t)f.expected[1];
        for (size_t c = 0; c < COLUMNS; c++) row[c] = values[c * ROWS + r];
        unlike += pa_iforest_attribute(ways, row, part) != sum[r];
        unlike += pa_iforest_attribute(ways, row, NULL) != sum[r];
        for (size_t c = 0; c < COLUMNS; c++) whole -= part[c];
        unlike += whole != sum[r];
    }
    CU_ASSERT_EQUAL(unlike, 0);
    pa_iforest_ways_free(ways);
    pa_free(sum);
    pa_free(values);
    free_forest(&f);
}

/* The parts of many rows beside those of each row alone. */
static size_t n_unlike_parts(int32_t n_trees, int32_t n_features, int32_t sample, size_t n)
{
    pa_error err = {0};
    size_t c_all = (size_t)n_features, unlike = 0;
    forest_data f = grow_forest((uint64_t)n, n_trees, n_features, sample);
    pa_iforest_model model = model_of(&f);
    float *values = odd_columns((uint64_t)n, n_features, n), *row = calloc(c_all, sizeof *row);
    int64_t *part = calloc(c_all * n, sizeof *part), *own = calloc(c_all, sizeof *own);
    const float **column = calloc(c_all, sizeof *column);
    pa_iforest_parts *parts = NULL;
    pa_iforest_ways *ways = open_ways(&model);
    for (size_t c = 0; c < c_all; c++) column[c] = values + c * n;
    CU_ASSERT_EQUAL(pa_iforest_parts_open(&model, &parts, &err), PA_OK);
    pa_iforest_parts_of(parts, n, column, part);
    for (size_t r = 0; r < n; r++) {
        for (size_t c = 0; c < c_all; c++) row[c] = column[c][r];
        pa_iforest_attribute(ways, row, own);
        for (size_t c = 0; c < c_all; c++) unlike += part[c * n + r] != own[c];
    }
    pa_iforest_parts_free(parts);
    pa_iforest_ways_free(ways);
    free(row);
    free(part);
    free(own);
    free(column);
    pa_free(values);
    free_forest(&f);
    return unlike;
}

static void test_parts_of_many_rows_are_those_of_each(void)
{
    CU_ASSERT_EQUAL(n_unlike_parts(30, 35, 256, 200), 0);
    CU_ASSERT_EQUAL(n_unlike_parts(3, 100, 4096, 65), 0);
    CU_ASSERT_EQUAL(n_unlike_parts(9, 1, 2, 64), 0);
    CU_ASSERT_EQUAL(n_unlike_parts(5, 7, 100, 1), 0);
    CU_ASSERT_EQUAL(n_unlike_parts(2, 3, 5, 63), 0);
}

/* Each feature a family of its own. */
enum { MOST_ALONE = 8 };
static const int32_t alone_first[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static pa_families alone(size_t n)
{
    PA_ASSERT(n <= MOST_ALONE);
    return (pa_families){n, alone_first, alone_first};
}

/* Sum of the positive parts of a family, and its largest; -1: it has none. */
static int64_t slow_family(const pa_families *f, int32_t k, const int64_t part[], int32_t *largest)
{
    int64_t sum = 0;
    *largest = -1;
    for (int32_t i = f->first[k]; i < f->first[k + 1]; i++) {
        int32_t c = f->member[i];
        sum += part[c] > 0 ? part[c] : 0;
        if (part[c] > 0 && (*largest < 0 || part[c] > part[*largest])) *largest = c;
    }
    return sum;
}

/* The k-th reason: of the families not named yet, the first of the largest sum. */
static int32_t slow_reason(const pa_families *f, const int64_t part[], const int32_t named[], int k)
{
    int32_t most = -1, largest;
    for (int32_t c = 0; c < (int32_t)f->n; c++) {
        bool taken = false;
        for (int i = 0; i < k; i++) taken = taken || named[i] == c;
        int64_t sum = slow_family(f, c, part, &largest);
        if (taken || sum <= 0) continue;
        if (most < 0 || sum > slow_family(f, most, part, &largest)) most = c;
    }
    return most;
}

static void check_reasons(const pa_families *f)
{
    enum { ROWS = 500, COLUMNS = 6 };
    static int64_t part[COLUMNS * ROWS];
    static int32_t reason[PA_REASONS * ROWS];
    static float share[PA_REASONS * ROWS];
    size_t wrong = 0, none = 0;
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        part[i] = (int64_t)pa_draw_below(6, PA_DRAW_TEST, i, 0, 9) - 5;
    pa_top_reasons(f, ROWS, part, reason, share);
    for (size_t r = 0; r < ROWS; r++) {
        int64_t row[COLUMNS], sum = 0;
        int32_t named[PA_REASONS];
        for (size_t c = 0; c < COLUMNS; c++) {
            row[c] = part[c * ROWS + r];
            sum += row[c] > 0 ? row[c] : 0;
        }
        for (int k = 0; k < PA_REASONS; k++) {
            int32_t largest = -1;
            named[k] = slow_reason(f, row, named, k);
            int64_t own = named[k] < 0 ? 0 : slow_family(f, named[k], row, &largest);
            float expected = named[k] < 0 ? 0 : (float)((double)own / (double)sum);
            size_t at = (size_t)k * ROWS + r;
            wrong += reason[at] != largest || share[at] != expected;
            none += named[k] < 0;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(none > 0 && none < 2 * ROWS);
}

static void test_reasons_are_the_largest_positive_parts(void)
{
    const pa_families each = alone(6);
    check_reasons(&each);
}

/*  part    5 4 4 3 3 2     features 1 2 4 are alike, and so are 0 and 5
 *          0 1 1 2 1 0     a family each
 *
 *  family 1: 4 + 4 + 3 = 11, named by feature 1; family 0: 5 + 2, by 0; family 2: 3 */
static void test_features_that_are_alike_are_one_reason(void)
{
    static const int32_t first[] = {0, 2, 5, 6}, member[] = {0, 5, 1, 2, 4, 3};
    static const int64_t part[] = {5, 4, 4, 3, 3, 2};
    static const int32_t expected[PA_REASONS] = {1, 0, 3};
    static const float shares[PA_REASONS] = {11 / 21.0f, 7 / 21.0f, 3 / 21.0f};
    const pa_families families = {3, first, member};
    int32_t reason[PA_REASONS];
    float share[PA_REASONS];
    pa_top_reasons(&families, 1, part, reason, share);
    for (int k = 0; k < PA_REASONS; k++) {
        CU_ASSERT_EQUAL(reason[k], expected[k]);
        CU_ASSERT_EQUAL(share[k], shares[k]);
    }
    check_reasons(&families);
}

/* 255 rows about the origin and one that is far off in column 2 alone. */
static void test_the_odd_row_scores_highest_and_names_its_column(void)
{
    enum { ROWS = 256, COLUMNS = 4, ODD = 100 };
    pa_error err = {0};
    static float values[COLUMNS * ROWS];
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        values[i] = (float)(pa_uniform(1, PA_DRAW_TEST, i, 0) + pa_uniform(2, PA_DRAW_TEST, i, 0));
    values[2 * ROWS + ODD] = 40.0f;
    forest_data f = grow_forest(12, 100, COLUMNS, ROWS);
    for (int32_t t = 0; t < 100; t++)
        grow_tree(4, t, &f.shape, values, f.feature + 256 * t, f.threshold + 256 * t,
                  f.expected + 512 * t);
    int64_t *sum = sums_of(&f, PA_IFOREST_BEST, values, ROWS);
    size_t shorter = 0;
    for (size_t r = 0; r < ROWS; r++) shorter += r != ODD && sum[r] <= sum[ODD];
    CU_ASSERT_EQUAL(shorter, 0);
    pa_iforest_model model = model_of(&f);
    float row[COLUMNS];
    int64_t part[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) row[c] = values[c * ROWS + ODD];
    pa_iforest_ways *ways = open_ways(&model);
    pa_iforest_attribute(ways, row, part);
    pa_iforest_ways_free(ways);
    for (size_t c = 0; c < COLUMNS; c++) CU_ASSERT(c == 2 || part[c] < part[2]);
    int32_t reason[PA_REASONS];
    float share[PA_REASONS];
    const pa_families each = alone(COLUMNS);
    pa_top_reasons(&each, 1, part, reason, share);
    CU_ASSERT_EQUAL(reason[0], 2);
    CU_ASSERT(share[0] > 0.5f && share[0] <= 1);
    CU_ASSERT_EQUAL(err.status, PA_OK);
    pa_free(sum);
    free_forest(&f);
}

/* Smooth values about the origin; of the second half of n rows, two fifths are missing. */
static float *half_lacking(uint64_t seed, size_t n_columns, size_t n)
{
    float *values = calloc(n_columns * n, sizeof *values);
    for (size_t i = 0; i < n_columns * n; i++) {
        double u = pa_uniform(seed, PA_DRAW_TEST, i, 0), v = pa_uniform(seed, PA_DRAW_TEST, i, 1);
        bool missing = i % n >= n / 2 && pa_uniform(seed, PA_DRAW_TEST, i, 2) < 0.4;
        values[i] = missing ? NAN : (float)pa_ln(u / (1 - u) + 1e-9) * (float)(v > 0.9 ? 3 : 1);
    }
    return values;
}

/* Rows of one kind, half of them with gaps: how often one with gaps looks odder. */
static void test_rows_look_neither_odder_nor_less_odd_for_their_gaps(void)
{
    enum { TREES = 100, ROWS = 1000, COLUMNS = 12, SAMPLE = 256 };
    forest_data f = grow_forest(21, TREES, COLUMNS, SAMPLE);
    for (int32_t t = 0; t < TREES; t++) {
        float *values = half_lacking(100 + (uint64_t)t, COLUMNS, SAMPLE);
        grow_tree(21, t, &f.shape, values, f.feature + SAMPLE * t, f.threshold + SAMPLE * t,
                  f.expected + 2 * SAMPLE * t);
        free(values);
    }
    float *values = half_lacking(22, COLUMNS, ROWS);
    int64_t *sum = sums_of(&f, PA_IFOREST_BEST, values, ROWS);
    double odder = 0;
    for (size_t a = 0; a < ROWS / 2; a++)
        for (size_t b = ROWS / 2; b < ROWS; b++) odder += sum[b] < sum[a];
    odder /= ROWS / 2 * (ROWS / 2);
    CU_ASSERT(odder > 0.42 && odder < 0.58);
    pa_free(sum);
    free(values);
    free_forest(&f);
}

/* Three rows; the value of column a is missing in the second:
 *
 *     part of a   9   4  -1
 *     part of b   3   2   5    the second row has one reason, b */
static void test_a_missing_value_is_no_reason(void)
{
    const float a[] = {1, NAN, 2}, b[] = {1, 2, 3}, *const column[] = {a, b};
    int64_t part[] = {9, 4, -1, 3, 2, 5};
    int32_t reason[PA_REASONS * 3];
    float share[PA_REASONS * 3];
    pa_drop_missing(2, 3, column, part);
    const pa_families each = alone(2);
    pa_top_reasons(&each, 3, part, reason, share);
    CU_ASSERT_EQUAL(reason[0], 0);
    CU_ASSERT_EQUAL(reason[1], 1);
    CU_ASSERT_EQUAL(share[1], 1);
    CU_ASSERT_EQUAL(reason[3 + 1], -1);
    CU_ASSERT_EQUAL(part[1], 0);
    CU_ASSERT_EQUAL(part[0] == 9 && part[2] == -1 && part[4] == 2, true);
}

static void refuse(const forest_data *f, const char *words)
{
    pa_error err = {0};
    pa_iforest *forest = NULL;
    pa_iforest_model model = model_of(f);
    CU_ASSERT_EQUAL(pa_iforest_open(&model, PA_IFOREST_BEST, &forest, &err), PA_E_DATA);
    CU_ASSERT_PTR_NULL(forest);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, words));
}

static void test_arrays_that_are_no_forest_are_refused(void)
{
    forest_data f = grow_forest(2, 3, 2, 16);
    CU_ASSERT(f.feature[1] >= 0);
    int32_t feature = f.feature[1];
    f.feature[1] = 2;
    refuse(&f, "feature 2 of 2");
    f.feature[1] = feature;
    float threshold = f.threshold[1];
    f.threshold[1] = NAN;
    refuse(&f, "not a number");
    f.threshold[1] = threshold;
    f.expected[40] = INT32_MAX;
    refuse(&f, "tree 1 has a path");
    f.expected[40] = 0;
    f.shape.depth = 5;
    refuse(&f, "depth 5");
    pa_error err = {0};
    pa_iforest_parts *parts = NULL;
    pa_iforest_model model = model_of(&f);
    CU_ASSERT_EQUAL(pa_iforest_parts_open(&model, &parts, &err), PA_E_DATA);
    CU_ASSERT_PTR_NULL(parts);
    free_forest(&f);
}

static const pa_test tests[] = {
    {"paths are those of pointer trees for any number of columns",
     test_paths_are_those_of_pointer_trees_for_any_number_of_columns},
    {"paths are those of pointer trees for any sample",
     test_paths_are_those_of_pointer_trees_for_any_sample},
    {"more trees than 32 bits can add are added", test_more_trees_than_32_bits_can_add_are_added},
    {"few rows are scored as many are", test_few_rows_are_scored_as_many_are},
    {"rows that are all alike make no cut", test_rows_that_are_all_alike_make_no_cut},
    {"neighbouring floats are told apart", test_neighbouring_floats_are_told_apart},
    {"root cuts are uniform over columns and values",
     test_root_cuts_are_uniform_over_columns_and_values},
    {"root cuts far from zero are uniform too", test_root_cuts_far_from_zero_are_uniform_too},
    {"average path of the paper", test_average_path_of_the_paper},
    {"score falls with the path", test_score_falls_with_the_path},
    {"shares of features add up to the path saved",
     test_shares_of_features_add_up_to_the_path_saved},
    {"parts of many rows are those of each", test_parts_of_many_rows_are_those_of_each},
    {"reasons are the largest positive parts", test_reasons_are_the_largest_positive_parts},
    {"features that are alike are one reason", test_features_that_are_alike_are_one_reason},
    {"the odd row scores highest and names its column",
     test_the_odd_row_scores_highest_and_names_its_column},
    {"rows look neither odder nor less odd for their gaps",
     test_rows_look_neither_odder_nor_less_odd_for_their_gaps},
    {"a missing value is no reason", test_a_missing_value_is_no_reason},
    {"arrays that are no forest are refused", test_arrays_that_are_no_forest_are_refused},
};
PA_TEST_MAIN("iforest", tests)
