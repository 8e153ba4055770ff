/* ECOD as a detector: exact quantiles of every column over all ranks. */
#ifndef PARAUDIT_DETECT_ECOD_DETECTOR_H
#define PARAUDIT_DETECT_ECOD_DETECTOR_H

#include "paraudit/detect/detector_stage.h"

extern const pa_detector pa_ecod_detector;
extern const pa_stage pa_ecod_stage;

#endif
