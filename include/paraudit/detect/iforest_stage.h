/* The isolation forest as a stage.
 *
 * fit: each tree's rows are ordinals among the rows of the history (split
 * `history`) in canonical order, drawn by seed and tree; their owners send them
 * to the rank that grows the tree; all trees go to all ranks; the history's
 * scores give the tail. apply: fills iforest_raw and iforest_tail for the rows
 * of splits train, gap and audit; all other rows get NaN, so that no row is
 * scored by a model fitted on it or on later rows. */
#ifndef PARAUDIT_DETECT_IFOREST_STAGE_H
#define PARAUDIT_DETECT_IFOREST_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_iforest_stage;

#endif
