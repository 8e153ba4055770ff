#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/ecod.h"
#include "unit.h"

enum { ROWS = 600, COLUMNS = 6, MANY = 20000 };

/* By column: smooth, few values, neighbouring floats, NaN and infinities, alike,
 * all NaN. */
static float value_at(size_t column, size_t row)
{
    double u = pa_uniform(1, PA_DRAW_TEST, column, row);
    switch (column) {
    case 0:
        return (float)(u * u);
    case 1:
        return (float)(int)(u * 5) - 2.0f;
    case 2:
        return 1.0f + (float)(int)(u * 9) * 0x1p-23f;
    case 3:
        return u < 0.2 ? NAN : u < 0.3 ? INFINITY : u < 0.35 ? -INFINITY : (float)(u - 0.6);
    case 4:
        return -0.0f;
    default:
        return NAN;
    }
}

static float column_values[COLUMNS][ROWS];

static void fill_columns(void)
{
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t r = 0; r < ROWS; r++) column_values[c][r] = value_at(c, r);
}

static double slow_side(size_t count, size_t n)
{
    return -log(count ? (double)count / (double)n : 1 / ((double)n + 1));
}

/* The slow twin: counts over all fitting values of the column. */
static double known_part(size_t n, const float fitted[], float x)
{
    size_t known = 0, at_most = 0, at_least = 0;
    for (size_t i = 0; i < n; i++) {
        known += !isnan(fitted[i]);
        at_most += fitted[i] <= x;
        at_least += fitted[i] >= x;
    }
    if (known == 0) return 0;
    return fmax(slow_side(at_most, known), slow_side(at_least, known));
}

/* Of a value that is missing, the mean of the others. */
static double slow_part(size_t n, const float fitted[], float x)
{
    double sum = 0, known = 0;
    if (!isnan(x)) return known_part(n, fitted, x);
    for (size_t i = 0; i < n; i++) {
        if (isnan(fitted[i])) continue;
        sum += known_part(n, fitted, fitted[i]);
        known++;
    }
    return known > 0 ? sum / known : 0;
}

/* ---- models from values ---- */

typedef struct {
    pa_ecod_model model;
    int64_t first[COLUMNS + 1], rows[COLUMNS];
    float *value;
    int64_t *below, *up_to;
} test_model;

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void add_column(test_model *t, size_t c, size_t n, const float values[], size_t max_knots)
{
    float *sorted = pa_alloc(n, sizeof *sorted, NULL);
    int64_t *ordinal = pa_alloc(max_knots, sizeof *ordinal, NULL);
    int64_t known = 0, k = t->first[c];
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) sorted[known++] = values[i];
    qsort(sorted, (size_t)known, sizeof *sorted, by_value);
    size_t n_ordinals = known ? pa_ecod_ordinals(known, max_knots, ordinal) : 0;
    for (size_t i = 0; i < n_ordinals; i++) {
        float v = sorted[ordinal[i]];
        if (k > t->first[c] && t->value[k - 1] == v) continue;
        t->value[k] = v;
        for (int64_t j = 0; j < known; j++) {
            t->below[k] += sorted[j] < v;
            t->up_to[k] += sorted[j] <= v;
        }
        k++;
    }
    t->rows[c] = known;
    t->first[c + 1] = k;
    pa_free(sorted);
    pa_free(ordinal);
}

/* columns: n_columns x n. */
static void make_model(test_model *t, size_t n_columns, size_t n, const float *columns,
                       size_t max_knots)
{
    *t = (test_model){0};
    t->value = pa_alloc(n_columns * max_knots, sizeof *t->value, NULL);
    t->below = pa_alloc(n_columns * max_knots, sizeof *t->below, NULL);
    t->up_to = pa_alloc(n_columns * max_knots, sizeof *t->up_to, NULL);
    for (size_t c = 0; c < n_columns; c++) add_column(t, c, n, columns + c * n, max_knots);
    t->model = (pa_ecod_model){n_columns, t->first, t->rows, t->value, t->below, t->up_to};
}

static void free_model(test_model *t)
{
    pa_free(t->value);
    pa_free(t->below);
    pa_free(t->up_to);
}

static pa_ecod *open_model(const test_model *t)
{
    pa_ecod *e = NULL;
    CU_ASSERT_EQUAL(pa_ecod_open(&t->model, &e, NULL), PA_OK);
    return e;
}

static size_t count_far(const pa_ecod *e, size_t n, const float *const column[])
{
    static float part[COLUMNS * ROWS], score[ROWS];
    size_t far = 0;
    pa_ecod_score(e, n, column, score, part);
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t r = 0; r < n; r++)
            far += fabs((double)part[c * n + r] - slow_part(ROWS, column_values[c], column[c][r])) >
                   1e-6;
    return far;
}

