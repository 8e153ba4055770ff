/* From rows where they were read to rows where their accounts live. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/route.h"

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

static pa_status new_partition(pa_comm *comm, int32_t n_shards, const char *name, pa_partition **p,
                               pa_error *err)
{
    PA_TRY(PA_NEW(*p, 1, err));
    PA_TRY(pa_partition_init(*p, n_shards, pa_comm_size(comm), err));
    pa_partition_name(*p, name);
    return PA_OK;
}

static pa_status new_partitions(pa_comm *comm, int32_t n_shards, pa_ingest *g, int64_t **weight,
                                pa_error *err)
{
    PA_TRY(new_partition(comm, n_shards, "transactions", &g->shards, err));
    PA_TRY(new_partition(comm, n_shards, "accounts", &g->account_shards, err));
    PA_TRY(new_partition(comm, n_shards, "merchants", &g->merchant_shards, err));
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
    pa_partition_cut(g->shards);
    pa_partition_cut_like(g->account_shards, g->shards);
    weigh(merchants, NULL, n_shards, weight);
    pa_sum_i64(comm, weight, (size_t)n_shards);
    pa_cut_shards(n_shards, weight, n_ranks, g->merchant_shards->cut);
    return PA_OK;
}

/* owner: the rank of each row's account; that of the row before is tried first. */
static void find_owners(const pa_partition *accounts, const pa_csv_batch *rows, int32_t owner[])
{
    int64_t first = 0, end = 0;
    int32_t rank = 0;
    for (size_t i = 0; i < rows->n; i++) {
        int64_t account = rows->account[i];
        if (account < first || account >= end) {
            rank = pa_rank_of_row(accounts, account);
            first = pa_first_row(accounts, rank);
            end = first + (int64_t)pa_row_count(accounts, rank);
        }
        owner[i] = rank;
    }
}

static pa_status make_route(pa_comm *comm, const pa_partition *accounts, const pa_csv_batch *rows,
                            pa_route **route, pa_error *err)
{
    int32_t *owner = NULL;
    pa_status st = pa_agree(comm, PA_NEW(owner, rows->n, err), err);
    if (st == PA_OK) find_owners(accounts, rows, owner);
    if (st == PA_OK) st = pa_route_make(comm, rows->n, owner, route, err);
    pa_free(owner);
    return st;
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

static pa_status code(pa_comm *comm, int64_t most_codes, pa_csv_intake *parser, pa_ingest *g,
                      working *w, pa_error *err)
{
    pa_csv_batch *rows = &parser->rows;
    PA_TRY(cut_shards(comm, rows, &w->accounts, &w->merchants, g, w->weight, err));
    const pa_partition *accounts = g->account_shards;
    PA_TRY(pa_ingest_code(comm, &w->accounts, &w->merchants, rows, g, &w->owned_accounts,
                          &w->owned_merchants, err));
    pa_names_free(&w->accounts);
    pa_names_free(&w->merchants);
    PA_AGREE(comm, pa_ingest_gather(rows, accounts->first[accounts->n_shards], err), err);
    if (pa_comm_size(comm) > 1) PA_TRY(make_route(comm, accounts, rows, &w->route, err));
    return pa_ingest_lists(comm, most_codes, parser, g, err);
}

/* The table of a dictionary of accounts or merchants. */
static pa_status make_names(pa_comm *comm, const char *meaning, const pa_partition *shards,
                            const pa_names *owned, pa_table *t, pa_error *err)
{
    pa_table_size(t, pa_first_row(shards, pa_comm_rank(comm)), owned->n,
                  shards->first[shards->n_shards]);
    t->cut_by = shards;
    return pa_ingest_names_table(comm, "id", meaning, owned, t, err);
}

static pa_status make_tables(pa_comm *comm, pa_csv_batch *rows, const char *numeric, pa_ingest *g,
                             working *w, pa_error *err)
{
    PA_TRY(pa_ingest_place(comm, w->route, rows, numeric, g, err));
    PA_TRY(make_names(comm, "account id as in the input", g->account_shards, &w->owned_accounts,
                      &g->accounts, err));
    return make_names(comm, "merchant id as in the input", g->merchant_shards, &w->owned_merchants,
                      &g->merchants, err);
}

pa_status pa_ingest_rows(pa_comm *comm, int32_t n_shards, int64_t most_codes, pa_csv_intake *parser,
                         const char *numeric, bool names, pa_ingest *g, pa_error *err)
{
    working w = {0};
    pa_status st = new_partitions(comm, n_shards, g, &w.weight, err);
    if (st == PA_OK) st = take_names(&parser->accounts, &w.accounts, err);
    if (st == PA_OK) st = take_names(&parser->merchants, &w.merchants, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = code(comm, most_codes, parser, g, &w, err);
    if (st == PA_OK) st = make_tables(comm, &parser->rows, numeric, g, &w, err);
    if (st == PA_OK && names) {
        st = pa_ingest_damaged(comm, g->account_shards, &w.owned_accounts, &g->notes, err);
    }
    free_working(&w);
    return st;
}
