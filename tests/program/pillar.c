/* A pillar in small, with everything that a real one has: fitted on the history in
 * rounds with safe points; a store and a side table cut by account; a ragged array and
 * a ragged table (the large amounts of each account) under a partition of their own;
 * fitted columns. See toy_job.h for how it is called.
 *
 * Each round mixes exact sums over all accounts into each account's state, so a round
 * that is lost or doubled, or a row that comes back on another rank, changes the bytes
 * that follow; and the ranks check that what they hold is theirs. */
#include <math.h>
#include <string.h>

#include "toy_job.h"

enum { ROUNDS = 6, BUCKETS = 16, LARGE = 7 };

static const char events[] = "pillar_events";

static pa_status plan(const pa_config *config, pa_schema *io, pa_error *err)
{
    (void)config;
    static const char *const reads[] = {"account", "time", "amount_minor"};
    static const pa_table_spec tables[] = {
        {"pillar/accounts", "state of each account", "accounts"},
        {"pillar/events", "the large amounts of each account", events},
    };
    static const pa_column_spec columns[] = {
        {.name = "pillar_ratio",
         .type = PA_F32,
         .unit = "1",
         .meaning = "amount over the account's mean in the history; NaN: not fitted yet",
         .role = PA_ROLE_FEATURE,
         .flags = PA_FITTED,
         .stage = "pillar"},
        {.name = "pillar_larger",
         .type = PA_I32,
         .meaning = "large amounts of the account above this one; -1: not fitted yet",
         .role = PA_ROLE_FEATURE,
         .flags = PA_FITTED,
         .stage = "pillar"},
    };
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        PA_TRY(pa_schema_reads(io, reads[i], err));
    for (size_t i = 0; i < 2; i++) {
        PA_TRY(pa_schema_side_table(io, tables + i, err));
        PA_TRY(pa_schema_writes(io, columns + i, err));
    }
    pa_schema_fits_on(io, PA_FIT_HISTORY);
    return PA_OK;
}

/* ---- the model ---- */

typedef struct {
    int64_t first, n;    /* accounts held here */
    int64_t *rows, *sum; /* of each: its rows of the history, and their amounts */
    int64_t *state;      /* ... and what the rounds make of it */
    size_t n_events;
    int64_t *event, *owner; /* amount, and the account's code */
} pillar;

static bool is_large(int64_t amount)
{
    return amount % LARGE == 0;
}

/* Walks over the rows of the set: counts, or fills in. */
static void walk(const pa_row_set *set, pillar *p, int64_t large[])
{
    const int32_t *account = pa_i32(set->table, "account");
    const int64_t *amount = pa_i64(set->table, "amount_minor");
    size_t row[64], n, cursor = 0, k = 0;
    while ((n = pa_next_rows(set, &cursor, 64, row))) {
        for (size_t i = 0; i < n; i++) {
            int64_t a = account[row[i]] - p->first;
            p->rows[a]++;
            p->sum[a] += amount[row[i]];
            if (!is_large(amount[row[i]])) continue;
            large[a]++;
            if (!p->event) continue;
            p->owner[k] = p->first + a;
            p->event[k++] = amount[row[i]];
        }
    }
}

static pa_status put_accounts(pa_run *run, pa_store *model, pillar *p)
{
    const pa_partition *accounts = pa_run_partition(run, "accounts");
    static const char *const name[] = {"rows", "sum", "state"};
    int64_t **to[] = {&p->rows, &p->sum, &p->state};
    for (int i = 0; i < 3; i++) {
        void *data;
        PA_TRY(pa_store_put_cut(model, name[i], PA_I64, accounts, pa_comm_rank(run->comm), 1,
                                "of each account", &data, &run->err));
        *to[i] = data;
    }
    p->first = pa_first_row(accounts, pa_comm_rank(run->comm));
    p->n = (int64_t)pa_row_count(accounts, pa_comm_rank(run->comm));
    return PA_OK;
}

