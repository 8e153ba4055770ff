/* The stage `patterns`. */
#include "paraudit/patterns/patterns_stage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/features/segments.h"
#include "paraudit/patterns/combinations.h"
#include "paraudit/patterns/company.h"
#include "paraudit/patterns/pair_counts.h"
#include "pattern_columns.h"

enum { COMPANY = 0, COMBINATIONS = 1 }; /* kinds of pairs, the first of each */
enum { TILE_ROWS = 64 * 1024, SEGMENT_BYTES = 48 };

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
    {0}};

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    static const char *const reads[] = {"account", "merchant", "time", "amount_minor"};
    const pa_table_spec names = {.name = segment_names, .meaning = "groups of accounts"};
    bool aside = true;
    if (!pa_config_bool(config, "patterns.run"))
        pa_schema_stands_aside(io, "its key `run` says no");
    else if (pa_config_text(config, "input.account")[0] == '\0')
        pa_schema_stands_aside(io, "each row is its own account (input.account is empty)");
    else if (pa_config_text(config, "input.merchant")[0] == '\0')
        pa_schema_stands_aside(io, "rows name no merchant (input.merchant is empty)");
    else
        aside = false;
    pa_schema_fits_on(io, PA_FIT_HISTORY);
    for (size_t i = 0; !aside && i < sizeof reads / sizeof *reads; i++)
        PA_TRY(pa_schema_reads(io, reads[i], err));
    if (!aside && pa_schema_has_input(io, "category")) PA_TRY(pa_schema_reads(io, "category", err));
    PA_TRY(pa_schema_writes(io, &pa_segment_column, err));
    for (int k = 0; k < PA_N_PATTERNS; k++)
        PA_TRY(pa_schema_writes(io, &pa_pattern_columns[k], err));
    return pa_schema_side_table(io, &names, err);
}

/* ---- rows, as the kernels take them ---- */

typedef struct {
    pa_combined_rows at;
    int32_t *category; /* in the type of the kernels; NULL: there is none */
    int8_t *segment;
} rows;

static pa_status read_codes(const pa_table *tx, int32_t **category, pa_error *err)
{
    const pa_column *c = pa_table_find(tx, "category");
    *category = NULL;
    if (!c) return PA_OK;
    PA_TRY(PA_NEW(*category, tx->n_rows, err));
    for (size_t i = 0; i < tx->n_rows; i++) (*category)[i] = pa_code_at(c, i);
    return PA_OK;
}

