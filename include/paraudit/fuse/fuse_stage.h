/* fuse: from the detectors' tails to one margin and one score.
 *
 * Reads every column of role tail; the stage that wrote it is the detector. Adds
 * to "transactions" one contribution_<detector> each, margin and score. The model
 * keeps the detectors' names and weights, the base and the score function. Stands
 * aside where no detector runs. */
#ifndef PARAUDIT_FUSE_FUSE_STAGE_H
#define PARAUDIT_FUSE_FUSE_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_fuse_stage;

#endif
