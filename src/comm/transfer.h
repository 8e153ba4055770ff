/* The one exchange of rows between ranks, under the route, the view and the
 * dictionary: slices of an array go to every rank and slices arrive from
 * every rank, in bounded pieces and, where an array has an order, through it. */
#ifndef PARAUDIT_SRC_COMM_TRANSFER_H
#define PARAUDIT_SRC_COMM_TRANSFER_H

#include "comm_mpi.h"
#include "paraudit/comm/route.h"

/* One end of a transfer. Slots at[p] .. at[p] + n[p] of the sequence belong to
 * rank p; slot i is element order[i] of the array, or element i where order is
 * NULL. Slices may overlap at the sending end. */
typedef struct {
    int64_t *at;
    int64_t *n;
    uint32_t *order;
} pa_side;

/* n local elements: both arrays zeroed, no order. */
pa_status pa_side_init(const pa_comm *comm, pa_side *side, pa_error *err);
void pa_side_free(pa_side *side);

/* Sets `at` from `n`, one slice after the other; returns their sum. */
size_t pa_side_stack(const pa_comm *comm, pa_side *side);

/* Tells every rank how many come from here, and learns it from them: fills to
 * from `from`, n alone. *all: how many all ranks have told of together. st: whether this rank can
 * go on, as in pa_agree; where it cannot, the sides are not looked at. Collective. */
pa_status pa_tell_counts(pa_comm *comm, pa_status st, const pa_side *from, pa_side *to,
                         int64_t *all, pa_error *err);

/* Elements of `width` bytes. to->n[p] here is from->n[here] on rank p. st: whether this rank can
 * go on, as in pa_agree. Collective; on failure (memory) all ranks leave together. */
pa_status pa_transfer(pa_comm *comm, pa_status st, size_t width, const pa_side *from,
                      const void *source, const pa_side *to, void *target, pa_error *err);

/* The same of n columns, whose elements travel together. */
pa_status pa_transfer_all(pa_comm *comm, pa_status st, size_t n, const pa_column_move columns[],
                          const pa_side *from, const pa_side *to, pa_error *err);

#endif
