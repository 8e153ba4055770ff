#include "paraudit/patterns/false_discovery.h"

#include "paraudit/base/array.h"
#include "paraudit/base/math.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/route.h"

/* ---- a run of values for each rank ---- */

/* Of a sample the runs are as even as some values of each rank tell. */
enum { SAMPLE_OF_A_RANK = 32 };

/* Every step-th of the values. Ranks begin at different ones, by multiples of the golden ratio:
 * where their values are alike, those of the sample are not. all: of all ranks. Collective. */
static pa_status draw_sample(pa_comm *comm, size_t n, const int64_t sorted[], size_t step,
                             void **all, size_t *n_all, pa_error *err)
{
    uint32_t turn = (uint32_t)pa_comm_rank(comm) * 2654435769u;
    size_t drawn = 0, bytes = 0;
    uint64_t *sample;
    pa_status st = PA_NEW(sample, n / step + 1, err);
    for (size_t i = (size_t)((uint64_t)turn * step >> 32); st == PA_OK && i < n; i += step)
        sample[drawn++] = pa_key_of_i64(sorted[i]);
    st = pa_gather_all_if(comm, st, sample, drawn * sizeof *sample, all, &bytes, err);
    pa_free(sample);
    *n_all = bytes / sizeof *sample;
    return st;
}

/* cut: for each rank but the first the smallest value that is its own. n_all: of all ranks. */
static pa_status find_cuts(pa_comm *comm, size_t n, const int64_t sorted[], int64_t n_all,
                           int64_t cut[], pa_error *err)
{
    void *all = NULL;
    uint32_t *order = NULL;
    size_t size = (size_t)pa_comm_size(comm), drawn;
    size_t step = (size_t)n_all / (size * SAMPLE_OF_A_RANK) + 1;
    PA_TRY(draw_sample(comm, n, sorted, step, &all, &drawn, err));
    const uint64_t *sample = all;
    pa_status st = PA_NEW(order, drawn, err);
    if (st == PA_OK) st = pa_sort_u64(drawn, sample, order, err);
    for (size_t r = 1; st == PA_OK && r < size; r++)
        cut[r - 1] = drawn ? pa_i64_of_key(sample[order[drawn * r / size]]) : INT64_MAX;
    pa_free(order);
    pa_free(all);
    return pa_agree(comm, st, err);
}

pa_status pa_owners_by_value(pa_comm *comm, size_t n, const int64_t sorted[], int32_t owner[],
                             pa_error *err)
{
    size_t size = (size_t)pa_comm_size(comm);
    int64_t n_all = (int64_t)n, *cut = NULL;
    int32_t rank = 0;
    PA_AGREE(comm, PA_NEW(cut, size, err), err);
    pa_sum_i64(comm, &n_all, 1);
    pa_status st = find_cuts(comm, n, sorted, n_all, cut, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        while ((size_t)rank + 1 < size && sorted[i] >= cut[rank]) rank++;
        owner[i] = rank;
    }
    pa_free(cut);
    return st;
}

/* ---- q of the values of a run ---- */

/* What has come to this rank, and in which order it ascends. */
typedef struct {
    size_t n;
    int64_t *value;
    uint64_t *count, *key;
    uint32_t *order;
    double *ln_q;
} run;

static pa_status take_run(size_t n, run *r, pa_error *err)
{
    r->n = n;
    PA_TRY(PA_NEW(r->value, n, err));
    PA_TRY(PA_NEW(r->count, n, err));
    PA_TRY(PA_NEW(r->key, n, err));
    PA_TRY(PA_NEW(r->order, n, err));
    return PA_NEW(r->ln_q, n, err);
}

static void free_run(run *r)
{
    pa_free(r->value);
    pa_free(r->count);
    pa_free(r->key);
    pa_free(r->order);
    pa_free(r->ln_q);
}

static pa_status order_run(run *r, pa_error *err)
{
    for (size_t i = 0; i < r->n; i++) r->key[i] = pa_key_of_i64(r->value[i]);
    return pa_sort_u64(r->n, r->key, r->order, err);
}

/* ln (p m / R), of those of a run from the first to the last; those that are alike one after the
 * other have the R of the last. */
static void adjust_each(run *r, int64_t n_before, int64_t n_all)
{
    int64_t up_to = n_before;
    for (size_t i = 0, end; i < r->n; i = end) {
        int64_t value = r->value[r->order[i]];
        for (end = i; end < r->n && r->value[r->order[end]] == value; end++)
            up_to += (int64_t)r->count[r->order[end]];
        double ln_q = pa_f64_of_i64(value) + pa_ln((double)n_all / (double)up_to);
        for (size_t k = i; k < end; k++) r->ln_q[r->order[k]] = ln_q;
    }
}

/* The least of the runs of higher ranks, or 0. */
static pa_status least_behind(pa_comm *comm, const run *r, double *least, pa_error *err)
{
    void *all;
    size_t bytes;
    double own = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->ln_q[i] < own) own = r->ln_q[i];
    PA_TRY(pa_gather_all(comm, &own, sizeof own, &all, &bytes, err));
    *least = 0;
    for (int k = pa_comm_rank(comm) + 1; k < pa_comm_size(comm); k++)
        if (((const double *)all)[k] < *least) *least = ((const double *)all)[k];
    pa_free(all);
    return PA_OK;
}

/* Never above those of larger p. */
static void step_up(run *r, double least)
{
    for (size_t i = r->n; i-- > 0;) {
        double *ln_q = r->ln_q + r->order[i];
        if (*ln_q < least) least = *ln_q;
        *ln_q = least;
    }
}

static pa_status adjust_run(pa_comm *comm, run *r, pa_error *err)
{
    int64_t n = 0, n_all;
    double least;
    for (size_t i = 0; i < r->n; i++) n += (int64_t)r->count[i];
    n_all = n;
    int64_t n_before = pa_sum_before_i64(comm, n);
    pa_sum_i64(comm, &n_all, 1);
    adjust_each(r, n_before, n_all);
    PA_TRY(least_behind(comm, r, &least, err));
    step_up(r, least);
    return PA_OK;
}

static pa_status adjust_by_runs(pa_comm *comm, const pa_route *route, const pa_value_counts *c,
                                double ln_q[], pa_error *err)
{
    run r = {0};
    pa_status st;
    PA_GOTO(pa_agree(comm, take_run(pa_route_received(route), &r, err), err));
    PA_GOTO(pa_route_send(comm, route, sizeof *r.value, c->value, r.value, err));
    PA_GOTO(pa_route_send(comm, route, sizeof *r.count, c->count, r.count, err));
    PA_GOTO(pa_agree(comm, order_run(&r, err), err));
    PA_GOTO(adjust_run(comm, &r, err));
    st = pa_route_return(comm, route, sizeof *r.ln_q, r.ln_q, ln_q, err);
out:
    free_run(&r);
    return st;
}

pa_status pa_adjust_p(pa_comm *comm, const pa_value_counts *c, double ln_q[], pa_error *err)
{
    int32_t *owner = NULL;
    pa_route *route = NULL;
    pa_status st;
    PA_GOTO(pa_agree(comm, PA_NEW(owner, c->n, err), err));
    PA_GOTO(pa_owners_by_value(comm, c->n, c->value, owner, err));
    PA_GOTO(pa_route_make(comm, c->n, owner, &route, err));
    st = adjust_by_runs(comm, route, c, ln_q, err);
out:
    pa_free(owner);
    pa_route_free(route);
    return st;
}