/* ---- tests ---- */

static void test_parts_of_fitting_rows_are_the_counts(void)
{
    test_model t;
    const float *column[COLUMNS];
    fill_columns();
    for (size_t c = 0; c < COLUMNS; c++) column[c] = column_values[c];
    make_model(&t, COLUMNS, ROWS, column_values[0], ROWS);
    pa_ecod *e = open_model(&t);
    CU_ASSERT_EQUAL(count_far(e, ROWS, column), 0);
    pa_ecod_free(e);
    free_model(&t);
}

/* Values below, between and above those that were met, NaN and infinities. */
static void test_parts_of_other_rows_are_the_counts(void)
{
    enum { N = 400 };
    static float values[COLUMNS][N];
    test_model t;
    const float *column[COLUMNS];
    fill_columns();
    for (size_t c = 0; c < COLUMNS; c++) {
        column[c] = values[c];
        for (size_t i = 0; i < N; i++) values[c][i] = ((float)i - 200) / 60;
        values[c][0] = NAN;
        values[c][1] = INFINITY;
        values[c][2] = -INFINITY;
        values[c][3] = -0.0f;
        values[c][4] = nextafterf(1, 2);
        values[c][5] = 1 + 0x1p-24f;
    }
    make_model(&t, COLUMNS, ROWS, column_values[0], ROWS);
    pa_ecod *e = open_model(&t);
    CU_ASSERT_EQUAL(count_far(e, N, column), 0);
    pa_ecod_free(e);
    free_model(&t);
}

