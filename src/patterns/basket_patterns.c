#include "paraudit/patterns/basket_patterns.h"

#include <math.h>

#include "basket_fit.h"
#include "basket_walk.h"
#include "paraudit/base/array.h"
#include "paraudit/base/stop.h"
#include "paraudit/patterns/low_amounts.h"
#include "paraudit/stage/time_plan.h"
#include "pattern_columns.h"
#include "pattern_tables.h"

static const char is_new[] = "merchant_is_new", low_count[] = "low_amount_count";

/* ---- plan ---- */

pa_status pa_basket_patterns_plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"account", "merchant", "time", "amount_minor", is_new};
    (void)config;
    for (int i = 0; i < 5; i++) PA_TRY(pa_schema_reads(io, reads[i], err));
    if (pa_schema_has_input(io, "category")) PA_TRY(pa_schema_reads(io, "category", err));
    for (int i = 0; i < PA_N_BASKET_COLUMNS; i++)
        PA_TRY(pa_schema_writes(io, pa_basket_columns + i, err));
    return pa_plan_pattern_tables(io, err);
}

/* ---- fit ---- */

/* Puts a row of counts for each category, and one for none. */
static pa_status count_amounts(pa_run *run, const pa_row_set *history, const pa_basket_rows *r,
                               pa_store *model)
{
    const int32_t *first = r->codes.first;
    size_t n = (size_t)(first[PA_ITEM_CATEGORY + 1] - first[PA_ITEM_CATEGORY]) + 1;
    void *count;
    PA_AGREE(run->comm,
             pa_store_put(model, low_count, PA_I64, n, PA_FINE_BANDS,
                          "transactions of the history by eighths of octaves of the amount, of "
                          "none and of each category",
                          &count, &run->err),
             &run->err);
    pa_low_amounts_count(r, history->from, history->until, count);
    pa_sum_i64(run->comm, count, n * PA_FINE_BANDS);
    return PA_OK;
}

static pa_status mine_baskets(pa_run *run, const pa_row_set *history, const pa_basket_rows *r,
                              pa_store *model)
{
    pa_basket_list list;
    PA_AGREE(run->comm, pa_account_baskets(r, history->from, history->until, &list, &run->err),
             &run->err);
    pa_status st = pa_basket_fit(run, history->table, &r->codes, &list, model);
    pa_basket_list_free(&list);
    return st;
}

pa_status pa_basket_patterns_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_table *tx = on->rows.table;
    int32_t *category;
    pa_status st = pa_agree(run->comm, pa_category_codes(tx, &category, &run->err), &run->err);
    pa_basket_rows r = pa_basket_rows_of(run->config, tx, category, &(pa_item_codes){0});
    if (st == PA_OK) st = pa_basket_codes(run->comm, &r, &r.codes, &run->err);
    if (st == PA_OK) st = count_amounts(run, &on->rows, &r, model);
    if (st == PA_OK) st = mine_baskets(run, &on->rows, &r, model);
    pa_free(category);
    return st;
}

/* ---- apply ---- */

/* Those of windows that end before the model's time are not looked at. */
static pa_status fill_baskets(pa_basket_walk *w, int64_t from, float outlier[],
                              float contradicted[], pa_error *err)
{
    const pa_basket_rows *r = &w->rows;
    int64_t earliest = from - r->seconds;
    for (size_t i = 0; i < r->n; i++) {
        if (i % 65536 == 0) PA_TRY(pa_stop_poll(err));
        outlier[i] = contradicted[i] = NAN;
        if (r->time[i] < earliest) continue;
        bool starts = pa_starts_basket(r, i) || r->time[i - 1] < earliest;
        pa_contradiction c;
        pa_basket_walk_add(w, i, starts);
        if (r->time[i] < from) continue;
        pa_basket_walk_contradicted(w, &c);
        outlier[i] = pa_basket_outlier(w->trie, &w->sum);
        contradicted[i] = (float)c.strength;
    }
    return PA_OK;
}

/* NaN before the model's time. */
static pa_status fill_low(const pa_run *run, const pa_store *model, const pa_table *tx,
                          const pa_basket_rows *r, float low[], pa_error *err)
{
    size_t n;
    const void *count;
    double *bits = NULL;
    PA_TRY(pa_store_get(model, low_count, PA_I64, &count, &n, err));
    PA_TRY(PA_NEW(bits, n * PA_FINE_BANDS, err));
    pa_low_amounts_bits(n - 1, count, bits);
    pa_low_new_amounts(r, pa_f32(tx, is_new), bits, low);
    pa_free(bits);
    for (size_t i = 0; i < r->n; i++)
        if (r->time[i] < run->plan->reference_from) low[i] = NAN;
    return PA_OK;
}

pa_status pa_basket_patterns_apply(pa_run *run, const pa_store *model, pa_table *tx,
                                   const int32_t category[])
{
    pa_basket_walk w;
    void *column[PA_N_BASKET_COLUMNS];
    pa_error *err = &run->err;
    pa_status st = pa_basket_walk_open(run->config, model, tx, category, &w, err);
    for (int i = 0; i < PA_N_BASKET_COLUMNS && st == PA_OK; i++)
        st = pa_run_write(run, pa_basket_columns[i].name, &column[i]);
    if (st == PA_OK)
        st = fill_baskets(&w, run->plan->reference_from, column[PA_BASKET_OUTLIER],
                          column[PA_RULE_CONTRADICTED], err);
    if (st == PA_OK) st = fill_low(run, model, tx, &w.rows, column[PA_LOW_NEW_AMOUNTS], err);
    if (st == PA_OK) st = pa_fill_pattern_tables(run, &w.model);
    pa_basket_walk_close(&w);
    return pa_agree(run->comm, st, err);
}
