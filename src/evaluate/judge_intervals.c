/* How sure the figures are: intervals over accounts that are drawn anew. */
#include <math.h>

#include "evaluate_parts.h"
#include "paraudit/base/sort.h"
#include "paraudit/evaluate/bootstrap.h"

/* What a replicate sums over the judged rows that are more than just there. */
enum { FRAUDS, ALERTS, RIGHT, TOP, TOP_RIGHT, N_SUMS };

typedef struct {
    uint64_t account;
    int64_t sum[N_SUMS];
} account_sums;

typedef enum { AUROC, AVERAGE_PRECISION, PRECISION, RECALL, AT_K, N_FIGURES } figure;

/* Accounts with such rows here; the judged rows in the order of margins, each with the number
 * of its account among `key`, the accounts that they are of. */
typedef struct {
    size_t n_accounts;
    account_sums *account;
    size_t n_keys;
    uint64_t *key;
    uint32_t *number;
    size_t n_slots;
    pa_slot *slot;
    uint8_t (*weight)[PA_BLOCK]; /* n_keys */
    pa_score_run *run[PA_BLOCK]; /* n_slots each */
    pa_run_ends *ends;           /* a rank each */
    size_t n_replicates;         /* a multiple of PA_BLOCK; each of what follows has so many */
    int64_t (*sum)[N_SUMS];      /* of this rank, then of all */
    pa_i128 (*area)[2];          /* likewise: ordered pairs, and sums of precision */
    pa_counts *all;              /* rows of all ranks */
    double *value[N_FIGURES];
} bootstrap;

static void free_bootstrap(bootstrap *b)
{
    pa_free(b->account);
    pa_free(b->key);
    pa_free(b->number);
    pa_free(b->slot);
    pa_free(b->weight);
    pa_free(b->ends);
    for (int i = 0; i < PA_BLOCK; i++) pa_free(b->run[i]);
    pa_free(b->sum);
    pa_free(b->area);
    pa_free(b->all);
    for (int i = 0; i < N_FIGURES; i++) pa_free(b->value[i]);
}

static uint64_t account_of(const pa_judging *j, size_t row)
{
    return j->in->account_key[j->in->account[row] - j->in->first_account];
}

/* ---- sums by account ---- */

/* out: NULL: only counts. */
static size_t sum_by_account(const pa_judging *j, account_sums out[])
{
    size_t n = 0;
    int32_t last = -1;
    for (size_t i = 0; i < j->in->n; i++) {
        bool fraud = j->fraud[i], alert = j->in->alert[i], top = j->top[i];
        if (!j->judged[i] || !(fraud || alert || top)) continue;
        n += j->in->account[i] != last;
        last = j->in->account[i];
        if (!out) continue;
        account_sums *a = out + n - 1;
        a->account = account_of(j, i);
        a->sum[FRAUDS] += fraud;
        a->sum[ALERTS] += alert;
        a->sum[RIGHT] += fraud && alert;
        a->sum[TOP] += top;
        a->sum[TOP_RIGHT] += fraud && top;
    }
    return n;
}

static double ratio(int64_t part, int64_t whole)
{
    return whole ? (double)part / (double)whole : (double)NAN;
}

static void sum_accounts(const pa_judging *j, bootstrap *b, uint64_t block)
{
    int64_t(*sum)[N_SUMS] = b->sum + block * PA_BLOCK;
    for (size_t i = 0; i < b->n_accounts; i++) {
        uint8_t weight[PA_BLOCK];
        pa_bootstrap_weights(j->options->seed, b->account[i].account, block, weight);
        for (int r = 0; r < PA_BLOCK; r++)
            for (int s = 0; s < N_SUMS; s++) sum[r][s] += weight[r] * b->account[i].sum[s];
    }
}

/* The alerts and the first k places stay as they are: what is uncertain is who is behind them.
 * filled: the share of the places that a row has. */
static void judge_sums(const pa_judging *j, bootstrap *b, double filled)
{
    pa_sum_i64(j->comm, b->sum[0], b->n_replicates * N_SUMS);
    for (size_t i = 0; i < b->n_replicates; i++) {
        const int64_t *sum = b->sum[i];
        b->value[PRECISION][i] = ratio(sum[RIGHT], sum[ALERTS]);
        b->value[RECALL][i] = ratio(sum[RIGHT], sum[FRAUDS]);
        b->value[AT_K][i] = ratio(sum[TOP_RIGHT], sum[TOP]) * filled;
    }
}

/* ---- areas ---- */