static void test_score_is_the_sum_of_the_parts(void)
{
    static float part[COLUMNS * ROWS], score[ROWS], alone[ROWS];
    test_model t;
    const float *column[COLUMNS];
    size_t wrong = 0;
    fill_columns();
    for (size_t c = 0; c < COLUMNS; c++) column[c] = column_values[c];
    make_model(&t, COLUMNS, ROWS, column_values[0], ROWS);
    pa_ecod *e = open_model(&t);
    pa_ecod_score(e, ROWS, column, score, part);
    pa_ecod_score(e, ROWS, column, alone, NULL);
    for (size_t r = 0; r < ROWS; r++) {
        double sum = 0;
        for (size_t c = 0; c < COLUMNS; c++) sum += (double)part[c * ROWS + r];
        wrong += score[r] != (float)sum || alone[r] != score[r];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_ecod_free(e);
    free_model(&t);
}

static float middle_heavy(size_t row)
{
    return (float)(pa_uniform(5, PA_DRAW_TEST, row, 0) + pa_uniform(6, PA_DRAW_TEST, row, 0) +
                   pa_uniform(7, PA_DRAW_TEST, row, 0));
}

/* 100 outer values on each side one by one, then steps of ln(10000 / 100) / 100
 * = .046 to the middle. */
static void test_few_knots_keep_the_ends_exactly_and_the_rest_closely(void)
{
    enum { KNOTS = 400 };
    static float values[MANY], sorted[MANY], score[MANY], part[MANY];
    test_model t;
    double worst_end = 0, worst = 0;
    for (size_t i = 0; i < MANY; i++) sorted[i] = values[i] = middle_heavy(i);
    qsort(sorted, MANY, sizeof *sorted, by_value);
    make_model(&t, 1, MANY, values, KNOTS);
    CU_ASSERT(t.first[1] > KNOTS / 2 && t.first[1] <= KNOTS);
    pa_ecod *e = open_model(&t);
    const float *column[] = {sorted};
    pa_ecod_score(e, MANY, column, score, part);
    for (size_t i = 0; i < MANY; i++) {
        size_t outer = i < MANY / 2 ? i : MANY - 1 - i;
        double off = fabs((double)part[i] - slow_side(outer + 1, MANY));
        worst = fmax(worst, off);
        if (outer < KNOTS / 4) worst_end = fmax(worst_end, off);
    }
    CU_ASSERT(worst_end < 1e-5); /* a few values are met twice */
    CU_ASSERT(worst < 0.05);
    /* Of a share that is even between 0 and 1, the smaller side's -ln has the mean 1 + ln 2. */
    const float missing[] = {NAN}, *const gap[] = {missing};
    pa_ecod_score(e, 1, gap, score, part);
    CU_ASSERT_DOUBLE_EQUAL(score[0], 1 + log(2), 0.01);
    pa_ecod_free(e);
    free_model(&t);
}

/* Going out from the middle, between knots as well, a part never falls. */
static void test_parts_grow_outwards(void)
{
    enum { STEPS = 30000 };
    static float values[MANY], x[STEPS], score[STEPS], part[STEPS];
    test_model t;
    size_t falls = 0;
    for (size_t i = 0; i < MANY; i++) values[i] = middle_heavy(i);
    make_model(&t, 1, MANY, values, 100);
    pa_ecod *e = open_model(&t);
    for (int side = -1; side <= 1; side += 2) {
        for (int i = 0; i < STEPS; i++) x[i] = 1.5f + (float)side * (0.02f + (float)i * 1e-4f);
        const float *column[] = {x};
        pa_ecod_score(e, STEPS, column, score, part);
        for (size_t i = 1; i < STEPS; i++) falls += part[i] < part[i - 1];
        CU_ASSERT_DOUBLE_EQUAL(part[STEPS - 1], log(MANY + 1.0), 1e-5);
    }
    CU_ASSERT_EQUAL(falls, 0);
    pa_ecod_free(e);
    free_model(&t);
}

static void test_ordinals_ascend_from_the_first_to_the_last(void)
{
    static const int64_t rows[] = {1, 2, 15, 16, 17, 33, 100, 1000003, INT64_C(10000000000)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t knots = PA_ECOD_MIN_KNOTS; knots < 60; knots += 7) {
            int64_t ordinal[64];
            size_t n = pa_ecod_ordinals(rows[i], knots, ordinal), falls = 0;
            CU_ASSERT_EQUAL(ordinal[0], 0);
            CU_ASSERT_EQUAL(ordinal[n - 1], rows[i] - 1);
            for (size_t k = 1; k < n; k++) falls += ordinal[k] < ordinal[k - 1];
            CU_ASSERT_EQUAL(falls, 0);
            CU_ASSERT(n <= knots);
        }
}

static void refuse(size_t n, const float value[], const int64_t below[], const int64_t up_to[],
                   int64_t rows)
{
    const int64_t first[] = {0, (int64_t)n};
    const pa_ecod_model m = {1, first, &rows, value, below, up_to};
    pa_ecod *e = NULL;
    CU_ASSERT_EQUAL(pa_ecod_open(&m, &e, NULL), PA_E_DATA);
    CU_ASSERT_PTR_NULL(e);
}

static void test_knots_out_of_order_are_refused(void)
{
    refuse(2, (float[]){2, 1}, (int64_t[]){0, 1}, (int64_t[]){1, 2}, 2);
    refuse(2, (float[]){1, NAN}, (int64_t[]){0, 1}, (int64_t[]){1, 2}, 2);
    refuse(2, (float[]){1, 2}, (int64_t[]){0, 1}, (int64_t[]){2, 3}, 3);
    refuse(2, (float[]){1, 2}, (int64_t[]){0, 2}, (int64_t[]){1, 2}, 2);
    refuse(2, (float[]){1, 2}, (int64_t[]){1, 2}, (int64_t[]){2, 3}, 3);
    refuse(2, (float[]){1, 2}, (int64_t[]){0, 1}, (int64_t[]){1, 2}, 3);
    refuse(0, NULL, NULL, NULL, 3);
}

/* The knots of the first feature would end far behind the last knot. */
static void test_knots_beyond_the_end_are_refused(void)
{
    const int64_t first[] = {0, 1000000000, 2}, rows[] = {2, 2};
    const float value[] = {1, 2};
    const int64_t below[] = {0, 1}, up_to[] = {1, 2};
    const pa_ecod_model m = {2, first, rows, value, below, up_to};
    pa_ecod *e = NULL;
    CU_ASSERT_EQUAL(pa_ecod_open(&m, &e, NULL), PA_E_DATA);
}

static const pa_test tests[] = {
    {"parts of fitting rows are the counts", test_parts_of_fitting_rows_are_the_counts},
    {"parts of other rows are the counts", test_parts_of_other_rows_are_the_counts},
    {"score is the sum of the parts", test_score_is_the_sum_of_the_parts},
    {"few knots keep the ends exactly and the rest closely",
     test_few_knots_keep_the_ends_exactly_and_the_rest_closely},
    {"parts grow outwards", test_parts_grow_outwards},
    {"ordinals ascend from the first to the last", test_ordinals_ascend_from_the_first_to_the_last},
    {"knots beyond the end are refused", test_knots_beyond_the_end_are_refused},
    {"knots out of order are refused", test_knots_out_of_order_are_refused},
};
PA_TEST_MAIN("ecod", tests)
