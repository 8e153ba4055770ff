/* The isolation forest as a detector.
 *
 * Each tree's rows are ordinals among the points in canonical order, drawn by
 * seed and tree; their owners send them to the rank that grows the tree, and all
 * trees go to all ranks. */
#ifndef PARAUDIT_DETECT_IFOREST_DETECTOR_H
#define PARAUDIT_DETECT_IFOREST_DETECTOR_H

#include "paraudit/detect/detector_stage.h"

extern const pa_detector pa_iforest_detector;
extern const pa_stage pa_iforest_stage;

#endif
