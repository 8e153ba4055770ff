/* Names to codes that do not depend on ranks, and the lists of names. */
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

static pa_status check_count(const char *kind, int64_t n, pa_error *err)
{
    if (n <= INT32_MAX) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%lld different %s: at most 2147483647 have a code",
                   (long long)n, kind);
}

pa_status pa_ingest_code(pa_comm *comm, const char *kind, const pa_names *local, size_t n_rows,
                         int32_t code_of_row[], pa_partition *shards, pa_names *owned,
                         pa_error *err)
{
    int64_t *code = NULL;
    pa_status st = pa_agree(comm, PA_NEW(code, local->n, err), err);
    if (st != PA_OK) goto out;
    st = shards->n_shards == 1 ? pa_dictionary_list(comm, local, shards, owned, code, err)
                               : pa_dictionary_make(comm, local, shards, owned, code, err);
    if (st != PA_OK) goto out;
    PA_GOTO(check_count(kind, shards->first[shards->n_shards], err));
    for (size_t i = 0; i < n_rows; i++) {
        if (code_of_row[i] >= 0) code_of_row[i] = (int32_t)code[code_of_row[i]];
    }
out:
    pa_free(code);
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

pa_status pa_ingest_names_table(pa_comm *comm, const char *name, const char *meaning,
                                const pa_names *owned, pa_table *t, pa_error *err)
{
    int64_t width = longest(owned);
    pa_max_i64(comm, &width, 1);
    pa_column_spec spec = {.name = name,
                           .type = PA_BYTES,
                           .width = (int)width,
                           .meaning = meaning,
                           .role = PA_ROLE_ID,
                           .flags = PA_NOT_CAUSAL,
                           .stage = "ingest"};
    void *data;
    pa_status st = pa_table_add(t, &spec, &data, err);
    for (size_t i = 0; st == PA_OK && i < owned->n; i++) {
        memcpy((char *)data + i * (size_t)width, owned->bytes + owned->start[i],
               owned->start[i + 1] - owned->start[i]);
    }
    return pa_agree(comm, st, err);
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

static pa_status make_list(pa_comm *comm, int which, int64_t most, pa_intern *met,
                           pa_csv_batch *rows, pa_partition *shards, pa_table *t, pa_error *err)
{
    pa_names local = {0}, owned = {0};
    pa_status st = check_few(which, (int64_t)met->n, most, err);
    if (st == PA_OK) st = pa_intern_take(met, &local.n, &local.start, &local.bytes, err);
    if (st == PA_OK) st = on_rank_0(comm, shards, err);
    PA_GOTO(pa_agree(comm, st, err));
    PA_GOTO(pa_ingest_code(comm, pa_csv_coded_names[which], &local, rows->n, rows->coded[which],
                           shards, &owned, err));
    PA_GOTO(check_few(which, shards->first[1], most, err));
    pa_table_init(t, list_names[which], list_meanings[which]);
    pa_table_size(t, pa_first_row(shards, pa_comm_rank(comm)), owned.n, shards->first[1]);
    st = pa_ingest_names_table(comm, pa_csv_coded_names[which], "name as in the input", &owned, t,
                               err);
out:
    pa_names_free(&local);
    pa_names_free(&owned);
    return st;
}

pa_status pa_ingest_lists(pa_comm *comm, int64_t most, pa_csv_intake *p, pa_ingest *g,
                          pa_error *err)
{
    pa_status st = PA_OK;
    for (int i = 0; i < PA_CSV_N_CODED && st == PA_OK; i++) {
        pa_partition shards = {0};
        if (!p->rows.has.coded[i]) continue;
        st = make_list(comm, i, most, p->coded + i, &p->rows, &shards, g->lists + g->n_lists, err);
        g->n_lists++;
        pa_partition_free(&shards);
    }
    return st;
}
