#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi_test.h"
#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/detect/feature_list_stage.h"
#include "paraudit/detect/iforest.h"
#include "paraudit/detect/iforest_detector.h"
#include "paraudit/detect/top_reasons.h"
#include "paraudit/order/tail.h"
#include "paraudit/stage/schema.h"
#include "paraudit/stage/time_plan.h"

/* A book that every rank knows whole, so that the slow twin of the stage needs
 * no other rank:
 *
 *     rows      before | reference | train | gap | audit | after, mixed: ten
 *               seconds each
 *     columns   one that needs labels (it stands first in the table), then 5 of
 *               floats, one of bytes, one of long integers
 */
enum { ROWS = 3000, FEATURES = 8, LABELLED = 7, SEED = 99 };

static const char *const feature_name[FEATURES] = {"smooth", "few",   "lines", "holes",
                                                   "wide",   "small", "long",  "risk"};

static double draw_value(int column, size_t row)
{
    double u = pa_uniform(1, PA_DRAW_TEST, (uint64_t)column, row);
    double v = pa_uniform(2, PA_DRAW_TEST, (uint64_t)column, row);
    switch (column) {
    case 1:
        return floor(u * 3);
    case 3:
        return u < 0.2 ? NAN : v;
    case 4:
        return (u - 0.5) / (v + 1e-3);
    case 5:
        return floor(u * 100) - 50;
    case 6:
        return floor(u * 1e12);
    default:
        return u + v;
    }
}

/* Drawn once: the tests ask for them many times. */
static double value_at(int column, size_t row)
{
    static double value[FEATURES][ROWS];
    static bool drawn = false;
    if (!drawn) {
        for (int c = 0; c < FEATURES; c++)
            for (size_t r = 0; r < ROWS; r++) value[c][r] = draw_value(c, r);
        drawn = true;
    }
    return value[column][row];
}

static pa_type type_of(int column)
{
    return column == 5 ? PA_I8 : column == 6 ? PA_I64 : PA_F32;
}

enum { BEFORE, REFERENCE, TRAIN, GAP, AUDIT, AFTER };

static const pa_time_plan time_plan = {.reference_from = 10 * REFERENCE,
                                       .train_from = 10 * TRAIN,
                                       .train_until = 10 * GAP,
                                       .audit_from = 10 * AUDIT,
                                       .audit_until = 10 * AFTER};

static int part_of(size_t row, size_t n_reference)
{
    static const int other[] = {BEFORE, TRAIN, GAP, AUDIT, AFTER};
    if (row % 2 == 0 && row / 2 < n_reference) return REFERENCE;
    return other[pa_draw_below(3, PA_DRAW_TEST, row, 0, 5)];
}

/* The first and the last second of each part are in it. */
static int64_t time_of(size_t row, size_t n_reference)
{
    return 10 * part_of(row, n_reference) + (row % 3 == 0 ? 0 : 9);
}

/* Uneven slices; of three ranks and more, rank 1 has no row. */
static size_t first_row(int rank, int n_ranks)
{
    if (rank == 0) return 0;
    if (rank >= n_ranks) return ROWS;
    if (n_ranks > 2 && rank == 1) return first_row(2, n_ranks);
    return (size_t)(ROWS * rank * rank / (n_ranks * n_ranks));
}

/* Two columns are one family. */
static bool is_drawn_alike(int column)
{
    return column == 0 || column == 3;
}

static void fill_column(pa_table *t, int column)
{
    pa_column_spec spec = {.name = feature_name[column],
                           .type = type_of(column),
                           .role = PA_ROLE_FEATURE,
                           .stage = "ingest",
                           .family = is_drawn_alike(column) ? "drawn" : NULL,
                           .flags = column == LABELLED ? PA_NEEDS_LABELS : 0};
    void *data = NULL;
    CU_ASSERT_EQUAL(pa_table_add(t, &spec, &data, NULL), PA_OK);
    for (size_t i = 0; data && i < t->n_rows; i++) {
        double v = value_at(column, (size_t)t->first_row + i);
        if (spec.type == PA_I8)
            ((int8_t *)data)[i] = (int8_t)v;
        else if (spec.type == PA_I64)
            ((int64_t *)data)[i] = (int64_t)v;
        else
            ((float *)data)[i] = (float)v;
    }
}

enum { LIST, FOREST, N_STAGES };
static const pa_stage *const stages[N_STAGES] = {&pa_feature_list_stage, &pa_iforest_stage};

