/* Small exact sums of many things in one call, agreement included: a stage that counts days, kinds
 * and episodes lists them all and then adds them together. */
#ifndef PARAUDIT_COMM_BATCH_H
#define PARAUDIT_COMM_BATCH_H

#include "paraudit/comm/comm.h"

enum { PA_BATCH_PARTS = 24 };

/* What is to be added, where it lies. A zeroed one is empty. */
typedef struct {
    size_t n_parts;
    struct {
        size_t n;
        int64_t *narrow; /* n values, or NULL */
        pa_i128 *wide;   /* likewise */
    } part[PA_BATCH_PARTS];
} pa_batch;

/* n values, which get the sums over all ranks. n, and the order of these calls, are the same on all
 * ranks; v may be NULL on a rank that has failed. Local. */
void pa_batch_i64(pa_batch *batch, int64_t v[], size_t n);
void pa_batch_i128(pa_batch *batch, pa_i128 v[], size_t n);

/* Agrees on st, as pa_agree, and adds what was listed, in place, where that is PA_OK: one call for
 * up to 4000 values. The batch is empty then. Collective. */
pa_status pa_batch_sum(pa_comm *comm, pa_batch *batch, pa_status st, pa_error *err);

#endif
