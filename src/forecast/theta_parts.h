/* The walk through a batch, for processors of several kinds. */
#ifndef PARAUDIT_FORECAST_THETA_PARTS_H
#define PARAUDIT_FORECAST_THETA_PARTS_H

#include "paraudit/forecast/theta.h"

/* Errors are e - first p - drift q: their products are added, from the second value on. */
typedef struct {
    bool dynamic;
    _Alignas(PA_FORECAST_ALIGN) pa_lanes alpha, a, b; /* a, b: the line's where it is not dynamic */
    pa_lanes product[6];                              /* ee, ep, eq, pp, pq, qq */
    pa_lanes level, forgotten, mean; /* level: of a first one of 0; forgotten: (1-alpha)^n */
} pa_theta_sums;

typedef void pa_theta_walk(const pa_forecast_batch *batch, pa_theta_sums *sums);

#endif
