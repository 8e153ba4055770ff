/* The stages of an audit in running order, and the detectors that work alone. */
#ifndef PARAUDIT_COMMANDS_STAGES_H
#define PARAUDIT_COMMANDS_STAGES_H

#include "paraudit/detect/detector.h"
#include "paraudit/stage/stage.h"

extern const pa_stage *const pa_stages[];
extern const size_t pa_n_stages;

/* Of `paraudit detect`. */
extern const pa_detector *const pa_detectors[];
extern const size_t pa_n_detectors;

#endif