/* Numbers the accounts of the rows in the order of margins. */
static pa_status number_accounts(const pa_judging *j, const uint64_t account[], bootstrap *b,
                                 pa_error *err)
{
    size_t n = j->ordered.view.n;
    uint32_t *order = NULL;
    pa_status st = PA_NEW(order, n, err);
    if (st == PA_OK) st = pa_sort_u64(n, account, order, err);
    for (size_t i = 0; st == PA_OK && i < n; i++) {
        uint64_t key = account[order[i]];
        if (b->n_keys == 0 || b->key[b->n_keys - 1] != key) b->key[b->n_keys++] = key;
        b->number[order[i]] = (uint32_t)(b->n_keys - 1);
    }
    pa_free(order);
    return st;
}

/* The accounts' keys of the judged rows, in the order of margins. */
static pa_status send_accounts(const pa_judging *j, uint64_t account[], pa_error *err)
{
    uint64_t *judged = NULL;
    PA_AGREE(j->comm, PA_NEW(judged, j->n_judged, err), err);
    for (size_t i = 0, n = 0; i < j->in->n; i++)
        if (j->judged[i]) judged[n++] = account_of(j, i);
    pa_status st = pa_view_send(j->comm, &j->ordered.view, sizeof *judged, judged, account, err);
    pa_free(judged);
    return st;
}

static pa_status new_order(const pa_judging *j, bootstrap *b, uint64_t **account, pa_error *err)
{
    size_t n = j->ordered.view.n;
    PA_TRY(PA_NEW(*account, n, err));
    PA_TRY(PA_NEW(b->key, n, err));
    PA_TRY(PA_NEW(b->number, n, err));
    return PA_NEW(b->slot, n + 1, err);
}

static pa_status new_runs(const pa_judging *j, bootstrap *b, const uint64_t account[],
                          pa_error *err)
{
    PA_TRY(number_accounts(j, account, b, err));
    b->n_slots = pa_find_slots(j->ordered.view.n, j->ordered.view.key, j->ordered.fraud, b->slot);
    PA_TRY(PA_NEW(b->weight, b->n_keys, err));
    for (int r = 0; r < PA_BLOCK; r++) PA_TRY(PA_NEW(b->run[r], b->n_slots, err));
    return PA_OK;
}

static pa_status put_in_order(const pa_judging *j, bootstrap *b, pa_error *err)
{
    uint64_t *account = NULL;
    pa_status st;
    PA_GOTO(pa_agree(j->comm, new_order(j, b, &account, err), err));
    PA_GOTO(send_accounts(j, account, err));
    st = pa_agree(j->comm, new_runs(j, b, account, err), err);
out:
    pa_free(account);
    return st;
}

/* What a rank tells the others of a block: its runs have the same scores in all replicates. Small
 * enough to be one call. */
typedef struct {
    int64_t n;
    uint64_t first_key, last_key;
    pa_counts first[PA_BLOCK], last[PA_BLOCK], all[PA_BLOCK];
} block_ends;

static block_ends ends_of_block(const bootstrap *b)
{
    block_ends mine = {.n = (int64_t)b->n_slots};
    for (int r = 0; r < PA_BLOCK; r++) {
        pa_run_ends ends = pa_ends_of_runs(b->n_slots, b->run[r]);
        mine.first_key = ends.first.key;
        mine.last_key = ends.last.key;
        mine.first[r] = ends.first.rows;
        mine.last[r] = ends.last.rows;
        mine.all[r] = pa_count_runs(b->n_slots, b->run[r]);
    }
    return mine;
}

static pa_counts sum_of(pa_counts a, pa_counts b)
{
    return (pa_counts){a.frauds + b.frauds, a.others + b.others};
}

/* Runs that lie over a cut go to the first rank that holds a part. */
static void sum_areas(const pa_judging *j, bootstrap *b, const block_ends ends[], int r, size_t at)
{
    int n_ranks = pa_comm_size(j->comm), rank = pa_comm_rank(j->comm);
    pa_counts earlier = {0, 0}, all = {0, 0};
    size_t skip;
    for (int k = 0; k < n_ranks; k++) {
        b->ends[k] = (pa_run_ends){.n = ends[k].n,
                                   .first = {ends[k].first_key, ends[k].first[r]},
                                   .last = {ends[k].last_key, ends[k].last[r]}};
        if (k == rank) earlier = all;
        all = sum_of(all, ends[k].all[r]);
    }
    pa_join_runs(n_ranks, rank, b->ends, b->run[r], &skip);
    if (skip) earlier = sum_of(earlier, b->run[r][0].rows);
    size_t n = b->n_slots - skip;
    b->all[at] = all;
    b->area[at][0] = pa_ordered_pairs(n, b->run[r] + skip, earlier, all);
    b->area[at][1] = pa_precision_sum(n, b->run[r] + skip, earlier);
}

