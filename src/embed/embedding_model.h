/* What both sides of the stage `embedding` need. */
#ifndef PARAUDIT_SRC_EMBED_EMBEDDING_MODEL_H
#define PARAUDIT_SRC_EMBED_EMBEDDING_MODEL_H

#include "paraudit/embed/merchant_vectors.h"
#include "paraudit/stage/stage.h"

/* The vectors of a store; none where it has none. PA_E_DATA where the store is none of ours.
 * Local. */
pa_status pa_embedding_read(const pa_store *model, pa_merchant_vectors *vectors, pa_error *err);

/* Collective. */
pa_status pa_embedding_fit(pa_run *run, const pa_fitting *on, pa_store *model);

#endif
