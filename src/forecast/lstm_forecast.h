/* Forecasts by one network that is trained on the file's own series. */
#ifndef PARAUDIT_FORECAST_LSTM_FORECAST_H
#define PARAUDIT_FORECAST_LSTM_FORECAST_H

#include "paraudit/forecast/forecast.h"

/* Fills mean, low and high: of PA_LSTM_PATHS drawn paths ahead, the mean of counts and the median
 * of other values. PA_E_MEMORY. Collective. */
pa_status pa_lstm_forecast(pa_comm *comm, const pa_series_file *file,
                           const pa_forecast_options *options, pa_log *log, pa_forecasts *forecasts,
                           pa_error *err);

enum { PA_LSTM_PATHS = 200 };

/* What PA_MEMBER_LSTM says of series of this rank: the middle, each next value taken to be what was
 * said of the one before, and standard errors; n x horizon. Zeros first. */
typedef struct {
    double *middle, *spread;
} pa_lstm_member;

/* Of the next values, by all there are: n_cuts is 1 and *member is set. Or by a network that did
 * not see the last n_cuts - 1 horizons, for trials: member[c] is of values that begin c + 1
 * horizons before the end (learn.h), c up to n_cuts - 2. every: of so many series of all ranks one
 * is told of, from the first on. To be freed also on failure. PA_E_MEMORY. Collective. */
pa_status pa_lstm_member_of(pa_comm *comm, const pa_series_file *file, size_t n_cuts, int64_t every,
                            const pa_forecast_options *options, pa_log *log,
                            pa_lstm_member member[], pa_error *err);
void pa_lstm_member_free(pa_lstm_member *member); /* local */

#endif
