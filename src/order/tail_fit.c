#include "paraudit/order/tail_fit.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/view.h"

/* The values of all ranks in one order, each rank with its share of it. */
static pa_status order_values(pa_comm *comm, size_t n, const float raw[], pa_view *view,
                              pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL;
    int64_t before = pa_sum_before_i64(comm, (int64_t)n);
    pa_status st = PA_NEW(key, n, err);
    if (st == PA_OK) st = PA_NEW(tie, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < n; i++) {
        key[i] = pa_key_of_f32(raw[i]);
        tie[i] = before + (int64_t)i;
    }
    st = pa_view_make(comm, n, key, tie, view, err);
out:
    pa_free(key);
    pa_free(tie);
    return st;
}

/* The keys at the chosen places of the order, from those that hold them to all
 * ranks; equal ones once. *n_knots of them, owned by the caller. */
static pa_status gather_knots(pa_comm *comm, const pa_view *view, size_t max_knots, uint64_t **knot,
                              size_t *n_knots, pa_error *err)
{
    int64_t *ordinal = NULL;
    uint64_t *mine = NULL;
    void *all = NULL;
    size_t n = 0, n_mine = 0, bytes = 0;
    pa_status st = PA_NEW(ordinal, max_knots, err);
    if (st == PA_OK) st = PA_NEW(mine, max_knots, err);
    PA_GOTO(pa_agree(comm, st, err));
    n = pa_tail_ordinals(view->n_global, max_knots, ordinal);
    for (size_t i = 0; i < n; i++) {
        int64_t place = ordinal[i] - view->first;
        if (place >= 0 && place < (int64_t)view->n) mine[n_mine++] = view->key[place];
    }
    PA_GOTO(pa_gather_all(comm, mine, n_mine * sizeof *mine, &all, &bytes, err));
    PA_ASSERT(bytes == n * sizeof *mine);
    *knot = all;
    *n_knots = 1;
    for (size_t i = 1; i < n; i++)
        if ((*knot)[i] != (*knot)[*n_knots - 1]) (*knot)[(*n_knots)++] = (*knot)[i];
out:
    pa_free(ordinal);
    pa_free(mine);
    return st;
}

static pa_status put_knots(pa_comm *comm, const pa_view *view, size_t n_knots,
                           const uint64_t knot[], pa_store *store, pa_error *err)
{
    void *value = NULL, *count = NULL, *rows = NULL;
    pa_status st = pa_store_put(store, "tail_value", PA_F32, n_knots, 1,
                                "raw values at which the tail is known, ascending", &value, err);
    if (st == PA_OK)
        st = pa_store_put(store, "tail_count", PA_I64, n_knots, 1,
                          "fitting rows with at least that raw value", &count, err);
    if (st == PA_OK)
        st = pa_store_put(store, "tail_rows", PA_I64, 1, 1, "fitting rows", &rows, err);
    PA_TRY(pa_agree(comm, st, err));
    float *v = value;
    int64_t *c = count;
    for (size_t i = 0; i < n_knots; i++) {
        v[i] = pa_f32_of_key(knot[i]);
        c[i] = (int64_t)(view->n - pa_lower_bound_u64(view->n, view->key, knot[i]));
    }
    pa_sum_i64(comm, c, n_knots);
    memcpy(rows, &view->n_global, sizeof view->n_global);
    return PA_OK;
}

pa_status pa_tail_fit(pa_comm *comm, size_t n, const float raw[], size_t max_knots, pa_store *store,
                      pa_error *err)
{
    pa_view view = {0};
    uint64_t *knot = NULL;
    size_t n_knots = 0;
    pa_status st;
    PA_GOTO(order_values(comm, n, raw, &view, err));
    PA_ASSERT(view.n_global >= 1);
    PA_GOTO(gather_knots(comm, &view, max_knots, &knot, &n_knots, err));
    st = put_knots(comm, &view, n_knots, knot, store, err);
out:
    pa_free(knot);
    pa_view_free(&view);
    return st;
}

pa_status pa_tail_read(const pa_store *store, pa_tail **tail, pa_error *err)
{
    const void *value, *count, *rows;
    size_t n_value, n_count, n_rows;
    *tail = NULL;
    PA_TRY(pa_store_get(store, "tail_value", PA_F32, &value, &n_value, err));
    PA_TRY(pa_store_get(store, "tail_count", PA_I64, &count, &n_count, err));
    PA_TRY(pa_store_get(store, "tail_rows", PA_I64, &rows, &n_rows, err));
    if (n_value != n_count || n_rows != 1)
        return pa_fail(err, PA_E_DATA, "model '%s': tail_value and tail_count differ in length",
                       store->name);
    return pa_tail_open(*(const int64_t *)rows, n_value, value, count, tail, err);
}
