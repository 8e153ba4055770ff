/* alerts: who is to be looked at on which day, and why.
 *
 * Reads margin, score and contributions, the detectors' reasons (columns of role
 * reason; the stage that wrote them is the detector) and the features. Adds rank,
 * percentile, alert and reason1 .. to "transactions", and the tables "alerts",
 * "alert_reasons" and "categories/detector". The model keeps the medians of the
 * features over the training rows, which reasons are compared with. Stands aside
 * where no detector runs. */
#ifndef PARAUDIT_ALERTS_ALERTS_STAGE_H
#define PARAUDIT_ALERTS_ALERTS_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_alerts_stage;

#endif
