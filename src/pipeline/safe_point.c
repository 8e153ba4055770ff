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

static pa_status safe_point(pa_run *run, const pa_store *unfinished)
{
    bool stop, save;
    agree_on_what_is_due(run, &stop, &save);
    if (save) PA_TRY(pa_checkpoint_save(run->checkpointer->job, unfinished));
    if (save) run->checkpointer->stopped = stop;
    return stop ? pa_stopped(run, save) : PA_OK;
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
