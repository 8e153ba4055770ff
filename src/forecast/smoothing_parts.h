/* The walk through a batch, for processors of several kinds. */
#ifndef PARAUDIT_FORECAST_SMOOTHING_PARTS_H
#define PARAUDIT_FORECAST_SMOOTHING_PARTS_H

#include "paraudit/forecast/smoothing.h"

/* A walk goes once from `first` and once from each first state being 1 with all values 0: errors
 * are linear in the first states, so that these tell which are best. */
enum { PA_SMOOTH_WAYS = 3 };
typedef struct {
    _Alignas(PA_FORECAST_ALIGN) pa_lanes first[2], state[PA_SMOOTH_WAYS][2];
    pa_lanes product[6]; /* of the errors of ways 00 01 02 11 12 22, added */
} pa_smooth_sums;

/* first is set. */
typedef void pa_smooth_walk(const pa_forecast_batch *batch, const pa_smooth_form *form,
                            pa_smooth_sums *sums);

#endif