static pa_status add_areas(const pa_judging *j, bootstrap *b, uint64_t block, pa_error *err)
{
    void *ends;
    size_t bytes;
    for (size_t i = 0; i < b->n_keys; i++)
        pa_bootstrap_weights(j->options->seed, b->key[i], block, b->weight[i]);
    pa_weigh_slots(b->n_slots, b->slot, b->number, j->ordered.fraud,
                   (const uint8_t(*)[PA_BLOCK])b->weight, b->run);
    const block_ends mine = ends_of_block(b);
    PA_TRY(pa_gather_all(j->comm, &mine, sizeof mine, &ends, &bytes, err));
    for (int r = 0; r < PA_BLOCK; r++) sum_areas(j, b, ends, r, block * PA_BLOCK + (size_t)r);
    pa_free(ends);
    return PA_OK;
}

static void judge_areas(const pa_judging *j, bootstrap *b)
{
    pa_sum_i128(j->comm, b->area[0], b->n_replicates * 2);
    for (size_t i = 0; i < b->n_replicates; i++) {
        b->value[AUROC][i] = pa_auroc(b->area[i][0], b->all[i]);
        b->value[AVERAGE_PRECISION][i] = pa_average_precision(b->area[i][1], b->all[i]);
    }
}

/* ---- intervals ---- */

static pa_status new_bootstrap(const pa_judging *j, bootstrap *b, pa_error *err)
{
    PA_TRY(PA_NEW(b->ends, (size_t)pa_comm_size(j->comm), err));
    b->n_accounts = sum_by_account(j, NULL);
    PA_TRY(PA_NEW(b->account, b->n_accounts, err));
    sum_by_account(j, b->account);
    PA_TRY(PA_NEW(b->sum, b->n_replicates, err));
    PA_TRY(PA_NEW(b->area, b->n_replicates, err));
    PA_TRY(PA_NEW(b->all, b->n_replicates, err));
    for (int i = 0; i < N_FIGURES; i++) PA_TRY(PA_NEW(b->value[i], b->n_replicates, err));
    return PA_OK;
}

/* The share of the k places a day that a row has. */
static double share_filled(const pa_judging *j, const pa_evaluation_summary *s)
{
    int64_t n = 0;
    for (size_t i = 0; i < j->in->n; i++) n += j->top[i];
    pa_sum_i64(j->comm, &n, 1);
    return (double)n / (double)(s->k * s->days);
}

/* Where each figure stands in a summary. */
static double *place(pa_evaluation_summary *s, figure f)
{
    double *const places[N_FIGURES] = {[AUROC] = &s->auroc,
                                       [AVERAGE_PRECISION] = &s->average_precision,
                                       [PRECISION] = &s->precision,
                                       [RECALL] = &s->recall,
                                       [AT_K] = &s->precision_at_k};
    return places[f];
}

static pa_status find_intervals(bootstrap *b, size_t n, pa_evaluation *e, pa_error *err)
{
    for (int f = 0; f < N_FIGURES; f++) {
        pa_interval middle;
        PA_TRY(pa_middle_of(n, b->value[f], &middle, err));
        *place(&e->low, (figure)f) = middle.low;
        *place(&e->high, (figure)f) = middle.high;
    }
    return PA_OK;
}

pa_status pa_judge_intervals(const pa_judging *j, pa_evaluation *e, pa_error *err)
{
    size_t n = j->in->account_key ? (size_t)j->options->replicates : 0;
    bootstrap b = {.n_replicates = (n + PA_BLOCK - 1) / PA_BLOCK * PA_BLOCK};
    pa_status st;
    for (int f = 0; f < N_FIGURES; f++)
        *place(&e->low, (figure)f) = *place(&e->high, (figure)f) = (double)NAN;
    if (n == 0 || e->summary.frauds == 0) return PA_OK;
    PA_GOTO(pa_agree(j->comm, new_bootstrap(j, &b, err), err));
    PA_GOTO(put_in_order(j, &b, err));
    double filled = share_filled(j, &e->summary);
    for (uint64_t block = 0; block < b.n_replicates / PA_BLOCK; block++) {
        sum_accounts(j, &b, block);
        PA_GOTO(add_areas(j, &b, block, err));
    }
    judge_sums(j, &b, filled);
    judge_areas(j, &b);
    st = pa_agree(j->comm, find_intervals(&b, n, e, err), err);
out:
    free_bootstrap(&b);
    return st;
}
