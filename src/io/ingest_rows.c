#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"
#include "paraudit/comm/dictionary.h"
#include "paraudit/comm/route.h"

static const pa_column_spec column_tx = {.name = "tx",
                                         .type = PA_I64,
                                         .meaning = "transaction id",
                                         .role = PA_ROLE_ID,
                                         .stage = "ingest"};
static const pa_column_spec column_account = {.name = "account",
                                              .type = PA_I32,
                                              .meaning = "account, as row of accounts",
                                              .role = PA_ROLE_ID,
                                              .flags = PA_NOT_CAUSAL,
                                              .stage = "ingest",
                                              .codes = "accounts"};
static const pa_column_spec column_merchant = {.name = "merchant",
                                               .type = PA_I32,
                                               .meaning = "merchant, as row of merchants",
                                               .role = PA_ROLE_ID,
                                               .flags = PA_NOT_CAUSAL,
                                               .stage = "ingest",
                                               .codes = "merchants"};
static const pa_column_spec column_time = {.name = "time",
                                           .type = PA_I64,
                                           .unit = "seconds since 1970-01-01 00:00:00",
                                           .meaning = "when the transaction took place",
                                           .role = PA_ROLE_INPUT,
                                           .stage = "ingest"};
static const pa_column_spec column_minor = {.name = "amount_minor",
                                            .type = PA_I64,
                                            .unit = "0.01",
                                            .meaning = "amount in hundredths, exact",
                                            .role = PA_ROLE_INPUT,
                                            .stage = "ingest"};
static const pa_column_spec column_amount = {.name = "amount",
                                             .type = PA_F64,
                                             .unit = "1",
                                             .meaning = "amount, the nearest double",
                                             .role = PA_ROLE_INPUT,
                                             .stage = "ingest"};
static const pa_column_spec column_label = {.name = "label",
                                            .type = PA_I8,
                                            .meaning = "1: fraud, 0: legitimate, -1: not known",
                                            .role = PA_ROLE_LABEL,
                                            .flags = PA_NEEDS_LABELS,
                                            .stage = "ingest"};

static pa_status take_names(pa_intern *table, pa_names *names, pa_error *err)
{
    return pa_intern_take(table, &names->n, &names->start, &names->bytes, err);
}

/* Weight of each shard, of this rank: its names, or the rows that bear them. */
static void weigh(const pa_names *names, const int64_t rows_of_name[], int32_t n_shards,
                  int64_t weight[])
{
    memset(weight, 0, (size_t)n_shards * sizeof *weight);
    for (size_t i = 0; i < names->n; i++) {
        const char *name = names->bytes + names->start[i];
        int32_t s = pa_shard_of(name, names->start[i + 1] - names->start[i], n_shards);
        weight[s] += rows_of_name ? rows_of_name[i] : 1;
    }
}

static int64_t *count_codes(size_t n, const int32_t code[], size_t n_codes, pa_error *err)
{
    int64_t *count = pa_alloc(n_codes, sizeof *count, err);
    for (size_t i = 0; count && i < n; i++) count[code[i]]++;
    return count;
}

static pa_status new_partition(pa_comm *comm, int32_t n_shards, pa_partition **p, pa_error *err)
{
    PA_TRY(PA_NEW(*p, 1, err));
    return pa_partition_init(*p, n_shards, pa_comm_size(comm), err);
}

static pa_status new_partitions(pa_comm *comm, int32_t n_shards, pa_ingest *g, int64_t **weight,
                                pa_error *err)
{
    PA_TRY(new_partition(comm, n_shards, &g->shards, err));
    PA_TRY(new_partition(comm, n_shards, &g->account_shards, err));
    PA_TRY(new_partition(comm, n_shards, &g->merchant_shards, err));
    return PA_NEW(*weight, (size_t)n_shards, err);
}

/* Accounts are cut so that rows balance. Merchants have a cut of their own: what
 * is done per merchant costs by the merchant, and the rows' cut may put most
 * merchants on one rank. A name counts once for each rank that met it, which is
 * near enough for balance; codes do not depend on the cut. */
