#include "paraudit/commands/run_job.h"

#include <stdio.h>

#include "paraudit/alerts/alerts_csv.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/stages.h"
#include "paraudit/files/files.h"
#include "paraudit/ingest/rejects_csv.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/pipeline/machine.h"

enum { PROGRESS_SECONDS = 10 };

/* Rank 0 makes the folder, locks it and opens the log. */
static pa_status take_folder(const char *folder, bool quiet, int *lock, pa_log **log, pa_error *err)
{
    char path[4096];
    PA_TRY(pa_path_in(folder, "log.txt", path, err));
    PA_TRY(pa_make_folders(folder, err));
    PA_TRY(pa_lock_folder(folder, lock, err));
    return pa_log_open(path, quiet, PROGRESS_SECONDS, log, err);
}

/* A killed job can be resumed from its first moment: its values are kept. */
static pa_status keep_config(const pa_config *config, const char *folder, pa_error *err)
{
    char path[4096];
    pa_buffer text = {0};
    PA_TRY(pa_path_in(folder, "checkpoint", path, err));
    PA_TRY(pa_make_folders(path, err));
    PA_TRY(pa_path_in(folder, "checkpoint/job.ini", path, err));
    pa_status st = pa_configure_kept(config, &text, err);
    if (st == PA_OK) st = pa_write_file(path, text.data, text.length, err);
    pa_buffer_free(&text);
    return st;
}

static pa_status start(pa_job *job, bool again)
{
    pa_run *run = &job->run;
    bool found = false;
    if (again)
        PA_TRY(pa_checkpoint_load(job, &found));
    else
        PA_TRY(pa_checkpoint_remove(job));
    pa_status st = PA_OK;
    if (pa_comm_rank(run->comm) == 0) st = keep_config(run->config, job->folder, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    return found ? PA_OK : pa_job_ingest(job);
}

static pa_status write_rejects(pa_run *run, const char *folder)
{
    char path[4096];
    PA_AGREE(run->comm, pa_path_in(folder, "rejects.csv", path, &run->err), &run->err);
    return pa_write_rejects_csv(run->comm, path, pa_run_table(run, "rejects"),
                                pa_run_table(run, "inputs"),
                                pa_run_table(run, "categories/reject_reason"), &run->err);
}

/* The alert queue, where there is one. */
static pa_status write_alerts(pa_run *run, const char *folder)
{
    char path[4096];
    const pa_table *alerts = pa_run_table(run, "alerts");
    if (!alerts) return PA_OK;
    PA_AGREE(run->comm, pa_path_in(folder, "alerts.csv", path, &run->err), &run->err);
    return pa_write_alerts_csv(run->comm, path, alerts, pa_run_table(run, "alert_reasons"),
                               &run->err);
}

static pa_status write_files(pa_run *run, const char *folder)
{
    PA_TRY(write_rejects(run, folder));
    return write_alerts(run, folder);
}

static pa_status work(pa_comm *comm, const pa_config *config, pa_log *log, const char *folder,
                      bool again, pa_error *err)
{
    pa_job *job = pa_alloc(1, sizeof *job, err);
    PA_AGREE(comm, job ? PA_OK : PA_E_MEMORY, err);
    pa_status st = pa_job_open(job, comm, config, log, pa_stages, pa_n_stages, folder);
    job->write_files = write_files;
    if (st == PA_OK) st = start(job, again);
    if (st == PA_OK) st = pa_job_run(job);
    if (st == PA_OK) st = pa_job_seal(job);
    if (st != PA_OK) {
        *err = job->run.err;
        pa_log_event(log, "stopped", "status=%d", (int)st);
    }
    pa_job_close(job);
    pa_free(job);
    return st;
}

pa_status pa_run_job(pa_comm *comm, const pa_config *config, const char *folder, bool again,
                     bool quiet, pa_error *err)
{
    int lock = -1;
    pa_log *log = NULL;
    pa_watch_signals();
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) st = take_folder(folder, quiet, &lock, &log, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_all_alike(comm, "OpenBLAS kernel", pa_blas_kernel(), err);
    if (st == PA_OK) st = work(comm, config, log, folder, again, err);
    pa_log_close(log);
    pa_unlock_folder(&lock);
    return st;
}
