#include "paraudit/detect/iforest_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "iforest_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/iforest.h"
#include "paraudit/order/tail_fit.h"
#include "paraudit/stage/time_plan.h"

enum { NAME_BYTES = 64 };

static const pa_option_spec options[] = {
    {.key = "iforest.trees",
     .type = PA_OPTION_INT,
     .fallback = "100",
     .min = 1,
     .max = 1e6,
     .unit = "trees",
     .meaning = "trees of the isolation forest"},
    {.key = "iforest.sample",
     .type = PA_OPTION_INT,
     .fallback = "256",
     .min = 2,
     .max = PA_IFOREST_MAX_SAMPLE,
     .unit = "rows",
     .meaning = "rows of the history that a tree is grown from"},
    {.key = "iforest.features",
     .type = PA_OPTION_CHOICE,
     .fallback = "all",
     .choices = "all|label_free",
     .meaning = "which feature columns the forest reads: all, or those that need no labels"},
    {.key = "iforest.tail_knots",
     .type = PA_OPTION_INT,
     .fallback = "65536",
     .min = 2,
     .max = PA_TAIL_MAX_KNOTS,
     .unit = "knots",
     .meaning = "points at which the distribution of the history's scores is kept"},
    {0}};

enum { RAW, TAIL, REASON, PART = REASON + PA_REASONS, N_WRITTEN = PART + PA_REASONS };

#define REASON_COLUMN(place, nth)                                                                  \
    {                                                                                              \
        .name = "iforest_reason" #place,                                                           \
        .meaning = "feature whose cuts did " nth " to isolate the transaction; -1: none",          \
        .role = PA_ROLE_REASON, .stage = "iforest", .codes = "categories/feature"                  \
    }
#define PART_COLUMN(place)                                                                         \
    {                                                                                              \
        .name = "iforest_part" #place, .type = PA_F32, .unit = "1",                                \
        .meaning =                                                                                 \
            "share of iforest_reason" #place " in all that the isolating features did; 0: none",   \
        .role = PA_ROLE_REASON, .stage = "iforest"                                                 \
    }

static const pa_column_spec written[N_WRITTEN] = {
    {.name = "iforest_raw",
     .type = PA_F32,
     .unit = "1",
     .meaning = "isolation forest: 2^(-mean path length / expected path length), larger is odder; "
                "NaN: not scored",
     .role = PA_ROLE_RAW,
     .stage = "iforest"},
    {.name = "iforest_tail",
     .type = PA_F32,
     .unit = "1",
     .meaning = "share of the history's transactions that the isolation forest finds at least as "
                "odd; NaN: not scored",
     .role = PA_ROLE_TAIL,
     .stage = "iforest"},
    REASON_COLUMN(1, "most"),
    REASON_COLUMN(2, "second most"),
    REASON_COLUMN(3, "third most"),
    PART_COLUMN(1),
    PART_COLUMN(2),
    PART_COLUMN(3),
};

static const pa_column_spec feature_spec = {.name = "feature",
                                            .type = PA_BYTES,
                                            .width = NAME_BYTES,
                                            .meaning = "column of transactions",
                                            .role = PA_ROLE_ID,
                                            .stage = "iforest"};

static unsigned left_out(const pa_config *config)
{
    bool all = strcmp(pa_config_text(config, "iforest.features"), "all") == 0;
    return all ? 0 : PA_NEEDS_LABELS;
}

/* What the columns read needs, the columns written need. n_features: all that
 * the table has. */
static pa_column_spec written_spec(int i, size_t n_features, unsigned flags)
{
    pa_column_spec spec = written[i];
    if (i >= REASON && i < PART) spec.type = pa_code_type(n_features);
    spec.flags |= flags;
    return spec;
}

