/* What a job does where its stages may be interrupted. */
#include "checkpointer.h"
#include "paraudit/base/stop.h"

enum { GROWN = 4 };

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

/* What the disk does not take, or what is gone before it is read back, the job does without:
 * what it saved before still stands. */
static bool can_do_without(pa_status st)
{
    return st == PA_E_IO || st == PA_E_CREATE || st == PA_E_NO_INPUT;
}

/* The first time as a note of the run, later in the log alone. */
static void tell(pa_run *run)
{
    struct pa_checkpointer *c = run->checkpointer;
    pa_log_say(run->log, "no checkpoint could be saved: %s", run->err.message);
    if (!c->told)
        pa_run_note(run, "a checkpoint could not be saved, and the job went on without it: %s",
                    run->err.message);
    c->told = true;
    run->err = (pa_error){0};
}

static pa_status save_or_tell(pa_job *job, const pa_store *model)
{
    pa_status st = pa_checkpoint_save(job, model);
    if (!can_do_without(st)) return st;
    tell(&job->run);
    return PA_OK;
}

pa_status pa_stopped_reading(pa_job *job)
{
    pa_run *run = &job->run;
    if (!run->checkpointer) return PA_E_AGAIN;
    pa_log_event(run->log, "stop", "signal=%s", pa_stop_name());
    run->err = (pa_error){0};
    return pa_fail(&run->err, PA_E_AGAIN,
                   "stopped by %s while the inputs were read: nothing is saved yet, and `paraudit "
                   "resume` begins with them",
                   pa_stop_name());
}

pa_status pa_stopped_loading(pa_job *job)
{
    pa_run *run = &job->run;
    pa_log_event(run->log, "stop", "signal=%s", pa_stop_name());
    run->err = (pa_error){0};
    return pa_fail(&run->err, PA_E_AGAIN,
                   "stopped by %s while a checkpoint was read: `paraudit resume` goes on from it",
                   pa_stop_name());
}

pa_status pa_stopped_saving(pa_job *job, const pa_store *model)
{
    pa_run *run = &job->run;
    run->err = (pa_error){0};
    if (!run->checkpointer) return stopped(run, false);
    pa_log_event(run->log, "stop", "signal=%s", pa_stop_name());
    pa_status st = pa_checkpoint_save(job, model);
    if (st != PA_OK && !can_do_without(st)) return st;
    run->checkpointer->stopped = true;
    if (st == PA_OK) return stopped(run, true);
    pa_error why = run->err;
    run->err = (pa_error){0};
    return pa_fail(&run->err, PA_E_AGAIN,
                   "stopped by %s; no checkpoint could be saved (%s): `paraudit resume` goes on "
                   "from the one before, or from the inputs",
                   pa_stop_name(), why.message);
}

/* A model is saved whole each time. One that grows round by round is saved again when its
 * rounds are four times as many, where nothing but `every` = 0 asks for more: else its copies would
 * be many times the result. */
static bool is_worth_saving(struct pa_checkpointer *c, const pa_store *model)
{
    if (!model || c->every > 0) return true;
    if (model->round < c->model_round) c->model_round = 0; /* of another fit */
    if (model->round < GROWN * c->model_round) return false;
    c->model_round = model->round;
    return true;
}

/* From the first one on a fit stops at these and at its tiles alone: elsewhere its model
 * may be half a round ahead. */
static pa_status safe_point(pa_run *run, const pa_store *model)
{
    bool stop, save;
    pa_stop_allow(false);
    agree_on_what_is_due(run, &stop, &save);
    if (stop && save) return pa_stopped_saving(run->checkpointer->job, model);
    if (stop) return stopped(run, false);
    if (!save || !is_worth_saving(run->checkpointer, model)) return PA_OK;
    return save_or_tell(run->checkpointer->job, model);
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