/* A run with its plan and the model of the forest. */
typedef struct {
    pa_run run;
    pa_config *config;
    pa_time_plan plan;
    pa_schema schemas[N_STAGES];
    pa_store model;
    pa_fitting on;
} book;

static void make_table(book *b, size_t n_reference)
{
    pa_run *run = &b->run;
    int rank = pa_comm_rank(run->comm), n_ranks = pa_comm_size(run->comm);
    size_t begin = first_row(rank, n_ranks), end = first_row(rank + 1, n_ranks);
    pa_table *t = NULL;
    CU_ASSERT_EQUAL(pa_run_add_table(run, "transactions", "rows", &t), PA_OK);
    pa_table_size(t, (int64_t)begin, end - begin, ROWS);
    pa_column_spec spec = {
        .name = "time", .type = PA_I64, .role = PA_ROLE_INPUT, .stage = "ingest"};
    void *time = NULL;
    CU_ASSERT_EQUAL(pa_table_add(t, &spec, &time, NULL), PA_OK);
    for (size_t i = 0; time && i < t->n_rows; i++)
        ((int64_t *)time)[i] = time_of(begin + i, n_reference);
    fill_column(t, LABELLED);
    for (int c = 0; c < LABELLED; c++) fill_column(t, c);
}

static void open_book(book *b, size_t n_reference, const char *const settings[], size_t n_settings)
{
    const pa_option_spec *const tables[] = {pa_iforest_stage.options};
    *b = (book){.plan = time_plan};
    CU_ASSERT_EQUAL(pa_config_new(tables, 1, &b->config, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_config_set(b->config, "iforest.features=all", "default", NULL), PA_OK);
    for (size_t i = 0; i < n_settings; i++)
        CU_ASSERT_EQUAL(pa_config_set(b->config, settings[i], "command line", NULL), PA_OK);
    b->run = (pa_run){.comm = pa_test_comm(), .config = b->config, .seed = SEED};
    b->run.plan = &b->plan;
    pa_store_init(&b->model, "iforest", 1);
    make_table(b, n_reference);
    CU_ASSERT_EQUAL(pa_plan_stages(stages, N_STAGES, b->config, "", b->run.tables[0], 0, b->schemas,
                                   &b->run.err),
                    PA_OK);
    b->on = pa_fitting_on(b->run.comm, b->run.tables[0], &b->plan, b->schemas[FOREST].fits_on);
}

static void close_book(book *b)
{
    for (int i = 0; i < N_STAGES; i++) pa_schema_free(b->schemas + i);
    pa_store_free(&b->model);
    pa_run_free(&b->run);
    pa_config_free(b->config);
}

static void turn_to(book *b, int stage)
{
    b->run.stage = stages[stage];
    b->run.schema = b->schemas + stage;
}

static pa_status fit(book *b)
{
    turn_to(b, FOREST);
    return stages[FOREST]->fit(&b->run, &b->on, &b->model);
}

static pa_status apply(book *b, int stage)
{
    turn_to(b, stage);
    return stages[stage]->apply(&b->run, &b->model, b->run.tables[0]);
}

/* Which column is feature number f of a forest that reads n of them, and where
 * it stands in the table. */
static int column_of(int32_t n_features, int f)
{
    return n_features == FEATURES ? (f + LABELLED) % FEATURES : f;
}

static int code_of(int column)
{
    return (column + 1) % FEATURES;
}

/* ---- the twin: the whole stage on one rank, from the kernels ---- */

typedef struct {
    pa_iforest_shape shape;
    int32_t *feature, *expected;
    float *threshold;
    int64_t n_reference;
    int64_t row[ROWS]; /* of each fitting ordinal */
    float raw[ROWS];   /* of all rows */
    int32_t reason[ROWS][PA_REASONS];
    float share[ROWS][PA_REASONS];
} twin;

static void grow_twin(twin *t)
{
    size_t sample = (size_t)t->shape.sample, heap = (size_t)1 << t->shape.depth;
    size_t n = (size_t)t->shape.n_trees;
    static float values[FEATURES][ROWS];
    const float *column[FEATURES];
    uint64_t *drawn = pa_alloc(sample, sizeof *drawn, NULL);
    t->feature = pa_alloc(n * heap, sizeof *t->feature, NULL);
    t->threshold = pa_alloc(n * heap, sizeof *t->threshold, NULL);
    t->expected = pa_alloc(2 * n * heap, sizeof *t->expected, NULL);
    for (int c = 0; c < t->shape.n_features; c++) {
        column[c] = values[c];
        for (int64_t i = 0; i < t->n_reference; i++)
            values[c][i] = (float)value_at(column_of(t->shape.n_features, c), (size_t)t->row[i]);
    }
    for (size_t tree = 0; tree < n; tree++) {
        pa_draw_distinct(SEED, PA_DRAW_IFOREST_ROWS, tree, (uint64_t)t->n_reference, sample, drawn);
        pa_iforest_build_tree(SEED, (int32_t)tree, &t->shape, column, drawn,
                              t->feature + tree * heap, t->threshold + tree * heap,
                              t->expected + 2 * tree * heap);
    }
    pa_free(drawn);
}

/* The columns of the twin, of which two are one family, in the order of their first. */
typedef struct {
    int32_t first[FEATURES + 1], member[FEATURES];
} twin_families;

static pa_families find_families(int32_t n_features, twin_families *f)
{
    int32_t n = 0, n_members = 0;
    for (int32_t c = 0; c < n_features; c++) {
        bool alike = is_drawn_alike(column_of(n_features, c));
        bool second = false;
        for (int32_t i = 0; i < c; i++)
            second = second || (alike && is_drawn_alike(column_of(n_features, i)));
        if (second) continue;
        f->first[n++] = n_members;
        f->member[n_members++] = c;
        for (int32_t i = c + 1; alike && i < n_features; i++)
            if (is_drawn_alike(column_of(n_features, i))) f->member[n_members++] = i;
    }
    f->first[n] = n_members;
    return (pa_families){(size_t)n, f->first, f->member};
}

static void score_twin(twin *t)
{
    twin_families alike;
    const pa_families families = find_families(t->shape.n_features, &alike);
    static float values[FEATURES][ROWS];
    static int64_t sum[ROWS];
    const float *column[FEATURES];
    pa_iforest_model model = {t->shape, t->feature, t->threshold, t->expected};
    pa_iforest *forest = NULL;
    pa_iforest_ways *ways = NULL;
    CU_ASSERT_EQUAL(pa_iforest_ways_open(&model, &ways, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_iforest_open(&model, PA_IFOREST_PORTABLE, &forest, NULL), PA_OK);
    for (int c = 0; c < t->shape.n_features; c++) {
        column[c] = values[c];
        for (size_t r = 0; r < ROWS; r++)
            values[c][r] = (float)value_at(column_of(t->shape.n_features, c), r);
    }
    pa_iforest_score(forest, ROWS, column, sum);
    for (size_t r = 0; r < ROWS; r++) {
        float row[FEATURES];
        int64_t part[FEATURES];
        for (int c = 0; c < t->shape.n_features; c++) row[c] = values[c][r];
        pa_iforest_attribute(ways, row, part);
        for (int c = 0; c < t->shape.n_features; c++)
            if (isnan(row[c])) part[c] = 0;
        pa_top_reasons(&families, 1, part, t->reason[r], t->share[r]);
    }
    for (size_t r = 0; r < ROWS; r++) t->raw[r] = (float)pa_iforest_anomaly(forest, sum[r]);
    pa_iforest_free(forest);
    pa_iforest_ways_free(ways);
}

static void make_twin(twin *t, size_t n_reference, int32_t n_trees, int32_t sample,
                      int32_t n_features)
{
    *t = (twin){0};
    for (size_t r = 0; r < ROWS; r++)
        if (part_of(r, n_reference) == REFERENCE) t->row[t->n_reference++] = (int64_t)r;
    if (sample > t->n_reference) sample = (int32_t)t->n_reference;
    t->shape = (pa_iforest_shape){n_trees, n_features, sample, pa_iforest_depth(sample)};
    grow_twin(t);
    score_twin(t);
}

static void free_twin(twin *t)
{
    pa_free(t->feature);
    pa_free(t->threshold);
    pa_free(t->expected);
}

static bool has_bytes(const pa_store *model, const char *name, const void *values, size_t bytes)
{
    const pa_store_array *a = pa_store_find(model, name);
    return a && a->n * a->width * pa_type_size(a->type, a->bytes) == bytes &&
           memcmp(a->data, values, bytes) == 0;
}

/* Reference rows with a raw value of at least this. */
static int64_t count_at_least(const twin *t, float raw)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t->n_reference; i++) n += t->raw[t->row[i]] >= raw;
    return n;
}