static pa_status plan_columns(pa_schema *io, const pa_column_spec *const feature[], size_t n,
                              unsigned without, pa_error *err)
{
    unsigned flags = 0;
    size_t n_read = 0;
    static const pa_table_spec features = {.name = "categories/feature",
                                           .meaning = "what reasons point at"};
    PA_TRY(pa_schema_reads(io, "split", err));
    PA_TRY(pa_schema_side_table(io, &features, err));
    pa_schema_fits_on(io, PA_FIT_HISTORY);
    for (size_t i = 0; i < n; i++) {
        if (feature[i]->flags & without) continue;
        PA_TRY(pa_schema_reads(io, feature[i]->name, err));
        flags |= feature[i]->flags;
        n_read++;
    }
    if (n_read == 0) pa_schema_stands_aside(io, "there is no feature column that it may read");
    if (n_read > PA_IFOREST_MAX_FEATURES)
        return pa_fail(err, PA_E_CONFIG,
                       "isolation forest: %zu feature columns, at most %d can be read", n_read,
                       PA_IFOREST_MAX_FEATURES);
    for (int i = 0; i < N_WRITTEN; i++) {
        pa_column_spec spec = written_spec(i, n, flags);
        PA_TRY(pa_schema_writes(io, &spec, err));
    }
    return PA_OK;
}

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    const pa_column_spec **feature = NULL;
    size_t n = pa_schema_by_role(io, PA_ROLE_FEATURE, NULL, 0);
    PA_TRY(PA_NEW(feature, n, err));
    pa_schema_by_role(io, PA_ROLE_FEATURE, feature, n);
    pa_status st = plan_columns(io, feature, n, left_out(config), err);
    pa_free(feature);
    return st;
}

/* ---- fit ---- */

/* name: n x NAME_BYTES zeros. */
static void copy_names(const pa_columns *c, char *name)
{
    for (size_t i = 0; i < c->n; i++) {
        size_t length = strlen(c->column[i].spec.name);
        PA_ASSERT(length < NAME_BYTES);
        memcpy(name + i * NAME_BYTES, c->column[i].spec.name, length);
    }
}

static pa_status put_names(const pa_columns *features, pa_store *model, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put_names(model, "feature_name", features->n, NAME_BYTES,
                              "columns that the trees cut, by number", &data, err));
    copy_names(features, data);
    return PA_OK;
}

/* Room for the forest in the model, and where it is. */
static pa_status put_forest(const pa_iforest_shape *shape, pa_store *model, pa_forest_arrays *f,
                            pa_error *err)
{
    void *numbers, *feature, *threshold, *expected;
    size_t n = (size_t)shape->n_trees, heap = (size_t)1 << shape->depth;
    PA_TRY(pa_store_put(model, "shape", PA_I32, 4, 1, "trees, features, rows a tree, depth",
                        &numbers, err));
    PA_TRY(
        pa_store_put(model, "feature", PA_I32, n, heap,
                     "column number of each cut; the children of place p are 2p and 2p+1; -1: none",
                     &feature, err));
    PA_TRY(pa_store_put(model, "threshold", PA_F32, n, heap, "smaller values go to place 2p",
                        &threshold, err));
    PA_TRY(pa_store_put(model, "expected", PA_I32, n, 2 * heap,
                        "path length to be expected at each place, in 1/65536 of a level",
                        &expected, err));
    const int32_t value[4] = {shape->n_trees, shape->n_features, shape->sample, shape->depth};
    memcpy(numbers, value, sizeof value);
    *f = (pa_forest_arrays){feature, threshold, expected};
    return PA_OK;
}

static pa_status too_few_rows(int64_t n_fitting, pa_error *err)
{
    return pa_fail(err, PA_E_CONFIG,
                   "isolation forest: %lld transactions lie between split.history_from and "
                   "split.train_from, at least 2 are needed: set split.history_from earlier or "
                   "split.train_from later",
                   (long long)n_fitting);
}

/* The tail of the scores that the history itself gets. */
static pa_status fit_tail(pa_run *run, const pa_columns *features, const pa_table *rows,
                          size_t n_fitting, const pa_iforest_model *forest, pa_store *model)
{
    float *raw = NULL;
    pa_scorer scorer = {0};
    size_t n = 0, cursor = 0, done = 0;
    pa_status st = pa_scorer_open(&scorer, features, forest, &run->err);
    if (st == PA_OK) st = PA_NEW(raw, n_fitting, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    const int8_t *split = pa_i8(rows, "split");
    while ((
        n = pa_next_of_splits(split, rows->n_rows, 1u << PA_SPLIT_HISTORY, &cursor, scorer.rows))) {
        pa_score_rows(&scorer, n, raw + done);
        done += n;
        pa_log_progress(run->log, "iforest", (int64_t)done, (int64_t)n_fitting);
    }
    st = pa_tail_fit(run->comm, n_fitting, raw,
                     (size_t)pa_config_int(run->config, "iforest.tail_knots"), model, &run->err);
out:
    pa_scorer_free(&scorer);
    pa_free(raw);
    return st;
}

static pa_status fit_columns(pa_run *run, const pa_columns *features, const pa_table *rows,
                             pa_store *model)
{
    pa_fitting_rows fitting = pa_find_fitting_rows(run->comm, rows);
    if (fitting.n_global < 2) return too_few_rows(fitting.n_global, &run->err);
    int64_t sample = pa_config_int(run->config, "iforest.sample");
    if (sample > fitting.n_global) sample = fitting.n_global;
    pa_iforest_shape shape = {.n_trees = (int32_t)pa_config_int(run->config, "iforest.trees"),
                              .n_features = (int32_t)features->n,
                              .sample = (int32_t)sample,
                              .depth = pa_iforest_depth((int32_t)sample)};
    pa_forest_arrays arrays = {0};
    pa_status st = put_names(features, model, &run->err);
    if (st == PA_OK) st = put_forest(&shape, model, &arrays, &run->err);
    PA_TRY(pa_agree(run->comm, st, &run->err));
    PA_TRY(pa_grow_forest(run, &shape, features, rows, &fitting, &arrays));
    pa_iforest_model forest = {shape, arrays.feature, arrays.threshold, arrays.expected};
    return fit_tail(run, features, rows, (size_t)fitting.n, &forest, model);
}

static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_table *rows = on->rows.table;
    pa_columns features = {0};
    PA_AGREE(run->comm, pa_columns_by_role(&features, rows, left_out(run->config), &run->err),
             &run->err);
    pa_status st = fit_columns(run, &features, rows, model);
    pa_columns_free(&features);
    return st;
}

