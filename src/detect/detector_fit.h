/* What the fit and the use of a detector share; private to this folder. */
#ifndef PARAUDIT_DETECT_DETECTOR_FIT_H
#define PARAUDIT_DETECT_DETECTOR_FIT_H

#include "paraudit/detect/judge.h"

/* Between two points at which a job may stop: hundredths of a second. */
enum { PA_STEP_TILES = 64 };

/* Before the names of the arrays of the model of the earlier fold. */
#define PA_EARLIER "earlier_"

#endif
