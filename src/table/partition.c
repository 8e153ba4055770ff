#include "paraudit/table/partition.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "paraudit/base/array.h"

int32_t pa_shard_of(const char *name, size_t length, int32_t n_shards)
{
    return (int32_t)(XXH3_64bits(name, length) % (uint64_t)n_shards);
}

/* Of shards: as they are, or the sums of those before each. */
typedef struct {
    const int64_t *weight, *first;
} weights;

static int64_t weight_of(const weights *w, int32_t shard)
{
    return w->weight ? w->weight[shard] : w->first[shard + 1] - w->first[shard];
}

/* Fills one run after the other, none with more than `most`; returns whether all shards fit. */
static bool fill_runs(int32_t n_shards, const weights *w, int64_t most, int32_t n_ranks,
                      int32_t cut[])
{
    int32_t s = 0;
    cut[0] = 0;
    for (int32_t r = 0; r < n_ranks; r++) {
        int64_t sum = 0;
        for (; s < n_shards && sum + weight_of(w, s) <= most; s++) sum += weight_of(w, s);
        cut[r + 1] = s;
    }
    return s == n_shards;
}

/* Halves the range in which the least weight lies that the heaviest run must have, down to a
 * 256th of the mean run. A mean run and the heaviest shard are always enough. */
static void cut_evenly(int32_t n_shards, const weights *w, int32_t n_ranks, int32_t cut[])
{
    int64_t total = 0, largest = 0;
    for (int32_t s = 0; s < n_shards; s++) {
        int64_t weight = weight_of(w, s);
        total += weight;
        if (weight > largest) largest = weight;
    }
    int64_t mean = total / n_ranks + (total % n_ranks != 0);
    int64_t low = mean > largest ? mean : largest;
    int64_t high = total - low < largest ? total : low + largest;
    while (high - low > mean / 256) {
        int64_t middle = low + (high - low) / 2;
        if (fill_runs(n_shards, w, middle, n_ranks, cut))
            high = middle;
        else
            low = middle + 1;
    }
    bool all = fill_runs(n_shards, w, high, n_ranks, cut);
    PA_ASSERT(all);
}

void pa_cut_shards(int32_t n_shards, const int64_t weight[], int32_t n_ranks, int32_t cut[])
{
    cut_evenly(n_shards, &(weights){.weight = weight}, n_ranks, cut);
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

void pa_partition_cut(pa_partition *p)
{
    cut_evenly(p->n_shards, &(weights){.first = p->first}, p->n_ranks, p->cut);
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
