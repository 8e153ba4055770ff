#include "paraudit/detect/points.h"

#include <string.h>

#include "paraudit/base/array.h"

pa_points pa_points_of(const pa_row_set *rows, size_t n_columns, const pa_column *const column[])
{
    return (pa_points){n_columns, column, rows, rows->n, rows->before, rows->n_global};
}

pa_points pa_all_points(pa_comm *comm, size_t n, size_t n_columns, const pa_column *const column[])
{
    pa_points p = {.n_columns = n_columns, .column = column, .n = (int64_t)n};
    p.before = pa_sum_before_i64(comm, p.n);
    p.n_global = p.n;
    pa_sum_i64(comm, &p.n_global, 1);
    return p;
}

size_t pa_next_points(const pa_points *p, size_t *cursor, size_t room, size_t row[])
{
    if (p->rows) return pa_next_rows(p->rows, cursor, room, row);
    size_t n = 0;
    for (; n < room && *cursor < (size_t)p->n; n++) row[n] = (*cursor)++;
    return n;
}

void pa_point_values(const pa_points *p, size_t column, size_t n, const size_t row[], float value[])
{
    const pa_column *c = p->column[column];
    if (c->spec.type == PA_F32) {
        const float *v = c->data;
        for (size_t i = 0; i < n; i++) value[i] = v[row[i]];
        return;
    }
    for (size_t i = 0; i < n; i++) value[i] = pa_column_value(c, row[i]);
}

pa_status pa_tile_open(pa_tile *t, const pa_points *points, pa_error *err)
{
    *t = (pa_tile){.points = points};
    PA_TRY(PA_NEW(t->values, points->n_columns * PA_TILE_ROWS, err));
    PA_TRY(PA_NEW(t->column, points->n_columns, err));
    for (size_t c = 0; c < points->n_columns; c++) t->column[c] = t->values + c * PA_TILE_ROWS;
    return PA_OK;
}

void pa_tile_free(pa_tile *t)
{
    pa_free(t->values);
    pa_free(t->column);
    *t = (pa_tile){0};
}

static void copy_values(pa_tile *t)
{
    for (size_t c = 0; c < t->points->n_columns; c++)
        pa_point_values(t->points, c, t->n, t->row, t->values + c * PA_TILE_ROWS);
}

bool pa_tile_next(pa_tile *t)
{
    t->n = pa_next_points(t->points, &t->cursor, PA_TILE_ROWS, t->row);
    copy_values(t);
    return t->n > 0;
}

void pa_tile_take(pa_tile *t, size_t n, const size_t row[])
{
    PA_ASSERT(n <= PA_TILE_ROWS);
    t->n = n;
    memcpy(t->row, row, n * sizeof *row);
    copy_values(t);
}
