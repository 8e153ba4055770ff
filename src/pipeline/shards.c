/* The partitions of a run as a store of the result, and back. */
#include <inttypes.h>
#include <string.h>

#include "paraudit/pipeline/job.h"

/* Which array of the store says whose cut each partition shares. */
static const char follows_array[] = "follows";

/* One row a partition, in their order. */
static pa_status put_follows(size_t n, pa_partition *const parts[], pa_store *store, pa_error *err)
{
    void *data;
    PA_TRY(pa_store_put_names(store, follows_array, n, PA_PARTITION_NAME,
                              "the partition whose cut each shares, in their order", &data, err));
    for (size_t i = 0; i < n; i++)
        memcpy((char *)data + i * PA_PARTITION_NAME, parts[i]->follows, PA_PARTITION_NAME);
    return PA_OK;
}

pa_status pa_shards_to_store(const pa_run *run, size_t from, size_t until, pa_store *store,
                             pa_error *err)
{
    pa_store_init(store, "shards", 2);
    store->complete = true;
    for (size_t i = from; i < until; i++) {
        const pa_partition *p = run->partitions[i];
        size_t n = (size_t)p->n_shards + 1;
        void *first;
        PA_TRY(pa_store_put(store, p->name, PA_I64, n, 1,
                            "first row of every shard, and the number of rows", &first, err));
        memcpy(first, p->first, n * sizeof(int64_t));
    }
    return put_follows(until - from, run->partitions + from, store, err);
}

/* The name and the rows of a partition; not its cut. */
static pa_status read_partition(const pa_store *store, const char *name, int32_t n_ranks,
                                pa_partition *part, pa_error *err)
{
    const void *data;
    size_t n;
    PA_TRY(pa_store_get(store, name, PA_I64, &data, &n, err));
    const int64_t *first = data;
    bool is_flat = pa_store_find(store, name)->width == 1;
    bool rises = is_flat && n >= 2 && n <= INT32_MAX && first[0] == 0;
    for (size_t s = 1; rises && s < n; s++) rises = first[s - 1] <= first[s];
    if (!rises || strlen(name) >= PA_PARTITION_NAME)
        return pa_fail(err, PA_E_DATA, "the result's partition '%s' is damaged", name);
    PA_TRY(pa_partition_init(part, (int32_t)n - 1, n_ranks, err));
    pa_partition_name(part, name);
    memcpy(part->first, first, n * sizeof(int64_t));
    return PA_OK;
}

/* A cut of its own, or that of an earlier partition. follows: PA_PARTITION_NAME bytes. */
static pa_status cut(const pa_run *run, const char *follows, pa_partition *part, pa_error *err)
{
    char name[PA_PARTITION_NAME + 1] = {0};
    memcpy(name, follows, PA_PARTITION_NAME);
    if (!*name) {
        pa_partition_cut(part);
        return PA_OK;
    }
    const pa_partition *like = pa_run_partition(run, name);
    if (!like || like->n_shards != part->n_shards) {
        return pa_fail(err, PA_E_DATA,
                       "the result's partition '%s' follows '%s', which does not fit", part->name,
                       name);
    }
    pa_partition_cut_like(part, like);
    return PA_OK;
}

static pa_status add_partition(pa_run *run, const pa_store *store, const char *name,
                               const char *follows)
{
    pa_partition *part;
    PA_TRY(PA_NEW(part, 1, &run->err));
    pa_status st = read_partition(store, name, pa_comm_size(run->comm), part, &run->err);
    if (st == PA_OK) st = cut(run, follows, part, &run->err);
    if (st == PA_OK) st = pa_run_adopt_partition(run, part);
    if (st != PA_OK) {
        pa_partition_free(part);
        pa_free(part);
    }
    return st;
}

pa_status pa_shards_from_store(pa_run *run, const pa_store *store)
{
    const pa_store_array *follows = pa_store_find(store, follows_array);
    if (!follows || follows->bytes != PA_PARTITION_NAME || follows->n + 1 != store->n_arrays)
        return pa_fail(&run->err, PA_E_DATA, "the result does not say how its rows are cut");
    for (size_t i = 0, k = 0; i < store->n_arrays; i++) {
        const pa_store_array *a = store->arrays + i;
        if (a == follows) continue;
        PA_TRY(add_partition(run, store, a->name,
                             (const char *)follows->data + k++ * PA_PARTITION_NAME));
    }
    return PA_OK;
}

pa_status pa_shards_check(pa_run *run)
{
    static const char *const needed[] = {"transactions", "accounts", "merchants"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (pa_run_partition(run, needed[i])) continue;
        return pa_fail(&run->err, PA_E_DATA, "the result has no partition '%s'", needed[i]);
    }
    return PA_OK;
}

/* Rows that no shard holds would be left out without a word. */
static pa_status check_rows(const pa_partition *shards, int64_t rows, pa_error *err)
{
    int64_t held = shards->first[shards->n_shards];
    if (held == rows) return PA_OK;
    return pa_fail(err, PA_E_DATA,
                   "the result's shards hold %" PRId64 " transactions, its table has %" PRId64,
                   held, rows);
}

pa_status pa_shards_of_result(pa_comm *comm, pa_result_file *file, pa_partition *shards,
                              pa_error *err)
{
    pa_store store;
    *shards = (pa_partition){0};
    PA_TRY(pa_result_read_store(file, "shards", 0, NULL, &store, err));
    pa_status st = read_partition(&store, "transactions", pa_comm_size(comm), shards, err);
    if (st == PA_OK) st = check_rows(shards, pa_result_rows(file, "transactions"), err);
    if (st == PA_OK)
        pa_partition_cut(shards);
    else
        pa_partition_free(shards);
    pa_store_free(&store);
    return pa_agree(comm, st, err);
}
