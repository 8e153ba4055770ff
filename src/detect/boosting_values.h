/* Which values columns of few have, over all ranks. */
#ifndef PARAUDIT_DETECT_BOOSTING_VALUES_H
#define PARAUDIT_DETECT_BOOSTING_VALUES_H

#include "paraudit/comm/comm.h"

/* n keys, each once; n = most + 1: they are more than `most`. */
typedef struct {
    size_t n;
    uint32_t *key; /* the caller's: room for `most` */
} pa_key_list;

/* list: n_lists, of what this rank has, in any order; then of what all ranks have, ascending and
 * the same on all ranks. Each rank merges an even share of the lists. Collective. */
pa_status pa_merge_keys(pa_comm *comm, size_t most, size_t n_lists, pa_key_list list[],
                        pa_error *err);

#endif
