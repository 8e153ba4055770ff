/* A rule of tails (tail_rule.h) as a detector: exact distributions of its columns and of its
 * families over all ranks. */
#ifndef PARAUDIT_DETECT_TAILS_DETECTOR_H
#define PARAUDIT_DETECT_TAILS_DETECTOR_H

#include "paraudit/detect/detector_stage.h"

extern const pa_detector pa_tails_detector;
extern const pa_stage pa_tails_stage;

#endif
