/* The stage `patterns`: what accounts like this one do, learned from the history part, and how
 * far each later row is from it. Features of rows from reference_from on; NaN before. */
#ifndef PARAUDIT_PATTERNS_PATTERNS_STAGE_H
#define PARAUDIT_PATTERNS_PATTERNS_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_patterns_stage;

#endif
