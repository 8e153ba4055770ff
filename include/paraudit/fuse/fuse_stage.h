/* fuse: from the detectors' tails to the alert queue.
 *
 * Reads every column of role tail (<detector>_tail) and of role reason
 * (<detector>_reason1 .., <detector>_part1 ..), and the features. Adds to
 * "transactions" one contribution_<detector> each, margin, score, rank,
 * percentile, alert and reason1 .., and the tables "alerts", "alert_reasons" and
 * "categories/detector". The model keeps the detectors' names and weights, the
 * score function and the medians of the features that reasons are compared
 * with. Stands aside where no detector runs. */
#ifndef PARAUDIT_FUSE_FUSE_STAGE_H
#define PARAUDIT_FUSE_FUSE_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_fuse_stage;

#endif
