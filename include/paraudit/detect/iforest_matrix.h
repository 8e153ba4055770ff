/* The isolation forest over a matrix alone, without accounts and times: fitted
 * on all rows, and every row scored. */
#ifndef PARAUDIT_DETECT_IFOREST_MATRIX_H
#define PARAUDIT_DETECT_IFOREST_MATRIX_H

#include "paraudit/comm/comm.h"
#include "paraudit/detect/iforest.h"

typedef struct {
    int64_t trees;  /* 1 .. 10^6 */
    int64_t sample; /* rows a tree, 2 .. PA_IFOREST_MAX_SAMPLE; where there are fewer, all */
    uint64_t seed;
} pa_iforest_settings;

/* column: n_columns arrays of the n rows held here, rows in order over the
 * ranks. score: n anomaly scores (pa_iforest_anomaly); the same for any cut of
 * the rows. PA_E_DATA: fewer than 2 rows in all, or more columns than
 * PA_IFOREST_MAX_FEATURES. Collective. */
pa_status pa_iforest_matrix(pa_comm *comm, const pa_iforest_settings *settings, size_t n,
                            size_t n_columns, float *const column[], float score[], pa_error *err);

#endif