static pa_status open_rows(const pa_table *tx, rows *r, pa_error *err)
{
    *r = (rows){0};
    PA_TRY(read_codes(tx, &r->category, err));
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

static size_t end_of_account(const pa_combined_rows *r, size_t begin)
{
    size_t end = begin + 1;
    while (end < r->n && r->account[end] == r->account[begin]) end++;
    return end;
}

static bool lies_in(const pa_time_plan *p, int64_t time)
{
    return time >= p->history_from && time < p->reference_from;
}

/* What an account's rows begin .. end - 1 have in the history; false: nothing. */
static bool segment_values(const pa_combined_rows *r, const pa_time_plan *p, double units,
                           size_t begin, size_t end, float *pace, float *amount)
{
    pa_segment_sums sums = {0};
    for (size_t i = begin; i < end; i++)
        if (lies_in(p, r->time[i])) pa_segment_add(&sums, r->time[i], r->amount_minor[i]);
    if (sums.rows) pa_segment_values(&sums, p->reference_from, units, pace, amount);
    return sums.rows > 0;
}

/* ---- fit ---- */

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
    h->at = (pa_combined_rows){n, h->account, h->merchant, h->category, h->time, h->amount_minor,
                               h->segment};
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

/* Pace and amount of each account, in the order of the rows. */
typedef struct {
    size_t n;
    float *pace, *amount;
} habits;

static pa_status find_habits(const pa_run *run, const history *h, double units, habits *of,
                             pa_error *err)
{
    for (size_t i = 0; i < h->at.n; i = end_of_account(&h->at, i)) of->n++;
    PA_TRY(PA_NEW(of->pace, of->n, err));
    PA_TRY(PA_NEW(of->amount, of->n, err));
    for (size_t i = 0, k = 0, end; i < h->at.n; i = end, k++) {
        end = end_of_account(&h->at, i);
        segment_values(&h->at, run->plan, units, i, end, of->pace + k, of->amount + k);
    }
    return PA_OK;
}

static void put_segments(const history *h, const habits *of, const pa_segment_cuts *cuts)
{
    for (size_t i = 0, k = 0, end; i < h->at.n; i = end, k++) {
        end = end_of_account(&h->at, i);
        memset(h->segment + i, pa_segment_of(cuts, of->pace[k], of->amount[k]), end - i);
    }
}

static double units_of(const pa_table *tx)
{
    return pa_minor_units(pa_table_find(tx, "amount_minor")->spec.unit);
}

static pa_status fit_segments(pa_run *run, const pa_table *tx, const history *h, pa_store *model)
{
    pa_error *err = &run->err;
    pa_segment_cuts cuts;
    habits of = {0};
    void *to;
    pa_status st;
    PA_GOTO(pa_agree(run->comm, find_habits(run, h, units_of(tx), &of, err), err));
    PA_GOTO(pa_segment_fit(run->comm, of.n, of.pace, of.amount, &cuts, err));
    put_segments(h, &of, &cuts);
    st = pa_store_put(model, "segment_cut", PA_F32, 2, PA_SEGMENT_CUTS,
                      "where parts of accounts begin: by pace, by amount", &to, err);
    if (st == PA_OK) memcpy(to, &cuts, sizeof cuts);
    st = pa_agree(run->comm, st, err);
out:
    pa_free(of.pace);
    pa_free(of.amount);
    return st;
}

/* A category counts once: with all its rows, on one rank. */
static int64_t count_categories(const pa_store *model)
{
    const pa_store_array *pair = pa_store_find(model, "pair");
    const int64_t *key = pair->data;
    int64_t n = 0;
    for (size_t i = 0; i < pair->n; i++) n += pa_is_category((uint64_t)key[i], COMBINATIONS);
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
    pa_status st = pa_company_count(COMPANY, h->at.n, h->account, h->merchant, most, &pairs, n,
                                    n + 1, &run->err);
    if (st == PA_OK)
        st = pa_combinations_count(COMBINATIONS, &h->at, &pairs, &totals, &run->err);
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

static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    history h = {0};
    pa_status st = pa_agree(run->comm, take_history(&on->rows, &h, &run->err), &run->err);
    if (st == PA_OK) st = pa_step(run, fit_segments(run, on->rows.table, &h, model));
    if (st == PA_OK) st = pa_step(run, count_pairs(run, &h, model));
    free_history(&h);
    return st;
}

/* ---- apply ---- */

typedef struct {
    pa_run *run;
    rows rows;
    bool *wanted;
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
    for (size_t begin = 0, end; begin < r->n; begin = end) {
        float pace, amount;
        int segment = PA_SEGMENT_NEW;
        end = end_of_account(r, begin);
        if (segment_values(r, p, units, begin, end, &pace, &amount))
            segment = pa_segment_of(&w->cuts, pace, amount);
        for (size_t i = begin; i < end; i++) {
            w->wanted[i] = r->time[i] >= p->reference_from;
            w->rows.segment[i] = (int8_t)(w->wanted[i] ? segment : -1);
        }
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
    PA_TRY(PA_NEW(w->wanted, tx->n_rows, err));
    PA_TRY(read_model(model, w, err));
    find_segments(w, units_of(tx));
    PA_TRY(pa_company_open(COMPANY, &w->company, err));
    PA_TRY(pa_combinations_open(COMBINATIONS, &w->combinations, err));
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
    pa_status st = pa_company_ask(w->company, r->n, r->account, r->merchant, w->wanted + first, &q,
                                  &w->run->err);
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
                                 .width = SEGMENT_BYTES,
                                 .meaning = "quarters of the accounts, from slow and small on",
                                 .role = PA_ROLE_ID,
                                 .stage = "patterns"};
    pa_table *t;
    void *data;
    PA_TRY(pa_run_fill_table(run, segment_names, &t));
    int here = (int)pa_table_size_small(t, pa_comm_rank(run->comm), PA_N_SEGMENTS);
    PA_TRY(pa_table_add(t, &spec, &data, &run->err));
    for (int i = 0; i < here; i++) {
        char *name = (char *)data + (size_t)i * SEGMENT_BYTES;
        if (i == PA_SEGMENT_NEW)
            snprintf(name, SEGMENT_BYTES, "no history");
        else
            snprintf(name, SEGMENT_BYTES, "pace %d of 4, amount %d of 4", i / PA_SEGMENT_PARTS + 1,
                     i % PA_SEGMENT_PARTS + 1);
    }
    return PA_OK;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    walk w = {0};
    pa_status st;
    PA_GOTO(pa_agree(run->comm, open_walk(run, model, tx, &w), &run->err));
    PA_GOTO(pa_pair_counts_open(run->comm, model, &w.pairs, &run->err));
    PA_GOTO(walk_rows(&w));
    st = pa_agree(run->comm, name_segments(run), &run->err);
out:
    close_walk(&w);
    return st;
}

const pa_stage pa_patterns_stage = {.name = "patterns",
                                    .version = 1,
                                    .options = options,
                                    .plan = plan,
                                    .fit = fit,
                                    .apply = apply,
                                    .cost = {.fit = 150, .apply = 600}};
