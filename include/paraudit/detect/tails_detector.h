/* Rules of tails (tail_rule.h) as detectors: exact distributions of their columns and families
 * over all ranks. One looks at amounts, pace and places; the other at what comes together in a row
 * (the columns of the stage `patterns`) and is the one label-free score of that stage. */
#ifndef PARAUDIT_DETECT_TAILS_DETECTOR_H
#define PARAUDIT_DETECT_TAILS_DETECTOR_H

#include "paraudit/detect/detector_stage.h"

extern const pa_detector pa_tails_detector;
extern const pa_stage pa_tails_stage;
extern const pa_detector pa_combinations_detector;
extern const pa_stage pa_combinations_stage;

#endif
