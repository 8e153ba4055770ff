#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/math.h"
#include "paraudit/detect/column_knots.h"
#include "paraudit/detect/curves.h"
#include "paraudit/detect/logistic_detector.h"
#include "paraudit/detect/logit.h"
#include "paraudit/detect/terms.h"

/* A matrix that every rank knows whole: smooth values with a long end, holes, bytes, one
 * value, no value, infinite ends. Rows from FITTED on are later ones. */
enum { ROWS = 3000, FITTED = 2000, COLUMNS = 6, MOST_KNOTS = 256 };

static double value_at(size_t column, size_t row)
{
    double u = pa_uniform(1, PA_DRAW_TEST, column, row);
    switch (column) {
    case 0:
        return 1 / (u + 1e-3);
    case 1:
        return u < 0.3 ? NAN : -u;
    case 2:
        return floor(u * 100) - 50;
    case 3:
        return 7;
    case 4:
        return NAN;
    default:
        return u < 0.01 ? -INFINITY : u > 0.98 ? INFINITY : u;
    }
}

static uint8_t label_at(size_t row)
{
    double v = value_at(1, row), odds = -4 + 0.8 * pa_ln(value_at(0, row)) + (isnan(v) ? 0 : v);
    odds += fabs(value_at(2, row)) > 45 ? 2 : 0;
    return pa_uniform(2, PA_DRAW_TEST, 0, row) < 1 / (1 + pa_exp(-odds));
}

/* What this rank holds of rows from .. until - 1. */
typedef struct {
    float value[COLUMNS][ROWS];
    int8_t small[ROWS];
    uint8_t label[ROWS];
    pa_column column[COLUMNS];
    const pa_column *list[COLUMNS];
    size_t first, n;
    pa_points points;
} slice;

static slice fitted, later;

/* Uneven; of three ranks and more, rank 1 has no row. */
static size_t first_row(size_t n, int rank, int n_ranks)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks) return n;
    if (n_ranks > 2 && rank == 1) return first_row(n, 2, n_ranks);
    return n * (size_t)(rank * rank) / (size_t)(n_ranks * n_ranks);
}

static void take_slice(slice *s, size_t from, size_t until)
{
    int rank = pa_comm_rank(pa_test_comm()), n_ranks = pa_comm_size(pa_test_comm());
    s->first = from + first_row(until - from, rank, n_ranks);
    s->n = from + first_row(until - from, rank + 1, n_ranks) - s->first;
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; i < s->n; i++) s->value[c][i] = (float)value_at(c, s->first + i);
        s->column[c] = (pa_column){.spec.type = PA_F32, .data = s->value[c]};
        s->list[c] = s->column + c;
    }
    for (size_t i = 0; i < s->n; i++) {
        s->small[i] = (int8_t)value_at(2, s->first + i);
        s->label[i] = label_at(s->first + i);
    }
    s->column[2] = (pa_column){.spec.type = PA_I8, .data = s->small};
    s->points = pa_all_points(pa_test_comm(), s->n, COLUMNS, s->list);
}

static pa_config *config;

static pa_detector_context new_context(const char *assignment)
{
    const pa_option_spec *const tables[] = {pa_logistic_detector.options};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &config, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(config, assignment, "command line", &err), PA_OK);
    take_slice(&fitted, 0, FITTED);
    take_slice(&later, FITTED, ROWS);
    return (pa_detector_context){.comm = pa_test_comm(), .config = config, .label = fitted.label};
}

static pa_status fit(const pa_detector_context *context, pa_store *model, pa_error *err)
{
    pa_store_init(model, "logistic", 1);
    return pa_logistic_detector.fit(context, &fitted.points, model, err);
}

static double number(const pa_store *model, const char *name)
{
    return *(const double *)pa_store_find(model, name)->data;
}