/* Shards of this rank's accounts: how many events each brings. */
static pa_status cut_events(pa_run *run, const pillar *p, const int64_t large[],
                            const pa_partition **part)
{
    const pa_partition *accounts = pa_run_partition(run, "accounts");
    int64_t *count;
    PA_AGREE(run->comm, PA_NEW(count, (size_t)accounts->n_shards, &run->err), &run->err);
    for (int32_t s = 0; s < accounts->n_shards; s++) {
        for (int64_t a = accounts->first[s]; a < accounts->first[s + 1]; a++) {
            if (a >= p->first && a < p->first + p->n) count[s] += large[a - p->first];
        }
    }
    pa_status st = pa_run_add_partition(run, events, "accounts", count, part);
    pa_free(count);
    return st;
}

static pa_status put_events(pa_run *run, pa_store *model, const pa_partition *part, pillar *p)
{
    void *event, *owner;
    int rank = pa_comm_rank(run->comm);
    PA_TRY(pa_store_put_cut(model, "event", PA_I64, part, rank, 1, "amount", &event, &run->err));
    PA_TRY(pa_store_put_cut(model, "owner", PA_I64, part, rank, 1, "account", &owner, &run->err));
    p->event = event;
    p->owner = owner;
    p->n_events = pa_row_count(part, rank);
    return PA_OK;
}

static pa_status begin(pa_run *run, const pa_row_set *rows, pa_store *model, pillar *p)
{
    const pa_partition *part;
    int64_t *large = NULL;
    pa_status st = put_accounts(run, model, p);
    if (st == PA_OK) st = PA_NEW(large, (size_t)p->n, &run->err);
    PA_GOTO(pa_agree(run->comm, st, &run->err));
    walk(rows, p, large);
    PA_GOTO(cut_events(run, p, large, &part));
    PA_GOTO(pa_agree(run->comm, put_events(run, model, part, p), &run->err));
    memset(p->rows, 0, (size_t)p->n * sizeof *p->rows);
    memset(p->sum, 0, (size_t)p->n * sizeof *p->sum);
    walk(rows, p, large);
out:
    pa_free(large);
    return st;
}

static pa_status get(pa_run *run, const pa_store *model, const char *name, int64_t first, size_t n,
                     int64_t **data)
{
    const void *values;
    size_t found;
    PA_TRY(pa_store_get(model, name, PA_I64, &values, &found, &run->err));
    *data = (int64_t *)values; /* a fit that goes on writes into its own store */
    if (found == n && pa_store_find(model, name)->first == first) return PA_OK;
    return pa_fail(&run->err, PA_E_BUG, "'%s' came back with rows of other ranks", name);
}

/* The model of a fit that goes on, or of apply: each row on its owner. */
static pa_status find(pa_run *run, const pa_store *model, pillar *p)
{
    const pa_partition *accounts = pa_run_partition(run, "accounts");
    const pa_partition *part = pa_run_partition(run, events);
    int rank = pa_comm_rank(run->comm);
    if (!part) return pa_fail(&run->err, PA_E_BUG, "the ragged partition did not come back");
    p->first = pa_first_row(accounts, rank);
    p->n = (int64_t)pa_row_count(accounts, rank);
    p->n_events = pa_row_count(part, rank);
    int64_t first = pa_first_row(part, rank);
    PA_TRY(get(run, model, "rows", p->first, (size_t)p->n, &p->rows));
    PA_TRY(get(run, model, "sum", p->first, (size_t)p->n, &p->sum));
    PA_TRY(get(run, model, "state", p->first, (size_t)p->n, &p->state));
    PA_TRY(get(run, model, "event", first, p->n_events, &p->event));
    PA_TRY(get(run, model, "owner", first, p->n_events, &p->owner));
    for (size_t i = 0; i < p->n_events; i++) {
        if (p->owner[i] >= p->first && p->owner[i] < p->first + p->n) continue;
        return pa_fail(&run->err, PA_E_BUG, "event %zu came back on another rank than its account",
                       i);
    }
    return PA_OK;
}

