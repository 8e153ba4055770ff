#include "toy_job.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/stop.h"
#include "paraudit/files/files.h"
#include "paraudit/ingest/ingest.h"

static int64_t stop_round;

void pa_toy_stop(const pa_run *run, int64_t round)
{
    if (round == stop_round && pa_comm_rank(run->comm) == pa_comm_size(run->comm) - 1)
        raise(SIGUSR1);
}

/* more: n assignments such as input.tx_text=yes. */
static pa_status configure(const char *file, char *const more[], int n, pa_config **config,
                           pa_error *err)
{
    const pa_option_spec *const tables[] = {pa_job_options, pa_time_plan_options,
                                            pa_ingest_options};
    char text[4096];
    PA_TRY(pa_config_new(tables, 3, config, err));
    snprintf(text, sizeof text, "input.files=%s", file);
    PA_TRY(pa_config_set(*config, text, "command line", err));
    snprintf(text, sizeof text,
             "[input]\ntx = tx\naccount = account\nmerchant = merchant\n"
             "time = time\namount = amount\nlabel = label\n");
    PA_TRY(pa_config_read_text(*config, text, "toy", "file", err));
    for (int i = 0; i < n; i++) PA_TRY(pa_config_set(*config, more[i], "command line", err));
    return pa_config_complete(*config, err);
}

static pa_status run_job(pa_job *job, bool again)
{
    bool found = false;
    if (again) PA_TRY(pa_checkpoint_load(job, &found));
    if (again && !found) return pa_fail(&job->run.err, PA_E_NO_INPUT, "no checkpoint was found");
    if (!again) PA_TRY(pa_checkpoint_begin(job));
    if (!again) PA_TRY(pa_job_ingest(job));
    PA_TRY(pa_job_run(job));
    return pa_job_seal(job);
}

int pa_toy_main(int argc, char **argv, const pa_stage *const stages[], size_t n_stages)
{
    static pa_job job;
    pa_comm *comm;
    pa_error err = {0};
    pa_config *config = NULL;
    if (pa_comm_start(&argc, &argv, &comm, &err) != PA_OK || argc < 5) return 2;
    stop_round = strtoll(argv[4], NULL, 10);
    pa_stop_on_signals();
    pa_status st = configure(argv[1], argv + 5, argc - 5, &config, &err);
    if (st == PA_OK && pa_comm_rank(comm) == 0) st = pa_make_folders(argv[2], &err);
    st = pa_agree(comm, st, &err);
    if (st == PA_OK) {
        st = pa_job_open(&job, comm, config, NULL, stages, n_stages, argv[2]);
        if (st == PA_OK) st = run_job(&job, strcmp(argv[3], "resume") == 0);
        err = job.run.err;
        pa_job_close(&job);
    }
    if (st != PA_OK && pa_comm_rank(comm) == 0) fprintf(stderr, "toy: %s\n", err.message);
    pa_config_free(config);
    pa_comm_stop(comm);
    return (int)st;
}
