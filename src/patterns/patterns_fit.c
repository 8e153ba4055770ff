/* What the stage `patterns` learns from the history. */
#include "patterns_fit.h"

#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/patterns/basket_patterns.h"
#include "paraudit/patterns/company.h"
#include "paraudit/patterns/pair_counts.h"

bool pa_in_history(const pa_time_plan *p, int64_t time)
{
    return time >= p->history_from && time < p->reference_from;
}

pa_segment_rows pa_pattern_segment_rows(const pa_combined_rows *r, const pa_time_plan *p,
                                        double units)
{
    return (pa_segment_rows){
        r->n, r->account, r->time, r->amount_minor, p->history_from, p->reference_from, units};
}

double pa_pattern_units(const pa_table *tx)
{
    return pa_minor_units(pa_table_find(tx, "amount_minor")->spec.unit);
}

/* ---- rows ---- */

/* The history's rows, one after the other. */
typedef struct {
    pa_combined_rows at;
    int32_t *account, *merchant, *category;
    int64_t *time, *amount_minor;
    int8_t *segment;
} history;

static void free_history(history *h)
{
    pa_free(h->account);
    pa_free(h->merchant);
    pa_free(h->category);
    pa_free(h->time);
    pa_free(h->amount_minor);
    pa_free(h->segment);
}

static pa_status new_history(size_t n, bool has_category, history *h, pa_error *err)
{
    PA_TRY(PA_NEW(h->account, n, err));
    PA_TRY(PA_NEW(h->merchant, n, err));
    if (has_category) PA_TRY(PA_NEW(h->category, n, err));
    PA_TRY(PA_NEW(h->time, n, err));
    PA_TRY(PA_NEW(h->amount_minor, n, err));
    PA_TRY(PA_NEW(h->segment, n, err));
    h->at = (pa_combined_rows){n,       h->account,      h->merchant, h->category,
                               h->time, h->amount_minor, h->segment};
    return PA_OK;
}

static pa_status take_history(const pa_row_set *set, history *h, pa_error *err)
{
    const pa_column *category = pa_table_find(set->table, "category");
    const int32_t *account = pa_i32(set->table, "account"),
                  *merchant = pa_i32(set->table, "merchant");
    const int64_t *amount = pa_i64(set->table, "amount_minor");
    size_t cursor = 0, row;
    PA_TRY(new_history((size_t)set->n, category, h, err));
    for (size_t i = 0; pa_next_rows(set, &cursor, 1, &row); i++) {
        h->account[i] = account[row];
        h->merchant[i] = merchant[row];
        if (category) h->category[i] = pa_code_at(category, row);
        h->time[i] = set->time[row];
        h->amount_minor[i] = amount[row];
    }
    return PA_OK;
}

static pa_status fit_segments(pa_run *run, const pa_table *tx, const history *h, pa_store *model)
{
    const pa_segment_rows rows = pa_pattern_segment_rows(&h->at, run->plan, pa_pattern_units(tx));
    pa_segment_cuts cuts;
    PA_TRY(pa_segments_learn(run->comm, &rows, model, &cuts, &run->err));
    pa_segments_of_rows(&cuts, &rows, h->segment);
    return PA_OK;
}

/* A category counts once: with all its rows, on one rank. */
static int64_t count_categories(const pa_store *model)
{
    const pa_store_array *pair = pa_store_find(model, "pair");
    const int64_t *key = pair->data;
    int64_t n = 0;
    for (size_t i = 0; i < pair->n; i++)
        n += pa_is_category((uint64_t)key[i], PA_KIND_COMBINATIONS);
    return n;
}

static pa_status put_totals(pa_run *run, pa_combined_totals *totals, int64_t n_accounts,
                            pa_store *model)
{
    int64_t *to;
    void *data;
    totals->categories = count_categories(model);
    pa_sum_i64(run->comm, (int64_t *)totals, PA_COMBINED_TOTALS);
    PA_TRY(pa_store_put(model, "totals", PA_I64, PA_COMBINED_TOTALS + 1, 1,
                        "rows, by band, by part of the day and by segment; categories; accounts",
                        &data, &run->err));
    to = data;
    memcpy(to, totals, sizeof *totals);
    to[PA_COMBINED_TOTALS] = n_accounts;
    return PA_OK;
}

static pa_status count_pairs(pa_run *run, const history *h, pa_store *model)
{
    pa_pair_list pairs = {0};
    pa_combined_totals totals = {0};
    int64_t n[2]; /* accounts, and those with too many merchants */
    size_t most = (size_t)pa_config_int(run->config, "patterns.most_merchants");
    pa_status st = pa_company_count(PA_KIND_COMPANY, h->at.n, h->account, h->merchant, most, &pairs,
                                    n, n + 1, &run->err);
    if (st == PA_OK)
        st = pa_combinations_count(PA_KIND_COMBINATIONS, &h->at, &pairs, &totals, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = pa_pair_counts_put(run->comm, &pairs, model, &run->err);
    pa_pair_list_free(&pairs);
    if (st != PA_OK) return st;
    pa_sum_i64(run->comm, n, 2);
    if (n[1])
        pa_run_note(run,
                    "%lld accounts have more than %zu merchants in the history: the others do not "
                    "count as company (patterns.most_merchants)",
                    (long long)n[1], most);
    return put_totals(run, &totals, n[0], model);
}

pa_status pa_patterns_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    history h = {0};
    pa_status st = pa_agree(run->comm, take_history(&on->rows, &h, &run->err), &run->err);
    if (st == PA_OK) st = pa_step(run, fit_segments(run, on->rows.table, &h, model));
    if (st == PA_OK) st = pa_step(run, count_pairs(run, &h, model));
    free_history(&h);
    if (st == PA_OK) st = pa_step(run, pa_basket_patterns_fit(run, on, model));
    if (st == PA_OK && on->rows.n_global == 0)
        pa_run_note(run, "patterns: there are no transactions in the history, so its columns say "
                         "nothing");
    return st;
}