static void score_slice(const slice *s, const pa_store *model, float raw[], int64_t part[])
{
    const pa_detector *d = &pa_logistic_detector;
    pa_error err = {0};
    void *state;
    pa_tile tile;
    CU_ASSERT_EQUAL(d->open(model, COLUMNS, part != NULL, &state, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_tile_open(&tile, &s->points, &err), PA_OK);
    for (size_t done = 0; pa_tile_next(&tile); done += tile.n)
        d->score(state, tile.n, tile.column, raw + done, part ? part + done * COLUMNS : NULL);
    pa_tile_free(&tile);
    d->close(state);
}

/* ---- the slow twin: terms of all rows as columns of their own ---- */

static float long_terms[COLUMNS * PA_TERMS][ROWS];
static double odds_of_twin[ROWS];

static void make_long_terms(const pa_column_knots *k)
{
    static double height[MOST_KNOTS * COLUMNS * PA_TERMS];
    for (size_t c = 0; c < COLUMNS; c++) {
        size_t begin = (size_t)k->first[c], n = (size_t)k->first[c + 1] - begin;
        pa_terms_of(n, k->value + begin, k->below + begin, k->up_to + begin,
                    height + begin * PA_TERMS);
    }
    const pa_curves curves = {COLUMNS, PA_TERMS, k->first, k->value, height};
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t r = 0; r < ROWS; r++) {
            double t[PA_TERMS];
            float x = (float)value_at(c, r);
            pa_curves_at(&curves, c, 1, &x, t);
            for (size_t i = 0; i < PA_TERMS; i++) long_terms[c * PA_TERMS + i][r] = (float)t[i];
        }
}

/* All rows on the last rank. */
static void fit_twin(const pa_detector_context *context, double l2)
{
    static uint8_t label[ROWS];
    double coefficient[1 + COLUMNS * PA_TERMS];
    const float *column[COLUMNS * PA_TERMS];
    pa_column_knots knots;
    pa_error err = {0};
    const pa_logit_options options = {.l2 = l2, .max_iterations = 100};
    CU_ASSERT_EQUAL(pa_column_knots_fit(context, "", &fitted.points, MOST_KNOTS, &knots, &err),
                    PA_OK);
    make_long_terms(&knots);
    pa_column_knots_free(&knots);
    for (size_t j = 0; j < COLUMNS * PA_TERMS; j++) column[j] = long_terms[j];
    for (size_t r = 0; r < ROWS; r++) label[r] = label_at(r);
    pa_logit_rows rows = {.n_columns = COLUMNS * PA_TERMS, .column = column, .label = label};
    if (pa_comm_rank(pa_test_comm()) == pa_comm_size(pa_test_comm()) - 1) rows.n = FITTED;
    CU_ASSERT_EQUAL(pa_logit_fit(pa_test_comm(), &options, &rows, coefficient, NULL, &err), PA_OK);
    rows.n = ROWS;
    CU_ASSERT_EQUAL(pa_logit_odds(&rows, coefficient, odds_of_twin, &err), PA_OK);
}

static void test_scores_are_those_of_the_slow_twin(void)
{
    static float raw[ROWS];
    pa_store model;
    pa_error err = {0};
    double off = 0;
    const pa_detector_context context = new_context("logistic.l2=2");
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    CU_ASSERT_EQUAL(number(&model, "l2"), 2);
    fit_twin(&context, 2);
    score_slice(&fitted, &model, raw, NULL);
    for (size_t i = 0; i < fitted.n; i++)
        off = fmax(off, fabs((double)raw[i] - odds_of_twin[fitted.first + i]));
    score_slice(&later, &model, raw, NULL);
    for (size_t i = 0; i < later.n; i++)
        off = fmax(off, fabs((double)raw[i] - odds_of_twin[later.first + i]));
    CU_ASSERT(off < 1e-5);
    pa_store_free(&model);
    pa_config_free(config);
}

/* A sum over the values of the arrays, the same at each number of ranks and since this stands
 * here. */
static void test_the_model_has_the_same_bytes(void)
{
    pa_store model;
    pa_error err = {0};
    const pa_detector_context context = new_context("logistic.l2=1");
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_store_checksum(&model, 0), 0xf41baae75299299cu);
    pa_store_free(&model);
    pa_config_free(config);
}

