#include "paraudit/detect/iforest_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "iforest_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/iforest.h"
#include "paraudit/detect/tail_fit.h"
#include "paraudit/pipeline/time_plan.h"

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

enum { RAW, TAIL, N_WRITTEN };

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
};

static unsigned left_out(const pa_config *config)
{
    bool all = strcmp(pa_config_text(config, "iforest.features"), "all") == 0;
    return all ? 0 : PA_NEEDS_LABELS;
}

/* What the columns read needs, the columns written need. */
static pa_column_spec written_spec(int i, unsigned flags)
{
    pa_column_spec spec = written[i];
    spec.flags |= flags;
    return spec;
}

static pa_status plan_columns(pa_schema *io, const pa_column_spec *const feature[], size_t n,
                              unsigned without, pa_error *err)
{
    unsigned flags = 0;
    size_t n_read = 0;
    PA_TRY(pa_schema_reads(io, "split", err));
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
        pa_column_spec spec = written_spec(i, flags);
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

static pa_status put_names(const pa_columns *features, pa_store *model, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put_names(model, "feature_name", features->n, NAME_BYTES,
                              "columns that the trees cut, by number", &data, err));
    for (size_t i = 0; i < features->n; i++) {
        const char *name = features->column[i].spec.name;
        PA_ASSERT(strlen(name) < NAME_BYTES);
        memcpy((char *)data + i * NAME_BYTES, name, strlen(name));
    }
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
    while ((n = pa_next_rows(split, rows->n_rows, 1u << PA_SPLIT_HISTORY, &cursor, scorer.rows))) {
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

static pa_status fit(pa_run *run, const pa_table *rows, pa_store *model)
{
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

static pa_status add_written(pa_table *tx, const pa_columns *features, float *column[N_WRITTEN],
                             pa_error *err)
{
    unsigned flags = 0;
    for (size_t i = 0; i < features->n; i++) flags |= features->column[i].spec.flags;
    for (int i = 0; i < N_WRITTEN; i++) {
        pa_column_spec spec = written_spec(i, flags);
        void *data;
        PA_TRY(pa_table_add(tx, &spec, &data, err));
        column[i] = data;
        for (size_t r = 0; r < tx->n_rows; r++) column[i][r] = NAN;
    }
    return PA_OK;
}

static void fill(pa_run *run, const pa_table *tx, pa_scorer *scorer, const pa_tail *tail,
                 float *const column[N_WRITTEN])
{
    const unsigned wanted = 1u << PA_SPLIT_TRAIN | 1u << PA_SPLIT_GAP | 1u << PA_SPLIT_AUDIT;
    const int8_t *split = pa_i8(tx, "split");
    float raw[PA_SCORER_ROWS];
    size_t n, cursor = 0;
    while ((n = pa_next_rows(split, tx->n_rows, wanted, &cursor, scorer->rows))) {
        pa_score_rows(scorer, n, raw);
        for (size_t i = 0; i < n; i++) {
            column[RAW][scorer->rows[i]] = raw[i];
            column[TAIL][scorer->rows[i]] = pa_tail_of(tail, raw[i]);
        }
        pa_log_progress(run->log, "iforest", (int64_t)cursor, (int64_t)tx->n_rows);
    }
}

/* Local. */
static pa_status apply_here(pa_run *run, const pa_store *model, pa_table *tx)
{
    pa_error *err = &run->err;
    pa_iforest_model forest = {0};
    pa_columns features = {0};
    pa_scorer scorer = {0};
    pa_tail *tail = NULL;
    float *column[N_WRITTEN];
    pa_status st;
    PA_GOTO(read_forest(model, &forest, err));
    PA_GOTO(find_named(model, tx, (size_t)forest.shape.n_features, &features, err));
    PA_GOTO(pa_tail_read(model, &tail, err));
    PA_GOTO(pa_scorer_open(&scorer, &features, &forest, err));
    PA_GOTO(add_written(tx, &features, column, err));
    fill(run, tx, &scorer, tail, column);
out:
    pa_scorer_free(&scorer);
    pa_tail_free(tail);
    pa_columns_free(&features);
    return st;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    return pa_agree(run->comm, apply_here(run, model, tx), &run->err);
}

const pa_stage pa_iforest_stage = {
    .name = "iforest",
    .version = 1,
    .options = options,
    .plan = plan,
    .fit = fit,
    .apply = apply,
};
