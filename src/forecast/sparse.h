/* The model `sparse`: the filter of counts, set by all series together. */
#ifndef PARAUDIT_SRC_FORECAST_SPARSE_H
#define PARAUDIT_SRC_FORECAST_SPARSE_H

#include "paraudit/forecast/forecast.h"

/* PA_E_DATA: a value that is no count. Fills room that is there. Collective. */
pa_status pa_forecast_counts(pa_comm *comm, const pa_series_file *file,
                             const pa_forecast_options *options, pa_forecasts *to, pa_error *err);

#endif
