/* evaluate: how good the audit was, where labels are known.
 *
 * Adds the tables "evaluation/summary" (one row, a column a metric),
 * "evaluation/per_day", "evaluation/curve", "evaluation/lead_time" and, where the input names
 * kinds of fraud, "evaluation/by_kind"; none of them where no row of the audit has a known label,
 * and a note says so. "evaluation/below_line" is always there. */
#ifndef PARAUDIT_EVALUATE_EVALUATE_STAGE_H
#define PARAUDIT_EVALUATE_EVALUATE_STAGE_H

#include "paraudit/evaluate/evaluate.h"
#include "paraudit/stage/stage.h"

extern const pa_stage pa_evaluate_stage;

/* What the keys evaluate.* say; the seed is the caller's. Local. */
pa_evaluation_options pa_evaluation_options_of(const pa_config *config,
                                               const pa_time_plan *time_plan);

#endif
