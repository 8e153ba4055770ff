#include "paraudit/comm/store_share.h"

#include "paraudit/comm/node_array.h"

static void release(void *data, size_t bytes)
{
    pa_node_array array = {data, bytes};
    pa_node_array_free(&array);
}

pa_status pa_store_share(pa_comm *comm, pa_store *store, size_t least, pa_error *err)
{
    if (pa_comm_size(comm) == 1) return PA_OK;
    for (size_t i = 0; i < store->n_arrays; i++) {
        const pa_store_array *a = store->arrays + i;
        size_t bytes = pa_store_array_bytes(a);
        pa_node_array shared;
        if (a->spread != PA_REPLICATED || bytes < least) continue;
        PA_TRY(pa_node_array_broadcast(comm, a->data, bytes, 0, &shared, err));
        pa_store_lend(store, i, (void *)shared.data, release);
    }
    return PA_OK;
}
