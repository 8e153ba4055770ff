/* Forecasts of all series of a file, dealt over ranks: the same for any number of them. */
#ifndef PARAUDIT_FORECAST_FORECAST_H
#define PARAUDIT_FORECAST_FORECAST_H

#include "paraudit/base/log.h"
#include "paraudit/forecast/models.h"
#include "paraudit/forecast/series_file.h"

enum { PA_FORECAST_LEVELS = 8, PA_FORECAST_TRIALS = 2048 };

typedef struct {
    const pa_model *model;
    size_t horizon, n_levels;         /* 1 or more; up to PA_FORECAST_LEVELS */
    int32_t season;                   /* 1: none */
    double level[PA_FORECAST_LEVELS]; /* of the intervals, between 0 and 1 */
    pa_prophet_options prophet;
} pa_forecast_options;

/* What a combining model has learned from earlier times: of up to about PA_FORECAST_TRIALS series
 * of the file, evenly taken, each one's last values are forecast from those before (several
 * times where series are few). The same on all ranks. */
typedef struct {
    size_t n_trials;
    double weight[PA_N_MEMBERS]; /* 1 and zeros where one member is clearly better alone */
    double *reach;               /* combine.h: n_levels x horizon */
} pa_forecast_learned;

/* Of the series of this rank. */
typedef struct {
    size_t n, horizon, n_levels;
    double *mean;         /* n x horizon */
    double *low, *high;   /* n x horizon x n_levels */
    uint8_t *member;      /* n: which it is by, PA_N_MEMBERS of a combination */
    double *disagreement; /* n x horizon, of a combining model, else NULL: of those that make up a
                             mean, in units of combine.h; NaN of a single one, and of a series that
                             never changed where they differ */
    pa_forecast_learned learned;
} pa_forecasts;

/* Goes through all series of this rank; log: progress, may be NULL. Intervals of a single
 * member are those of its model; of a combination they reach as far as its errors at earlier times
 * did, where those are enough to tell. PA_E_MEMORY. On failure there is nothing to free.
 * Collective. */
pa_status pa_forecast_all(pa_comm *comm, const pa_series_file *file,
                          const pa_forecast_options *options, pa_log *log, pa_forecasts *forecasts,
                          pa_error *err);
void pa_forecasts_free(pa_forecasts *forecasts); /* local */

#endif
