#include "paraudit/evaluate/areas.h"

#include "evaluate_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/view.h"

static pa_status own_runs(pa_comm *comm, size_t n, pa_owned_runs *runs, pa_error *err)
{
    pa_run_ends mine = pa_ends_of_runs(n, runs->made);
    void *ends;
    size_t bytes, skip;
    PA_TRY(pa_gather_all(comm, &mine, sizeof mine, &ends, &bytes, err));
    pa_join_runs(pa_comm_size(comm), pa_comm_rank(comm), ends, runs->made, &skip);
    pa_free(ends);
    runs->run = runs->made + skip;
    runs->n = n - skip;
    pa_counts here = pa_count_runs(runs->n, runs->run);
    int64_t sums[3] = {(int64_t)runs->n, here.frauds, here.others};
    int64_t before[3] = {sums[0], sums[1], sums[2]};
    pa_sums_before_i64(comm, before, 3);
    runs->first = before[0];
    runs->before = (pa_counts){before[1], before[2]};
    pa_sum_i64(comm, sums, 3);
    runs->n_global = sums[0];
    runs->all = (pa_counts){sums[1], sums[2]};
    return PA_OK;
}

pa_status pa_share_runs(pa_comm *comm, size_t n, const uint64_t key[], const uint8_t fraud[],
                        pa_owned_runs *runs, pa_error *err)
{
    PA_AGREE(comm, PA_NEW(runs->made, n, err), err);
    return own_runs(comm, pa_score_runs(n, key, fraud, runs->made), runs, err);
}

pa_areas pa_areas_of_runs(pa_comm *comm, const pa_owned_runs *runs)
{
    pa_i128 sums[2] = {pa_ordered_pairs(runs->n, runs->run, runs->before, runs->all),
                       pa_precision_sum(runs->n, runs->run, runs->before)};
    pa_sum_i128(comm, sums, 2);
    return (pa_areas){.auroc = pa_auroc(sums[0], runs->all),
                      .average_precision = pa_average_precision(sums[1], runs->all)};
}

/* The frauds in the order of their score. */
static pa_status order_frauds(pa_comm *comm, size_t n, const float score[], const uint8_t fraud[],
                              pa_view *view, uint8_t **ordered, pa_error *err)
{
    uint64_t *key = NULL;
    int64_t *tie = NULL; /* rows of one score are one run: any order will do */
    pa_status st = PA_NEW(key, n, err);
    if (st == PA_OK) st = PA_NEW(tie, n, err);
    PA_GOTO(pa_agree(comm, st, err));
    for (size_t i = 0; i < n; i++) key[i] = ~pa_key_of_f64((double)score[i]);
    PA_GOTO(pa_view_make(comm, n, key, tie, view, err));
    PA_GOTO(pa_agree(comm, PA_NEW(*ordered, view->n, err), err));
    st = pa_view_send(comm, view, 1, fraud, *ordered, err);
out:
    pa_free(key);
    pa_free(tie);
    return st;
}

pa_status pa_find_areas(pa_comm *comm, size_t n, const float score[], const uint8_t fraud[],
                        pa_areas *areas, pa_error *err)
{
    pa_view view = {0};
    pa_owned_runs runs = {0};
    uint8_t *ordered = NULL;
    pa_status st;
    PA_GOTO(order_frauds(comm, n, score, fraud, &view, &ordered, err));
    PA_GOTO(pa_share_runs(comm, view.n, view.key, ordered, &runs, err));
    *areas = pa_areas_of_runs(comm, &runs);
out:
    pa_view_free(&view);
    pa_free(ordered);
    pa_free(runs.made);
    return st;
}

/* Room for some rows. */
typedef struct {
    size_t n;
    uint64_t *key;
    uint8_t *fraud;
} some_rows;

static pa_status keep_some(const pa_judging *j, bool (*keeps)(const void *of, size_t i),
                           const void *of, some_rows *some, pa_error *err)
{
    const pa_ordered_rows *all = &j->ordered;
    PA_TRY(PA_NEW(some->key, all->view.n, err));
    PA_TRY(PA_NEW(some->fraud, all->view.n, err));
    for (size_t i = 0; i < all->view.n; i++) {
        if (!keeps(of, i)) continue;
        some->key[some->n] = all->view.key[i];
        some->fraud[some->n++] = all->fraud[i];
    }
    return PA_OK;
}

pa_status pa_average_precision_of(const pa_judging *j, bool (*keeps)(const void *of, size_t i),
                                  const void *of, double *average_precision, pa_error *err)
{
    some_rows some = {0};
    pa_owned_runs runs = {0};
    pa_status st = pa_agree(j->comm, keep_some(j, keeps, of, &some, err), err);
    if (st == PA_OK) st = pa_share_runs(j->comm, some.n, some.key, some.fraud, &runs, err);
    if (st == PA_OK) *average_precision = pa_areas_of_runs(j->comm, &runs).average_precision;
    pa_free(runs.made);
    pa_free(some.key);
    pa_free(some.fraud);
    return st;
}
