/* Sums of long vectors, of which each rank sums up a slice. */
#ifndef PARAUDIT_SRC_COMM_SUM_SLICES_H
#define PARAUDIT_SRC_COMM_SUM_SLICES_H

#include "comm_mpi.h"

/* Rows of as many elements, in place. */
typedef struct {
    void *v;
    size_t width; /* elements of a row */
    size_t bytes; /* of an element */
    MPI_Datatype type;
    MPI_Op op;         /* exact: slices are summed in any order */
    pa_sum_work *work; /* of i32, before all ranks get the sum; NULL: nothing */
    void *context;
    size_t first; /* the number of the first row, for `work` */
} pa_summed;

/* Whether the ranks are on several nodes, several on each. The first call is collective. */
bool pa_has_levels(pa_comm *comm);

/* Of n rows that one call may carry. False, and nothing is done, where there are too many ranks.
 * Collective. */
bool pa_sum_slices(pa_comm *comm, const pa_summed *s, size_t n);

#endif