static pa_status cut_shards(pa_comm *comm, const pa_csv_batch *rows, const pa_names *accounts,
                            const pa_names *merchants, pa_ingest *g, int64_t weight[],
                            pa_error *err)
{
    int32_t n_shards = g->shards->n_shards, n_ranks = g->shards->n_ranks;
    int64_t *rows_of_account = count_codes(rows->n, rows->account, accounts->n, err);
    PA_AGREE(comm, rows_of_account ? PA_OK : PA_E_MEMORY, err);
    weigh(accounts, rows_of_account, n_shards, weight);
    pa_free(rows_of_account);
    pa_sum_i64(comm, weight, (size_t)n_shards);
    pa_partition_count(g->shards, weight);
    pa_cut_shards(n_shards, weight, n_ranks, g->shards->cut);
    memcpy(g->account_shards->cut, g->shards->cut, ((size_t)n_ranks + 1) * sizeof(int32_t));
    weigh(merchants, NULL, n_shards, weight);
    pa_sum_i64(comm, weight, (size_t)n_shards);
    pa_cut_shards(n_shards, weight, n_ranks, g->merchant_shards->cut);
    return PA_OK;
}

/* owner: the rank of each row's account. */
static pa_status find_owners(const pa_partition *shards, const pa_names *accounts,
                             const pa_csv_batch *rows, int32_t owner[], pa_error *err)
{
    int32_t *of_account = NULL;
    PA_TRY(PA_NEW(of_account, accounts->n, err));
    for (size_t i = 0; i < accounts->n; i++) {
        const char *name = accounts->bytes + accounts->start[i];
        size_t length = accounts->start[i + 1] - accounts->start[i];
        of_account[i] = pa_rank_of_shard(shards, pa_shard_of(name, length, shards->n_shards));
    }
    for (size_t i = 0; i < rows->n; i++) owner[i] = of_account[rows->account[i]];
    pa_free(of_account);
    return PA_OK;
}

static pa_status make_route(pa_comm *comm, const pa_partition *shards, const pa_names *accounts,
                            const pa_csv_batch *rows, pa_route **route, pa_error *err)
{
    int32_t *owner = NULL;
    pa_status st = PA_NEW(owner, rows->n, err);
    if (st == PA_OK) st = find_owners(shards, accounts, rows, owner, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_route_make(comm, rows->n, owner, route, err);
    pa_free(owner);
    return st;
}

/* The dictionary of one kind of name, and its codes in place of the local ones. */
static pa_status code_names(pa_comm *comm, const char *kind, const pa_names *local, size_t n_rows,
                            int32_t code_of_row[], pa_partition *shards, pa_names *owned,
                            pa_error *err)
{
    int64_t *code = NULL;
    pa_status st = pa_agree(comm, PA_NEW(code, local->n, err), err);
    if (st != PA_OK) goto out;
    PA_GOTO(pa_dictionary_make(comm, local, shards, owned, code, err));
    if (shards->first[shards->n_shards] > INT32_MAX) {
        st = pa_fail(err, PA_E_DATA, "%lld different %s: at most 2147483647 have a code",
                     (long long)shards->first[shards->n_shards], kind);
        goto out;
    }
    for (size_t i = 0; i < n_rows; i++) code_of_row[i] = (int32_t)code[code_of_row[i]];
out:
    pa_free(code);
    return st;
}

/* A column travels, and the one that it was is freed. */
static pa_status send(pa_comm *comm, const pa_route *route, size_t width, void *column,
                      pa_error *err)
{
    void **data = column;
    void *arrived = pa_alloc(pa_route_received(route), width, err);
    pa_status st = pa_agree(comm, arrived ? PA_OK : PA_E_MEMORY, err);
    if (st == PA_OK) st = pa_route_send(comm, route, width, *data, arrived, err);
    if (st == PA_OK) {
        pa_free(*data);
        *data = arrived;
    } else {
        pa_free(arrived);
    }
    return st;
}

static pa_status send_rows(pa_comm *comm, const pa_route *route, pa_csv_batch *b, pa_error *err)
{
    PA_TRY(send(comm, route, sizeof *b->tx, &b->tx, err));
    PA_TRY(send(comm, route, sizeof *b->account, &b->account, err));
    PA_TRY(send(comm, route, sizeof *b->merchant, &b->merchant, err));
    PA_TRY(send(comm, route, sizeof *b->time, &b->time, err));
    PA_TRY(send(comm, route, sizeof *b->amount_minor, &b->amount_minor, err));
    PA_TRY(send(comm, route, sizeof *b->label, &b->label, err));
    b->n = b->room = pa_route_received(route);
    return PA_OK;
}

/* (account, time) as one number, where the days of the book and the accounts of
 * this rank leave room for both, as they do unless times lie centuries apart. */
static bool pack_keys(const pa_csv_batch *b, int64_t first_account, uint64_t key[])
{
    int64_t from = INT64_MAX, to = INT64_MIN, accounts = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (b->time[i] < from) from = b->time[i];
        if (b->time[i] > to) to = b->time[i];
        if (b->account[i] - first_account > accounts) accounts = b->account[i] - first_account;
    }
    if (b->n == 0) return true;
    if ((uint64_t)to - (uint64_t)from >= (uint64_t)1 << 33) return false;
    for (size_t i = 0; i < b->n; i++) {
        key[i] = (uint64_t)(b->account[i] - first_account) << 33 | (uint64_t)(b->time[i] - from);
    }
    return accounts >> 31 == 0;
}