/* ---- apply ---- */

static pa_status get_matrix(const pa_store *model, const char *name, pa_type type, size_t n,
                            size_t width, const void **data, pa_error *err)
{
    size_t found;
    PA_TRY(pa_store_get(model, name, type, data, &found, err));
    if (found == n && pa_store_find(model, name)->width == width) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': '%s' is not %zu x %zu values", model->name, name, n,
                   width);
}

static pa_status read_forest(const pa_store *model, pa_iforest_model *m, pa_error *err)
{
    const void *shape, *feature, *threshold, *expected;
    PA_TRY(get_matrix(model, "shape", PA_I32, 4, 1, &shape, err));
    const int32_t *s = shape;
    m->shape = (pa_iforest_shape){s[0], s[1], s[2], s[3]};
    PA_TRY(pa_iforest_check_shape(&m->shape, err));
    size_t n = (size_t)s[0], heap = (size_t)1 << s[3];
    PA_TRY(get_matrix(model, "feature", PA_I32, n, heap, &feature, err));
    PA_TRY(get_matrix(model, "threshold", PA_F32, n, heap, &threshold, err));
    PA_TRY(get_matrix(model, "expected", PA_I32, n, 2 * heap, &expected, err));
    m->feature = feature;
    m->threshold = threshold;
    m->expected = expected;
    return PA_OK;
}

/* The columns of the table that the model names. */
static pa_status find_named(const pa_store *model, const pa_table *tx, size_t n_features,
                            pa_columns *features, pa_error *err)
{
    const void *names;
    size_t n;
    PA_TRY(pa_store_get(model, "feature_name", PA_BYTES, &names, &n, err));
    const pa_store_array *a = pa_store_find(model, "feature_name");
    if (n != n_features || a->bytes != NAME_BYTES)
        return pa_fail(err, PA_E_DATA, "model 'iforest': %zu feature names for %zu features", n,
                       n_features);
    PA_TRY(PA_NEW(features->column, n, err));
    for (size_t i = 0; i < n; i++) {
        char name[NAME_BYTES + 1] = {0};
        memcpy(name, (const char *)names + i * NAME_BYTES, NAME_BYTES);
        const pa_column *c = pa_table_find(tx, name);
        if (!c || c->spec.role != PA_ROLE_FEATURE)
            return pa_fail(err, PA_E_DATA,
                           "model 'iforest' was fitted on feature column '%s', which is not there",
                           name);
        features->column[features->n++] = *c;
    }
    return PA_OK;
}

/* The columns that apply fills. */
typedef struct {
    float *raw, *tail, *part[PA_REASONS];
    pa_column reason[PA_REASONS];
} written_columns;

/* Adds them, as a row has them that is not scored. */
static pa_status add_written(pa_table *tx, const pa_columns *features, size_t n_all,
                             written_columns *w, pa_error *err)
{
    unsigned flags = 0;
    pa_column column[N_WRITTEN];
    for (size_t i = 0; i < features->n; i++) flags |= features->column[i].spec.flags;
    for (int i = 0; i < N_WRITTEN; i++) {
        column[i].spec = written_spec(i, n_all, flags);
        PA_TRY(pa_table_add(tx, &column[i].spec, &column[i].data, err));
    }
    w->raw = column[RAW].data;
    w->tail = column[TAIL].data;
    for (size_t r = 0; r < tx->n_rows; r++) w->raw[r] = w->tail[r] = NAN;
    for (int k = 0; k < PA_REASONS; k++) {
        w->part[k] = column[PART + k].data;
        w->reason[k] = column[REASON + k];
        for (size_t r = 0; r < tx->n_rows; r++) pa_set_code(w->reason + k, r, -1);
    }
    return PA_OK;
}

