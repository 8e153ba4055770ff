/* The largest supports of those that are told. */
#ifndef PARAUDIT_SRC_PATTERNS_TOP_SUPPORTS_H
#define PARAUDIT_SRC_PATTERNS_TOP_SUPPORTS_H

#include "paraudit/comm/comm.h"

typedef struct {
    size_t k, n;
    uint32_t *support; /* a heap: the smallest of the n <= k largest comes first */
    size_t n_saved;
    uint32_t *saved;
} top_supports;

pa_status pa_top_supports_open(size_t k, top_supports *top, pa_error *err); /* local */
void pa_top_supports_free(top_supports *top); /* local; a zeroed one may be freed */

/* Returns the smallest support that would change what is known; 0: any. Local. */
uint32_t pa_top_supports_add(top_supports *top, uint32_t support);

/* What comes after saving can be taken back. Local. */
void pa_top_supports_save(top_supports *top);
void pa_top_supports_restore(top_supports *top);

/* The k-th largest of those of all ranks; 0 where there are fewer. Collective. */
int64_t pa_top_supports_last(pa_comm *comm, const top_supports *top);

#endif
