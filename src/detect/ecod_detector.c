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

/* The knots of all columns so far, and room for the columns of one group, which share
 * their rounds of counting. */
typedef struct {
    size_t n, room, max_knots, together;
    float *value;
    int64_t *below, *up_to;
    int64_t *first, *rows; /* of each column */
    uint32_t *row;         /* the points here */
    float *known;          /* together x points: the columns' values here that are not NaN */
    int64_t *position;     /* together x max_knots */
    pa_quantile *quantile; /* together x max_knots */
    pa_quantile_set *set;  /* together */
} builder;

static void free_builder(builder *b)
{
    pa_free(b->value);
    pa_free(b->below);
    pa_free(b->up_to);
    pa_free(b->first);
    pa_free(b->rows);
    pa_free(b->row);
    pa_free(b->known);
    pa_free(b->position);
    pa_free(b->quantile);
    pa_free(b->set);
}

/* As many columns as a piece of an exchange holds values of, on the rank that has most. */
static size_t group_of(pa_comm *comm, const pa_points *points, size_t max_knots)
{
    int64_t most = points->n;
    pa_max_i64(comm, &most, 1);
    size_t one = (size_t)most * (sizeof(float) + 2 * sizeof(uint32_t)) +
                 max_knots * (sizeof(pa_quantile) + 8 * sizeof(int64_t));
    size_t group = pa_comm_piece(comm) / one;
    return group < 1 ? 1 : group < points->n_columns ? group : points->n_columns;
}

static pa_status new_builder(builder *b, size_t together, const pa_points *points, size_t max_knots,
                             pa_error *err)
{
    *b = (builder){.max_knots = max_knots, .together = together};
    PA_TRY(PA_NEW(b->first, points->n_columns + 1, err));
    PA_TRY(PA_NEW(b->rows, points->n_columns, err));
    PA_TRY(pa_list_points(points, &b->row, err));
    PA_TRY(PA_NEW(b->known, together * (size_t)points->n, err));
    PA_TRY(PA_NEW(b->position, together * max_knots, err));
    PA_TRY(PA_NEW(b->quantile, together * max_knots, err));
    return PA_NEW(b->set, together, err);
}

static pa_status grow(builder *b, size_t more, pa_error *err)
{
    more += b->n;
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
static void add_knots(builder *b, size_t column, const pa_quantile_set *set)
{
    for (size_t i = 0; i < set->m; i++) {
        const pa_quantile *q = set->quantile + i;
        if (i > 0 && q->value == q[-1].value) continue;
        b->value[b->n] = q->value;
        b->below[b->n] = q->below;
        b->up_to[b->n++] = q->up_to;
    }
    b->first[column + 1] = (int64_t)b->n;
}

/* What is asked of column number `column`, as the k-th of its group. */
static void ask(builder *b, size_t k, size_t column)
{
    pa_quantile_set *s = b->set + k;
    int64_t *position = b->position + k * b->max_knots;
    s->m = b->rows[column] > 0 ? pa_ecod_ordinals(b->rows[column], b->max_knots, position) : 0;
    s->position = position;
    s->quantile = b->quantile + k * b->max_knots;
}

/* The n columns from `column` on. */
static pa_status fit_group(pa_comm *comm, const pa_points *points, size_t column, size_t n,
                           builder *b, pa_error *err)
{
    for (size_t k = 0; k < n; k++) {
        float *known = b->known + k * (size_t)points->n;
        b->set[k] = (pa_quantile_set){.value = known};
        b->set[k].n = pa_known_values(points->column[column + k], (size_t)points->n, b->row, known);
        b->rows[column + k] = (int64_t)b->set[k].n;
    }
    pa_sum_i64(comm, b->rows + column, n);
    PA_AGREE(comm, grow(b, n * b->max_knots, err), err);
    for (size_t k = 0; k < n; k++) ask(b, k, column + k);
    PA_TRY(pa_quantiles_together(comm, n, b->set, err));
    for (size_t k = 0; k < n; k++) add_knots(b, column + k, b->set + k);
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
    size_t max_knots = (size_t)pa_config_int(x->config, "ecod.knots");
    size_t together = group_of(x->comm, points, max_knots);
    pa_status st = new_builder(&b, together, points, max_knots, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    for (size_t c = 0; c < points->n_columns; c += together) {
        size_t left = points->n_columns - c, n = left < together ? left : together;
        PA_GOTO(fit_group(x->comm, points, c, n, &b, err));
        pa_log_progress(x->log, "ecod: fit", (int64_t)(c + n), (int64_t)points->n_columns);
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

const pa_stage pa_ecod_stage = PA_DETECTOR_STAGE(pa_ecod_detector, "ecod", 1, options, 400, 700);
