#include "paraudit/commands/run_job.h"

#include <stdio.h>

#include "banner.h"
#include "chain.h"
#include "paraudit/alerts/alerts_csv.h"
#include "paraudit/base/rights.h"
#include "paraudit/base/stop.h"
#include "paraudit/commands/configure.h"
#include "paraudit/commands/stages.h"
#include "paraudit/files/files.h"
#include "paraudit/ingest/rejects_csv.h"
#include "paraudit/pipeline/job.h"
#include "paraudit/pipeline/machine.h"

enum { PROGRESS_SECONDS = 8 };

/* Where nothing is to be done, nothing is written. Another's log is not written on: it may have
 * names elsewhere. */
static pa_status open_log(const pa_out_folder *out, bool quiet, pa_log **log, pa_error *err)
{
    char path[4096];
    bool done = out->state == PA_OUT_DONE;
    PA_TRY(pa_path_in(out->path, "log.txt", path, err));
    if (!done && !out->log_goes_on) PA_TRY(pa_write_file_beside(path, &out->standing, "", 0, err));
    return pa_log_open(done ? NULL : path, quiet, PROGRESS_SECONDS, log, err);
}

/* A killed job can be resumed from its first moment: its values are kept. */
static pa_status keep_config(pa_job *job)
{
    bool replaces = job->standing && job->standing->any;
    pa_run *run = &job->run;
    pa_buffer text = {0};
    pa_status st = PA_OK;
    if (pa_comm_rank(run->comm) == 0) st = pa_configure_kept(run->config, &text, &run->err);
    if (st == PA_OK && replaces) st = pa_buffer_printf(&text, &run->err, "%s", pa_out_replaces);
    if (st == PA_OK) st = pa_chain_keep(job->previous, &text, &run->err);
    st = pa_agree(run->comm, st, &run->err);
    if (st == PA_OK) st = pa_checkpoint_keep(job, text.data, text.length);
    pa_buffer_free(&text);
    return st;
}

/* compare: the inputs that lie there now with those of the job that is gone on with. */
static pa_status start(pa_job *job, bool again, bool compare)
{
    bool found = false;
    PA_TRY(again ? pa_checkpoint_load(job, &found) : pa_checkpoint_begin(job));
    if (found && compare)
        PA_TRY(pa_out_check_inputs(job->run.comm, job->run.config, job->folder,
                                   pa_run_table(&job->run, "inputs"), &job->run.err));
    PA_TRY(keep_config(job));
    if (!found) PA_TRY(pa_job_ingest(job));
    return pa_previous_compare(job);
}

static pa_status write_rejects(pa_job *job)
{
    char path[4096];
    pa_run *run = &job->run;
    PA_AGREE(run->comm, pa_path_in(job->folder, "rejects.csv", path, &run->err), &run->err);
    return pa_write_rejects_csv(run->comm, path, job->standing, pa_run_table(run, "rejects"),
                                pa_run_table(run, "inputs"),
                                pa_run_table(run, "categories/reject_reason"), &run->err);
}

/* The alert queue, where there is one. */
static pa_status write_alerts(pa_job *job)
{
    char path[4096];
    pa_run *run = &job->run;
    const pa_table *alerts = pa_run_table(run, "alerts");
    if (!alerts) return PA_OK;
    PA_AGREE(run->comm, pa_path_in(job->folder, "alerts.csv", path, &run->err), &run->err);
    return pa_write_alerts_csv(run->comm, path, job->standing, alerts,
                               pa_run_table(run, "alert_reasons"), &run->err);
}

static pa_status write_files(pa_job *job)
{
    PA_TRY(write_rejects(job));
    return write_alerts(job);
}

static pa_status work(pa_comm *comm, const pa_config *config, pa_log *log, const pa_out_folder *out,
                      pa_out_wish wish, pa_previous *previous, pa_error *err)
{
    bool again = out->state == PA_OUT_GO_ON;
    PA_TRY(pa_tell_banner(comm, config, log, out->path, again, err));
    pa_job *job = pa_alloc(1, sizeof *job, err);
    PA_AGREE(comm, job ? PA_OK : PA_E_MEMORY, err);
    pa_status st = pa_job_open(job, comm, config, log, pa_stages, pa_n_stages, out->path);
    job->write_files = write_files;
    job->standing = &out->standing;
    job->previous = previous;
    if (st == PA_OK) st = start(job, again, wish < PA_OUT_RESUME);
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

/* A job that is started again, by a queue say, has nothing more to do. */
static pa_status say_done(pa_log *log, const char *folder)
{
    pa_log_say(log,
               "%s/audit.h5: is this audit already, of the same configuration and inputs: nothing "
               "is done (`paraudit verify` checks it, --replace has it made again)",
               folder);
    return PA_OK;
}

static pa_status run_in(pa_comm *comm, const pa_config *config, const pa_out_folder *out,
                        pa_out_wish wish, pa_previous *previous, bool quiet, pa_error *err)
{
    pa_log *log = NULL;
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) st = open_log(out, quiet, &log, err);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_all_alike(comm, "OpenBLAS kernel", pa_blas_kernel(), err);
    if (st == PA_OK)
        st = out->state == PA_OUT_DONE ? say_done(log, out->path)
                                       : work(comm, config, log, out, wish, previous, err);
    pa_log_close(log);
    return st;
}

static pa_status take_and_run(pa_comm *comm, const pa_config *config, const char *folder,
                              pa_out_wish wish, pa_previous *previous, bool quiet, pa_error *err)
{
    pa_out_folder out;
    const pa_out_job job = {config, previous->digest};
    PA_TRY(pa_out_take(comm, &job, folder, wish, &out, err));
    pa_status st = run_in(comm, config, &out, wish, previous, quiet, err);
    pa_out_leave(&out);
    return st;
}

pa_status pa_run_job(pa_comm *comm, const pa_config *config, const char *folder, pa_out_wish wish,
                     bool quiet, pa_error *err)
{
    pa_previous previous;
    pa_stop_on_signals();
    PA_TRY(pa_check_left_out(pa_stages, pa_n_stages, pa_config_text(config, "job.leave_out"), err));
    PA_TRY(pa_set_output_mode("output.mode", pa_config_text(config, "output.mode"), err));
    PA_TRY(pa_chain_read(comm, config, folder, wish >= PA_OUT_RESUME, &previous, err));
    pa_status st = take_and_run(comm, config, folder, wish, &previous, quiet, err);
    pa_previous_free(&previous);
    return st;
}
