/* What the fit and the use of a detector share; private to this folder. */
#ifndef PARAUDIT_DETECT_DETECTOR_FIT_H
#define PARAUDIT_DETECT_DETECTOR_FIT_H

#include "paraudit/detect/detector.h"

enum {
    PA_FEATURE_NAME = 64,
    PA_STEP_TILES = 64 /* between two points at which a job may stop: hundredths of a second */
};

/* Before the names of the arrays of the model of the earlier fold. */
#define PA_EARLIER "earlier_"

/* Whether there was nothing that it could be fitted on. */
bool pa_detector_stood_aside(const pa_store *model);

#endif
