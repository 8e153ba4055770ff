/* Finished models once a node instead of once a rank. */
#ifndef PARAUDIT_COMM_STORE_SHARE_H
#define PARAUDIT_COMM_STORE_SHARE_H

#include "paraudit/comm/comm.h"
#include "paraudit/table/store.h"

/* Moves each replicated array of `least` bytes or more into the shared memory of the
 * node (comm/node_array.h), where it is read-only: for a store whose fit is finished.
 * With one rank there is nothing to share. PA_E_MEMORY. Collective. */
pa_status pa_store_share(pa_comm *comm, pa_store *store, size_t least, pa_error *err);

#endif
