/* The columns of the stage `embedding`, and its side table. */
#ifndef PARAUDIT_SRC_EMBED_EMBEDDING_COLUMNS_H
#define PARAUDIT_SRC_EMBED_EMBEDDING_COLUMNS_H

#include "paraudit/embed/merchant_vectors.h"
#include "paraudit/stage/stage.h"

typedef enum { PA_MERCHANT_SIMILARITY, PA_MERCHANT_AFFINITY, PA_N_EMBEDDING } pa_embedding_column;

extern const pa_column_spec pa_embedding_columns[PA_N_EMBEDDING];

enum { PA_EMBEDDING_MOST_DIM = 100 };

pa_status pa_embedding_plan_table(pa_schema *io, pa_error *err);

/* A merchant a row, its vector a column each dimension. count: of each. Local; alike on all
 * ranks. */
pa_status pa_embedding_fill_table(pa_run *run, const pa_merchant_vectors *vectors,
                                  const int64_t count[]);

#endif
