/* Logistic regression as a detector: terms of each column (terms.h), and their coefficients
 * (logit.h). What is kept of a column is a curve: what each of its values adds to the log-odds
 * of fraud, beside the mean of the fitting rows. */
#ifndef PARAUDIT_DETECT_LOGISTIC_DETECTOR_H
#define PARAUDIT_DETECT_LOGISTIC_DETECTOR_H

#include "paraudit/detect/detector_stage.h"

extern const pa_detector pa_logistic_detector;
extern const pa_stage pa_logistic_stage;

#endif
