#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/tails_detector.h"

/* A matrix that every rank knows whole: smooth values, few values, holes, a column that is
 * nowhere known. */
enum { ROWS = 3000, COLUMNS = 5 };

static const char *const names[COLUMNS] = {"smooth", "few", "holes", "other", "nowhere"};

static float value_at(size_t column, size_t row)
{
    double u = pa_uniform(1, PA_DRAW_TEST, column, row);
    switch (column) {
    case 0:
        return (float)(u * u);
    case 1:
        return (float)floor(u * 4);
    case 2:
        return u < 0.3 ? NAN : (float)-u;
    case 3:
        return (float)(floor(u * 100) - 50);
    default:
        return NAN;
    }
}

typedef struct {
    float value[COLUMNS][ROWS];
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
        for (size_t i = 0; i < s->n; i++) s->value[c][i] = value_at(c, s->first + i);
        s->column[c] = (pa_column){.spec = {.name = names[c], .type = PA_F32}, .data = s->value[c]};
        s->list[c] = s->column + c;
    }
    s->points = pa_all_points(pa_test_comm(), s->n, COLUMNS, s->list);
}

static pa_status fit(const slice *s, const char *rule, pa_store *model, pa_error *err)
{
    const pa_detector *d = &pa_tails_detector;
    const pa_option_spec *const tables[] = {d->options};
    pa_config *config = NULL;
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, rule, "command line", err), PA_OK);
    const pa_detector_context context = {.comm = pa_test_comm(), .config = config};
    pa_store_init(model, d->name, 1);
    pa_status st = d->fit(&context, &s->points, model, err);
    pa_config_free(config);
    return st;
}

static slice here;
static float score[ROWS];

