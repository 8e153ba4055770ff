/* What the stage `expected` learns from the history. */
#include <math.h>
#include <string.h>

#include "choice_keys.h"
#include "expected_model.h"
#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/math.h"
#include "paraudit/table/slices.h"

enum { SURPRISE_BITS = 40 };

/* The history's rows, one after the other. */
typedef struct {
    size_t n;
    const pa_table *table;
    int32_t *account, *merchant;
    int64_t *time, *amount_minor;
    int8_t *segment;
    bool *wanted; /* in the last part, by which the weights are found */
    int64_t last; /* when it begins */
    size_t *row;  /* of the table */
    pa_labels labels;
    int64_t until; /* the history's end: what is known then of labels */
} history;

static void free_history(history *h)
{
    pa_free(h->account);
    pa_free(h->merchant);
    pa_free(h->time);
    pa_free(h->amount_minor);
    pa_free(h->segment);
    pa_free(h->wanted);
    pa_free(h->row);
}

static pa_status new_history(history *h, pa_error *err)
{
    PA_TRY(PA_NEW(h->account, h->n, err));
    PA_TRY(PA_NEW(h->merchant, h->n, err));
    PA_TRY(PA_NEW(h->time, h->n, err));
    PA_TRY(PA_NEW(h->amount_minor, h->n, err));
    PA_TRY(PA_NEW(h->segment, h->n, err));
    PA_TRY(PA_NEW(h->wanted, h->n, err));
    return PA_NEW(h->row, h->n, err);
}

static pa_status take_history(const pa_row_set *set, history *h, pa_error *err)
{
    const int32_t *account = pa_i32(set->table, "account"),
                  *merchant = pa_i32(set->table, "merchant");
    const int64_t *amount = pa_i64(set->table, "amount_minor");
    size_t cursor = 0, row;
    h->n = (size_t)set->n;
    h->table = set->table;
    PA_TRY(new_history(h, err));
    for (size_t i = 0; pa_next_rows(set, &cursor, 1, &row); i++) {
        h->account[i] = account[row];
        h->merchant[i] = merchant[row];
        h->time[i] = set->time[row];
        h->amount_minor[i] = amount[row];
        h->row[i] = row;
    }
    return PA_OK;
}

static void cut_history(pa_run *run, const pa_row_set *set, history *h)
{
    double share = pa_config_real(run->config, "expected.calibration_share");
    h->last = pa_rows_last_part(run->comm, set, share);
    for (size_t i = 0; i < h->n; i++) h->wanted[i] = h->time[i] >= h->last;
}

/* ---- segments ---- */

static pa_status fit_segments(pa_run *run, history *h, pa_store *model)
{
    const pa_segment_rows rows = {
        h->n,
        h->account,
        h->time,
        h->amount_minor,
        run->plan->history_from,
        h->until,
        pa_minor_units(pa_table_find(h->table, "amount_minor")->spec.unit)};
    pa_segment_cuts cuts;
    PA_TRY(pa_segments_learn(run->comm, &rows, model, &cuts, &run->err));
    pa_segments_of_rows(&cuts, &rows, h->segment);
    return PA_OK;
}

/* ---- what other accounts do ---- */

static bool is_fraud(const history *h, size_t i)
{
    return pa_label_at(&h->labels, h->row[i], h->until) == PA_LABEL_FRAUD;
}

/* Of the rows before the last part, but for frauds. */
typedef struct {
    size_t n;
    int32_t *account, *merchant;
    int8_t *segment;
} learned_rows;

static void free_learned(learned_rows *l)
{
    pa_free(l->account);
    pa_free(l->merchant);
    pa_free(l->segment);
}

static pa_status take_learned(const history *h, learned_rows *l, pa_error *err)
{
    PA_TRY(PA_NEW(l->account, h->n, err));
    PA_TRY(PA_NEW(l->merchant, h->n, err));
    PA_TRY(PA_NEW(l->segment, h->n, err));
    for (size_t i = 0; i < h->n; i++) {
        if (h->wanted[i] || is_fraud(h, i)) continue;
        l->account[l->n] = h->account[i];
        l->merchant[l->n] = h->merchant[i];
        l->segment[l->n++] = h->segment[i];
    }
    return PA_OK;
}

