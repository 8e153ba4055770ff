/* Boosted trees over the points of all ranks. */
#ifndef PARAUDIT_DETECT_BOOSTING_FIT_H
#define PARAUDIT_DETECT_BOOSTING_FIT_H

#include "paraudit/detect/boosting.h"
#include "paraudit/detect/detector.h"

/* `fit` of the detector. */
pa_status pa_boosting_fit(const pa_detector_context *context, const pa_points *points,
                          pa_store *model, pa_error *err);

/* The arrays of a model of so many features. PA_E_DATA where one is not there, or not as large
 * as the others say; what is in them is not looked at. Local. */
pa_status pa_boosting_read(const pa_store *store, size_t n_features, pa_boosting_model *model,
                           pa_error *err);

#endif
