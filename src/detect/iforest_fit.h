/* The fit of the isolation forest over all ranks: shared by the sources of its
 * detector alone. */
#ifndef PARAUDIT_DETECT_IFOREST_FIT_H
#define PARAUDIT_DETECT_IFOREST_FIT_H

#include "paraudit/detect/detector.h"
#include "paraudit/detect/iforest.h"

/* As pa_detector's fit. The store gets shape, feature, threshold and expected. */
pa_status pa_iforest_fit(const pa_detector_context *context, const pa_points *points,
                         pa_store *model, pa_error *err);

#endif
