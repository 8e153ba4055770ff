#include <string.h>

#include "paraudit/pipeline/job.h"

static const struct {
    const char *array, *meaning;
} names[3] = {{"transactions", "first transaction of every shard, and their number"},
              {"accounts", "first account of every shard, and their number"},
              {"merchants", "first merchant of every shard, and their number"}};

pa_status pa_shards_to_store(const pa_run *run, pa_store *store, pa_error *err)
{
    const pa_partition *parts[3] = {run->shards, run->account_shards, run->merchant_shards};
    pa_store_init(store, "shards", 1);
    store->complete = true;
    for (int i = 0; i < 3; i++) {
        size_t n = (size_t)parts[i]->n_shards + 1;
        void *first;
        PA_TRY(pa_store_put(store, names[i].array, PA_I64, n, 1, names[i].meaning, &first, err));
        memcpy(first, parts[i]->first, n * sizeof(int64_t));
    }
    return PA_OK;
}

static pa_status read_partition(const pa_store *store, int i, int32_t n_ranks, pa_partition *part,
                                pa_error *err)
{
    const void *first;
    size_t n;
    PA_TRY(pa_store_get(store, names[i].array, PA_I64, &first, &n, err));
    if (n < 2) return pa_fail(err, PA_E_DATA, "the result has no shards");
    PA_TRY(pa_partition_init(part, (int32_t)n - 1, n_ranks, err));
    memcpy(part->first, first, n * sizeof(int64_t));
    return PA_OK;
}

static pa_status cut(pa_partition *part, pa_error *err)
{
    int64_t *rows;
    PA_TRY(PA_NEW(rows, (size_t)part->n_shards, err));
    for (int32_t s = 0; s < part->n_shards; s++) rows[s] = part->first[s + 1] - part->first[s];
    pa_cut_shards(part->n_shards, rows, part->n_ranks, part->cut);
    pa_free(rows);
    return PA_OK;
}

pa_status pa_shards_from_store(pa_run *run, const pa_store *store)
{
    pa_partition **parts[3] = {&run->shards, &run->account_shards, &run->merchant_shards};
    for (int i = 0; i < 3; i++) {
        PA_TRY(PA_NEW(*parts[i], 1, &run->err));
        PA_TRY(read_partition(store, i, pa_comm_size(run->comm), *parts[i], &run->err));
    }
    PA_TRY(cut(run->shards, &run->err));
    /* An account's row lives where its transactions do. */
    memcpy(run->account_shards->cut, run->shards->cut,
           ((size_t)run->shards->n_ranks + 1) * sizeof *run->shards->cut);
    return cut(run->merchant_shards, &run->err);
}

pa_status pa_shards_of_result(pa_comm *comm, pa_result_file *file, pa_partition *shards,
                              pa_error *err)
{
    pa_store store;
    *shards = (pa_partition){0};
    PA_TRY(pa_result_read_store(file, "shards", &store, err));
    pa_status st = read_partition(&store, 0, pa_comm_size(comm), shards, err);
    if (st == PA_OK) st = cut(shards, err);
    if (st != PA_OK) pa_partition_free(shards);
    pa_store_free(&store);
    return pa_agree(comm, st, err);
}
