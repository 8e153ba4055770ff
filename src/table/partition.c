#include "paraudit/table/partition.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"

int32_t pa_shard_of(const char *name, size_t length, int32_t n_shards)
{
    return (int32_t)(XXH3_64bits(name, length) % (uint64_t)n_shards);
}

void pa_cut_shards(int32_t n_shards, const int64_t weight[], int32_t n_ranks, int32_t cut[])
{
    int64_t total = 0, before = 0;
    for (int32_t s = 0; s < n_shards; s++) total += weight[s];
    int32_t s = 0;
    cut[0] = 0;
    for (int32_t r = 0; r < n_ranks; r++) {
        int64_t goal = pa_even_share(total, r + 1, n_ranks);
        while (s < n_shards && before < goal) before += weight[s++];
        cut[r + 1] = s;
    }
    cut[n_ranks] = n_shards;
}

pa_status pa_partition_init(pa_partition *p, int32_t n_shards, int32_t n_ranks, pa_error *err)
{
    *p = (pa_partition){.n_shards = n_shards, .n_ranks = n_ranks};
    PA_TRY(PA_NEW(p->first, (size_t)n_shards + 1, err));
    pa_status st = PA_NEW(p->cut, (size_t)n_ranks + 1, err);
    if (st != PA_OK) pa_partition_free(p);
    return st;
}

void pa_partition_free(pa_partition *p)
{
    pa_free(p->first);
    pa_free(p->cut);
    *p = (pa_partition){0};
}

void pa_partition_count(pa_partition *p, const int64_t rows_of_shard[])
{
    p->first[0] = 0;
    for (int32_t s = 0; s < p->n_shards; s++) p->first[s + 1] = p->first[s] + rows_of_shard[s];
}

void pa_partition_name(pa_partition *p, const char *name)
{
    PA_ASSERT(strlen(name) < PA_PARTITION_NAME);
    snprintf(p->name, sizeof p->name, "%s", name);
}

/* As pa_cut_shards, with the sums of weights at hand. */
void pa_partition_cut(pa_partition *p)
{
    int32_t s = 0;
    p->cut[0] = 0;
    for (int32_t r = 0; r < p->n_ranks; r++) {
        int64_t goal = pa_even_share(p->first[p->n_shards], r + 1, p->n_ranks);
        while (s < p->n_shards && p->first[s] < goal) s++;
        p->cut[r + 1] = s;
    }
    p->cut[p->n_ranks] = p->n_shards;
}

void pa_partition_cut_like(pa_partition *p, const pa_partition *other)
{
    PA_ASSERT(p->n_shards == other->n_shards && p->n_ranks == other->n_ranks);
    memcpy(p->cut, other->cut, ((size_t)p->n_ranks + 1) * sizeof *p->cut);
    memcpy(p->follows, other->name, sizeof p->follows);
}

int64_t pa_first_row(const pa_partition *p, int32_t rank)
{
    return p->first[p->cut[rank]];
}

size_t pa_row_count(const pa_partition *p, int32_t rank)
{
    return (size_t)(p->first[p->cut[rank + 1]] - p->first[p->cut[rank]]);
}

int32_t pa_rank_of_shard(const pa_partition *p, int32_t shard)
{
    int32_t low = 0, high = p->n_ranks - 1; /* the last rank whose cut is <= shard */
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if (p->cut[middle] <= shard)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

int32_t pa_rank_of_row(const pa_partition *p, int64_t row)
{
    int32_t low = 0, high = p->n_ranks - 1;
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if (p->first[p->cut[middle]] <= row)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}