static void fit_and_score(const char *rule, pa_store *model)
{
    pa_error err = {0};
    take_slice(&here);
    CU_ASSERT_EQUAL(fit(&here, rule, model, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_detector_scores(&pa_tails_detector, model, &here.points, score, &err),
                    PA_OK);
}

/* ---- a slow twin ---- */

static double slow_unlikely(size_t column, size_t row)
{
    float x = value_at(column, row);
    size_t known = 0, at_least = 0;
    if (isnan(x)) return 0;
    for (size_t r = 0; r < ROWS; r++) {
        float v = value_at(column, r);
        known += !isnan(v);
        at_least += v >= x;
    }
    return -log((double)(at_least + 1) / (double)(known + 1));
}

/* "0.8: smooth | few + 0.5 holes; 0.2: other" */
static double slow_first[ROWS], slow_second[ROWS];

static void find_slow_values(void)
{
    for (size_t r = 0; r < ROWS; r++) {
        slow_first[r] = fmax(slow_unlikely(0, r), slow_unlikely(1, r)) + 0.5 * slow_unlikely(2, r);
        slow_second[r] = slow_unlikely(3, r);
    }
}

static double slow_tail(const double value[], double x)
{
    size_t at_least = 0;
    for (size_t r = 0; r < ROWS; r++) at_least += (float)value[r] >= (float)x;
    return (double)(at_least + 1) / (ROWS + 1);
}

/* Neighbours of value_first may be equal in one of the two twins alone: one row in a tail. */
static void test_scores_are_those_of_the_slow_twin(void)
{
    pa_store model;
    size_t far = 0;
    fit_and_score("tails.rule=0.8: smooth | few + 0.5 holes; 0.2: other", &model);
    find_slow_values();
    for (size_t i = 0; i < here.n; i += 7) {
        size_t r = here.first + i;
        double a = slow_tail(slow_first, slow_first[r]), b = slow_tail(slow_second, slow_second[r]);
        double expected = fmax(log(0.8) - log(a), log(0.2) - log(b));
        far += fabs((double)score[i] - expected) > 2.0 / (a * ROWS) + 1e-5;
    }
    CU_ASSERT_EQUAL(far, 0);
    pa_store_free(&model);
}

static void test_one_family_is_its_value(void)
{
    pa_store model;
    size_t far = 0;
    fit_and_score("tails.rule=1: smooth + 2 other | nowhere", &model);
    CU_ASSERT_PTR_NULL(pa_store_find(&model, "family0_tail_value"));
    for (size_t i = 0; i < here.n; i += 7) {
        size_t r = here.first + i;
        double expected = slow_unlikely(0, r) + 2 * slow_unlikely(3, r);
        far += fabs((double)score[i] - expected) > 1e-5;
    }
    CU_ASSERT_EQUAL(far, 0);
    pa_store_free(&model);
}

/* The same sums on all ranks and for any number of them: look at what changed, and take the
 * new one. */
static void test_model_does_not_depend_on_ranks(void)
{
    pa_store model;
    fit_and_score("tails.rule=0.8: smooth | few + 0.5 holes; 0.2: other | nowhere", &model);
    uint64_t sum = pa_store_checksum(&model, 0);
    CU_ASSERT_EQUAL(sum, UINT64_C(0x0495eed3e904da6c));
    pa_store_free(&model);
}

static void test_parts_are_those_of_the_columns(void)
{
    pa_store model;
    pa_error err = {0};
    void *state = NULL;
    pa_tile tile;
    static int64_t part[COLUMNS * PA_TILE_ROWS];
    size_t far = 0;
    fit_and_score("tails.rule=0.5: holes; 0.5: 3 smooth", &model);
    const pa_detector *d = &pa_tails_detector;
    CU_ASSERT_EQUAL(d->open(&model, COLUMNS, true, &state, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_tile_open(&tile, &here.points, &err), PA_OK);
    if (pa_tile_next(&tile)) {
        d->score(state, tile.n, tile.column, score, part);
        for (size_t i = 0; i < tile.n; i += 7) {
            size_t r = here.first + i;
            double a = (double)part[0 * tile.n + i] / 4294967296.0,
                   b = (double)part[2 * tile.n + i] / 4294967296.0;
            far += fabs(a - 3 * slow_unlikely(0, r)) > 1e-5;
            far += fabs(b - slow_unlikely(2, r)) > 1e-5;
            far += part[1 * tile.n + i] != 0 || part[4 * tile.n + i] != 0;
        }
    }
    CU_ASSERT_EQUAL(far, 0);
    pa_tile_free(&tile);
    d->close(state);
    pa_store_free(&model);
}

static void test_columns_that_are_not_there(void)
{
    pa_store model;
    pa_error err = {0};
    fit_and_score("tails.rule=0.5: absent | few; 0.3: gone", &model);
    CU_ASSERT_EQUAL(pa_store_find(&model, "share")->n, 1);
    pa_store_free(&model);
    take_slice(&here);
    CU_ASSERT_EQUAL(fit(&here, "tails.rule=1: absent", &model, &err), PA_E_CONFIG);
    CU_ASSERT_STRING_EQUAL(err.message, "tails.rule: none of its columns is there");
    pa_store_free(&model);
}

/* What a result file that was edited may say. */
static void test_numbers_of_no_rule_are_refused(void)
{
    static const char *const of[] = {"place", "term_of", "family_of", "column0_tail_count"};
    pa_error err = {0};
    for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
        pa_store model;
        void *state = NULL;
        fit_and_score("tails.rule=0.5: holes; 0.5: 3 smooth", &model);
        const pa_store_array *a = pa_store_find(&model, of[k]);
        memset(a->data, 0x7f, pa_store_array_bytes(a));
        CU_ASSERT_EQUAL(pa_tails_detector.open(&model, COLUMNS, false, &state, &err), PA_E_DATA);
        CU_ASSERT_PTR_NULL(state);
        pa_store_free(&model);
    }
}

static const pa_test tests[] = {
    {"scores are those of the slow twin", test_scores_are_those_of_the_slow_twin},
    {"one family is its value", test_one_family_is_its_value},
    {"model does not depend on ranks", test_model_does_not_depend_on_ranks},
    {"parts are those of the columns", test_parts_are_those_of_the_columns},
    {"columns that are not there", test_columns_that_are_not_there},
    {"numbers of no rule are refused", test_numbers_of_no_rule_are_refused},
};
PA_MPI_TEST_MAIN("tails", tests)
