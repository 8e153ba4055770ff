#include "paraudit/comm/view.h"

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "route_sides.h"
#include "view_cut.h"

/* `here` leads through the local sort to the ranks, `there` from the arrivals
 * into view order, so that no column is copied whole on the way. */
struct pa_view_plan {
    pa_route *route;
};

static pa_status sort_here(const pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                           pa_view *view, pa_error *err)
{
    PA_TRY(PA_NEW(view->plan, 1, err));
    PA_TRY(pa_route_new(comm, &view->plan->route, err));
    pa_side *here = &view->plan->route->here;
    PA_TRY(PA_NEW(here->order, n, err));
    return pa_sort_pairs(n, key, tie, here->order, err);
}

/* What travels as a view is made. */
typedef struct {
    size_t n;
    pa_view_column *column;
} company;

static pa_status new_columns(pa_view *view, const company *with, pa_error *err)
{
    PA_TRY(PA_NEW(view->key, view->n, err));
    PA_TRY(PA_NEW(view->tie, view->n, err));
    for (size_t c = 0; c < with->n; c++) {
        with->column[c].ordered = pa_alloc(view->n, with->column[c].width, err);
        if (!with->column[c].ordered) return PA_E_MEMORY;
    }
    return PA_OK;
}

/* As they arrive: runs that ascend, one after the other by source rank. */
static pa_status bring_rows(pa_comm *comm, const uint64_t key[], const int64_t tie[],
                            const company *with, pa_view *view, pa_error *err)
{
    const pa_route *route = view->plan->route;
    view->n = pa_route_received(route);
    pa_status st = new_columns(view, with, err);
    pa_column_move move[2 + PA_VIEW_COLUMNS] = {{sizeof *key, key, view->key},
                                                {sizeof *tie, tie, view->tie}};
    for (size_t c = 0; c < with->n; c++) {
        const pa_view_column *one = with->column + c;
        move[2 + c] = (pa_column_move){one->width, one->rows, one->ordered};
    }
    return pa_route_send_if(comm, st, route, 2 + with->n, move, err);
}

static bool ascends(const pa_view *v)
{
    for (size_t i = 1; i < v->n; i++) {
        if (v->key[i - 1] > v->key[i]) return false;
        if (v->key[i - 1] == v->key[i] && v->tie[i - 1] > v->tie[i]) return false;
    }
    return true;
}

/* Replaces *column by the same values in the new order. */
static pa_status reorder(size_t n, size_t width, const uint32_t order[], void **column,
                         pa_error *err)
{
    void *ordered = pa_alloc(n, width, err);
    if (!ordered) return PA_E_MEMORY;
    pa_permute(n, width, order, *column, ordered);
    pa_free(*column);
    *column = ordered;
    return PA_OK;
}

static pa_status reorder_all(pa_view *view, const company *with, const uint32_t order[],
                             pa_error *err)
{
    void *key = view->key, *tie = view->tie;
    pa_status st = reorder(view->n, sizeof *view->key, order, &key, err);
    if (st == PA_OK) st = reorder(view->n, sizeof *view->tie, order, &tie, err);
    view->key = key;
    view->tie = tie;
    for (size_t c = 0; st == PA_OK && c < with->n; c++)
        st = reorder(view->n, with->column[c].width, order, &with->column[c].ordered, err);
    return st;
}

/* Orders the runs that arrived, and keeps for each arrival its place in the view. */
static pa_status sort_there(const pa_comm *comm, pa_view *view, const company *with, pa_error *err)
{
    if (ascends(view)) return PA_OK;
    pa_side *there = &view->plan->route->there;
    size_t *run = NULL;
    uint32_t *order = NULL, *place = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(run, (size_t)comm->size + 1, err));
    PA_GOTO(PA_NEW(order, view->n, err));
    for (int p = 0; p < comm->size; p++) run[p] = (size_t)there->at[p];
    run[comm->size] = view->n;
    PA_GOTO(pa_sort_runs(view->n, view->key, view->tie, (size_t)comm->size, run, order, err));
    PA_GOTO(PA_NEW(place, view->n, err));
    PA_GOTO(reorder_all(view, with, order, err));
    for (size_t i = 0; i < view->n; i++) place[order[i]] = (uint32_t)i;
    there->order = place;
    place = NULL;
out:
    pa_free(run);
    pa_free(order);
    pa_free(place);
    return st;
}

static pa_status make(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                      const company *with, pa_view *view, pa_error *err)
{
    pa_status st = sort_here(comm, n, key, tie, view, err);
    pa_route *route = st == PA_OK ? view->plan->route : NULL;
    PA_TRY(pa_view_cut(comm, st, n, key, tie, route ? route->here.order : NULL, &view->n_global,
                       route ? route->here.n : NULL, err));
    PA_TRY(pa_route_meet(comm, PA_OK, route, err));
    PA_TRY(bring_rows(comm, key, tie, with, view, err));
    PA_AGREE(comm, sort_there(comm, view, with, err), err);
    int rank = comm->rank, size = comm->size;
    view->first = pa_view_position(view->n_global, rank, size);
    PA_ASSERT(view->first + (int64_t)view->n == pa_view_position(view->n_global, rank + 1, size));
    return PA_OK;
}

pa_status pa_view_make_with(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                            size_t n_columns, pa_view_column columns[], pa_view *view,
                            pa_error *err)
{
    const company with = {n_columns, columns};
    PA_ASSERT(n_columns <= PA_VIEW_COLUMNS);
    *view = (pa_view){0};
    for (size_t c = 0; c < n_columns; c++) columns[c].ordered = NULL;
    pa_status st = make(comm, n, key, tie, &with, view, err);
    if (st == PA_OK) return PA_OK;
    pa_view_free(view);
    for (size_t c = 0; c < n_columns; c++) {
        pa_free(columns[c].ordered);
        columns[c].ordered = NULL;
    }
    return st;
}

pa_status pa_view_make(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                       pa_view *view, pa_error *err)
{
    return pa_view_make_with(comm, n, key, tie, 0, NULL, view, err);
}

void pa_view_free(pa_view *view)
{
    if (view->plan) pa_route_free(view->plan->route);
    pa_free(view->plan);
    pa_free(view->key);
    pa_free(view->tie);
    *view = (pa_view){0};
}

pa_status pa_view_send(pa_comm *comm, const pa_view *view, size_t width, const void *rows,
                       void *ordered, pa_error *err)
{
    return pa_route_send(comm, view->plan->route, width, rows, ordered, err);
}

pa_status pa_view_return(pa_comm *comm, const pa_view *view, size_t width, const void *ordered,
                         void *rows, pa_error *err)
{
    return pa_route_return(comm, view->plan->route, width, ordered, rows, err);
}

pa_status pa_view_send_if(pa_comm *comm, pa_status st, const pa_view *view, size_t n,
                          const pa_column_move columns[], pa_error *err)
{
    return pa_route_send_if(comm, st, view->plan->route, n, columns, err);
}

pa_status pa_view_return_if(pa_comm *comm, pa_status st, const pa_view *view, size_t n,
                            const pa_column_move columns[], pa_error *err)
{
    return pa_route_return_if(comm, st, view->plan->route, n, columns, err);
}

pa_status pa_view_send_all(pa_comm *comm, const pa_view *view, size_t n,
                           const pa_column_move columns[], pa_error *err)
{
    return pa_route_send_all(comm, view->plan->route, n, columns, err);
}

pa_status pa_view_return_all(pa_comm *comm, const pa_view *view, size_t n,
                             const pa_column_move columns[], pa_error *err)
{
    return pa_route_return_all(comm, view->plan->route, n, columns, err);
}
