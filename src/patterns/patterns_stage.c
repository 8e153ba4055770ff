/* The stage `patterns`. */
#include "paraudit/patterns/patterns_stage.h"

#include <math.h>
#include <string.h>

#include "basket_items.h"
#include "paraudit/base/array.h"
#include "paraudit/patterns/basket_patterns.h"
#include "paraudit/patterns/company.h"
#include "paraudit/patterns/pair_counts.h"
#include "pattern_columns.h"
#include "pattern_details.h"
#include "patterns_fit.h"

enum { TILE_ROWS = 64 * 1024 };

static const char segment_names[] = "categories/segment";

static const pa_option_spec options[] = {
    {.key = "patterns.run",
     .type = PA_OPTION_BOOL,
     .fallback = "yes",
     .meaning = "whether an audit learns what merchants and amounts go together"},
    {.key = "patterns.most_merchants",
     .type = PA_OPTION_INT,
     .fallback = "200",
     .min = 2,
     .max = 100000,
     .unit = "merchants",
     .meaning = "of an account's merchants in the history, those that it used last count as "
                "company; their pairs grow with the square"},
    PA_BASKET_OPTIONS,
    {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"account", "merchant", "time", "amount_minor"};
    const pa_table_spec names = {.name = segment_names, .meaning = "groups of accounts"};
    PA_TRY(pa_schema_learns_accounts(config, "patterns.run", true, sizeof reads / sizeof *reads,
                                     reads, io, err));
    if (pa_schema_runs(io) && pa_schema_has_input(io, "category"))
        PA_TRY(pa_schema_reads(io, "category", err));
    PA_TRY(pa_schema_writes(io, &pa_segment_column, err));
    for (int k = 0; k < PA_N_PATTERNS; k++)
        PA_TRY(pa_schema_writes(io, &pa_pattern_columns[k], err));
    if (pa_schema_runs(io)) PA_TRY(pa_basket_patterns_plan(config, io, err));
    return pa_schema_side_table(io, &names, err);
}

/* ---- rows, as the kernels take them ---- */

typedef struct {
    pa_combined_rows at;
    int32_t *category; /* in the type of the kernels; NULL: there is none */
    int8_t *segment;
} rows;

static pa_status open_rows(const pa_table *tx, rows *r, pa_error *err)
{
    *r = (rows){0};
    PA_TRY(pa_category_codes(tx, &r->category, err));
    PA_TRY(PA_NEW(r->segment, tx->n_rows, err));
    r->at = (pa_combined_rows){.n = tx->n_rows,
                               .account = pa_i32(tx, "account"),
                               .merchant = pa_i32(tx, "merchant"),
                               .category = r->category,
                               .time = pa_i64(tx, "time"),
                               .amount_minor = pa_i64(tx, "amount_minor"),
                               .segment = r->segment};
    return PA_OK;
}

static void close_rows(rows *r)
{
    pa_free(r->category);
    pa_free(r->segment);
}

/* n rows from row `first` on. */
static pa_combined_rows some_rows(const pa_combined_rows *r, size_t first, size_t n)
{
    pa_combined_rows some = *r;
    some.n = n;
    some.account += first;
    some.merchant += first;
    if (some.category) some.category += first;
    some.time += first;
    some.amount_minor += first;
    some.segment += first;
    return some;
}

/* ---- apply ---- */

typedef struct {
    pa_run *run;
    rows rows;
    bool *counted, *wanted;
    pa_segment_cuts cuts;
    pa_combined_totals totals;
    int64_t n_accounts;
    pa_pair_counts *pairs;
    pa_company *company;
    pa_combinations *combinations;
    float *out[PA_N_PATTERNS];
} walk;

static void close_walk(walk *w)
{
    close_rows(&w->rows);
    pa_free(w->counted);
    pa_free(w->wanted);
    pa_pair_counts_close(w->pairs);
    pa_company_close(w->company);
    pa_combinations_close(w->combinations);
}

