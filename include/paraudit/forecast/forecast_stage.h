/* The stage `forecast`: how far each row's day, its account's last days and its amount lie from
 * what was to be expected. Fitted on the history; rows from reference_from on are told. */
#ifndef PARAUDIT_FORECAST_FORECAST_STAGE_H
#define PARAUDIT_FORECAST_FORECAST_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_forecast_stage;

#endif
