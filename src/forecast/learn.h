/* What a combination learns from earlier times. */
#ifndef PARAUDIT_FORECAST_LEARN_H
#define PARAUDIT_FORECAST_LEARN_H

#include "paraudit/forecast/forecast.h"

/* Room for what is said of a file's series; to be freed also on failure. PA_E_MEMORY. */
pa_status pa_forecasts_new(const pa_series_file *file, const pa_forecast_options *options,
                           pa_forecasts *forecasts, pa_error *err);

/* log: progress, may be NULL. learned: zeros; pa_free its reach also on failure. PA_E_MEMORY.
 * Collective. */
pa_status pa_forecast_learn(pa_comm *comm, const pa_series_file *file,
                            const pa_forecast_options *options, pa_log *log,
                            pa_forecast_learned *learned, pa_error *err);

/* Values that a trial is fitted on; of shorter series the network is not asked. */
enum { PA_TRIAL_LEAST = 8 };

/* Of n values those that the latest trial is fitted on, where the `horizon` behind them are told.
 */
size_t pa_fitted_on_trial(size_t n, size_t horizon);

#endif