static void check_model(const twin *t, const pa_store *model)
{
    size_t n = (size_t)t->shape.n_trees << t->shape.depth, n_knots = 0, wrong = 0;
    const void *value, *count;
    CU_ASSERT(has_bytes(model, "shape", &t->shape, sizeof t->shape));
    CU_ASSERT(has_bytes(model, "feature", t->feature, n * 4));
    CU_ASSERT(has_bytes(model, "threshold", t->threshold, n * 4));
    CU_ASSERT(has_bytes(model, "expected", t->expected, n * 8));
    CU_ASSERT(has_bytes(model, "tail_rows", &t->n_reference, 8));
    CU_ASSERT_EQUAL(pa_store_get(model, "tail_value", PA_F32, &value, &n_knots, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_store_get(model, "tail_count", PA_I64, &count, NULL, NULL), PA_OK);
    for (size_t i = 0; i < n_knots; i++)
        wrong += ((const int64_t *)count)[i] != count_at_least(t, ((const float *)value)[i]);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_reasons(const twin *t, const pa_table *tx)
{
    size_t wrong = 0;
    for (size_t k = 0; k < PA_REASONS; k++) {
        static const char *const reasons[] = {"iforest_reason1", "iforest_reason2",
                                              "iforest_reason3"};
        static const char *const parts[] = {"iforest_part1", "iforest_part2", "iforest_part3"};
        const int8_t *reason = pa_i8(tx, reasons[k]);
        const float *part = pa_f32(tx, parts[k]);
        for (size_t i = 0; i < tx->n_rows; i++) {
            size_t r = (size_t)tx->first_row + i;
            int32_t f = isnan(pa_f32(tx, "iforest_raw")[i]) ? -1 : t->reason[r][k];
            int code = f < 0 ? -1 : code_of(column_of(t->shape.n_features, f));
            wrong += reason[i] != code || part[i] != (f < 0 ? 0 : t->share[r][k]);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* The list names the features as they stand in the table, on rank 0. */
static void check_list(const pa_run *run)
{
    const pa_table *t = run->tables[1];
    const pa_column *c = pa_table_find(t, "feature");
    CU_ASSERT_STRING_EQUAL(t->name, "categories/feature");
    CU_ASSERT_EQUAL(t->n_global, FEATURES);
    CU_ASSERT_EQUAL(t->n_rows, pa_comm_rank(run->comm) == 0 ? FEATURES : 0);
    for (int column = 0; t->n_rows && column < FEATURES; column++) {
        const char *name = (const char *)c->data + code_of(column) * c->spec.width;
        CU_ASSERT_STRING_EQUAL(name, feature_name[column]);
    }
}

static void check_columns(const twin *t, const pa_run *run, const pa_store *model)
{
    const pa_table *tx = run->tables[0];
    const float *raw = pa_f32(tx, "iforest_raw"), *tail = pa_f32(tx, "iforest_tail");
    const void *value, *count;
    size_t n_knots = 0, wrong = 0;
    pa_tail *twin_tail = NULL;
    CU_ASSERT_EQUAL(pa_store_get(model, "tail_value", PA_F32, &value, &n_knots, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_store_get(model, "tail_count", PA_I64, &count, NULL, NULL), PA_OK);
    CU_ASSERT_EQUAL(pa_tail_open(t->n_reference, n_knots, value, count, &twin_tail, NULL), PA_OK);
    for (size_t i = 0; i < tx->n_rows; i++) {
        size_t r = (size_t)tx->first_row + i;
        int64_t part = pa_i64(tx, "time")[i] / 10;
        bool scored = part == TRAIN || part == GAP || part == AUDIT;
        if (!scored)
            wrong += !isnan(raw[i]) || !isnan(tail[i]);
        else
            wrong += raw[i] != t->raw[r] || tail[i] != pa_tail_of(twin_tail, t->raw[r]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    pa_tail_free(twin_tail);
}

/* Asked about some rows, the stage says what stands in their columns. */
static void check_explanations(book *b)
{
    static size_t rows[ROWS];
    static pa_explanation found[ROWS];
    static const char *const reasons[] = {"iforest_reason1", "iforest_reason2", "iforest_reason3"};
    static const char *const parts[] = {"iforest_part1", "iforest_part2", "iforest_part3"};
    const pa_table *tx = b->run.tables[0];
    size_t n = 0, wrong = 0;
    for (size_t i = tx->n_rows; i-- > 0;)
        if (!isnan(pa_f32(tx, "iforest_raw")[i])) rows[n++] = i;
    CU_ASSERT_EQUAL(stages[FOREST]->explain(&b->run, &b->model, tx, n, rows, found), PA_OK);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < PA_REASONS; k++) {
            wrong += found[i].feature[k] != pa_i8(tx, reasons[k])[rows[i]];
            wrong += found[i].part[k] != pa_f32(tx, parts[k])[rows[i]];
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Fits and applies the stage on all ranks, and compares with the twin. */
static void check(size_t n_reference, int32_t n_trees, int32_t sample, int32_t n_features,
                  const char *const settings[], size_t n_settings)
{
    static book b;
    static twin t;
    open_book(&b, n_reference, settings, n_settings);
    make_twin(&t, n_reference, n_trees, sample, n_features);
    CU_ASSERT_EQUAL(fit(&b), PA_OK);
    check_model(&t, &b.model);
    CU_ASSERT_EQUAL(apply(&b, LIST), PA_OK);
    check_list(&b.run);
    pa_status st = apply(&b, FOREST);
    CU_ASSERT_EQUAL(st, PA_OK);
    if (st == PA_OK) {
        check_columns(&t, &b.run, &b.model);
        check_reasons(&t, b.run.tables[0]);
        check_explanations(&b);
    }
    unsigned flags = n_features > LABELLED ? PA_NEEDS_LABELS | PA_FITTED : PA_FITTED;
    const pa_column *tail = pa_table_find(b.run.tables[0], "iforest_tail");
    CU_ASSERT(tail && tail->spec.role == PA_ROLE_TAIL && tail->spec.flags == flags);
    free_twin(&t);
    close_book(&b);
}

static void test_forest_and_scores_are_those_of_one_rank(void)
{
    static const char *const settings[] = {"iforest.trees=35"};
    check(1200, 35, 256, FEATURES, settings, 1);
}

static void test_few_rows_few_knots_and_label_free_columns(void)
{
    static const char *const settings[] = {"iforest.trees=5", "iforest.features=label_free",
                                           "iforest.tail_knots=40"};
    check(100, 5, 256, FEATURES - 1, settings, 3);
}

static void test_fewer_trees_than_ranks(void)
{
    static const char *const settings[] = {"iforest.trees=2", "iforest.sample=2"};
    check(1500, 2, 2, FEATURES, settings, 2);
}

static void test_small_pieces_of_exchange_change_nothing(void)
{
    static const char *const settings[] = {"iforest.trees=7"};
    pa_comm_set_piece(pa_test_comm(), 500);
    check(700, 7, 256, FEATURES, settings, 1);
}

static int stop_after; /* so many safe points */

static pa_status stop_there(pa_run *run, const pa_store *model)
{
    (void)model;
    return stop_after-- > 0 ? PA_OK : pa_fail(&run->err, PA_E_AGAIN, "stopped");
}

static pa_status go_on(pa_run *run)
{
    (void)run;
    return PA_OK;
}

/* A fit that is stopped between trees goes on from there to the same bits. */
static void test_growing_goes_on_where_it_was_stopped(void)
{
    static const char *const settings[] = {"iforest.trees=23"};
    static const pa_safe_points stopping = {.round = stop_there, .tile = go_on};
    static book whole, broken;
    pa_comm_set_piece(pa_test_comm(), 500);
    open_book(&whole, 700, settings, 1);
    CU_ASSERT_EQUAL(fit(&whole), PA_OK);
    open_book(&broken, 700, settings, 1);
    broken.run.safe_points = &stopping;
    stop_after = 2;
    CU_ASSERT_EQUAL(fit(&broken), PA_E_AGAIN);
    CU_ASSERT(broken.model.round > 0 && broken.model.round < 23);
    broken.run.err = (pa_error){0};
    stop_after = 1000;
    CU_ASSERT_EQUAL(fit(&broken), PA_OK);
    CU_ASSERT_EQUAL(broken.model.round, 23);
    int rank = pa_comm_rank(pa_test_comm());
    CU_ASSERT_EQUAL(pa_store_checksum(&broken.model, rank), pa_store_checksum(&whole.model, rank));
    close_book(&whole);
    close_book(&broken);
}

/* Every value of "holes", on all ranks. */
static void blank_holes(book *b)
{
    const pa_table *t = b->run.tables[0];
    float *value = pa_table_find(t, "holes")->data;
    for (size_t i = 0; i < t->n_rows; i++) value[i] = NAN;
}

static void test_a_column_that_is_missing_throughout_is_told(void)
{
    static const char *const settings[] = {"iforest.trees=2"};
    for (size_t blank = 0; blank < 2; blank++) {
        static book b;
        open_book(&b, 50, settings, 1);
        if (blank) blank_holes(&b);
        CU_ASSERT_EQUAL(fit(&b), PA_OK);
        CU_ASSERT_EQUAL(b.run.n_notes, blank);
        if (b.run.n_notes)
            CU_ASSERT_PTR_NOT_NULL(strstr(b.run.notes[0], "1 of its columns, 'holes'"));
        CU_ASSERT_EQUAL(apply(&b, FOREST), PA_OK);
        close_book(&b);
    }
}

static void test_one_row_to_fit_on_is_an_error_that_names_the_keys(void)
{
    static book b;
    open_book(&b, 1, NULL, 0);
    CU_ASSERT_EQUAL(fit(&b), PA_E_CONFIG);
    CU_ASSERT_PTR_NOT_NULL(strstr(b.run.err.message, "1 transactions"));
    CU_ASSERT_PTR_NOT_NULL(strstr(b.run.err.message, "split.reference_from"));
    CU_ASSERT_PTR_NOT_NULL(strstr(b.run.err.message, "split.train_from"));
    close_book(&b);
}

static void test_a_model_of_other_columns_is_refused(void)
{
    static const char *const settings[] = {"iforest.trees=2"};
    static book b;
    open_book(&b, 50, settings, 1);
    CU_ASSERT_EQUAL(fit(&b), PA_OK);
    pa_table_drop(b.run.tables[0], "wide");
    CU_ASSERT_EQUAL(apply(&b, FOREST), PA_E_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(b.run.err.message, "'wide'"));
    close_book(&b);
}

static pa_status plan_features(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    pa_column_spec time = {.name = "time", .type = PA_I64, .role = PA_ROLE_INPUT};
    pa_column_spec risk = {
        .name = "risk", .type = PA_F32, .role = PA_ROLE_FEATURE, .flags = PA_NEEDS_LABELS};
    PA_TRY(pa_schema_writes(io, &time, err));
    return pa_schema_writes(io, &risk, err);
}

static void test_without_columns_to_read_the_stage_stands_aside(void)
{
    const pa_stage features = {.name = "features", .plan = plan_features};
    const pa_stage *const both[] = {&features, &pa_iforest_stage};
    for (int label_free = 0; label_free < 2; label_free++) {
        const char *setting = label_free ? "iforest.features=label_free" : "iforest.features=all";
        pa_schema schemas[2] = {{0}, {0}};
        static book b;
        pa_table empty;
        pa_table_init(&empty, "transactions", "none");
        open_book(&b, 5, &setting, 1);
        CU_ASSERT_EQUAL(pa_plan_stages(both, 2, b.config, "", &empty, 0, schemas, NULL), PA_OK);
        CU_ASSERT_EQUAL(schemas[1].aside != NULL, label_free);
        CU_ASSERT_EQUAL(schemas[1].n_reads, label_free ? 1 : 2);
        CU_ASSERT_EQUAL(schemas[1].n_writes, 2 + 2 * PA_REASONS);
        CU_ASSERT_EQUAL(schemas[1].writes[1].flags,
                        label_free ? PA_FITTED : PA_FITTED | PA_NEEDS_LABELS);
        for (int i = 0; i < 2; i++) pa_schema_free(schemas + i);
        close_book(&b);
    }
}

static const pa_test tests[] = {
    {"forest and scores are those of one rank", test_forest_and_scores_are_those_of_one_rank},
    {"few rows, few knots and label-free columns", test_few_rows_few_knots_and_label_free_columns},
    {"fewer trees than ranks", test_fewer_trees_than_ranks},
    {"small pieces of exchange change nothing", test_small_pieces_of_exchange_change_nothing},
    {"growing goes on where it was stopped", test_growing_goes_on_where_it_was_stopped},
    {"a column that is missing throughout is told",
     test_a_column_that_is_missing_throughout_is_told},
    {"one row to fit on is an error that names the keys",
     test_one_row_to_fit_on_is_an_error_that_names_the_keys},
    {"a model of other columns is refused", test_a_model_of_other_columns_is_refused},
    {"without columns to read the stage stands aside",
     test_without_columns_to_read_the_stage_stands_aside},
};
PA_MPI_TEST_MAIN("iforest", tests)
