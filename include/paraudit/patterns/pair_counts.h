/* How often pairs were met, over all ranks: each pair is kept on one rank, in the order of its
 * mixed key (pair_list.h), and any rank may ask for any. */
#ifndef PARAUDIT_PATTERNS_PAIR_COUNTS_H
#define PARAUDIT_PATTERNS_PAIR_COUNTS_H

#include "paraudit/comm/comm.h"
#include "paraudit/patterns/pair_list.h"
#include "paraudit/table/store.h"

/* Adds up the pairs that all ranks met and puts them into the store, cut among the ranks:
 * `pair` (PA_I64: the keys) and `pair_count` (PA_I64). list: of this rank; emptied. Travels in
 * bounded pieces. Collective. */
pa_status pa_pair_counts_put(pa_comm *comm, pa_pair_list *list, pa_store *model, pa_error *err);

typedef struct pa_pair_counts pa_pair_counts;

/* Of a store that pa_pair_counts_put filled, cut among the ranks in any way. PA_E_DATA where it
 * holds no such pairs (a result file may have been edited). Takes 12 bytes for each pair that lies
 * here. Collective. */
pa_status pa_pair_counts_open(pa_comm *comm, const pa_store *model, pa_pair_counts **counts,
                              pa_error *err);
void pa_pair_counts_close(pa_pair_counts *counts); /* local; takes NULL */

/* count: of n pairs, 0 where one was never met; UINT32_MAX: that often or more. Collective. */
pa_status pa_pair_counts_ask(pa_comm *comm, const pa_pair_counts *counts, size_t n,
                             const uint64_t key[], uint32_t count[], pa_error *err);

#endif
