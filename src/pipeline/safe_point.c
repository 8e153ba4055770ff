/* What a job does where its stages may be interrupted. */
#include <signal.h>

#include "checkpointer.h"

static volatile sig_atomic_t came;

static void remember(int signal_number)
{
    (void)signal_number;
    came = 1;
}

void pa_watch_signals(void)
{
    struct sigaction action = {0};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool pa_signal_came(void)
{
    return came != 0;
}

/* The clocks of ranks differ and a signal may reach one rank alone: all do what
 * any of them finds due. */
static void agree_on_what_is_due(pa_run *run, bool *stop, bool *save)
{
    const struct pa_checkpointer *c = run->checkpointer;
    int64_t due[2] = {pa_signal_came(), c && pa_clock() - c->last >= c->every};
    pa_max_i64(run->comm, due, 2);
    *stop = due[0] != 0;
    *save = c && (due[0] || due[1]);
}

pa_status pa_stopped(pa_run *run, bool saved)
{
    return pa_fail(&run->err, PA_E_AGAIN, "stopped by a signal%s",
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

pa_status pa_save_and_stop(pa_job *job, const pa_store *model)
{
    pa_run *run = &job->run;
    pa_status st = pa_checkpoint_save(job, model);
    if (st != PA_OK && !can_do_without(st)) return st;
    run->checkpointer->stopped = true;
    if (st == PA_OK) return pa_stopped(run, true);
    pa_error why = run->err;
    run->err = (pa_error){0};
    return pa_fail(&run->err, PA_E_AGAIN,
                   "stopped by a signal; no checkpoint could be saved (%s): `paraudit resume` goes "
                   "on from the one before, or from the inputs",
                   why.message);
}

static pa_status safe_point(pa_run *run, const pa_store *model)
{
    bool stop, save;
    agree_on_what_is_due(run, &stop, &save);
    if (stop && save) return pa_save_and_stop(run->checkpointer->job, model);
    if (stop) return pa_stopped(run, false);
    return save ? save_or_tell(run->checkpointer->job, model) : PA_OK;
}

pa_status pa_safe_point_between(pa_job *job)
{
    return safe_point(&job->run, NULL);
}

/* What is half done is not saved: the job takes it back first (stop_within). */
static pa_status tile(pa_run *run)
{
    int64_t came_somewhere = pa_signal_came();
    pa_max_i64(run->comm, &came_somewhere, 1);
    return came_somewhere ? pa_stopped(run, false) : PA_OK;
}

const pa_safe_points pa_job_safe_points = {.round = safe_point, .tile = tile};
