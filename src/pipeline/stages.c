#include "paraudit/pipeline/stages.h"

#include "paraudit/detect/iforest_stage.h"
#include "paraudit/evaluate/evaluate_stage.h"
#include "paraudit/features/features_stage.h"
#include "paraudit/fuse/fuse_stage.h"

const pa_stage *const pa_stages[] = {
    &pa_features_stage, /* what each row looks like beside its account's and merchant's past */
    &pa_iforest_stage,  /* how easily it is isolated */
    &pa_fuse_stage,     /* margin, score, rank, alerts */
    &pa_evaluate_stage, /* how good that was, where labels are known */
};
const size_t pa_n_stages = sizeof pa_stages / sizeof *pa_stages;
