/* The columns of the stage `forecast`. */
#ifndef PARAUDIT_SRC_FORECAST_FORECAST_COLUMNS_H
#define PARAUDIT_SRC_FORECAST_FORECAST_COLUMNS_H

#include "paraudit/table/column.h"

typedef enum {
    PA_COUNT_EXPECTED,
    PA_COUNT_TAIL_P,
    PA_COUNT_SURPRISE,
    PA_COUNT_LOW_SURPRISE,
    PA_AMOUNT_RESIDUAL_Z,
    PA_COUNT_CUSUM_7D,
    PA_COUNT_CUSUM_30D,
    PA_N_FORECAST
} pa_forecast_column;

extern const pa_column_spec pa_forecast_columns[PA_N_FORECAST];

#endif
