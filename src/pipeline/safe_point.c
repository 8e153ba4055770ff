/* What a job does where its stages may be interrupted. */
#include "checkpointer.h"
#include "paraudit/base/stop.h"

pa_status pa_checkpointer_new(pa_job *job, struct pa_checkpointer **checkpointer)
{
    PA_TRY(PA_NEW(*checkpointer, 1, &job->run.err));
    **checkpointer = (struct pa_checkpointer){
        .job = job,
        .every = pa_config_real(job->run.config, "checkpoint.every"),
        .last = pa_clock(),
    };
    return PA_OK;
}

/* The clocks of ranks differ and a signal may reach one rank alone: all do what
 * any of them finds due. */
static void agree_on_what_is_due(pa_run *run, bool *stop, bool *save)
{
    const struct pa_checkpointer *c = run->checkpointer;
    int64_t due[2] = {pa_stop_signal(), c && pa_clock() - c->last >= c->every};
    pa_max_i64(run->comm, due, 2);
    pa_stop_learn((int)due[0]);
    *stop = due[0] != 0;
    *save = c && (due[0] || due[1]);
}

static pa_status stopped(pa_run *run, bool saved)
{
    return pa_fail(&run->err, PA_E_AGAIN, "stopped by %s%s", pa_stop_name(),
                   saved ? "; a checkpoint is saved: run `paraudit resume` to go on" : "");
}

pa_status pa_stopped_reading(pa_job *job)
{
    pa_run *run = &job->run;
    if (!run->checkpointer) return PA_E_AGAIN;
    run->err = (pa_error){0};
    return pa_fail(&run->err, PA_E_AGAIN,
                   "stopped by %s while the inputs were read: nothing is saved yet, and `paraudit "
                   "resume` begins with them",
                   pa_stop_name());
}

pa_status pa_stopped_saving(pa_job *job, const pa_store *unfinished)
{
    pa_run *run = &job->run;
    run->err = (pa_error){0};
    if (run->checkpointer) PA_TRY(pa_checkpoint_save(job, unfinished));
    return stopped(run, run->checkpointer != NULL);
}

/* From the first one on a fit stops at these and at its tiles alone: elsewhere its model
 * may be half a round ahead. */
static pa_status safe_point(pa_run *run, const pa_store *unfinished)
{
    bool stop, save;
    pa_stop_allow(false);
    agree_on_what_is_due(run, &stop, &save);
    if (save) PA_TRY(pa_checkpoint_save(run->checkpointer->job, unfinished));
    if (save) run->checkpointer->stopped = stop;
    return stop ? stopped(run, save) : PA_OK;
}

pa_status pa_safe_point_between(pa_job *job)
{
    return safe_point(&job->run, NULL);
}

/* What is half done is not saved: the job takes it back first (stop_within). */
static pa_status tile(pa_run *run)
{
    int64_t came = pa_stop_signal();
    pa_max_i64(run->comm, &came, 1);
    pa_stop_learn((int)came);
    return came ? stopped(run, false) : PA_OK;
}

const pa_safe_points pa_job_safe_points = {.round = safe_point, .tile = tile};
