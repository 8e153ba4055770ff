/* A dictionary over all ranks, partitioned by owner and never replicated.
 *
 * The names that ranks met are sorted by (shard of the name, bytes of the
 * name); the place in that order is the code. Shards have contiguous owners,
 * so codes do not depend on the number of ranks or on who met a name first. */
#ifndef PARAUDIT_COMM_DICTIONARY_H
#define PARAUDIT_COMM_DICTIONARY_H

#include "paraudit/base/intern.h"
#include "paraudit/comm/comm.h"
#include "paraudit/table/partition.h"

/* Distinct names, concatenated: name i is bytes[start[i] .. start[i + 1]). */
typedef struct {
    size_t n;
    size_t *start; /* n + 1 offsets */
    char *bytes;
} pa_names;

void pa_names_free(pa_names *names);

/* local: the distinct names of this rank (a repeat gets its code again).
 * shards: n_shards and cut are set; its `first` becomes the first code of each
 * shard. owned: the names owned here, in code order (first code: pa_first_row).
 * code: for each local name its global code, in the caller's memory. */
pa_status pa_dictionary_make(pa_comm *comm, const pa_names *local, pa_partition *shards,
                             pa_names *owned, int64_t code[], pa_error *err);

/* Two dictionaries, whose names and codes travel in the same messages; 2 of each array. Holds the
 * names of both at a time. */
pa_status pa_dictionary_make_both(pa_comm *comm, const pa_names *const local[],
                                  pa_partition *const shards[], pa_names *const owned[],
                                  int64_t *const code[], pa_error *err);

/* One dictionary of a single shard, which rank 0 owns: codes follow the order of the names. Where
 * ranks have many, names that several of them have are one before they come to rank 0. */
pa_status pa_dictionary_list(pa_comm *comm, const pa_names *local, pa_partition *on_rank_0,
                             pa_names *owned, int64_t code[], pa_error *err);

/* Several of these at once, for lists of few names: all ranks get the names of all for as long as
 * it runs. n_lists of each array; code[l]: of local + l. st: what came of making the lists; as in
 * pa_agree, if any rank has failed all leave with its error. */
pa_status pa_dictionary_few(pa_comm *comm, pa_status st, size_t n_lists, const pa_names local[],
                            pa_partition on_rank_0[], pa_names owned[], int64_t *const code[],
                            pa_error *err);

/* For few names: every rank gets all of them, coded in the order of their bytes. Takes the names of
 * the table. *code: of each local name, in the order in which the table met them; freed by pa_free.
 * Collective, as the other one is. */
pa_status pa_dictionary_replicate(pa_comm *comm, pa_intern *table, pa_names *all, int64_t **code,
                                  pa_error *err);

#endif
