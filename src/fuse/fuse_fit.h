/* The fit of the stage fuse; private to this folder. */
#ifndef PARAUDIT_FUSE_FUSE_FIT_H
#define PARAUDIT_FUSE_FUSE_FIT_H

#include "paraudit/fuse/fuse_model.h"
#include "paraudit/stage/stage.h"

pa_status pa_fuse_fit(pa_run *run, const pa_fitting *on, pa_store *model);

#endif
