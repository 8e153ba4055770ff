/* Gradient-boosted trees as a detector, fitted on labelled rows (detect/boosting.h). Columns
 * become bins at exact places of their order over all ranks; gradients are integers; ranks add
 * up the sums of their rows by bin. The rows of detector_context.check choose the number of
 * rounds: the one after which they lose least. */
#ifndef PARAUDIT_DETECT_BOOSTING_DETECTOR_H
#define PARAUDIT_DETECT_BOOSTING_DETECTOR_H

#include "paraudit/detect/detector_stage.h"

extern const pa_detector pa_boosting_detector;
extern const pa_stage pa_boosting_stage;

#endif
