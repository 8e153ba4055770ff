#include "paraudit/detect/column_knots.h"

#include "paraudit/base/array.h"
#include "paraudit/detect/ecod.h"
#include "paraudit/order/quantiles.h"

/* The knots of all columns so far, and room for the columns of one group, which share
 * their rounds of counting. */
typedef struct {
    pa_column_knots *knots;
    size_t room, max_knots, together;
    uint32_t *row;        /* the points here */
    float *known;         /* together x points: the columns' values here that are not NaN */
    int64_t *position;    /* together x max_knots */
    pa_quantile_set *set; /* together */
} builder;

static void free_builder(builder *b)
{
    pa_free(b->row);
    pa_free(b->known);
    pa_free(b->position);
    pa_free(b->set);
}

static pa_status new_builder(builder *b, const pa_points *points, pa_error *err)
{
    PA_TRY(PA_NEW(b->knots->first, points->n_columns + 1, err));
    PA_TRY(PA_NEW(b->knots->rows, points->n_columns, err));
    PA_TRY(pa_list_points(points, &b->row, err));
    PA_TRY(PA_NEW(b->known, b->together * (size_t)points->n, err));
    PA_TRY(PA_NEW(b->position, b->together * b->max_knots, err));
    return PA_NEW(b->set, b->together, err);
}

static pa_status grow(builder *b, size_t more, pa_error *err)
{
    pa_column_knots *k = b->knots;
    more += k->n;
    if (b->room >= more) return PA_OK;
    more = pa_larger_room(b->room, more);
    PA_TRY(PA_RESIZE(k->value, more, err));
    PA_TRY(PA_RESIZE(k->below, more, err));
    PA_TRY(PA_RESIZE(k->up_to, more, err));
    b->room = more;
    return PA_OK;
}

/* Equal values once. */
static void add_knots(pa_column_knots *k, size_t column, const pa_quantile_set *set)
{
    for (size_t i = 0; i < set->m; i++) {
        const pa_quantile *q = set->quantile + i;
        if (i > 0 && q->value == q[-1].value) continue;
        k->value[k->n] = q->value;
        k->below[k->n] = q->below;
        k->up_to[k->n++] = q->up_to;
    }
    k->first[column + 1] = (int64_t)k->n;
}

/* What is asked of column number `column`, as the k-th of its group: of columns of as many rows the
 * same. */
static void ask(builder *b, size_t k, size_t column)
{
    pa_quantile_set *s = b->set + k;
    const int64_t *rows = b->knots->rows + column;
    size_t back = 1;
    while (back <= k && rows[-(ptrdiff_t)back] != *rows) back++;
    if (back <= k) {
        s->m = s[-(ptrdiff_t)back].m;
        s->position = s[-(ptrdiff_t)back].position;
        return;
    }
    int64_t *position = b->position + k * b->max_knots;
    s->m = *rows > 0 ? pa_ecod_ordinals(*rows, b->max_knots, position) : 0;
    s->position = position;
}

/* The n columns from `column` on. */
static pa_status fit_group(pa_comm *comm, const pa_points *points, size_t column, size_t n,
                           builder *b, pa_error *err)
{
    for (size_t k = 0; k < n; k++) {
        float *known = b->known + k * (size_t)points->n;
        b->set[k] = (pa_quantile_set){.value = known};
        b->set[k].n = pa_known_values(points->column[column + k], (size_t)points->n, b->row, known);
        b->knots->rows[column + k] = (int64_t)b->set[k].n;
    }
    pa_sum_i64(comm, b->knots->rows + column, n);
    PA_AGREE(comm, grow(b, n * b->max_knots, err), err);
    for (size_t k = 0; k < n; k++) ask(b, k, column + k);
    void *all = NULL;
    pa_status st = pa_quantiles_in_place(comm, n, b->set, &all, err);
    for (size_t k = 0; st == PA_OK && k < n; k++) add_knots(b->knots, column + k, b->set + k);
    pa_free(all);
    return st;
}

pa_status pa_column_knots_fit(const pa_detector_context *x, const char *step,
                              const pa_points *points, size_t max_knots, pa_column_knots *knots,
                              pa_error *err)
{
    size_t together = pa_quantiles_group(x->comm, points->n_columns, points->n, max_knots);
    builder b = {.knots = knots, .max_knots = max_knots, .together = together};
    *knots = (pa_column_knots){.n_columns = points->n_columns};
    pa_status st = new_builder(&b, points, err);
    PA_GOTO(pa_agree(x->comm, st, err));
    for (size_t c = 0; c < points->n_columns; c += together) {
        size_t left = points->n_columns - c, n = left < together ? left : together;
        PA_GOTO(fit_group(x->comm, points, c, n, &b, err));
        pa_log_progress(x->log, step, (int64_t)(c + n), (int64_t)points->n_columns);
        PA_GOTO(pa_detector_step(x));
    }
out:
    free_builder(&b);
    if (st != PA_OK) pa_column_knots_free(knots);
    return st;
}

void pa_column_knots_free(pa_column_knots *k)
{
    pa_free(k->first);
    pa_free(k->rows);
    pa_free(k->value);
    pa_free(k->below);
    pa_free(k->up_to);
    *k = (pa_column_knots){0};
}
