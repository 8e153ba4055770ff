#include "paraudit/commands/stages.h"

#include "paraudit/alerts/alerts_stage.h"
#include "paraudit/detect/boosting_detector.h"
#include "paraudit/detect/ecod_detector.h"
#include "paraudit/detect/feature_list_stage.h"
#include "paraudit/detect/iforest_detector.h"
#include "paraudit/detect/logistic_detector.h"
#include "paraudit/detect/tails_detector.h"
#include "paraudit/embed/embedding_stage.h"
#include "paraudit/evaluate/evaluate_stage.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/forecast/forecast_stage.h"
#include "paraudit/fuse/fuse_stage.h"
#include "paraudit/patterns/patterns_stage.h"
#include "paraudit/recommend/expected_stage.h"

const pa_stage *const pa_stages[] = {
    &pa_moment_stage,       /* what each row says alone */
    &pa_history_stage,      /* beside its account's past */
    &pa_merchants_stage,    /* beside its merchant's past */
    &pa_patterns_stage,     /* beside what accounts like its own do */
    &pa_embedding_stage,    /* ... and which merchants go together */
    &pa_expected_stage,     /* ... and what its account does otherwise */
    &pa_forecast_stage,     /* ... and when, and how much */
    &pa_feature_list_stage, /* what detectors read and reasons point at */
    &pa_tails_stage,        /* how unlikely its amounts and pace are */
    &pa_combinations_stage, /* ... and what comes together in it */
    &pa_iforest_stage,      /* how easily it is isolated */
    &pa_ecod_stage,         /* how far out its features lie */
    &pa_logistic_stage,     /* how like known frauds, column by column */
    &pa_boosting_stage,     /* ... and all columns together */
    &pa_fuse_stage,         /* margin and score */
    &pa_alerts_stage,       /* rank, alerts and their reasons */
    &pa_evaluate_stage,     /* how good that was, where labels are known */
};
const size_t pa_n_stages = sizeof pa_stages / sizeof *pa_stages;
