#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/ecod.h"
#include "paraudit/detect/ecod_detector.h"

/* A matrix that every rank knows whole: smooth values, few values, holes, bytes, a
 * column that is nowhere known. */
enum { ROWS = 3000, COLUMNS = 5 };

static double value_at(size_t column, size_t row)
{
    double u = pa_uniform(1, PA_DRAW_TEST, column, row);
    switch (column) {
    case 0:
        return u + pa_uniform(2, PA_DRAW_TEST, column, row);
    case 1:
        return floor(u * 4);
    case 2:
        return u < 0.3 ? NAN : -u;
    case 3:
        return floor(u * 100) - 50;
    default:
        return NAN;
    }
}

/* What this rank holds of it. */
typedef struct {
    float value[COLUMNS][ROWS];
    int8_t small[ROWS];
    pa_column column[COLUMNS];
    const pa_column *list[COLUMNS];
    size_t first, n;
    pa_points points;
} slice;

/* Uneven; of three ranks and more, rank 1 has no row. */
static size_t first_row(int rank, int n_ranks)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks) return ROWS;
    if (n_ranks > 2 && rank == 1) return first_row(2, n_ranks);
    return (size_t)(ROWS * rank * rank / (n_ranks * n_ranks));
}

static void take_slice(slice *s)
{
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    s->first = first_row(rank, n_ranks);
    s->n = first_row(rank + 1, n_ranks) - s->first;
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; i < s->n; i++) s->value[c][i] = (float)value_at(c, s->first + i);
        s->column[c] = (pa_column){.spec.type = PA_F32, .data = s->value[c]};
        s->list[c] = s->column + c;
    }
    for (size_t i = 0; i < s->n; i++) s->small[i] = (int8_t)value_at(3, s->first + i);
    s->column[3] = (pa_column){.spec.type = PA_I8, .data = s->small};
    s->points = pa_all_points(pa_test_comm(), s->n, COLUMNS, s->list);
}

/* Fits with so many knots; scores and parts of the rows here. */
static void fit_and_score(const slice *s, const char *knots, pa_store *model, float score[],
                          int64_t part[])
{
    const pa_detector *d = &pa_ecod_detector;
    const pa_option_spec *const tables[] = {d->options};
    pa_config *config = NULL;
    pa_error err = {0};
    void *state = NULL;
    pa_tile tile;
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, knots, "command line", &err), PA_OK);
    const pa_detector_context context = {.comm = pa_test_comm(), .config = config};
    pa_store_init(model, d->name, 1);
    CU_ASSERT_EQUAL(d->fit(&context, &s->points, model, &err), PA_OK);
    CU_ASSERT_EQUAL(d->open(model, COLUMNS, true, &state, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_tile_open(&tile, &s->points, &err), PA_OK);
    for (size_t done = 0; pa_tile_next(&tile); done += tile.n) {
        static int64_t tile_part[COLUMNS * PA_TILE_ROWS];
        d->score(state, tile.n, tile.column, score + done, tile_part);
        for (size_t c = 0; c < COLUMNS; c++)
            memcpy(part + c * ROWS + done, tile_part + c * tile.n, tile.n * sizeof *part);
    }
    pa_tile_free(&tile);
    d->close(state);
    pa_config_free(config);
}

static double slow_part_of(size_t column, double x)
{
    size_t known = 0, at_most = 0, at_least = 0;
    for (size_t r = 0; r < ROWS; r++) {
        double v = value_at(column, r);
        known += !isnan(v);
        at_most += (float)v <= (float)x;
        at_least += (float)v >= (float)x;
    }
    return -log((double)(at_most < at_least ? at_most : at_least) / (double)known);
}

/* Of a value that is missing, the mean of the others. */
static double slow_mean(size_t column)
{
    static double mean[COLUMNS];
    double sum = 0, known = 0;
    for (size_t r = 0; mean[column] == 0 && r < ROWS; r++) {
        double x = value_at(column, r);
        if (isnan(x)) continue;
        sum += slow_part_of(column, x);
        known++;
    }
    if (known > 0) mean[column] = sum / known;
    return mean[column];
}