static void one_round(pa_run *run, int64_t round, const pillar *p)
{
    uint64_t sum[BUCKETS] = {0};
    for (int64_t a = 0; a < p->n; a++) {
        uint64_t v = (uint64_t)(p->sum[a] + p->state[a]) * 2654435761u + (uint64_t)round;
        sum[(uint64_t)(p->first + a) % BUCKETS] += v;
    }
    for (size_t i = 0; i < p->n_events; i++)
        sum[(uint64_t)p->owner[i] % BUCKETS] += (uint64_t)p->event[i];
    pa_sum_u64(run->comm, sum, BUCKETS);
    for (int64_t a = 0; a < p->n; a++) {
        uint64_t mixed = (uint64_t)p->state[a] * 31 + sum[(uint64_t)(p->first + a) % BUCKETS];
        p->state[a] = (int64_t)mixed;
    }
}

static pa_status fit(pa_run *run, const pa_fitting *on, pa_store *model)
{
    pillar p = {0};
    if (model->round == 0)
        PA_TRY(begin(run, &on->rows, model, &p));
    else
        PA_AGREE(run->comm, find(run, model, &p), &run->err);
    for (int64_t round = model->round; round < ROUNDS; round++) {
        one_round(run, round, &p);
        pa_toy_stop(run, round);
        PA_TRY(pa_safe_point(run, model, round));
    }
    return PA_OK;
}

/* ---- apply ---- */

static pa_status fill_column(pa_table *t, const char *name, pa_type type, const int64_t values[],
                             pa_error *err)
{
    const pa_column_spec spec = {.name = name,
                                 .type = type,
                                 .meaning = name,
                                 .role = PA_ROLE_RESULT,
                                 .flags = PA_NOT_CAUSAL,
                                 .stage = "pillar"};
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    memcpy(data, values, t->n_rows * sizeof *values);
    return PA_OK;
}

static pa_status fill_tables(pa_run *run, const pillar *p)
{
    pa_table *accounts, *ragged;
    PA_TRY(pa_run_fill_table(run, "pillar/accounts", &accounts));
    pa_run_cut_table(run, "accounts", accounts);
    PA_TRY(fill_column(accounts, "state", PA_I64, p->state, &run->err));
    PA_TRY(fill_column(accounts, "rows", PA_I64, p->rows, &run->err));
    PA_TRY(pa_run_fill_table(run, "pillar/events", &ragged));
    pa_run_cut_table(run, events, ragged);
    PA_TRY(fill_column(ragged, "owner", PA_I64, p->owner, &run->err));
    return fill_column(ragged, "amount", PA_I64, p->event, &run->err);
}

static int32_t count_larger(const pillar *p, int64_t account, int64_t amount)
{
    int32_t larger = 0;
    for (size_t i = 0; i < p->n_events; i++)
        larger += p->owner[i] == account && p->event[i] > amount;
    return larger;
}

static pa_status apply(pa_run *run, const pa_store *model, pa_table *tx)
{
    pillar p = {0};
    void *ratio, *larger;
    pa_status st = find(run, model, &p);
    if (st == PA_OK) st = fill_tables(run, &p);
    if (st == PA_OK) st = pa_run_write(run, "pillar_ratio", &ratio);
    if (st == PA_OK) st = pa_run_write(run, "pillar_larger", &larger);
    PA_AGREE(run->comm, st, &run->err);
    /* Round ROUNDS is apply: half of what it makes is there by now. */
    pa_toy_stop(run, ROUNDS);
    PA_TRY(pa_safe_point_tile(run));
    const int32_t *account = pa_i32(tx, "account");
    const int64_t *time = pa_i64(tx, "time"), *amount = pa_i64(tx, "amount_minor");
    for (size_t i = 0; i < tx->n_rows; i++) {
        int64_t a = account[i] - p.first;
        bool fitted = time[i] >= run->plan->reference_from;
        double mean = p.rows[a] ? (double)p.sum[a] / (double)p.rows[a] : NAN;
        ((float *)ratio)[i] = fitted ? (float)((double)amount[i] / mean) : NAN;
        ((int32_t *)larger)[i] = fitted ? count_larger(&p, account[i], amount[i]) : -1;
    }
    return PA_OK;
}

static const pa_stage pillar_stage = {
    .name = "pillar", .version = 1, .plan = plan, .fit = fit, .apply = apply};
static const pa_stage *const stages[] = {&pillar_stage};

int main(int argc, char **argv)
{
    return pa_toy_main(argc, argv, stages, sizeof stages / sizeof *stages);
}
