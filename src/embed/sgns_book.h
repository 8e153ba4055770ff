/* Sequences on the ranks that own their shards. */
#ifndef PARAUDIT_EMBED_SGNS_BOOK_H
#define PARAUDIT_EMBED_SGNS_BOOK_H

#include "paraudit/embed/sgns.h"
#include "sgns_parts.h"

/* Moves sequences to their owners. Collective. */
pa_status pa_sgns_book_make(pa_comm *comm, int32_t n_shards, const pa_sequences *sequences,
                            pa_sgns_book *book, pa_error *err);
/* Leaves out items that are rarer than min_count. Local. */
void pa_sgns_book_thin(pa_sgns_book *book, const int64_t count[], int64_t min_count);
void pa_sgns_book_free(pa_sgns_book *book);

#endif
