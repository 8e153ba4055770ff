/* Who owns which rows: shards, and the contiguous run of shards of a rank.
 *
 *     shard     0     1     2     3     4   ...   S-1
 *     first    [0]   [1]   [2]   [3]   [4]  ...  [S-1]   [S] = rows of all
 *     rank     |---- rank 0 ----|---- rank 1 ----| ...
 *     cut      [0] = 0          [1] = 3          ...     [P] = S
 *
 * Both arrays are replicated and monotone. The number of shards is fixed by
 * configuration, so `first` is the same for any number of ranks. */
#ifndef PARAUDIT_TABLE_PARTITION_H
#define PARAUDIT_TABLE_PARTITION_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_PARTITION_NAME = 32 };

typedef struct {
    char name[PA_PARTITION_NAME];    /* "transactions", "accounts", ...; "": not named yet */
    char follows[PA_PARTITION_NAME]; /* the partition whose cut it shares; "": a cut of its own */
    int32_t n_shards;
    int32_t n_ranks;
    int64_t *first; /* n_shards + 1 global row numbers */
    int32_t *cut;   /* n_ranks + 1 shard numbers */
} pa_partition;

/* Shard of a name: XXH3 (64 bits, seed 0) of its bytes, modulo n_shards. */
int32_t pa_shard_of(const char *name, size_t length, int32_t n_shards);

/* Cuts shards of the given weights (rows, say) into n_ranks contiguous runs of
 * nearly equal weight: the heaviest is as light as such runs can be, to a 256th
 * of the mean. The last ones may be lighter, or empty.
 * cut: n_ranks + 1 values in the caller's memory. */
void pa_cut_shards(int32_t n_shards, const int64_t weight[], int32_t n_ranks, int32_t cut[]);

/* An empty partition with room for both arrays. */
pa_status pa_partition_init(pa_partition *p, int32_t n_shards, int32_t n_ranks, pa_error *err);
void pa_partition_free(pa_partition *p);

/* Tables and stores say by name who owns their rows, so that a restart finds the
 * owners again. */
void pa_partition_name(pa_partition *p, const char *name);

/* rows_of_shard: n_shards counts. Fills first; leaves cut alone. */
void pa_partition_count(pa_partition *p, const int64_t rows_of_shard[]);

/* Cuts the shards anew so that the rows of `first` balance. */
void pa_partition_cut(pa_partition *p);

/* Takes over the cut of `other`, which has as many shards and ranks, and follows it
 * from then on: the rows of a shard live where those of that one do. */
void pa_partition_cut_like(pa_partition *p, const pa_partition *other);

int64_t pa_first_row(const pa_partition *p, int32_t rank);
size_t pa_row_count(const pa_partition *p, int32_t rank);
int32_t pa_rank_of_shard(const pa_partition *p, int32_t shard);
int32_t pa_rank_of_row(const pa_partition *p, int64_t row);

#endif
