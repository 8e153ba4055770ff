/* Names to codes that do not depend on ranks, and the lists of names. */
#include <stdbool.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

enum { FEW_BYTES = 1 << 20 }; /* of names, which all ranks may hold for a while */

static pa_status check_count(const char *kind, int64_t n, pa_error *err)
{
    if (n <= INT32_MAX) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%lld different %s: at most 2147483647 have a code",
                   (long long)n, kind);
}

static void recode(size_t n_rows, const int64_t code[], int32_t code_of_row[])
{
    for (size_t i = 0; i < n_rows; i++)
        if (code_of_row[i] >= 0) code_of_row[i] = (int32_t)code[code_of_row[i]];
}

static pa_status recode_names(const char *kind, const pa_partition *shards, size_t n_rows,
                              const int64_t code[], int32_t code_of_row[], pa_error *err)
{
    PA_TRY(check_count(kind, shards->first[shards->n_shards], err));
    recode(n_rows, code, code_of_row);
    return PA_OK;
}

pa_status pa_ingest_code(pa_comm *comm, const pa_names *accounts, const pa_names *merchants,
                         pa_csv_batch *rows, pa_ingest *g, pa_names *owned_accounts,
                         pa_names *owned_merchants, pa_error *err)
{
    const pa_names *const local[] = {accounts, merchants};
    pa_partition *const shards[] = {g->account_shards, g->merchant_shards};
    pa_names *const owned[] = {owned_accounts, owned_merchants};
    int64_t *code[2] = {NULL, NULL};
    pa_status st = PA_NEW(code[0], accounts->n, err);
    if (st == PA_OK) st = PA_NEW(code[1], merchants->n, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_dictionary_make_both(comm, local, shards, owned, code, err));
    PA_GOTO(recode_names("accounts", shards[0], rows->n, code[0], rows->account, err));
    PA_GOTO(recode_names("merchants", shards[1], rows->n, code[1], rows->merchant, err));
out:
    pa_free(code[0]);
    pa_free(code[1]);
    return st;
}

static int64_t longest(const pa_names *names)
{
    size_t most = 1;
    for (size_t i = 0; i < names->n; i++) {
        size_t n = names->start[i + 1] - names->start[i];
        if (n > most) most = n;
    }
    return (int64_t)most;
}

/* Local. */
static pa_status add_names(const char *name, const char *meaning, int64_t width,
                           const pa_names *owned, pa_table *t, pa_error *err)
{
    pa_column_spec spec = {.name = name,
                           .type = PA_BYTES,
                           .width = (int)width,
                           .meaning = meaning,
                           .role = PA_ROLE_ID,
                           .flags = PA_NOT_CAUSAL,
                           .stage = "ingest"};
    void *data;
    PA_TRY(pa_table_add(t, &spec, &data, err));
    for (size_t i = 0; i < owned->n; i++) {
        memcpy((char *)data + i * (size_t)width, owned->bytes + owned->start[i],
               owned->start[i + 1] - owned->start[i]);
    }
    return PA_OK;
}

pa_status pa_ingest_names_table(pa_comm *comm, const char *name, const char *meaning,
                                const pa_names *owned, pa_table *t, pa_error *err)
{
    int64_t width = longest(owned);
    pa_max_i64(comm, &width, 1);
    return pa_agree(comm, add_names(name, meaning, width, owned, t, err), err);
}

static const char *const list_names[PA_CSV_N_CODED] = {"categories/category", "categories/channel",
                                                       "categories/currency", "categories/country",
                                                       "categories/kind"};
static const char *const list_meanings[PA_CSV_N_CODED] = {
    "what was sold, in the order of the names", "ways in, in the order of the names",
    "currencies, in the order of the names", "countries, in the order of the names",
    "kinds of fraud, in the order of the names"};

/* One shard, which rank 0 owns: the codes follow the order of the names. */
static pa_status on_rank_0(pa_comm *comm, pa_partition *p, pa_error *err)
{
    PA_TRY(pa_partition_init(p, 1, pa_comm_size(comm), err));
    for (int32_t r = 1; r <= p->n_ranks; r++) p->cut[r] = 1;
    return PA_OK;
}

/* The list lies on one rank: a column of names that hardly recur would fill it.
 * n: names of a rank, and then of all; the message is the same. */
static pa_status check_few(int which, int64_t n, int64_t most, pa_error *err)
{
    if (n <= most) return PA_OK;
    return pa_fail(err, PA_E_DATA,
                   "input.%s: the column has more than %lld different names (input.max_codes): "
                   "does it name kinds of transactions?",
                   pa_csv_coded_names[which], (long long)most);
}