/* By (time, tx), and that order, which stays, by account. */
static pa_status order_in_two(const pa_csv_batch *b, uint64_t key[], uint32_t order[],
                              pa_error *err)
{
    uint32_t *by_time = NULL, *by_account = NULL;
    pa_status st = PA_NEW(by_time, b->n, err);
    if (st != PA_OK) goto out;
    PA_GOTO(PA_NEW(by_account, b->n, err));
    for (size_t i = 0; i < b->n; i++) key[i] = pa_key_of_i64(b->time[i]);
    PA_GOTO(pa_sort_pairs(b->n, key, b->tx, by_time, err));
    for (size_t i = 0; i < b->n; i++) key[i] = (uint64_t)b->account[by_time[i]];
    PA_GOTO(pa_sort_u64(b->n, key, by_account, err));
    pa_permute(b->n, sizeof *order, by_account, by_time, order);
out:
    pa_free(by_time);
    pa_free(by_account);
    return st;
}

static pa_status order_rows(const pa_csv_batch *b, int64_t first_account, uint32_t order[],
                            pa_error *err)
{
    uint64_t *key = NULL;
    PA_TRY(PA_NEW(key, b->n, err));
    pa_status st = pack_keys(b, first_account, key) ? pa_sort_pairs(b->n, key, b->tx, order, err)
                                                    : order_in_two(b, key, order, err);
    pa_free(key);
    return st;
}

/* Puts a raw column in order into the table and frees it. */
static pa_status place(pa_table *t, const pa_column_spec *spec, const uint32_t order[],
                       void *column, pa_error *err)
{
    void **raw = column, *data;
    PA_TRY(pa_table_add(t, spec, &data, err));
    pa_permute(t->n_rows, pa_type_size(spec->type, spec->width), order, *raw, data);
    pa_free(*raw);
    *raw = NULL;
    return PA_OK;
}

static pa_status add_amount(pa_table *t, pa_error *err)
{
    void *data;
    const int64_t *minor = pa_i64(t, "amount_minor");
    PA_TRY(pa_table_add(t, &column_amount, &data, err));
    double *amount = data;
    for (size_t i = 0; i < t->n_rows; i++) amount[i] = (double)minor[i] / 100.0;
    return PA_OK;
}

static pa_status place_rows(const uint32_t order[], pa_csv_batch *b, pa_table *t, pa_error *err)
{
    PA_TRY(place(t, &column_tx, order, &b->tx, err));
    PA_TRY(place(t, &column_account, order, &b->account, err));
    PA_TRY(place(t, &column_merchant, order, &b->merchant, err));
    PA_TRY(place(t, &column_time, order, &b->time, err));
    PA_TRY(place(t, &column_minor, order, &b->amount_minor, err));
    PA_TRY(add_amount(t, err));
    return place(t, &column_label, order, &b->label, err);
}

static void find_times(pa_comm *comm, const pa_csv_batch *b, pa_ingest *g)
{
    g->first_time = INT64_MAX;
    g->last_time = INT64_MIN;
    for (size_t i = 0; i < b->n; i++) {
        if (b->time[i] < g->first_time) g->first_time = b->time[i];
        if (b->time[i] > g->last_time) g->last_time = b->time[i];
    }
    pa_min_i64(comm, &g->first_time, 1);
    pa_max_i64(comm, &g->last_time, 1);
}

