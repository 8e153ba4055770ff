/* Where a stage may be interrupted. What happens then is the job's business. */
#include "paraudit/stage/stage.h"

pa_status pa_safe_point(pa_run *run, pa_store *model, int64_t round)
{
    model->round = round + 1;
    return run->safe_points ? run->safe_points->round(run, model) : PA_OK;
}

pa_status pa_safe_point_tile(pa_run *run)
{
    return run->safe_points ? run->safe_points->tile(run) : PA_OK;
}

pa_status pa_step(pa_run *run, pa_status st)
{
    PA_AGREE(run->comm, st, &run->err);
    return pa_safe_point_tile(run);
}
