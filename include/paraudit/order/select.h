/* Exact selection among the values of all ranks: none of them moves. Collective. */
#ifndef PARAUDIT_ORDER_SELECT_H
#define PARAUDIT_ORDER_SELECT_H

#include "paraudit/comm/comm.h"

/* The value at `position` (from 0) of all ranks' values in ascending order.
 * sorted: n local values, ascending. position is below their number over all
 * ranks. At most 7 rounds of 1023 counts. */
int64_t pa_select_i64(pa_comm *comm, size_t n, const int64_t sorted[], int64_t position);

/* The same for n_positions of them, the same on all ranks, in any order; 16 of them take at most
 * 11 rounds together. */
void pa_select_many_i64(pa_comm *comm, size_t n, const int64_t sorted[], size_t n_positions,
                        const int64_t position[], int64_t value[]);

/* Medians of all ranks' float32 values, none NaN; NaN where there are none. The
 * mean of the two in the middle where their number is even. m: how many, up to
 * PA_MEDIANS, in four calls together; n: values here of each. Overwrites values. */
enum { PA_MEDIANS = 16 };
void pa_medians_of_all(pa_comm *comm, size_t m, const size_t n[], float *const values[],
                       float median[]);

#endif