static pa_status put_totals(pa_run *run, const history *h, pa_choice_totals *totals,
                            pa_store *model)
{
    const pa_store_array *pair = pa_store_find(model, "pair"),
                         *count = pa_store_find(model, "pair_count");
    const int64_t *key = pair->data, *times = count->data;
    void *to;
    for (size_t i = 0; i < pair->n; i++) pa_choice_total(0, (uint64_t)key[i], times[i], totals);
    pa_sum_i64(run->comm, (int64_t *)totals, sizeof *totals / sizeof(int64_t));
    totals->late_from = h->last;
    totals->late_seconds = h->until > h->last ? h->until - h->last : 1;
    PA_TRY(pa_store_put(
        model, "totals", PA_I64, sizeof *totals / sizeof(int64_t), 1,
        "rows; merchants, those of one row, of two; roots; rows by segment; by size; late", &to,
        &run->err));
    memcpy(to, totals, sizeof *totals);
    return PA_OK;
}

/* What hangs on how often a pair was met over all ranks is counted once they are added up. */
static pa_status add_repeated(const pa_store *met, pa_pair_list *pairs, pa_error *err)
{
    const pa_store_array *pair = pa_store_find(met, "pair"),
                         *count = pa_store_find(met, "pair_count");
    const int64_t *key = pair->data, *times = count->data;
    for (size_t i = 0; i < pair->n; i++) {
        uint32_t n = times[i] > UINT32_MAX ? UINT32_MAX : (uint32_t)times[i];
        PA_TRY(pa_pair_list_add(pairs, (uint64_t)key[i], n, err));
        PA_TRY(pa_choice_repeat(0, (uint64_t)key[i], times[i], pairs, err));
    }
    return PA_OK;
}

static pa_status count_pairs(pa_run *run, const learned_rows *l, pa_store *model,
                             pa_choice_totals *totals)
{
    size_t most = (size_t)pa_config_int(run->config, "expected.most_merchants");
    pa_pair_list pairs = {0}, all = {0};
    pa_store met;
    pa_store_init(&met, "", 0);
    pa_status st = pa_agree(run->comm,
                            pa_choice_count(0, l->n, l->account, l->merchant, l->segment, most,
                                            &pairs, totals, &run->err),
                            &run->err);
    if (st == PA_OK) st = pa_pair_counts_put(run->comm, &pairs, &met, &run->err);
    if (st == PA_OK) st = pa_agree(run->comm, add_repeated(&met, &all, &run->err), &run->err);
    pa_pair_list_free(&pairs);
    pa_store_free(&met);
    if (st == PA_OK) st = pa_pair_counts_put(run->comm, &all, model, &run->err);
    pa_pair_list_free(&all);
    return st;
}

/* Rows of the last part that are their account's first at a merchant, by merchant, each on the rank
 * that keeps it. */
static pa_status add_first(const history *h, pa_pair_list *list, pa_error *err)
{
    pa_pair_questions seen = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < h->n; i++) {
        uint32_t number;
        size_t before = seen.n;
        if (pa_starts_slice(h->account, i)) {
            pa_pair_questions_clear(&seen);
            before = 0;
        }
        if (h->merchant[i] < 0) continue;
        st = pa_pair_ask(&seen, (uint64_t)h->merchant[i], &number, err);
        if (st == PA_OK && number == before && h->wanted[i] && !is_fraud(h, i))
            st = pa_pair_list_add(list, pa_key_of_rows(0, h->merchant[i]), 1, err);
    }
    pa_pair_questions_free(&seen);
    return st;
}

static pa_status find_first(pa_run *run, const history *h, pa_store *late)
{
    pa_pair_list list = {0};
    pa_status st = pa_agree(run->comm, add_first(h, &list, &run->err), &run->err);
    if (st == PA_OK) st = pa_pair_counts_put(run->comm, &list, late, &run->err);
    pa_pair_list_free(&list);
    return st;
}

/* By how many learned rows the merchants have, and how many have none. */
static pa_status ask_first(pa_run *run, const pa_pair_counts *pairs, const pa_store *late,
                           pa_choice_totals *totals)
{
    const pa_store_array *key = pa_store_find(late, "pair");
    const int64_t *rows = pa_store_find(late, "pair_count")->data;
    uint32_t *count;
    PA_AGREE(run->comm, PA_NEW(count, key->n, &run->err), &run->err);
    pa_status st = pa_pair_counts_ask(run->comm, pairs, key->n, key->data, count, &run->err);
    for (size_t i = 0; st == PA_OK && i < key->n; i++) {
        totals->late += count[i] == 0;
        totals->first[pa_choice_size(count[i])] += rows[i];
    }
    pa_free(count);
    return st;
}

