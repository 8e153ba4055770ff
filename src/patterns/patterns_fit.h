/* What both sides of the stage `patterns` need. */
#ifndef PARAUDIT_SRC_PATTERNS_PATTERNS_FIT_H
#define PARAUDIT_SRC_PATTERNS_PATTERNS_FIT_H

#include "paraudit/features/segments.h"
#include "paraudit/patterns/combinations.h"
#include "paraudit/stage/stage.h"

/* Kinds of pairs, the first of each part. */
enum { PA_KIND_COMPANY, PA_KIND_COMBINATIONS };

/* Whether a moment is one of the history, which the stage is fitted on. */
bool pa_in_history(const pa_time_plan *plan, int64_t time);

/* Rows by whose history their accounts are grouped. */
pa_segment_rows pa_pattern_segment_rows(const pa_combined_rows *rows, const pa_time_plan *plan,
                                        double units);

/* Of amounts, in one of the currency. */
double pa_pattern_units(const pa_table *tx);

/* Collective. */
pa_status pa_patterns_fit(pa_run *run, const pa_fitting *on, pa_store *model);

#endif
