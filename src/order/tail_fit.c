#include "paraudit/order/tail_fit.h"

#include <stdbool.h>
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

/* Several tails on their way. */
typedef struct {
    size_t n_sets, max_knots;
    int64_t *n_rows;      /* of each, over all ranks */
    int64_t *ordinal;     /* n_sets x max_knots */
    pa_quantile *knot;    /* n_sets x max_knots */
    pa_quantile_set *set; /* n_sets */
} fitting;

static void free_fitting(fitting *f)
{
    pa_free(f->n_rows);
    pa_free(f->ordinal);
    pa_free(f->knot);
    pa_free(f->set);
}

static pa_status new_fitting(fitting *f, pa_error *err)
{
    PA_TRY(PA_NEW(f->n_rows, f->n_sets, err));
    PA_TRY(PA_NEW(f->ordinal, f->n_sets * f->max_knots, err));
    PA_TRY(PA_NEW(f->knot, f->n_sets * f->max_knots, err));
    return PA_NEW(f->set, f->n_sets, err);
}

/* What is asked of the s-th; rank 0 has the value that stands in for none. */
static void ask(fitting *f, size_t s, const pa_tail_set *tail, bool stands_in)
{
    static const float nothing = 0;
    int64_t *ordinal = f->ordinal + s * f->max_knots;
    bool none = f->n_rows[s] == 0;
    if (none) f->n_rows[s] = 1;
    f->set[s] = (pa_quantile_set){.n = none ? stands_in : tail->n,
                                  .value = none ? &nothing : tail->raw,
                                  .m = pa_tail_ordinals(f->n_rows[s], f->max_knots, ordinal),
                                  .position = ordinal,
                                  .quantile = f->knot + s * f->max_knots};
}

static pa_status put_tails(const fitting *f, const pa_tail_set tail[], pa_error *err)
{
    for (size_t s = 0; s < f->n_sets; s++) {
        pa_quantile *knot = f->set[s].quantile;
        size_t n_knots = keep_distinct(f->set[s].m, knot);
        PA_TRY(put_knots(f->n_rows[s], n_knots, knot, tail[s].store, err));
    }
    return PA_OK;
}

pa_status pa_tails_fit(pa_comm *comm, size_t n_sets, const pa_tail_set tail[], size_t max_knots,
                       pa_error *err)
{
    fitting f = {.n_sets = n_sets, .max_knots = max_knots};
    pa_status st;
    PA_GOTO(pa_agree(comm, new_fitting(&f, err), err));
    for (size_t s = 0; s < n_sets; s++) f.n_rows[s] = (int64_t)tail[s].n;
    pa_sum_i64(comm, f.n_rows, n_sets);
    for (size_t s = 0; s < n_sets; s++) ask(&f, s, tail + s, pa_comm_rank(comm) == 0);
    PA_GOTO(pa_quantiles_together(comm, n_sets, f.set, err));
    st = pa_agree(comm, put_tails(&f, tail, err), err);
out:
    free_fitting(&f);
    return st;
}

pa_status pa_tail_fit(pa_comm *comm, size_t n, const float raw[], size_t max_knots, pa_store *store,
                      pa_error *err)
{
    const pa_tail_set tail = {n, raw, store};
    return pa_tails_fit(comm, 1, &tail, max_knots, err);
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
