#include "ingest_move.h"

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

void pa_mover_free(pa_mover *m)
{
    for (size_t i = 0; i <= WIDEST_SPARE; i++) pa_free(m->spare[i]);
    pa_free(m->order);
    pa_free(m->ids);
}

void *pa_mover_take(pa_mover *m, size_t width, pa_error *err)
{
    void **spare = width <= WIDEST_SPARE ? &m->spare[width] : NULL;
    void *data = pa_realloc(spare ? *spare : NULL, m->n, width, err);
    if (data && spare) *spare = NULL;
    return data;
}

void pa_mover_leave(pa_mover *m, size_t width, void *data)
{
    if (width <= WIDEST_SPARE && !m->spare[width])
        m->spare[width] = data;
    else
        pa_free(data);
}

pa_status pa_mover_send_key(pa_mover *m, size_t width, void *column, pa_error *err)
{
    void **data = column;
    if (!m->route) return PA_OK;
    void *arrived = pa_mover_take(m, width, err);
    pa_status st = pa_agree(m->comm, arrived ? PA_OK : PA_E_MEMORY, err);
    if (st == PA_OK) st = pa_route_send(m->comm, m->route, width, *data, arrived, err);
    if (st == PA_OK) {
        pa_mover_leave(m, width, *data);
        *data = arrived;
    } else {
        pa_free(arrived);
    }
    return st;
}

pa_status pa_mover_find_order(pa_mover *m, const pa_csv_batch *b, const pa_partition *accounts,
                              pa_error *err)
{
    int rank = pa_comm_rank(m->comm);
    m->order = pa_realloc(NULL, m->n, sizeof *m->order, err);
    if (!m->order) return PA_E_MEMORY;
    PA_TRY(pa_ingest_order(b, pa_first_row(accounts, rank), pa_row_count(accounts, rank),
                           m->id_width, m->ids, m->order, err));
    return m->route ? pa_route_arrange(m->route, m->order, err) : PA_OK;
}

pa_status pa_mover_add_column(pa_mover *m, pa_table *t, const pa_column_spec *spec, void **data,
                              pa_error *err)
{
    *data = pa_mover_take(m, pa_type_size(spec->type, spec->width), err);
    if (!*data) return PA_E_MEMORY;
    pa_status st = pa_table_adopt(t, spec, *data, err);
    if (st != PA_OK) pa_free(*data);
    return st;
}

pa_status pa_mover_place_key(pa_mover *m, pa_table *t, const pa_column_spec *spec, void *column,
                             pa_error *err)
{
    size_t width = pa_type_size(spec->type, spec->width);
    void **raw = column, *data;
    PA_AGREE(m->comm, pa_mover_add_column(m, t, spec, &data, err), err);
    pa_permute(m->n, width, m->order, *raw, data);
    pa_mover_leave(m, width, *raw);
    *raw = NULL;
    return PA_OK;
}

pa_status pa_mover_place(pa_mover *m, pa_table *t, const pa_column_spec *spec, void *column,
                         pa_error *err)
{
    size_t width = pa_type_size(spec->type, spec->width);
    void **raw = column, *data;
    if (!m->route) return pa_mover_place_key(m, t, spec, column, err);
    PA_AGREE(m->comm, pa_mover_add_column(m, t, spec, &data, err), err);
    PA_TRY(pa_route_send(m->comm, m->route, width, *raw, data, err));
    pa_mover_leave(m, width, *raw);
    *raw = NULL;
    return PA_OK;
}