static pa_status count_first(pa_run *run, const history *h, const pa_store *model,
                             pa_choice_totals *totals)
{
    pa_pair_counts *pairs = NULL;
    pa_store late;
    pa_store_init(&late, "", 0);
    pa_status st = find_first(run, h, &late);
    if (st == PA_OK) st = pa_pair_counts_open(run->comm, model, &pairs, &run->err);
    if (st == PA_OK) st = ask_first(run, pairs, &late, totals);
    pa_pair_counts_close(pairs);
    pa_store_free(&late);
    return st;
}

static pa_status learn_others(pa_run *run, const history *h, pa_store *model,
                              pa_choice_totals *totals)
{
    learned_rows l = {0};
    pa_status st = pa_agree(run->comm, take_learned(h, &l, &run->err), &run->err);
    if (st == PA_OK) st = pa_step(run, count_pairs(run, &l, model, totals));
    if (st == PA_OK)
        st = pa_step(run, pa_expected_rules_fit(run, l.n, l.account, l.merchant, model));
    free_learned(&l);
    if (st == PA_OK) st = count_first(run, h, model, totals);
    return st == PA_OK ? put_totals(run, h, totals, model) : st;
}

/* ---- weights and p-values ---- */

/* Rows of the last part, as they were told. */
typedef struct {
    const history *h;
    size_t n;
    float *part; /* n x parts */
    int8_t *level, *segment;
    int32_t *account;
} told_rows;

static pa_status new_told(const history *h, told_rows *t, pa_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++) n += h->wanted[i];
    t->h = h;
    PA_TRY(PA_NEW(t->part, n * PA_N_CHOICE_PARTS, err));
    PA_TRY(PA_NEW(t->level, n, err));
    PA_TRY(PA_NEW(t->account, n, err));
    return PA_NEW(t->segment, n, err);
}

static void free_told(told_rows *t)
{
    pa_free(t->part);
    pa_free(t->level);
    pa_free(t->account);
    pa_free(t->segment);
}

/* What is known for a fraud as the history ends is nothing to be expected. */
static void take_told(void *to, size_t first, size_t n, const pa_choice_told told[])
{
    told_rows *t = to;
    for (size_t i = 0; i < n; i++, t->n++) {
        size_t row = first + told[i].row;
        memcpy(t->part + t->n * PA_N_CHOICE_PARTS, told[i].part, sizeof told[i].part);
        t->level[t->n] = is_fraud(t->h, row) ? (int8_t)-1 : told[i].level;
        t->segment[t->n] = t->h->segment[row];
        t->account[t->n] = t->h->account[row];
    }
}

static pa_status fit_weights(pa_run *run, const told_rows *t, double weight[], int64_t sum[])
{
    int64_t rounds = pa_config_int(run->config, "expected.rounds");
    pa_mixture_start(PA_CHOICE_LEVELS, PA_N_CHOICE_PARTS, weight);
    for (int64_t r = 0; r < rounds; r++) {
        memset(sum, 0, PA_EXPECTED_WEIGHTS * sizeof *sum);
        pa_mixture_add(t->n, PA_N_CHOICE_PARTS, t->part, t->level, weight, sum);
        pa_sum_i64(run->comm, sum, PA_EXPECTED_WEIGHTS);
        pa_mixture_step(PA_CHOICE_LEVELS, PA_N_CHOICE_PARTS, sum, weight);
        pa_log_progress(run->log, "weights of expected merchants", r + 1, rounds);
        PA_TRY(pa_safe_point_tile(run));
    }
    return PA_OK;
}

static void count_surprises(const told_rows *t, const double weight[], int64_t count[], int64_t *n,
                            pa_i128 *bits)
{
    pa_mixture_own own = {0};
    for (size_t i = 0; i < t->n; i++) {
        int from;
        if (pa_starts_slice(t->account, i)) own = (pa_mixture_own){0};
        if (t->level[i] < 0) continue;
        double p = pa_mixture_next(PA_N_CHOICE_PARTS, t->part + i * PA_N_CHOICE_PARTS,
                                   weight + (size_t)t->level[i] * PA_N_CHOICE_PARTS, &own, &from);
        float surprise = (float)-pa_log2(p);
        count[(size_t)t->segment[i] * PA_SURPRISE_STEPS + pa_surprise_step(surprise)]++;
        *bits += pa_fixed(surprise, SURPRISE_BITS);
        (*n)++;
    }
}

