#include "paraudit/forecast/batch.h"

#include "paraudit/base/status.h"

void pa_forecast_batch_lengths(size_t n_series, const int32_t n[], pa_forecast_batch *b)
{
    PA_ASSERT(n_series >= 1 && n_series <= PA_FORECAST_LANES);
    b->n_least = b->n_most = 0;
    for (size_t k = 0; k < PA_FORECAST_LANES; k++) {
        b->n[k] = k < n_series ? n[k] : 0;
        if (b->n[k] > b->n_most) b->n_most = b->n[k];
        if (b->n[k] > 0 && (b->n_least == 0 || b->n[k] < b->n_least)) b->n_least = b->n[k];
    }
}