/* The list "categories/feature" of all features of the table. */
static pa_status list_features(pa_run *run, const pa_columns *all)
{
    bool here = pa_comm_rank(run->comm) == 0;
    int64_t n = (int64_t)all->n;
    pa_table *t;
    void *name;
    PA_TRY(pa_run_add_table(run, "categories/feature", "what reasons point at", &t));
    pa_table_size(t, here ? 0 : n, here ? all->n : 0, n);
    PA_TRY(pa_table_add(t, &feature_spec, &name, &run->err));
    if (here) copy_names(all, name);
    return PA_OK;
}

/* Where the forest's features are in the list of all. */
static void find_codes(const pa_columns *all, const pa_columns *features, int32_t code[])
{
    for (size_t f = 0; f < features->n; f++) {
        const char *name = features->column[f].spec.name;
        while (strcmp(all->column[code[f]].spec.name, name) != 0) code[f]++;
    }
}

/* Of the first n of the scorer's rows. */
static void fill_reasons(const pa_explainer *e, size_t n, const size_t rows[],
                         const written_columns *w)
{
    for (size_t k = 0; k < PA_REASONS; k++)
        for (size_t i = 0; i < n; i++) {
            int32_t feature = e->reason[k * n + i];
            if (feature >= 0) pa_set_code(w->reason + k, rows[i], e->code[feature]);
            w->part[k][rows[i]] = e->share[k * n + i];
        }
}

static void fill(pa_run *run, const pa_table *tx, pa_scorer *scorer, pa_explainer *explainer,
                 const pa_tail *tail, const written_columns *w)
{
    const unsigned wanted = 1u << PA_SPLIT_TRAIN | 1u << PA_SPLIT_GAP | 1u << PA_SPLIT_AUDIT;
    const int8_t *split = pa_i8(tx, "split");
    float raw[PA_SCORER_ROWS];
    size_t n, cursor = 0;
    while ((n = pa_next_of_splits(split, tx->n_rows, wanted, &cursor, scorer->rows))) {
        pa_score_rows(scorer, n, raw);
        pa_explain_rows(explainer, scorer, n);
        for (size_t i = 0; i < n; i++) {
            w->raw[scorer->rows[i]] = raw[i];
            w->tail[scorer->rows[i]] = pa_tail_of(tail, raw[i]);
        }
        fill_reasons(explainer, n, scorer->rows, w);
        pa_log_progress(run->log, "iforest", (int64_t)cursor, (int64_t)tx->n_rows);
    }
}

/* Local. */
static pa_status apply_here(pa_run *run, const pa_store *model, pa_table *tx)
{
    pa_error *err = &run->err;
    pa_iforest_model forest = {0};
    pa_columns features = {0}, all = {0};
    pa_scorer scorer = {0};
    pa_explainer explainer = {0};
    pa_tail *tail = NULL;
    written_columns columns;
    pa_status st;
    PA_GOTO(read_forest(model, &forest, err));
    PA_GOTO(find_named(model, tx, (size_t)forest.shape.n_features, &features, err));
    PA_GOTO(pa_tail_read(model, &tail, err));
    PA_GOTO(pa_scorer_open(&scorer, &features, &forest, err));
    PA_GOTO(pa_explainer_open(&explainer, &forest, err));
    PA_GOTO(pa_columns_by_role(&all, tx, 0, err));
    PA_GOTO(list_features(run, &all));
    find_codes(&all, &features, explainer.code);
    PA_GOTO(add_written(tx, &features, all.n, &columns, err));
    fill(run, tx, &scorer, &explainer, tail, &columns);
out:
    pa_explainer_free(&explainer);
    pa_scorer_free(&scorer);
    pa_tail_free(tail);
    pa_columns_free(&all);
    pa_columns_free(&features);
    return st;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    return pa_agree(run->comm, apply_here(run, model, tx), &run->err);
}

const pa_stage pa_iforest_stage = {
    .name = "iforest",
    .version = 2,
    .options = options,
    .plan = plan,
    .fit = fit,
    .apply = apply,
};
