#include "paraudit/detect/ecod_detector.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/detect/ecod.h"
#include "paraudit/order/quantiles.h"

enum { MOST_COLUMNS = 32768 };

/* Of the parts that explain gives: 2^-32 of a nat, so that 2^15 columns add up
 * below 2^53. */
static const double PART_UNITS = 4294967296.0;

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

/* The knots of all columns so far, and room for one column's work. */
typedef struct {
    size_t n, room, max_knots;
    float *value;
    int64_t *below, *up_to;
    int64_t *first, *rows; /* of each column */
    float *known;          /* a column's values here that are not NaN */
    int64_t *position;     /* max_knots */
    pa_quantile *quantile; /* max_knots */
} builder;

static void free_builder(builder *b)
{
    pa_free(b->value);
    pa_free(b->below);
    pa_free(b->up_to);
    pa_free(b->first);
    pa_free(b->rows);
    pa_free(b->known);
    pa_free(b->position);
    pa_free(b->quantile);
}

static pa_status new_builder(builder *b, const pa_points *points, size_t max_knots, pa_error *err)
{
    *b = (builder){.max_knots = max_knots};
    PA_TRY(PA_NEW(b->first, points->n_columns + 1, err));
    PA_TRY(PA_NEW(b->rows, points->n_columns, err));
    PA_TRY(PA_NEW(b->known, (size_t)points->n, err));
    PA_TRY(PA_NEW(b->position, max_knots, err));
    return PA_NEW(b->quantile, max_knots, err);
}

static size_t known_values(const pa_points *points, size_t column, float known[])
{
    size_t row[PA_TILE_ROWS], n, cursor = 0, n_known = 0;
    float value[PA_TILE_ROWS];
    while ((n = pa_next_points(points, &cursor, PA_TILE_ROWS, row))) {
        pa_point_values(points, column, n, row, value);
        for (size_t i = 0; i < n; i++) {
            known[n_known] = value[i];
            n_known += value[i] == value[i];
        }
    }
    return n_known;
}

static pa_status grow(builder *b, pa_error *err)
{
    size_t more = b->n + b->max_knots;
    if (b->room >= more) return PA_OK;
    more += more / 2;
    float *value = pa_realloc(b->value, more, sizeof *value, err);
    if (!value) return PA_E_MEMORY;
    b->value = value;
    int64_t *below = pa_realloc(b->below, more, sizeof *below, err);
    if (!below) return PA_E_MEMORY;
    b->below = below;
    int64_t *up_to = pa_realloc(b->up_to, more, sizeof *up_to, err);
    if (!up_to) return PA_E_MEMORY;
    b->up_to = up_to;
    b->room = more;
    return PA_OK;
}

/* Equal values once. */
static void add_knots(builder *b, size_t column, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const pa_quantile *q = b->quantile + i;
        if (i > 0 && q->value == q[-1].value) continue;
        b->value[b->n] = q->value;
        b->below[b->n] = q->below;
        b->up_to[b->n++] = q->up_to;
    }
    b->first[column + 1] = (int64_t)b->n;
}

static pa_status fit_column(pa_comm *comm, const pa_points *points, size_t column, builder *b,
                            pa_error *err)
{
    size_t n = known_values(points, column, b->known), n_knots = 0;
    b->rows[column] = (int64_t)n;
    pa_sum_i64(comm, b->rows + column, 1);
    PA_AGREE(comm, grow(b, err), err);
    if (b->rows[column] > 0) n_knots = pa_ecod_ordinals(b->rows[column], b->max_knots, b->position);
    PA_TRY(pa_quantiles(comm, n, b->known, n_knots, b->position, b->quantile, err));
    add_knots(b, column, n_knots);
    return PA_OK;
}

static pa_status put_array(pa_store *model, const char *name, pa_type type, size_t n,
                           const void *values, const char *meaning, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put(model, name, type, n, 1, meaning, &data, err));
    if (n > 0) memcpy(data, values, n * pa_type_size(type, 0));
    return PA_OK;
}

static pa_status put_knots(const builder *b, size_t n_columns, pa_store *model, pa_error *err)
{
    PA_TRY(put_array(model, "first", PA_I64, n_columns + 1, b->first,
                     "where each column's knots begin", err));
    PA_TRY(put_array(model, "rows", PA_I64, n_columns, b->rows,
                     "fitting rows in which the column is known", err));
    PA_TRY(
        put_array(model, "value", PA_F32, b->n, b->value, "knots, ascending in each column", err));
    PA_TRY(put_array(model, "below", PA_I64, b->n, b->below, "fitting rows with a smaller value",
                     err));
    return put_array(model, "up_to", PA_I64, b->n, b->up_to, "fitting rows with at most that value",
                     err);
}

static pa_status fit(const pa_detector_context *x, const pa_points *points, pa_store *model,
                     pa_error *err)
{
    builder b;
    pa_status st = new_builder(&b, points, (size_t)pa_config_int(x->config, "ecod.knots"), err);
    PA_GOTO(pa_agree(x->comm, st, err));
    for (size_t c = 0; c < points->n_columns; c++) {
        PA_GOTO(fit_column(x->comm, points, c, &b, err));
        pa_log_progress(x->log, "ecod", (int64_t)c + 1, (int64_t)points->n_columns);
        PA_GOTO(pa_detector_step(x));
    }
    st = pa_agree(x->comm, put_knots(&b, points->n_columns, model, err), err);
out:
    free_builder(&b);
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
        part[i] = (int64_t)((double)o->part[i] * PART_UNITS);
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

const pa_stage pa_ecod_stage = PA_DETECTOR_STAGE(pa_ecod_detector, "ecod", 1, options);
