#ifndef PARAUDIT_DETECT_LOGISTIC_FIT_H
#define PARAUDIT_DETECT_LOGISTIC_FIT_H

#include "paraudit/detect/detector.h"

/* The fit of pa_logistic_detector: puts first, value, odds (the curves), intercept and l2. */
pa_status pa_logistic_fit(const pa_detector_context *context, const pa_points *points,
                          pa_store *model, pa_error *err);

#endif
