#include "paraudit/detect/iforest_matrix.h"

#include "iforest_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/stage/time_plan.h"

typedef struct {
    pa_table rows; /* its split alone: all rows are history */
    pa_columns features;
    pa_iforest_shape shape;
    pa_forest_arrays arrays;
} matrix_forest;

static const pa_column_spec split_spec = {.name = "split", .type = PA_I8, .role = PA_ROLE_ID};

static void free_forest(matrix_forest *f)
{
    pa_table_free(&f->rows);
    pa_columns_free(&f->features);
    pa_free(f->arrays.feature);
    pa_free(f->arrays.threshold);
    pa_free(f->arrays.expected);
}

/* Local. */
static pa_status set_rows(matrix_forest *f, size_t n, int64_t n_global, size_t n_columns,
                          float *const column[], pa_error *err)
{
    void *split;
    pa_table_init(&f->rows, "matrix", "rows of the matrix");
    pa_table_size(&f->rows, 0, n, n_global);
    PA_TRY(pa_table_add(&f->rows, &split_spec, &split, err));
    for (size_t i = 0; i < n; i++) ((int8_t *)split)[i] = PA_SPLIT_HISTORY;
    PA_TRY(PA_NEW(f->features.column, n_columns, err));
    f->features.n = n_columns;
    for (size_t c = 0; c < n_columns; c++) {
        f->features.column[c].spec = (pa_column_spec){.type = PA_F32, .role = PA_ROLE_FEATURE};
        f->features.column[c].data = column ? column[c] : NULL;
    }
    return PA_OK;
}

/* Local. */
static pa_status set_forest(matrix_forest *f, const pa_iforest_settings *s, int64_t n_global,
                            pa_error *err)
{
    int32_t sample = (int32_t)(s->sample < n_global ? s->sample : n_global);
    f->shape = (pa_iforest_shape){.n_trees = (int32_t)s->trees,
                                  .n_features = (int32_t)f->features.n,
                                  .sample = sample,
                                  .depth = pa_iforest_depth(sample)};
    size_t heaps = (size_t)s->trees << f->shape.depth;
    PA_TRY(PA_NEW(f->arrays.feature, heaps, err));
    PA_TRY(PA_NEW(f->arrays.threshold, heaps, err));
    return PA_NEW(f->arrays.expected, 2 * heaps, err);
}

/* Local. */
static pa_status score_rows(const matrix_forest *f, float score[], pa_error *err)
{
    const pa_iforest_model model = {f->shape, f->arrays.feature, f->arrays.threshold,
                                    f->arrays.expected};
    const int8_t *split = pa_i8(&f->rows, "split");
    pa_scorer scorer = {0};
    pa_status st = pa_scorer_open(&scorer, &f->features, &model, err);
    for (size_t n, cursor = 0, done = 0; st == PA_OK; done += n) {
        n = pa_next_of_splits(split, f->rows.n_rows, 1u << PA_SPLIT_HISTORY, &cursor, scorer.rows);
        if (n == 0) break;
        pa_score_rows(&scorer, n, score + done);
    }
    pa_scorer_free(&scorer);
    return st;
}

static pa_status check_matrix(int64_t n_global, size_t n_columns, pa_error *err)
{
    if (n_global < 2)
        return pa_fail(err, PA_E_DATA, "isolation forest: %lld row, at least 2 are needed",
                       (long long)n_global);
    if (n_columns <= PA_IFOREST_MAX_FEATURES) return PA_OK;
    return pa_fail(err, PA_E_DATA, "isolation forest: %zu columns, at most %d can be read",
                   n_columns, PA_IFOREST_MAX_FEATURES);
}

pa_status pa_iforest_matrix(pa_comm *comm, const pa_iforest_settings *settings, size_t n,
                            size_t n_columns, float *const column[], float score[], pa_error *err)
{
    matrix_forest f = {0};
    pa_run run = {.comm = comm, .seed = settings->seed};
    int64_t n_global = (int64_t)n;
    pa_sum_i64(comm, &n_global, 1);
    PA_TRY(check_matrix(n_global, n_columns, err));
    pa_status st = set_rows(&f, n, n_global, n_columns, column, err);
    if (st == PA_OK) st = set_forest(&f, settings, n_global, err);
    PA_GOTO(pa_agree(comm, st, err));
    pa_fitting_rows fitting = pa_find_fitting_rows(comm, &f.rows);
    st = pa_grow_forest(&run, &f.shape, &f.features, &f.rows, &fitting, &f.arrays);
    if (st != PA_OK) {
        *err = run.err;
        goto out;
    }
    st = pa_agree(comm, score_rows(&f, score, err), err);
out:
    free_forest(&f);
    return st;
}