static pa_status read_model(const pa_store *model, walk *w, pa_error *err)
{
    const void *cut, *totals;
    size_t n_cuts, n_totals;
    PA_TRY(pa_store_get(model, "segment_cut", PA_F32, &cut, &n_cuts, err));
    PA_TRY(pa_store_get(model, "totals", PA_I64, &totals, &n_totals, err));
    if (n_cuts != 2 || pa_store_find(model, "segment_cut")->width != PA_SEGMENT_CUTS ||
        n_totals != PA_COMBINED_TOTALS + 1)
        return pa_fail(err, PA_E_DATA, "model '%s': its arrays are not those of patterns",
                       model->name);
    memcpy(&w->cuts, cut, sizeof w->cuts);
    memcpy(&w->totals, totals, sizeof w->totals);
    w->n_accounts = ((const int64_t *)totals)[PA_COMBINED_TOTALS];
    return PA_OK;
}

/* Segments of rows from the reference on: what their account did before. */
static void find_segments(walk *w, double units)
{
    const pa_combined_rows *r = &w->rows.at;
    const pa_time_plan *p = w->run->plan;
    const pa_segment_rows history = pa_pattern_segment_rows(r, p, units);
    pa_segments_of_rows(&w->cuts, &history, w->rows.segment);
    for (size_t i = 0; i < r->n; i++) {
        w->counted[i] = pa_in_history(p, r->time[i]);
        w->wanted[i] = r->time[i] >= p->reference_from;
        if (!w->wanted[i]) w->rows.segment[i] = -1;
    }
}

static pa_status write_columns(walk *w, const pa_table *tx)
{
    void *data;
    PA_TRY(pa_run_write(w->run, pa_segment_column.name, &data));
    if (tx->n_rows) memcpy(data, w->rows.segment, tx->n_rows);
    for (int k = 0; k < PA_N_PATTERNS; k++) {
        PA_TRY(pa_run_write(w->run, pa_pattern_columns[k].name, &data));
        w->out[k] = data;
        for (size_t i = 0; i < tx->n_rows; i++) w->out[k][i] = NAN;
    }
    return PA_OK;
}

static pa_status open_walk(pa_run *run, const pa_store *model, const pa_table *tx, walk *w)
{
    pa_error *err = &run->err;
    w->run = run;
    PA_TRY(open_rows(tx, &w->rows, err));
    PA_TRY(PA_NEW(w->counted, tx->n_rows, err));
    PA_TRY(PA_NEW(w->wanted, tx->n_rows, err));
    PA_TRY(read_model(model, w, err));
    find_segments(w, pa_pattern_units(tx));
    PA_TRY(pa_company_open(PA_KIND_COMPANY,
                           (size_t)pa_config_int(run->config, "patterns.most_merchants"),
                           &w->company, err));
    PA_TRY(pa_combinations_open(PA_KIND_COMBINATIONS, &w->combinations, err));
    return write_columns(w, tx);
}

/* asked: what came of asking here. The answers: freed by the caller. Collective. */
static pa_status answer(walk *w, pa_status asked, const pa_pair_questions *q, uint32_t **count)
{
    pa_run *run = w->run;
    *count = NULL;
    if (asked == PA_OK) asked = PA_NEW(*count, q->n, &run->err);
    PA_AGREE(run->comm, asked, &run->err);
    return pa_pair_counts_ask(run->comm, w->pairs, q->n, q->key, *count, &run->err);
}

static pa_status tell_company(walk *w, const pa_combined_rows *r, size_t first)
{
    const pa_pair_questions *q = NULL;
    uint32_t *count;
    float *const *c = w->out;
    const pa_company_columns out = {
        .mean = c[PA_COMPANY_MEAN] + first,
        .max = c[PA_COMPANY_MAX] + first,
        .none_share = c[PA_COMPANY_NONE_SHARE] + first,
        .lift = c[PA_COMPANY_LIFT] + first,
    };
    const pa_company_rows of = {r->n,    r->account,         r->merchant,
                                r->time, w->counted + first, w->wanted + first};
    pa_status st = pa_company_ask(w->company, &of, &q, &w->run->err);
    st = answer(w, st, q, &count);
    if (st == PA_OK) pa_company_tell(w->company, count, w->n_accounts, &out);
    pa_free(count);
    return st;
}

