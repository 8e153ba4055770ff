/* Where the view is cut: exact splitters of rows that lie on all ranks. */
#ifndef PARAUDIT_SRC_COMM_VIEW_CUT_H
#define PARAUDIT_SRC_COMM_VIEW_CUT_H

#include "comm_mpi.h"

/* Position, among n_global rows, of the first row of rank r of n_ranks. */
int64_t pa_view_position(int64_t n_global, int r, int n_ranks);

/* order: n local rows sorted by (key, tie). st: whether this rank has it, as in pa_agree.
 * *n_global: rows of all ranks. count: for each rank p, how many of them belong to p; the first
 * count[0] in order go to rank 0, and so on. Collective; on failure (memory) all ranks leave
 * together. */
pa_status pa_view_cut(pa_comm *comm, pa_status st, size_t n, const uint64_t key[],
                      const int64_t tie[], const uint32_t order[], int64_t *n_global,
                      int64_t count[], pa_error *err);

#endif
