#include "paraudit/detect/iforest_detector.h"

#include "iforest_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/detect/iforest.h"

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
     .meaning = "rows that a tree is grown from; where there are fewer, all"},
    PA_DETECTOR_OPTIONS("iforest"),
    {0}};

typedef struct {
    pa_iforest *forest;
    pa_iforest_parts *parts; /* NULL: will not explain */
} opened;

static pa_status get_matrix(const pa_store *model, const char *name, pa_type type, size_t n,
                            size_t width, const void **data, pa_error *err)
{
    size_t found;
    PA_TRY(pa_store_get(model, name, type, data, &found, err));
    if (found == n && pa_store_find(model, name)->width == width) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': '%s' is not %zu x %zu values", model->name, name, n,
                   width);
}

static pa_status read_forest(const pa_store *model, size_t n_columns, pa_iforest_model *m,
                             pa_error *err)
{
    const void *shape, *feature, *threshold, *expected;
    PA_TRY(get_matrix(model, "shape", PA_I32, 4, 1, &shape, err));
    const int32_t *s = shape;
    m->shape = (pa_iforest_shape){s[0], s[1], s[2], s[3]};
    PA_TRY(pa_iforest_check_shape(&m->shape, err));
    if ((size_t)s[1] != n_columns)
        return pa_fail(err, PA_E_DATA, "model '%s': %d features, %zu names of features",
                       model->name, (int)s[1], n_columns);
    size_t n = (size_t)s[0], heap = (size_t)1 << s[3];
    PA_TRY(get_matrix(model, "feature", PA_I32, n, heap, &feature, err));
    PA_TRY(get_matrix(model, "threshold", PA_F32, n, heap, &threshold, err));
    PA_TRY(get_matrix(model, "expected", PA_I32, n, 2 * heap, &expected, err));
    m->feature = feature;
    m->threshold = threshold;
    m->expected = expected;
    return PA_OK;
}

static void close(void *state)
{
    opened *o = state;
    if (!o) return;
    pa_iforest_free(o->forest);
    pa_iforest_parts_free(o->parts);
    pa_free(o);
}

static pa_status open(const pa_store *model, size_t n_columns, bool explains, void **state,
                      pa_error *err)
{
    opened *o;
    pa_iforest_model forest;
    *state = NULL;
    PA_TRY(read_forest(model, n_columns, &forest, err));
    PA_TRY(PA_NEW(o, 1, err));
    pa_status st = pa_iforest_open(&forest, PA_IFOREST_BEST, &o->forest, err);
    if (st == PA_OK && explains) st = pa_iforest_parts_open(&forest, &o->parts, err);
    if (st == PA_OK)
        *state = o;
    else
        close(o);
    return st;
}

static void score(void *state, size_t n, const float *const column[], float raw[], int64_t part[])
{
    const opened *o = state;
    int64_t path_sum[PA_TILE_ROWS];
    pa_iforest_score(o->forest, n, column, path_sum);
    for (size_t i = 0; i < n; i++) raw[i] = (float)pa_iforest_anomaly(o->forest, path_sum[i]);
    if (part) pa_iforest_parts_of(o->parts, n, column, part);
}

const pa_detector pa_iforest_detector = {
    .name = "iforest",
    .title = "isolation forest",
    .scale = "2^(-mean path length / expected path length)",
    .least_rows = 2,
    .most_columns = PA_IFOREST_MAX_FEATURES,
    .options = options,
    .fit = pa_iforest_fit,
    .open = open,
    .close = close,
    .score = score,
};

const pa_stage pa_iforest_stage =
    PA_DETECTOR_STAGE(pa_iforest_detector, "iforest", 3, options, 170, 480);
