/* Exact values at few places of the order of all ranks' values: none of them moves. */
#ifndef PARAUDIT_SRC_ORDER_FEW_PLACES_H
#define PARAUDIT_SRC_ORDER_FEW_PLACES_H

#include "paraudit/order/quantiles.h"

typedef struct {
    size_t set; /* which of the sets, and where in the order of its values */
    int64_t position;
    uint32_t key; /* out: of the value there (pa_key_of_f32) */
    int64_t below,
        up_to; /* out: values of all ranks in the set that are smaller, at most as large */
} pa_place;

/* place: n of them, ascending by set and position, the same on all ranks. Of the sets, only n and
 * value are read, of which a key is kept for as long as it runs. A round of 2048 counts a set, and
 * two of at most 2^15 counts for up to 16 places, and of more places a few more. Collective. */
pa_status pa_find_places(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], size_t n,
                         pa_place place[], pa_error *err);

#endif
