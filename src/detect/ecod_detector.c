#include "paraudit/detect/ecod_detector.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/column_knots.h"
#include "paraudit/detect/ecod.h"

enum { MOST_COLUMNS = 32768 };

static const pa_option_spec options[] = {
    {.key = "ecod.knots",
     .type = PA_OPTION_INT,
     .fallback = "4096",
     .min = PA_ECOD_MIN_KNOTS,
     .max = PA_ECOD_MAX_KNOTS,
     .unit = "values",
     .meaning = "values of a column that are kept of its distribution; up to so many rows, all"},
    PA_DETECTOR_OPTIONS("ecod"),
    {0}};

/* ---- fit ---- */

static pa_status put_array(pa_store *model, const char *name, pa_type type, size_t n,
                           const void *values, const char *meaning, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put(model, name, type, n, 1, meaning, &data, err));
    if (n > 0) memcpy(data, values, n * pa_type_size(type, 0));
    return PA_OK;
}

static pa_status put_knots(const pa_column_knots *k, pa_store *model, pa_error *err)
{
    PA_TRY(put_array(model, "first", PA_I64, k->n_columns + 1, k->first,
                     "where each column's knots begin", err));
    PA_TRY(put_array(model, "rows", PA_I64, k->n_columns, k->rows,
                     "fitting rows in which the column is known", err));
    PA_TRY(
        put_array(model, "value", PA_F32, k->n, k->value, "knots, ascending in each column", err));
    PA_TRY(put_array(model, "below", PA_I64, k->n, k->below, "fitting rows with a smaller value",
                     err));
    return put_array(model, "up_to", PA_I64, k->n, k->up_to, "fitting rows with at most that value",
                     err);
}

static pa_status fit(const pa_detector_context *x, const pa_points *points, pa_store *model,
                     pa_error *err)
{
    pa_column_knots knots;
    size_t max_knots = (size_t)pa_config_int(x->config, "ecod.knots");
    PA_TRY(pa_column_knots_fit(x, "ecod: fit", points, max_knots, &knots, err));
    pa_status st = pa_agree(x->comm, put_knots(&knots, model, err), err);
    pa_column_knots_free(&knots);
    return st;
}

/* ---- score and explain ---- */

typedef struct {
    pa_ecod *ecod;
    size_t n_columns;
    float *part; /* n_columns x PA_TILE_ROWS; NULL: will not explain */
} opened;

static pa_status read_model(const pa_store *model, size_t n_columns, pa_ecod_model *m,
                            pa_error *err)
{
    const void *first, *rows, *value, *below, *up_to;
    size_t n_first, n_rows, n, n_below, n_up_to;
    PA_TRY(pa_store_get(model, "first", PA_I64, &first, &n_first, err));
    PA_TRY(pa_store_get(model, "rows", PA_I64, &rows, &n_rows, err));
    PA_TRY(pa_store_get(model, "value", PA_F32, &value, &n, err));
    PA_TRY(pa_store_get(model, "below", PA_I64, &below, &n_below, err));
    PA_TRY(pa_store_get(model, "up_to", PA_I64, &up_to, &n_up_to, err));
    *m = (pa_ecod_model){n_columns, first, rows, value, below, up_to};
    bool alike = n_first == n_columns + 1 && n_rows == n_columns && n_below == n && n_up_to == n;
    if (alike && m->first[0] == 0 && m->first[n_columns] == (int64_t)n) return PA_OK;
    return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of %zu columns",
                   model->name, n_columns);
}

static void close(void *state)
{
    opened *o = state;
    if (!o) return;
    pa_ecod_free(o->ecod);
    pa_free(o->part);
    pa_free(o);
}

static pa_status open(const pa_store *model, size_t n_columns, bool explains, void **state,
                      pa_error *err)
{
    opened *o;
    pa_ecod_model m;
    *state = NULL;
    PA_TRY(read_model(model, n_columns, &m, err));
    PA_TRY(PA_NEW(o, 1, err));
    o->n_columns = n_columns;
    pa_status st = pa_ecod_open(&m, &o->ecod, err);
    if (st == PA_OK && explains) st = PA_NEW(o->part, n_columns * PA_TILE_ROWS, err);
    if (st == PA_OK)
        *state = o;
    else
        close(o);
    return st;
}

static void score(void *state, size_t n, const float *const column[], float raw[], int64_t part[])
{
    const opened *o = state;
    pa_ecod_score(o->ecod, n, column, raw, part ? o->part : NULL);
    for (size_t i = 0; part && i < o->n_columns * n; i++)
        part[i] = (int64_t)((double)o->part[i] * PA_PART_UNITS);
}

const pa_detector pa_ecod_detector = {
    .name = "ecod",
    .title = "ECOD detector",
    .scale = "how far out its features lie in the fitting rows' distributions, sum of -ln of the "
             "smaller side's share",
    .least_rows = 1,
    .most_columns = MOST_COLUMNS,
    .options = options,
    .fit = fit,
    .open = open,
    .close = close,
    .score = score,
};

const pa_stage pa_ecod_stage = PA_DETECTOR_STAGE(pa_ecod_detector, "ecod", 1, options, 400, 700);