static pa_status tell_combinations(walk *w, const pa_combined_rows *r, size_t first)
{
    const pa_pair_questions *q = NULL;
    uint32_t *count;
    float *const *c = w->out;
    const pa_combination_columns out = {
        .merchant_amount = c[PA_MERCHANT_AMOUNT_SURPRISE] + first,
        .category_amount = c[PA_CATEGORY_AMOUNT_SURPRISE] + first,
        .category_hour = c[PA_CATEGORY_HOUR_SURPRISE] + first,
    };
    pa_status st = pa_combinations_ask(w->combinations, r, &q, &w->run->err);
    st = answer(w, st, q, &count);
    if (st == PA_OK) pa_combinations_tell(w->combinations, count, &w->totals, &out);
    pa_free(count);
    return st;
}

/* Nothing was learned: every row is as ordinary as the next. */
static void tell_nothing(walk *w)
{
    static const float ordinary[PA_N_PATTERNS] = {
        [PA_COMPANY_MEAN] = 1, [PA_COMPANY_MAX] = 1, [PA_COMPANY_LIFT] = 1};
    for (int k = 0; k < PA_N_PATTERNS; k++)
        for (size_t i = 0; i < w->rows.at.n; i++)
            if (w->wanted[i]) w->out[k][i] = ordinary[k];
}

static pa_status walk_rows(walk *w)
{
    size_t n = w->rows.at.n, tiles = pa_run_tiles(w->run, n, TILE_ROWS);
    pa_status st = PA_OK;
    for (size_t t = 0; st == PA_OK && t < tiles; t++) {
        size_t first = t * TILE_ROWS < n ? t * TILE_ROWS : n;
        size_t here = n - first < TILE_ROWS ? n - first : TILE_ROWS;
        const pa_combined_rows r = some_rows(&w->rows.at, first, here);
        st = tell_company(w, &r, first);
        if (st == PA_OK) st = tell_combinations(w, &r, first);
        pa_log_progress(w->run->log, "patterns", (int64_t)(first + here), (int64_t)n);
        if (st == PA_OK) st = pa_safe_point_tile(w->run);
    }
    return st;
}

/* Rank 0 holds the names. */
static pa_status name_segments(pa_run *run)
{
    const pa_column_spec spec = {.name = "segment",
                                 .type = PA_BYTES,
                                 .width = PA_SEGMENT_NAME,
                                 .meaning = "quarters of the accounts, from slow and small on",
                                 .role = PA_ROLE_ID,
                                 .stage = "patterns"};
    pa_table *t;
    void *data;
    PA_TRY(pa_run_fill_table(run, segment_names, &t));
    int here = (int)pa_table_size_small(t, pa_comm_rank(run->comm), PA_N_SEGMENTS);
    PA_TRY(pa_table_add(t, &spec, &data, &run->err));
    for (int i = 0; i < here; i++) pa_segment_name(i, (char *)data + (size_t)i * PA_SEGMENT_NAME);
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    walk w = {0};
    pa_status st;
    PA_GOTO(pa_agree(run->comm, open_walk(run, model, tx, &w), &run->err));
    PA_GOTO(pa_pair_counts_open(run->comm, model, &w.pairs, &run->err));
    if (w.totals.rows > 0)
        PA_GOTO(walk_rows(&w));
    else
        tell_nothing(&w);
    PA_GOTO(pa_agree(run->comm, name_segments(run), &run->err));
    st = pa_step(run, pa_basket_patterns_apply(run, model, tx, w.rows.category));
out:
    close_walk(&w);
    return st;
}

const pa_stage pa_patterns_stage = {.name = "patterns",
                                    .version = 1,
                                    .options = options,
                                    .plan = plan,
                                    .fit = pa_patterns_fit,
                                    .apply = apply,
                                    .detail = pa_pattern_details,
                                    .detail_reads = pa_pattern_detail_reads,
                                    .cost = {.fit = 150, .apply = 600}};