/* The lists of the coded columns that the rows have. */
typedef struct {
    size_t n;
    int which[PA_CSV_N_CODED];
    pa_names local[PA_CSV_N_CODED], owned[PA_CSV_N_CODED];
    pa_partition shards[PA_CSV_N_CODED];
    int64_t *code[PA_CSV_N_CODED]; /* of each local name */
} lists;

static void free_lists(lists *l)
{
    for (size_t k = 0; k < l->n; k++) {
        pa_names_free(l->local + k);
        pa_names_free(l->owned + k);
        pa_partition_free(l->shards + k);
        pa_free(l->code[k]);
    }
}

static pa_status take_lists(pa_comm *comm, pa_csv_intake *p, lists *l, pa_error *err)
{
    for (size_t k = 0; k < l->n; k++) {
        pa_names *local = l->local + k;
        pa_intern *met = p->coded + l->which[k];
        PA_TRY(pa_intern_take(met, &local->n, &local->start, &local->bytes, err));
        PA_TRY(PA_NEW(l->code[k], local->n, err));
        PA_TRY(on_rank_0(comm, l->shards + k, err));
    }
    return PA_OK;
}

/* Whether all ranks may hold all names of all lists. */
static pa_status find_few(pa_comm *comm, pa_status st, const lists *l, bool *few, pa_error *err)
{
    int64_t bytes = 0, all = 0;
    void *of_ranks;
    size_t n;
    for (size_t k = 0; st == PA_OK && k < l->n; k++) {
        const pa_names *local = l->local + k;
        bytes += (int64_t)(local->start[local->n] + local->n * sizeof(size_t));
    }
    PA_TRY(pa_gather_all_if(comm, st, &bytes, sizeof bytes, &of_ranks, &n, err));
    for (size_t r = 0; r < n / sizeof bytes; r++) all += ((const int64_t *)of_ranks)[r];
    pa_free(of_ranks);
    *few = all <= FEW_BYTES;
    return PA_OK;
}

/* One list after the other: names that hardly recur are too many before they come together. */
static pa_status code_many(pa_comm *comm, int64_t most, lists *l, pa_error *err)
{
    for (size_t k = 0; k < l->n; k++) {
        PA_AGREE(comm, check_few(l->which[k], (int64_t)l->local[k].n, most, err), err);
        PA_TRY(
            pa_dictionary_list(comm, l->local + k, l->shards + k, l->owned + k, l->code[k], err));
        PA_TRY(check_few(l->which[k], l->shards[k].first[1], most, err));
    }
    return PA_OK;
}

/* Their codes: in order, so that the first that has too many names is told of. */
static pa_status code_lists(pa_comm *comm, int64_t most, pa_csv_intake *p, lists *l, pa_error *err)
{
    bool few;
    PA_TRY(find_few(comm, take_lists(comm, p, l, err), l, &few, err));
    if (few) {
        PA_TRY(pa_dictionary_few(comm, PA_OK, l->n, l->local, l->shards, l->owned, l->code, err));
    } else {
        PA_TRY(code_many(comm, most, l, err));
    }
    for (size_t k = 0; k < l->n; k++) {
        int64_t n = l->shards[k].first[1];
        PA_TRY(check_few(l->which[k], n, most, err));
        PA_TRY(check_count(pa_csv_coded_names[l->which[k]], n, err));
        recode(p->rows.n, l->code[k], p->rows.coded[l->which[k]]);
    }
    return PA_OK;
}

/* Their tables. */
static pa_status list_tables(pa_comm *comm, const lists *l, pa_ingest *g, pa_error *err)
{
    int64_t width[PA_CSV_N_CODED];
    pa_status st = PA_OK;
    for (size_t k = 0; k < l->n; k++) width[k] = longest(l->owned + k);
    pa_max_i64(comm, width, l->n);
    for (size_t k = 0; st == PA_OK && k < l->n; k++) {
        pa_table *t = g->lists + g->n_lists++;
        int which = l->which[k];
        pa_table_init(t, list_names[which], list_meanings[which]);
        pa_table_size(t, pa_first_row(l->shards + k, pa_comm_rank(comm)), l->owned[k].n,
                      l->shards[k].first[1]);
        st = add_names(pa_csv_coded_names[which], "name as in the input", width[k], l->owned + k, t,
                       err);
    }
    return pa_agree(comm, st, err);
}

pa_status pa_ingest_lists(pa_comm *comm, int64_t most, pa_csv_intake *p, pa_ingest *g,
                          pa_error *err)
{
    lists l = {0};
    for (int i = 0; i < PA_CSV_N_CODED; i++)
        if (p->rows.has.coded[i]) l.which[l.n++] = i;
    if (l.n == 0) return PA_OK;
    pa_status st = code_lists(comm, most, p, &l, err);
    if (st == PA_OK) st = list_tables(comm, &l, g, err);
    free_lists(&l);
    return st;
}