static void test_parts_add_up_and_gaps_say_nothing(void)
{
    static float raw[ROWS];
    static int64_t part[ROWS * COLUMNS];
    pa_store model;
    pa_error err = {0};
    size_t off = 0, from_gaps = 0;
    const pa_detector_context context = new_context("logistic.l2=1");
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    score_slice(&later, &model, raw, part);
    for (size_t i = 0; i < later.n; i++) {
        size_t tile = i / PA_TILE_ROWS * PA_TILE_ROWS;
        size_t rows = later.n - tile < PA_TILE_ROWS ? later.n - tile : PA_TILE_ROWS;
        double sum = number(&model, "intercept");
        for (size_t c = 0; c < COLUMNS; c++) {
            int64_t p = part[tile * COLUMNS + c * rows + i - tile];
            sum += (double)p * 0x1p-32;
            if (isnan(value_at(c, later.first + i)) || c == 3) from_gaps += p != 0;
        }
        off += !(fabs(sum - (double)raw[i]) < 1e-5);
    }
    CU_ASSERT_EQUAL(off, 0);
    CU_ASSERT_EQUAL(from_gaps, 0);
    pa_store_free(&model);
    pa_config_free(config);
}

/* Log-loss on the later rows, of all ranks. */
static double later_loss(const pa_store *model)
{
    static float raw[ROWS];
    double coefficient[] = {0, 1}, loss;
    const float *column[] = {raw};
    pa_error err = {0};
    score_slice(&later, model, raw, NULL);
    const pa_logit_rows rows = {
        .n = later.n, .n_columns = 1, .column = column, .label = later.label};
    CU_ASSERT_EQUAL(pa_logit_loss(pa_test_comm(), &rows, coefficient, &loss, &err), PA_OK);
    return loss;
}

static double loss_with(const char *assignment)
{
    pa_store model;
    pa_error err = {0};
    const pa_detector_context context = new_context(assignment);
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    double loss = later_loss(&model);
    pa_store_free(&model);
    pa_config_free(config);
    return loss;
}

static void test_l2_is_what_suits_later_rows(void)
{
    pa_store model, next;
    pa_error err = {0};
    pa_detector_context context = new_context("logistic.l2=1");
    context.check = (pa_labelled){&later.points, later.label};
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    double best = later_loss(&model), l2 = number(&model, "l2");
    /* Who is told what was chosen takes it. */
    context.check = (pa_labelled){0};
    context.chosen = &model;
    CU_ASSERT_EQUAL(fit(&context, &next, &err), PA_OK);
    CU_ASSERT_EQUAL(number(&next, "l2"), l2);
    CU_ASSERT_DOUBLE_EQUAL(later_loss(&next), best, 1e-4);
    pa_store_free(&next);
    *(double *)pa_store_find(&model, "l2")->data = -1;
    CU_ASSERT_EQUAL(fit(&context, &next, &err), PA_E_DATA);
    pa_store_free(&next);
    pa_store_free(&model);
    pa_config_free(config);

    const double ten = loss_with("logistic.l2=10"), one = loss_with("logistic.l2=1"),
                 tenth = loss_with("logistic.l2=0.1");
    CU_ASSERT_DOUBLE_EQUAL(best, fmin(ten, fmin(one, tenth)), 1e-4);
    CU_ASSERT(l2 == (best > one - 1e-4 ? 1 : ten < tenth ? 10 : 0.1));
}

static void test_l2_is_what_was_set_where_it_is_not_to_be_chosen(void)
{
    pa_store model;
    pa_error err = {0};
    pa_detector_context context = new_context("logistic.choose_l2=false");
    context.check = (pa_labelled){&later.points, later.label};
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    CU_ASSERT_EQUAL(number(&model, "l2"), 1);
    pa_store_free(&model);
    pa_config_free(config);
}

