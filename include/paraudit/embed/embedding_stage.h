/* The stage `embedding`: vectors of merchants by the company that they keep in the accounts of the
 * history (embed/sgns.h), and two columns of how well a row's merchant goes with those that its
 * account was at before. The stage `expected` has them as one part of its mixture, and so they are
 * trained on the part of the history that it learns from: what comes before its last part
 * (expected.calibration_share). Columns of rows from reference_from on; missing before. */
#ifndef PARAUDIT_EMBED_EMBEDDING_STAGE_H
#define PARAUDIT_EMBED_EMBEDDING_STAGE_H

#include "paraudit/embed/merchant_vectors.h"
#include "paraudit/stage/stage.h"

extern const pa_stage pa_embedding_stage;

/* The vectors that the stage has learned in this run, borrowed but for what
 * pa_merchant_vectors_free frees; none where it stands aside or has learned nothing. PA_E_DATA
 * where its store is none of ours. Local. */
pa_status pa_embedding_of(const pa_run *run, pa_merchant_vectors *vectors, pa_error *err);

#endif