static double slow_part(size_t column, size_t row)
{
    double x = value_at(column, row);
    return isnan(x) ? slow_mean(column) : slow_part_of(column, x);
}

static slice here;
static float score[ROWS];
static int64_t part[COLUMNS * ROWS];

static void test_scores_are_those_of_the_slow_twin(void)
{
    pa_store model;
    size_t far = 0;
    take_slice(&here);
    fit_and_score(&here, "ecod.knots=4096", &model, score, part);
    for (size_t i = 0; i < here.n; i += 7) {
        double sum = 0;
        for (size_t c = 0; c < COLUMNS; c++) {
            double expected = slow_part(c, here.first + i);
            sum += expected;
            far += fabs((double)part[c * ROWS + i] / 4294967296.0 - expected) > 1e-6;
        }
        far += fabs((double)score[i] - sum) > 1e-5;
    }
    CU_ASSERT_EQUAL(far, 0);
    pa_store_free(&model);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Differences between the knots of a column and those of all its values, sorted. */
static size_t unlike_knots(const pa_store *model, size_t column, size_t max_knots)
{
    static float sorted[ROWS];
    static int64_t ordinal[ROWS];
    const int64_t *first = pa_store_find(model, "first")->data;
    const float *value = pa_store_find(model, "value")->data;
    const int64_t *below = pa_store_find(model, "below")->data;
    const int64_t *up_to = pa_store_find(model, "up_to")->data;
    size_t n = 0, unlike = 0, k = (size_t)first[column];
    for (size_t r = 0; r < ROWS; r++)
        if (!isnan(value_at(column, r))) sorted[n++] = (float)value_at(column, r);
    qsort(sorted, n, sizeof *sorted, by_value);
    unlike += ((const int64_t *)pa_store_find(model, "rows")->data)[column] != (int64_t)n;
    size_t n_ordinals = n ? pa_ecod_ordinals((int64_t)n, max_knots, ordinal) : 0;
    for (size_t i = 0; i < n_ordinals; i++) {
        int64_t smaller = 0, at_most = 0;
        float v = sorted[ordinal[i]];
        if (i > 0 && v == sorted[ordinal[i - 1]]) continue;
        for (size_t j = 0; j < n; j++) {
            smaller += sorted[j] < v;
            at_most += sorted[j] <= v;
        }
        unlike += value[k] != v || below[k] != smaller || up_to[k] != at_most;
        k++;
    }
    return unlike + (k != (size_t)first[column + 1]);
}

static void test_few_knots_are_those_of_the_sorted_values(void)
{
    pa_store model;
    size_t unlike = 0;
    take_slice(&here);
    fit_and_score(&here, "ecod.knots=40", &model, score, part);
    for (size_t c = 0; c < COLUMNS; c++) unlike += unlike_knots(&model, c, 40);
    CU_ASSERT_EQUAL(unlike, 0);
    pa_store_free(&model);
}

static void test_a_model_that_was_cut_is_refused(void)
{
    pa_store model;
    pa_error err = {0};
    void *state, *first;
    take_slice(&here);
    fit_and_score(&here, "ecod.knots=40", &model, score, part);
    CU_ASSERT_EQUAL(pa_ecod_detector.open(&model, COLUMNS - 1, false, &state, &err), PA_E_DATA);
    CU_ASSERT_EQUAL(pa_store_put(&model, "first", PA_I64, COLUMNS + 1, 1, "", &first, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_ecod_detector.open(&model, COLUMNS, false, &state, &err), PA_E_DATA);
    pa_store_free(&model);
}

static const pa_test tests[] = {
    {"scores are those of the slow twin", test_scores_are_those_of_the_slow_twin},
    {"few knots are those of the sorted values", test_few_knots_are_those_of_the_sorted_values},
    {"a model that was cut is refused", test_a_model_that_was_cut_is_refused},
};
PA_MPI_TEST_MAIN("ecod", tests)
