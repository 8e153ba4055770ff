/* What the stage fuse has learned, beside the detectors of the table that it is used on.
 * Local. */
#ifndef PARAUDIT_FUSE_FUSE_MODEL_H
#define PARAUDIT_FUSE_FUSE_MODEL_H

#include "paraudit/fuse/fuse.h"
#include "paraudit/table/store.h"
#include "paraudit/table/table.h"

enum { PA_DETECTOR_NAME = 32 };

/* The detectors of a table, in the order of their columns. */
typedef struct {
    size_t n;
    pa_fuse_voice *voice; /* weight 0 until they are known */
} pa_voices;

/* Every column of role tail; the stage that wrote it is the detector. Values are borrowed from
 * the table. */
pa_status pa_voices_find(const pa_table *tx, pa_voices *voices, pa_error *err);
void pa_voices_free(pa_voices *voices); /* a zeroed one may be freed */

typedef struct {
    pa_voices voices;
    double base;
    pa_score_function score; /* borrowed from the store */
} pa_fuse_model;

/* PA_E_DATA where the store is no such model (a result file may have been edited), or one of
 * other detectors than the table's. Freed by pa_fuse_model_free, on failure too. */
pa_status pa_fuse_model_open(const pa_store *model, const pa_table *tx, pa_fuse_model *m,
                             pa_error *err);
void pa_fuse_model_free(pa_fuse_model *m);

#endif
