/* One boosted tree over the rows of all ranks. Collective: each rank adds up its own rows, each
 * looks for cuts among the columns that are its share, and all agree on the best. */
#ifndef PARAUDIT_DETECT_BOOSTING_TREE_H
#define PARAUDIT_DETECT_BOOSTING_TREE_H

#include "boosting_sums.h"
#include "paraudit/comm/comm.h"
#include "paraudit/detect/boosting.h"

typedef struct {
    int32_t depth, most_leaves;
    double rate;
    pa_boosting_limits limits;
    const int8_t *direction; /* of each column (pa_boosting_column), borrowed */
} pa_boosting_growth;

/* The slices of one tree (pa_boosting_model). */
typedef struct {
    int32_t *feature;
    float *threshold;
    int8_t *missing;
    double *value;
    int64_t *rows;
} pa_boosting_tree;

typedef struct pa_boosting_grower pa_boosting_grower;

/* edges and rows are borrowed. Collective; freed by pa_boosting_grower_free. */
pa_status pa_boosting_grower_new(pa_comm *comm, const pa_boosting_growth *growth,
                                 const pa_boosting_edges *edges, const pa_boosting_rows *rows,
                                 pa_boosting_grower **grower, pa_error *err);
void pa_boosting_grower_free(pa_boosting_grower *grower);

/* Where the rows of the next tree are put: room for all that are here. */
pa_boosting_entry *pa_boosting_entries(pa_boosting_grower *grower);

/* Grows a tree from the n entries, which it orders, on the n_columns ascending columns (NULL: on
 * all). tree: zeros. The leaves that entries come to are added to margin[row], unless that is
 * NULL. Collective. */
pa_status pa_boosting_grow(pa_boosting_grower *grower, size_t n, size_t n_columns,
                           const uint32_t column[], const pa_boosting_tree *tree, double margin[],
                           pa_error *err);

#endif
