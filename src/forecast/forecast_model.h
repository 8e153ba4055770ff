/* What both sides of the stage `forecast` need. */
#ifndef PARAUDIT_SRC_FORECAST_FORECAST_MODEL_H
#define PARAUDIT_SRC_FORECAST_FORECAST_MODEL_H

#include "paraudit/features/segments.h"
#include "paraudit/forecast/account_forecast.h"
#include "paraudit/stage/stage.h"

/* Its arrays are the store's. */
typedef struct {
    pa_segment_cuts cuts;
    pa_account_model of;
    size_t n_categories;   /* codes, and one for those that have none */
    const int64_t *judged; /* days of each segment, by which its parameters were found */
} pa_forecast_model;

/* PA_E_DATA where the store is none of ours. Local. */
pa_status pa_forecast_open(const pa_store *model, pa_forecast_model *m, pa_error *err);

/* Codes of categories of all rows of a table; NULL where the input has none. */
pa_status pa_forecast_categories(const pa_table *tx, int32_t **category, pa_error *err);

/* Collective. */
pa_status pa_forecast_fit(pa_run *run, const pa_fitting *on, pa_store *model);

#endif