static void test_rows_of_one_class_are_refused(void)
{
    pa_store model;
    pa_error err = {0};
    const pa_detector_context context = new_context("logistic.l2=1");
    memset(fitted.label, 0, sizeof fitted.label);
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_E_DATA);
    CU_ASSERT_STRING_EQUAL(err.message, "logistic regression: no row to learn from is a fraud");
    pa_store_free(&model);
    pa_config_free(config);
}

static void check_refused(const pa_store *model, size_t n_columns)
{
    pa_error err = {0};
    void *state;
    CU_ASSERT_EQUAL(pa_logistic_detector.open(model, n_columns, true, &state, &err), PA_E_DATA);
    CU_ASSERT(err.message[0] != '\0' && state == NULL);
}

/* The model with one number changed, and put back. */
static void check_edited(const pa_store *model, const char *array, size_t place, double v)
{
    const pa_store_array *a = pa_store_find(model, array);
    size_t size = pa_type_size(a->type, 0);
    char old[8];
    char *at = (char *)a->data + place * size;
    const float narrow = (float)v;
    const int64_t whole = (int64_t)v;
    memcpy(old, at, size);
    memcpy(at,
           a->type == PA_F32   ? (const void *)&narrow
           : a->type == PA_I64 ? (const void *)&whole
                               : &v,
           size);
    check_refused(model, COLUMNS);
    memcpy(at, old, size);
}

static void test_a_model_that_was_edited_is_refused(void)
{
    pa_store model;
    pa_error err = {0};
    void *state, *data;
    const pa_detector_context context = new_context("logistic.l2=1");
    CU_ASSERT_EQUAL(fit(&context, &model, &err), PA_OK);
    check_refused(&model, COLUMNS - 1);
    check_refused(&model, COLUMNS + 1);
    check_edited(&model, "first", 0, 1);
    check_edited(&model, "first", 1, -5);
    check_edited(&model, "first", 2, 1e15);
    check_edited(&model, "first", COLUMNS, 3);
    check_edited(&model, "value", 1, -1);
    check_edited(&model, "value", 2, (double)NAN);
    check_edited(&model, "odds", 2, (double)NAN);
    check_edited(&model, "odds", 0, 1e300);
    check_edited(&model, "intercept", 0, (double)NAN);
    check_edited(&model, "intercept", 0, (double)-INFINITY);
    CU_ASSERT_EQUAL(pa_logistic_detector.open(&model, COLUMNS, true, &state, &err), PA_OK);
    pa_logistic_detector.close(state);
    CU_ASSERT_EQUAL(pa_store_put(&model, "intercept", PA_F64, 0, 1, "", &data, &err), PA_OK);
    check_refused(&model, COLUMNS);
    CU_ASSERT_EQUAL(pa_store_put(&model, "intercept", PA_F64, 1, 1, "", &data, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_store_put(&model, "odds", PA_F64, 5, 1, "", &data, &err), PA_OK);
    check_refused(&model, COLUMNS);
    CU_ASSERT_EQUAL(pa_store_put(&model, "odds", PA_F32, 5, 1, "", &data, &err), PA_OK);
    check_refused(&model, COLUMNS);
    pa_store_free(&model);
    pa_store_init(&model, "logistic", 1);
    check_refused(&model, COLUMNS);
    pa_store_free(&model);
    pa_config_free(config);
    pa_logistic_detector.close(NULL);
}

static const pa_test tests[] = {
    {"scores are those of the slow twin", test_scores_are_those_of_the_slow_twin},
    {"the model has the same bytes", test_the_model_has_the_same_bytes},
    {"parts add up, and gaps say nothing", test_parts_add_up_and_gaps_say_nothing},
    {"l2 is what suits later rows", test_l2_is_what_suits_later_rows},
    {"l2 is what was set where it is not to be chosen",
     test_l2_is_what_was_set_where_it_is_not_to_be_chosen},
    {"rows of one class are refused", test_rows_of_one_class_are_refused},
    {"a model that was edited is refused", test_a_model_that_was_edited_is_refused},
};
PA_MPI_TEST_MAIN("logistic", tests)
