/* What the fit and the use of the fusion share; private to this folder. */
#ifndef PARAUDIT_FUSE_VOICES_H
#define PARAUDIT_FUSE_VOICES_H

#include "paraudit/fuse/fuse.h"
#include "paraudit/stage/stage.h"

enum { PA_DETECTOR_NAME = 32 };

/* The detectors of a table, in the order of their columns. */
typedef struct {
    size_t n;
    pa_fuse_voice *voice; /* weight 0 until they are known */
} pa_voices;

pa_status pa_voices_find(const pa_table *tx, pa_voices *voices, pa_error *err);
void pa_voices_free(pa_voices *voices); /* a zeroed one may be freed */

pa_status pa_fuse_fit(pa_run *run, const pa_fitting *on, pa_store *model);

#endif