static pa_status put_surprises(pa_run *run, const told_rows *t, const double weight[],
                               pa_store *model)
{
    pa_i128 bits = 0;
    int64_t n = 0;
    void *to = NULL, *loss = NULL;
    size_t steps = (size_t)PA_N_SEGMENTS * PA_SURPRISE_STEPS;
    pa_status st =
        pa_store_put(model, "at_least", PA_I64, PA_N_SEGMENTS, PA_SURPRISE_STEPS,
                     "rows of the last part that surprise so much or more", &to, &run->err);
    if (st == PA_OK)
        st = pa_store_put(model, "log_loss", PA_F64, 1, 1,
                          "bits a row of the last part of the history", &loss, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    count_surprises(t, weight, to, &n, &bits);
    pa_sum_i64(run->comm, to, steps);
    pa_sum_i64(run->comm, &n, 1);
    pa_sum_i128(run->comm, &bits, 1);
    pa_surprise_rank(PA_N_SEGMENTS, to);
    *(double *)loss = n ? pa_fixed_to_f64(bits, SURPRISE_BITS) / (double)n : 0;
    return PA_OK;
}

static pa_status put_weights(pa_run *run, const told_rows *t, pa_store *model)
{
    double weight[PA_EXPECTED_WEIGHTS];
    int64_t sum[PA_EXPECTED_WEIGHTS] = {0};
    void *to;
    PA_TRY(fit_weights(run, t, weight, sum));
    PA_AGREE(run->comm,
             pa_store_put(model, "weight", PA_F64, PA_CHOICE_LEVELS, PA_N_CHOICE_PARTS,
                          "weight of each part, by activity", &to, &run->err),
             &run->err);
    memcpy(to, weight, sizeof weight);
    PA_AGREE(run->comm,
             pa_store_put(model, "belongs", PA_I64, PA_CHOICE_LEVELS, PA_N_CHOICE_PARTS,
                          "rows of the last part that belong to each part, by activity, in 2^-30",
                          &to, &run->err),
             &run->err);
    memcpy(to, sum, sizeof sum);
    return put_surprises(run, t, weight, model);
}

static pa_status fit_last_part(pa_run *run, const history *h, const pa_choice_totals *totals,
                               pa_store *model)
{
    const pa_expected_rows rows = {.n = h->n,
                                   .account = h->account,
                                   .merchant = h->merchant,
                                   .time = h->time,
                                   .segment = h->segment,
                                   .wanted = h->wanted,
                                   .labels = h->labels,
                                   .label_row = h->row};
    pa_pair_counts *pairs = NULL;
    pa_merchant_rules rules = {0};
    told_rows t = {0};
    pa_status st = pa_pair_counts_open(run->comm, model, &pairs, &run->err);
    if (st == PA_OK)
        st = pa_agree(run->comm, pa_expected_rules_open(model, &rules, &run->err), &run->err);
    if (st == PA_OK) st = pa_agree(run->comm, new_told(h, &t, &run->err), &run->err);
    if (st == PA_OK)
        st = pa_expected_walk(run, &rows, &(pa_expected_learned){pairs, totals, &rules}, take_told,
                              &t);
    pa_pair_counts_close(pairs);
    pa_merchant_rules_free(&rules);
    if (st == PA_OK) st = put_weights(run, &t, model);
    free_told(&t);
    return st;
}

pa_status pa_expected_fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    history h = {.until = run->plan->reference_from,
                 .labels = pa_labels_of(on->rows.table, run->plan)};
    pa_choice_totals totals = {0};
    pa_status st = pa_agree(run->comm, take_history(&on->rows, &h, &run->err), &run->err);
    if (st == PA_OK) cut_history(run, &on->rows, &h);
    if (st == PA_OK) st = pa_step(run, fit_segments(run, &h, model));
    if (st == PA_OK) st = pa_step(run, learn_others(run, &h, model, &totals));
    if (st == PA_OK) st = fit_last_part(run, &h, &totals, model);
    free_history(&h);
    if (st == PA_OK && totals.rows == 0)
        pa_run_note(run, "expected: nothing was learned from the history, so its columns say "
                         "nothing");
    return st;
}
