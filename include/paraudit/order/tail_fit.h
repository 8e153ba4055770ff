/* Tails over all ranks, and in a store. */
#ifndef PARAUDIT_ORDER_TAIL_FIT_H
#define PARAUDIT_ORDER_TAIL_FIT_H

#include "paraudit/comm/comm.h"
#include "paraudit/order/tail.h"
#include "paraudit/table/store.h"

/* Fits the tail of the raw values of all ranks and puts it into the store,
 * replicated and the same for any number of ranks: tail_value, tail_count and
 * tail_rows. raw: n local values, finite; where no rank has any, the tail is that
 * of a single 0. Takes 8 bytes a value for as long as it runs. Collective. */
pa_status pa_tail_fit(pa_comm *comm, size_t n, const float raw[], size_t max_knots, pa_store *store,
                      pa_error *err);

/* Several of them in the same rounds, as many as pa_quantiles_group says or fewer, each into a
 * store of its own. Collective. */
typedef struct {
    size_t n;
    const float *raw; /* n */
    pa_store *store;
} pa_tail_set;

pa_status pa_tails_fit(pa_comm *comm, size_t n_sets, const pa_tail_set tail[], size_t max_knots,
                       pa_error *err);

/* The tail that pa_tail_fit put there. Local; freed by pa_tail_free. */
pa_status pa_tail_read(const pa_store *store, pa_tail **tail, pa_error *err);

#endif