/* Local. */
static pa_status make_transactions(int rank, pa_csv_batch *b, pa_ingest *g, pa_error *err)
{
    uint32_t *order = NULL;
    pa_table *t = &g->transactions;
    PA_ASSERT(b->n == pa_row_count(g->shards, rank));
    PA_TRY(PA_NEW(order, b->n, err));
    pa_status st = order_rows(b, pa_first_row(g->account_shards, rank), order, err);
    if (st == PA_OK) {
        pa_table_size(t, pa_first_row(g->shards, rank), b->n,
                      g->shards->first[g->shards->n_shards]);
        t->shards = g->shards;
        st = place_rows(order, b, t, err);
    }
    pa_free(order);
    return st;
}

static int64_t longest(const pa_names *names)
{
    size_t most = 0;
    for (size_t i = 0; i < names->n; i++) {
        size_t n = names->start[i + 1] - names->start[i];
        if (n > most) most = n;
    }
    return (int64_t)most;
}

/* The table of a dictionary: its names, as wide as the longest of all ranks. */
static pa_status make_names(pa_comm *comm, const char *meaning, const pa_partition *shards,
                            const pa_names *owned, pa_table *t, pa_error *err)
{
    int64_t width = longest(owned);
    pa_max_i64(comm, &width, 1);
    pa_column_spec spec = {.name = "id",
                           .type = PA_BYTES,
                           .width = (int)width,
                           .meaning = meaning,
                           .role = PA_ROLE_ID,
                           .flags = PA_NOT_CAUSAL,
                           .stage = "ingest"};
    pa_table_size(t, pa_first_row(shards, pa_comm_rank(comm)), owned->n,
                  shards->first[shards->n_shards]);
    t->shards = shards;
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < owned->n; i++) {
        memcpy((char *)data + i * (size_t)width, owned->bytes + owned->start[i],
               owned->start[i + 1] - owned->start[i]);
    }
    return PA_OK;
}

/* What lives between the local codes and the tables. */
typedef struct {
    pa_names accounts, merchants;             /* met here */
    pa_names owned_accounts, owned_merchants; /* owned here */
    int64_t *weight;                          /* n_shards */
    pa_route *route;
} working;

static void free_working(working *w)
{
    pa_names_free(&w->accounts);
    pa_names_free(&w->merchants);
    pa_names_free(&w->owned_accounts);
    pa_names_free(&w->owned_merchants);
    pa_free(w->weight);
    pa_route_free(w->route);
}

static pa_status code_and_send(pa_comm *comm, pa_csv_batch *rows, pa_ingest *g, working *w,
                               pa_error *err)
{
    PA_TRY(cut_shards(comm, rows, &w->accounts, &w->merchants, g, w->weight, err));
    PA_TRY(make_route(comm, g->shards, &w->accounts, rows, &w->route, err));
    PA_TRY(code_names(comm, "accounts", &w->accounts, rows->n, rows->account, g->account_shards,
                      &w->owned_accounts, err));
    pa_names_free(&w->accounts);
    PA_TRY(code_names(comm, "merchants", &w->merchants, rows->n, rows->merchant, g->merchant_shards,
                      &w->owned_merchants, err));
    pa_names_free(&w->merchants);
    return send_rows(comm, w->route, rows, err);
}

static pa_status make_tables(pa_comm *comm, pa_csv_batch *rows, pa_ingest *g, working *w,
                             pa_error *err)
{
    find_times(comm, rows, g);
    PA_AGREE(comm, make_transactions(pa_comm_rank(comm), rows, g, err), err);
    pa_status st = make_names(comm, "account id as in the input", g->account_shards,
                              &w->owned_accounts, &g->accounts, err);
    pa_status st2 = make_names(comm, "merchant id as in the input", g->merchant_shards,
                               &w->owned_merchants, &g->merchants, err);
    return pa_agree(comm, st != PA_OK ? st : st2, err);
}

pa_status pa_ingest_rows(pa_comm *comm, int32_t n_shards, pa_csv_parser *parser, pa_ingest *g,
                         pa_error *err)
{
    working w = {0};
    pa_status st = new_partitions(comm, n_shards, g, &w.weight, err);
    if (st == PA_OK) st = take_names(&parser->accounts, &w.accounts, err);
    if (st == PA_OK) st = take_names(&parser->merchants, &w.merchants, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = code_and_send(comm, &parser->rows, g, &w, err);
    if (st == PA_OK) st = make_tables(comm, &parser->rows, g, &w, err);
    free_working(&w);
    return st;
}
