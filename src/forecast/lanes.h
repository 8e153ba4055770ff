/* Vectors of all lanes. A processor with shorter ones takes several: the bits are the same. */
#ifndef PARAUDIT_FORECAST_LANES_H
#define PARAUDIT_FORECAST_LANES_H

#include <string.h>

#include "paraudit/forecast/batch.h"

typedef double lanes __attribute__((vector_size(PA_FORECAST_LANES * 8)));
typedef int64_t lane_mask __attribute__((vector_size(PA_FORECAST_LANES * 8)));

static inline lanes lanes_at(const double v[])
{
    lanes l;
    memcpy(&l, v, sizeof l);
    return l;
}

static inline void put_lanes(lanes l, double v[])
{
    memcpy(v, &l, sizeof l);
}

static inline lanes lanes_of(double v)
{
    return (lanes){v, v, v, v, v, v, v, v};
}

/* `yes` where the mask is set. */
static inline lanes pick(lane_mask mask, lanes yes, lanes no)
{
    return (lanes)((mask & (lane_mask)yes) | (~mask & (lane_mask)no));
}

/* Which lanes have a value at t. */
static inline lane_mask has_value(const pa_forecast_batch *b, int32_t t)
{
    lane_mask mask = {0};
    for (int k = 0; k < PA_FORECAST_LANES; k++) mask[k] = t < b->n[k] ? -1 : 0;
    return mask;
}

#endif
