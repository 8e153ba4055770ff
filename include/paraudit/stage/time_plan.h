/* The nested time plan: what is fitted on what, so that nothing is in-sample.
 *
 *   history_from <= ... < train_from < train_until <= audit_from < audit_until
 *        pillars and detectors  |  supervised, stack  |  gap  |  scored, judged
 */
#ifndef PARAUDIT_STAGE_TIME_PLAN_H
#define PARAUDIT_STAGE_TIME_PLAN_H

#include <stdint.h>

#include "paraudit/base/options.h"

typedef enum {
    PA_SPLIT_BEFORE, /* before history_from */
    PA_SPLIT_HISTORY,
    PA_SPLIT_TRAIN,
    PA_SPLIT_GAP,
    PA_SPLIT_AUDIT,
    PA_SPLIT_AFTER,
    PA_N_SPLITS
} pa_split;

extern const char *const pa_split_names[PA_N_SPLITS];

/* Seconds since 1970-01-01 00:00:00; every `until` is exclusive. */
typedef struct pa_time_plan {
    int64_t history_from, reference_from, earlier_from, earlier_until, train_from, train_until,
        audit_from, audit_until;
    int64_t label_delay; /* seconds from a row to the day its label is known */
    int64_t as_of;       /* what is known when the audit runs */
} pa_time_plan;

extern const pa_option_spec pa_time_plan_options[];

/* Keys left empty are derived from the rows' first and last time: see README.
 * PA_E_CONFIG names the two keys that contradict each other. */
pa_status pa_time_plan_read(const pa_config *config, int64_t first_time, int64_t last_time,
                            pa_time_plan *plan, pa_error *err);

pa_split pa_split_of(const pa_time_plan *plan, int64_t time);

#endif
