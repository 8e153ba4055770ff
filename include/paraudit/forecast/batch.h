/* Series side by side, one a lane of a vector: every lane is computed as if it were alone, so
 * that neither its neighbours nor the vectors of a processor change a bit of it. */
#ifndef PARAUDIT_FORECAST_BATCH_H
#define PARAUDIT_FORECAST_BATCH_H

#include <stddef.h>
#include <stdint.h>

enum { PA_FORECAST_LANES = 8, PA_FORECAST_ALIGN = 64 };

typedef double pa_lanes[PA_FORECAST_LANES];

/* y: n_most x PA_FORECAST_LANES values, of all lanes at a time, then of all at the next, at a
 * multiple of PA_FORECAST_ALIGN bytes; borrowed. Lane k has the first n[k] values of its own,
 * and zeros behind them. n[k]: 0 of a lane without a series. */
typedef struct {
    const double *y;
    int32_t n[PA_FORECAST_LANES];
    int32_t n_least, n_most; /* of n, lanes without a series apart */
} pa_forecast_batch;

/* Sets n, n_least and n_most of the first n_series lanes, 1 or more; the others have no series. */
void pa_forecast_batch_lengths(size_t n_series, const int32_t n[], pa_forecast_batch *batch);

#endif
