#include "paraudit/comm/route.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "route_sides.h"

pa_status pa_check_rows(size_t n, pa_error *err)
{
    if (n <= UINT32_MAX) return PA_OK;
    return pa_fail(err, PA_E_USAGE,
                   "%zu rows would meet on one rank, which holds at most 2^32: use more ranks", n);
}

pa_status pa_route_new(const pa_comm *comm, pa_route **route, pa_error *err)
{
    pa_route *r = NULL;
    PA_TRY(PA_NEW(r, 1, err));
    *route = r;
    PA_TRY(pa_side_init(comm, &r->here, err));
    return pa_side_init(comm, &r->there, err);
}

/* Where all rows together may lie on one rank, nobody need ask how many do. */
pa_status pa_route_meet(pa_comm *comm, pa_status st, pa_route *route, pa_error *err)
{
    pa_side *here = route ? &route->here : NULL, *there = route ? &route->there : NULL;
    int64_t all;
    if (st == PA_OK) route->n_sent = pa_side_stack(comm, here);
    PA_TRY(pa_tell_counts(comm, st, here, there, &all, err));
    route->n_received = pa_side_stack(comm, there);
    if (all <= UINT32_MAX) return PA_OK;
    return pa_agree(comm, pa_check_rows(route->n_received, err), err);
}

void pa_route_free(pa_route *route)
{
    if (!route) return;
    pa_side_free(&route->here);
    pa_side_free(&route->there);
    pa_free(route);
}

/* Counts the rows of each rank; true where they lie grouped by rank already. */
static bool count_owners(const pa_comm *comm, size_t n, const int32_t owner[], int64_t count[])
{
    bool grouped = true;
    int32_t before = 0;
    for (size_t i = 0; i < n; i++) {
        PA_ASSERT(owner[i] >= 0 && owner[i] < comm->size);
        count[owner[i]]++;
        grouped &= before <= owner[i];
        before = owner[i];
    }
    return grouped;
}

/* A counting sort: rows by owner, and in row order within one. Uses here.at as
 * cursors, which pa_route_meet sets again. */
static pa_status order_by_owner(const pa_comm *comm, pa_side *here, size_t n, const int32_t owner[],
                                pa_error *err)
{
    PA_TRY(PA_NEW(here->order, n, err));
    pa_side_stack(comm, here);
    for (size_t i = 0; i < n; i++) here->order[here->at[owner[i]]++] = (uint32_t)i;
    return PA_OK;
}

static pa_status plan(const pa_comm *comm, size_t n, const int32_t owner[], pa_route **route,
                      pa_error *err)
{
    PA_TRY(pa_check_rows(n, err));
    PA_TRY(pa_route_new(comm, route, err));
    pa_side *here = &(*route)->here;
    if (count_owners(comm, n, owner, here->n)) return PA_OK;
    return order_by_owner(comm, here, n, owner, err);
}

static pa_status meet(pa_comm *comm, pa_status planned, pa_route **route, pa_error *err)
{
    pa_status st = pa_route_meet(comm, planned, *route, err);
    if (st != PA_OK) {
        pa_route_free(*route);
        *route = NULL;
    }
    return st;
}

pa_status pa_route_make_if(pa_comm *comm, pa_status st, size_t n, const int32_t owner[],
                           pa_route **route, pa_error *err)
{
    *route = NULL;
    if (st == PA_OK) st = plan(comm, n, owner, route, err);
    return meet(comm, st, route, err);
}

pa_status pa_route_make(pa_comm *comm, size_t n, const int32_t owner[], pa_route **route,
                        pa_error *err)
{
    return pa_route_make_if(comm, PA_OK, n, owner, route, err);
}

pa_status pa_route_arrange(pa_route *route, const uint32_t order[], pa_error *err)
{
    pa_side *there = &route->there;
    PA_ASSERT(!there->order);
    there->order = pa_realloc(NULL, route->n_received, sizeof *there->order, err);
    if (!there->order) return PA_E_MEMORY;
    for (size_t i = 0; i < route->n_received; i++) there->order[order[i]] = (uint32_t)i;
    return PA_OK;
}

size_t pa_route_received(const pa_route *route)
{
    return route->n_received;
}

pa_status pa_route_send(pa_comm *comm, const pa_route *route, size_t width, const void *rows,
                        void *arrived, pa_error *err)
{
    return pa_transfer(comm, PA_OK, width, &route->here, rows, &route->there, arrived, err);
}

pa_status pa_route_return(pa_comm *comm, const pa_route *route, size_t width, const void *answers,
                          void *rows, pa_error *err)
{
    return pa_transfer(comm, PA_OK, width, &route->there, answers, &route->here, rows, err);
}

pa_status pa_route_send_if(pa_comm *comm, pa_status st, const pa_route *route, size_t n,
                           const pa_column_move columns[], pa_error *err)
{
    return pa_transfer_all(comm, st, n, columns, &route->here, &route->there, err);
}

pa_status pa_route_return_if(pa_comm *comm, pa_status st, const pa_route *route, size_t n,
                             const pa_column_move columns[], pa_error *err)
{
    return pa_transfer_all(comm, st, n, columns, &route->there, &route->here, err);
}

pa_status pa_route_send_all(pa_comm *comm, const pa_route *route, size_t n,
                            const pa_column_move columns[], pa_error *err)
{
    return pa_route_send_if(comm, PA_OK, route, n, columns, err);
}

pa_status pa_route_return_all(pa_comm *comm, const pa_route *route, size_t n,
                              const pa_column_move columns[], pa_error *err)
{
    return pa_route_return_if(comm, PA_OK, route, n, columns, err);
}

pa_status pa_exchange(pa_comm *comm, size_t width, const void *elements, const int64_t n[],
                      void **arrived, size_t *n_arrived, pa_error *err)
{
    pa_route *route = NULL;
    *arrived = NULL;
    *n_arrived = 0;
    pa_status st = pa_route_new(comm, &route, err);
    if (st == PA_OK) memcpy(route->here.n, n, (size_t)comm->size * sizeof *n);
    st = meet(comm, st, &route, err);
    if (st != PA_OK) return st;
    *arrived = pa_alloc(route->n_received, width, err);
    st = *arrived ? PA_OK : PA_E_MEMORY;
    st = pa_transfer(comm, st, width, &route->here, elements, &route->there, *arrived, err);
    *n_arrived = route->n_received;
    pa_route_free(route);
    return st;
}

pa_status pa_exchange_bytes(pa_comm *comm, const void *bytes, const int64_t n[], void **arrived,
                            size_t *n_arrived, pa_error *err)
{
    return pa_exchange(comm, 1, bytes, n, arrived, n_arrived, err);
}
