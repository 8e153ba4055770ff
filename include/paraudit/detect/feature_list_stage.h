/* The table categories/feature: the names of all feature columns in the order of
 * the table, which is what the codes of reasons stand for. */
#ifndef PARAUDIT_DETECT_FEATURE_LIST_STAGE_H
#define PARAUDIT_DETECT_FEATURE_LIST_STAGE_H

#include "paraudit/stage/stage.h"

extern const pa_stage pa_feature_list_stage;

#endif
