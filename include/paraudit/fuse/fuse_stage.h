/* fuse: from the detectors' tails to the alert queue.
 *
 * Reads every column of role tail (<detector>_tail). Adds to "transactions" one
 * contribution_<detector> each, margin, score, rank, percentile and alert, and
 * the tables "alerts", "alert_reasons" and "categories/detector". The model
 * keeps the detectors' names and weights, the score function and the medians
 * that reasons are compared with. Stands aside where no detector runs. */
#ifndef PARAUDIT_FUSE_FUSE_STAGE_H
#define PARAUDIT_FUSE_FUSE_STAGE_H

#include "paraudit/pipeline/stage.h"

extern const pa_stage pa_fuse_stage;

#endif
