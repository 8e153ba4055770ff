/* Forecasts by one network that is trained on the file's own series. */
#ifndef PARAUDIT_FORECAST_LSTM_FORECAST_H
#define PARAUDIT_FORECAST_LSTM_FORECAST_H

#include "paraudit/forecast/forecast.h"

/* Fills mean, low and high, as if the last `cut` values of each series were not known yet: of
 * PA_LSTM_PATHS drawn paths ahead. Trained on up to PA_LSTM_SAMPLE series of the file, evenly
 * taken, of each the last PA_LSTM_STEPS values. PA_E_MEMORY. Collective. */
pa_status pa_lstm_forecast(pa_comm *comm, const pa_series_file *file, size_t cut,
                           const pa_forecast_options *options, pa_log *log, pa_forecasts *forecasts,
                           pa_error *err);

enum { PA_LSTM_PATHS = 200, PA_LSTM_SAMPLE = 1024, PA_LSTM_STEPS = 400 };

/* What PA_MEMBER_LSTM says of each series of this rank: its middle and, as if it were normal, its
 * standard errors; n x horizon. Zeros first; to be freed also on failure. PA_E_MEMORY. Collective.
 */
typedef struct {
    double *middle, *spread;
} pa_lstm_member;

pa_status pa_lstm_member_of(pa_comm *comm, const pa_series_file *file, size_t cut,
                            const pa_forecast_options *options, pa_log *log, pa_lstm_member *member,
                            pa_error *err);
void pa_lstm_member_free(pa_lstm_member *member); /* local */

#endif
