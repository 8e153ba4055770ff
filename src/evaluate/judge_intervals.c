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

/* What a rank tells the others of a block: its runs have the same scores in all replicates. */
typedef struct {
    int64_t n;
    uint64_t first_key, last_key;
    pa_counts first[PA_BLOCK], last[PA_BLOCK], all[PA_BLOCK];
} block_ends;

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
    size_t n_together;           /* blocks whose runs are made before the ranks talk of them */
    pa_score_run *runs;          /* of these blocks, PA_BLOCK times n_slots each */
    block_ends *mine;            /* of these blocks */
    pa_run_ends *ends;           /* a rank each */
    size_t n_replicates;         /* a multiple of PA_BLOCK; each of what follows has so many */
    int64_t n_top;               /* places that have a row */
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
    pa_free(b->runs);
    pa_free(b->mine);
    pa_free(b->ends);
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
static void judge_sums(bootstrap *b, double filled)
{
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

static pa_status find_slots(const pa_judging *j, bootstrap *b, pa_error *err)
{
    size_t n = j->ordered.view.n;
    PA_TRY(PA_NEW(b->key, n, err));
    PA_TRY(PA_NEW(b->number, n, err));
    PA_TRY(PA_NEW(b->slot, n + 1, err));
    PA_TRY(number_accounts(j, j->ordered.account, b, err));
    b->n_slots = pa_find_slots(n, j->ordered.view.key, j->ordered.fraud, b->slot);
    return PA_NEW(b->weight, b->n_keys, err);
}

/* As many blocks together as fit into a piece of an exchange, with what all ranks tell of them:
 * a sixteenth of it at most, as that grows with the ranks, on each of them. */
static pa_status make_room(const pa_judging *j, bootstrap *b, pa_error *err)
{
    int64_t most = (int64_t)b->n_slots;
    pa_max_i64(j->comm, &most, 1);
    size_t runs = (size_t)most * PA_BLOCK * sizeof *b->runs;
    size_t told = (size_t)pa_comm_size(j->comm) * sizeof *b->mine;
    size_t room = runs < 15 * told ? 16 * told : runs + told;
    size_t together = pa_comm_piece(j->comm) / room, blocks = b->n_replicates / PA_BLOCK;
    b->n_together = together < 1 ? 1 : together < blocks ? together : blocks;
    pa_status st = PA_NEW(b->runs, b->n_together * PA_BLOCK * b->n_slots, err);
    if (st == PA_OK) st = PA_NEW(b->mine, b->n_together, err);
    return pa_agree(j->comm, st, err);
}

/* The runs of a replicate of block `k` of those together. */
static pa_score_run *runs_of(const bootstrap *b, size_t k, int r)
{
    return b->runs + (k * PA_BLOCK + (size_t)r) * b->n_slots;
}

static block_ends ends_of_block(const bootstrap *b, size_t k)
{
    block_ends mine = {.n = (int64_t)b->n_slots};
    for (int r = 0; r < PA_BLOCK; r++) {
        const pa_score_run *run = runs_of(b, k, r);
        pa_run_ends ends = pa_ends_of_runs(b->n_slots, run);
        mine.first_key = ends.first.key;
        mine.last_key = ends.last.key;
        mine.first[r] = ends.first.rows;
        mine.last[r] = ends.last.rows;
        mine.all[r] = pa_count_runs(b->n_slots, run);
    }
    return mine;
}

static pa_counts sum_of(pa_counts a, pa_counts b)
{
    return (pa_counts){a.frauds + b.frauds, a.others + b.others};
}

/* Runs that lie over a cut go to the first rank that holds a part. ends: of block k, n_blocks of
 * them a rank. */
static void sum_areas(const pa_judging *j, bootstrap *b, const block_ends ends[], size_t n_blocks,
                      pa_score_run run[], int r, size_t at)
{
    int n_ranks = pa_comm_size(j->comm), rank = pa_comm_rank(j->comm);
    pa_counts earlier = {0, 0}, all = {0, 0};
    size_t skip;
    for (int i = 0; i < n_ranks; i++) {
        const block_ends *e = ends + (size_t)i * n_blocks;
        b->ends[i] = (pa_run_ends){
            .n = e->n, .first = {e->first_key, e->first[r]}, .last = {e->last_key, e->last[r]}};
        if (i == rank) earlier = all;
        all = sum_of(all, e->all[r]);
    }
    pa_join_runs(n_ranks, rank, b->ends, run, &skip);
    if (skip) earlier = sum_of(earlier, run[0].rows);
    size_t n = b->n_slots - skip;
    b->all[at] = all;
    b->area[at][0] = pa_ordered_pairs(n, run + skip, earlier, all);
    b->area[at][1] = pa_precision_sum(n, run + skip, earlier);
}

/* The runs of block k of those together, and what the others need of them. */
static void weigh(const pa_judging *j, bootstrap *b, size_t k, uint64_t block)
{
    pa_score_run *run[PA_BLOCK];
    for (int r = 0; r < PA_BLOCK; r++) run[r] = runs_of(b, k, r);
    for (size_t i = 0; i < b->n_keys; i++)
        pa_bootstrap_weights(j->options->seed, b->key[i], block, b->weight[i]);
    pa_weigh_slots(b->n_slots, b->slot, b->number, j->ordered.fraud,
                   (const uint8_t(*)[PA_BLOCK])b->weight, run);
    b->mine[k] = ends_of_block(b, k);
}

/* n_blocks blocks from `first` on. */
static pa_status add_areas(const pa_judging *j, bootstrap *b, size_t first, size_t n_blocks,
                           pa_error *err)
{
    void *gathered;
    size_t bytes;
    for (size_t k = 0; k < n_blocks; k++) weigh(j, b, k, first + k);
    PA_TRY(pa_gather_all(j->comm, b->mine, n_blocks * sizeof *b->mine, &gathered, &bytes, err));
    const block_ends *ends = gathered;
    for (size_t k = 0; k < n_blocks; k++)
        for (int r = 0; r < PA_BLOCK; r++)
            sum_areas(j, b, ends + k, n_blocks, runs_of(b, k, r), r,
                      (first + k) * PA_BLOCK + (size_t)r);
    pa_free(gathered);
    return PA_OK;
}

static void judge_areas(bootstrap *b)
{
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
    return find_slots(j, b, err);
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

/* Over the ranks, and from them the figures of each replicate. */
static pa_status sum_replicates(const pa_judging *j, bootstrap *b, const pa_evaluation_summary *s,
                                pa_error *err)
{
    pa_batch batch = {0};
    for (size_t i = 0; i < j->in->n; i++) b->n_top += j->top[i];
    for (size_t block = 0; block < b->n_replicates / PA_BLOCK; block++) sum_accounts(j, b, block);
    pa_batch_i64(&batch, &b->n_top, 1);
    pa_batch_i64(&batch, b->sum[0], b->n_replicates * N_SUMS);
    pa_batch_i128(&batch, b->area[0], b->n_replicates * 2);
    PA_TRY(pa_batch_sum(j->comm, &batch, PA_OK, err));
    judge_sums(b, (double)b->n_top / (double)(s->k * s->days));
    judge_areas(b);
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
    PA_GOTO(make_room(j, &b, err));
    size_t n_blocks = b.n_replicates / PA_BLOCK;
    for (size_t first = 0; first < n_blocks; first += b.n_together) {
        size_t left = n_blocks - first;
        PA_GOTO(add_areas(j, &b, first, left < b.n_together ? left : b.n_together, err));
    }
    PA_GOTO(sum_replicates(j, &b, &e->summary, err));
    st = pa_agree(j->comm, find_intervals(&b, n, e, err), err);
out:
    free_bootstrap(&b);
    return st;
}
