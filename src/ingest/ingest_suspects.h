/* What is known of transaction ids before their rows are compared. */
#ifndef PARAUDIT_SRC_INGEST_INGEST_SUSPECTS_H
#define PARAUDIT_SRC_INGEST_INGEST_SUSPECTS_H

#include <string.h>

#include "ingest_parts.h"

/* Ids in the order of their lengths, then of their bytes: counters ascend in it with
 * and without leading zeros. */
static inline int pa_compare_ids(const char *a, size_t n, const char *b, size_t m)
{
    if (n != m) return n < m ? -1 : 1;
    return memcmp(a, b, n);
}

/* Whether ids ascend on every rank and no rank's range meets another's. Collective. */
pa_status pa_ids_ascend(pa_comm *comm, const pa_csv_batch *rows, bool *ascend, pa_error *err);

/* How ids are dealt to ranks and to keys; equal on all ranks. */
typedef struct {
    bool dense;
    int64_t first;  /* the smallest id */
    uint64_t block; /* ids of a rank, where they are dense */
    uint64_t n_ranks;
} pa_dealing;
pa_dealing pa_deal_ids(pa_comm *comm, const pa_csv_batch *rows); /* collective */

/* The rank that looks after an id, and what is known of the id there. */
int32_t pa_owner_of_id(const pa_dealing *dealing, int64_t tx, uint32_t *key);

/* suspect[i]: row i may have the id of another row; zeros before. Collective. */
pa_status pa_find_suspects(pa_comm *comm, const pa_dealing *dealing, const pa_csv_batch *rows,
                           int8_t suspect[], pa_error *err);

#endif
