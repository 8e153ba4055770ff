#include "paraudit/order/tail_fit.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/order/quantiles.h"

/* Drops what stands behind an equal value; returns how many stay. */
static size_t keep_distinct(size_t n, pa_quantile knot[])
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || knot[i].value != knot[kept - 1].value) knot[kept++] = knot[i];
    return kept;
}

/* The tail as arrays of the store. Local. */
static pa_status put_knots(int64_t n_rows, size_t n_knots, const pa_quantile knot[],
                           pa_store *store, pa_error *err)
{
    void *value, *count, *rows;
    PA_TRY(pa_store_put(store, "tail_value", PA_F32, n_knots, 1,
                        "raw values at which the tail is known, ascending", &value, err));
    PA_TRY(pa_store_put(store, "tail_count", PA_I64, n_knots, 1,
                        "fitting rows with at least that raw value", &count, err));
    PA_TRY(pa_store_put(store, "tail_rows", PA_I64, 1, 1, "fitting rows", &rows, err));
    for (size_t i = 0; i < n_knots; i++) {
        ((float *)value)[i] = knot[i].value;
        ((int64_t *)count)[i] = n_rows - knot[i].below;
    }
    memcpy(rows, &n_rows, sizeof n_rows);
    return PA_OK;
}

pa_status pa_tail_fit(pa_comm *comm, size_t n, const float raw[], size_t max_knots, pa_store *store,
                      pa_error *err)
{
    int64_t *ordinal = NULL, n_rows = (int64_t)n;
    pa_quantile *knot = NULL;
    size_t n_knots;
    pa_sum_i64(comm, &n_rows, 1);
    PA_ASSERT(n_rows >= 1);
    pa_status st = PA_NEW(ordinal, max_knots, err);
    if (st == PA_OK) st = PA_NEW(knot, max_knots, err);
    PA_GOTO(pa_agree(comm, st, err));
    n_knots = pa_tail_ordinals(n_rows, max_knots, ordinal);
    PA_GOTO(pa_quantiles(comm, n, raw, n_knots, ordinal, knot, err));
    n_knots = keep_distinct(n_knots, knot);
    st = pa_agree(comm, put_knots(n_rows, n_knots, knot, store, err), err);
out:
    pa_free(ordinal);
    pa_free(knot);
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
