#include "ingest_move.h"

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

/* What waits for its way is freed or left for others. */
static void forget_waiting(pa_mover *m)
{
    for (size_t i = 0; i < m->n_waiting; i++) pa_mover_leave(m, m->waiting[i].width, m->from[i]);
    m->n_waiting = m->n_placed = m->width_waiting = 0;
}

void pa_mover_free(pa_mover *m)
{
    forget_waiting(m);
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

pa_status pa_mover_send_keys(pa_mover *m, size_t n, const size_t width[], void *const column[],
                             pa_error *err)
{
    pa_column_move move[MOST_WAITING] = {{0}};
    pa_status st = PA_OK;
    PA_ASSERT(n <= MOST_WAITING);
    if (!m->route) return PA_OK;
    for (size_t i = 0; i < n; i++) {
        move[i] = (pa_column_move){width[i], *(void **)column[i], NULL};
        if (st == PA_OK && !(move[i].target = pa_mover_take(m, width[i], err))) st = PA_E_MEMORY;
    }
    st = pa_route_send_if(m->comm, st, m->route, n, move, err);
    for (size_t i = 0; i < n; i++) {
        if (st == PA_OK) {
            pa_mover_leave(m, width[i], *(void **)column[i]);
            *(void **)column[i] = move[i].target;
        } else {
            pa_free(move[i].target);
        }
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

pa_status pa_mover_flush(pa_mover *m, pa_error *err)
{
    if (m->n_placed == 0) return PA_OK;
    pa_status st = pa_route_send_if(m->comm, m->failed, m->route, m->n_waiting, m->waiting, err);
    forget_waiting(m);
    return st;
}

pa_status pa_mover_place(pa_mover *m, pa_table *t, const pa_column_spec *spec, void *column,
                         pa_error *err)
{
    size_t width = pa_type_size(spec->type, spec->width);
    void **raw = column, *data = NULL;
    if (!m->route) return pa_mover_place_key(m, t, spec, column, err);
    pa_status st = pa_mover_add_column(m, t, spec, &data, err);
    if (st == PA_OK) {
        m->from[m->n_waiting] = *raw;
        m->waiting[m->n_waiting++] = (pa_column_move){width, *raw, data};
        *raw = NULL;
    } else if (m->failed == PA_OK) {
        m->failed = st;
    }
    m->n_placed++;
    m->width_waiting += width;
    bool enough = m->n_placed == MOST_WAITING || m->width_waiting >= ENOUGH_WAITING;
    return enough ? pa_mover_flush(m, err) : PA_OK;
}
