#include "paraudit/patterns/basket_patterns.h"

#include <math.h>

#include "basket_fit.h"
#include "paraudit/base/array.h"
#include "paraudit/base/stop.h"
#include "paraudit/patterns/rule_match.h"
#include "paraudit/stage/time_plan.h"
#include "pattern_tables.h"

static const pa_column_spec columns[] = {
    {.name = "basket_outlier",
     .type = PA_F32,
     .unit = "1",
     .meaning = "How much more seldom the items (merchant, category, amount, hour) meet that the "
                "transaction brings to the account's basket of the window than by chance, by the "
                "frequent sets of the history's baskets, in bits; NaN before the model.",
     .role = PA_ROLE_FEATURE,
     .flags = PA_FITTED | PA_NEEDS_HISTORY,
     .stage = "patterns",
     .family = "basket",
     .words = "merchant, category, amount and hour meet at {odds} of what chance would give"},
    {.name = "rule_contradicted",
     .type = PA_F32,
     .unit = "1",
     .meaning = "Strength of the strongest rule of the history's baskets that the account's basket "
                "of the window contradicts as it stands with the transaction, in bits; 0: none, "
                "NaN before the model.",
     .role = PA_ROLE_FEATURE,
     .flags = PA_FITTED | PA_NEEDS_HISTORY,
     .stage = "patterns",
     .family = "rule",
     .words = "against a rule that at most {odds} of such baskets are known to break"},
};

/* ---- plan ---- */

pa_status pa_basket_patterns_plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const always[] = {"account", "time", "amount_minor"};
    static const char *const optional[] = {"merchant", "category"};
    (void)config;
    for (int i = 0; i < 3; i++) PA_TRY(pa_schema_reads(io, always[i], err));
    for (int i = 0; i < 2; i++)
        if (pa_schema_has_input(io, optional[i])) PA_TRY(pa_schema_reads(io, optional[i], err));
    for (int i = 0; i < 2; i++) PA_TRY(pa_schema_writes(io, columns + i, err));
    return pa_plan_pattern_tables(io, err);
}

/* ---- fit ---- */

pa_status pa_basket_patterns_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    const pa_row_set *history = &on->rows;
    pa_tx_baskets b;
    pa_basket_list list = {0};
    pa_status st = pa_tx_baskets_open(run, history->table, &b);
    if (st == PA_OK) {
        st = pa_account_baskets(&b.rows, history->from, history->until, &list, &run->err);
        st = pa_agree(run->comm, st, &run->err);
    }
    if (st == PA_OK) st = pa_basket_fit(run, history->table, &b.rows.codes, &list, model);
    pa_basket_list_free(&list);
    pa_tx_baskets_free(&b);
    return st;
}

/* ---- rows beside the model ---- */

typedef struct {
    pa_basket_model model;
    pa_tx_baskets b;
    pa_set_trie *trie;
    pa_rule_matcher *matcher;
    pa_basket basket; /* as it stands */
    pa_set_sum sum;
} walker;

static void close_walker(walker *w)
{
    pa_rule_matcher_free(w->matcher);
    pa_set_trie_free(w->trie);
    pa_tx_baskets_free(&w->b);
    pa_basket_model_close(&w->model);
}

static pa_status open_trie(const pa_config *config, walker *w, pa_error *err)
{
    pa_frequent_sets some = w->model.sets;
    size_t longest = (size_t)pa_config_int(config, "patterns.outlier_length");
    if (longest < some.longest) some.longest = longest;
    some.n = pa_sets_up_to(&some, some.longest);
    return pa_set_trie_open(&some, w->model.codes.first[PA_ITEM_KINDS], &w->trie, err);
}

static pa_status open_matcher(walker *w, pa_error *err)
{
    const pa_basket_model *m = &w->model;
    int32_t n_items = m->codes.first[PA_ITEM_KINDS];
    int64_t *support = NULL;
    PA_TRY(PA_NEW(support, (size_t)n_items, err));
    for (size_t i = 0; i < m->n_items; i++) support[m->sets.item[i]] = m->sets.support[i];
    pa_status st = pa_rule_matcher_open(&m->rules, n_items, support, &w->matcher, err);
    pa_free(support);
    return st;
}

/* On failure, too, it may be closed. */
static pa_status open_walker(const pa_run *run, const pa_store *store, const pa_table *tx,
                             walker *w, pa_error *err)
{
    *w = (walker){0};
    PA_TRY(pa_basket_model_open(store, &w->model, err));
    PA_TRY(pa_tx_baskets_of(run->config, tx, &w->model.codes, &w->b, err));
    PA_TRY(open_trie(run->config, w, err));
    return open_matcher(w, err);
}

static void add_row(walker *w, size_t row, bool starts)
{
    pa_basket *b = &w->basket;
    pa_basket_add(&w->b.rows, row, starts, b);
    pa_set_sum_row(starts, &w->sum);
    for (size_t i = b->n - b->n_new; i < b->n; i++) pa_set_sum_add(w->trie, b->item[i], &w->sum);
}

/* Those of windows that end before the model's time are not looked at. */
static pa_status fill(walker *w, int64_t from, float outlier[], float contradicted[], pa_error *err)
{
    const pa_basket_rows *r = &w->b.rows;
    int64_t earliest = from - r->seconds;
    for (size_t i = 0; i < r->n; i++) {
        if (i % 65536 == 0) PA_TRY(pa_stop_poll(err));
        outlier[i] = contradicted[i] = NAN;
        if (r->time[i] < earliest) continue;
        bool starts = pa_starts_basket(r, i) || r->time[i - 1] < earliest;
        pa_contradiction c;
        add_row(w, i, starts);
        if (r->time[i] < from) continue;
        pa_rule_contradicted(w->matcher, w->basket.n, w->basket.item, &c);
        outlier[i] = pa_basket_outlier(w->trie, &w->sum);
        contradicted[i] = (float)c.strength;
    }
    return PA_OK;
}

pa_status pa_basket_patterns_apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    walker w;
    void *outlier, *contradicted;
    pa_status st = open_walker(run, model, tx, &w, &run->err);
    if (st == PA_OK) st = pa_run_write(run, columns[0].name, &outlier);
    if (st == PA_OK) st = pa_run_write(run, columns[1].name, &contradicted);
    if (st == PA_OK) st = fill(&w, run->plan->reference_from, outlier, contradicted, &run->err);
    if (st == PA_OK) st = pa_fill_pattern_tables(run, &w.model);
    close_walker(&w);
    return pa_agree(run->comm, st, &run->err);
}

/* ---- a few rows ---- */

static void detail_of(walker *w, size_t row, char detail[64])
{
    size_t first = row;
    pa_contradiction c;
    detail[0] = '\0';
    while (!pa_starts_basket(&w->b.rows, first)) first--;
    for (size_t i = first; i <= row; i++) pa_basket_add(&w->b.rows, i, i == first, &w->basket);
    if (pa_rule_contradicted(w->matcher, w->basket.n, w->basket.item, &c))
        pa_rule_text(&w->model, c.rule, 64, detail);
}

pa_status pa_basket_patterns_detail(pa_run *run, const pa_store *model, const pa_table *tx,
                                    size_t n, const size_t rows[], char detail[][64])
{
    walker w;
    pa_status st = open_walker(run, model, tx, &w, &run->err);
    for (size_t i = 0; st == PA_OK && i < n; i++) detail_of(&w, rows[i], detail[i]);
    close_walker(&w);
    return st;
}
