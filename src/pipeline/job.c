#include "paraudit/pipeline/job.h"

#include <inttypes.h>
#include <string.h>

#include "checkpointer.h"
#include "foresee.h"
#include "paraudit/base/stop.h"
#include "paraudit/comm/batch.h"
#include "paraudit/comm/store_share.h"
#include "paraudit/pipeline/foreseen.h"
#include "space.h"
#include "suppressions.h"

const pa_option_spec pa_job_options[] = {
    {.key = "job.seed",
     .type = PA_OPTION_INT,
     .fallback = "1",
     .min = 0,
     .max = 9e15,
     .meaning = "all random draws are functions of it"},
    {.key = "job.leave_out",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "stages that do not run, by name and between commas, as if the program had never "
                "had them: to see what each is worth"},
    {.key = "job.previous",
     .type = PA_OPTION_PATHS,
     .fallback = "",
     .meaning = "the audit before this one, the folder of its result or the file: its content "
                "digest is kept in the new result, so that audits form a chain, and log and "
                "run.json say what differs; empty: there is none",
     .run_only = true},
    {.key = "checkpoint.every",
     .type = PA_OPTION_REAL,
     .fallback = "1800",
     .min = 0,
     .max = 1e9,
     .unit = "seconds",
     .meaning = "time between checkpoints at safe points; 0: at each of them",
     .run_only = true},
    {.key = "output.mode",
     .type = PA_OPTION_TEXT,
     .fallback = "0600",
     .meaning = "rights of the files that are written, whatever the umask; folders that are made "
                "may be entered by whom files may be read by",
     .run_only = true},
    {.key = "io.exchange_piece",
     .type = PA_OPTION_BYTES,
     .fallback = "32M",
     .min = 1,
     .max = 1e12,
     .unit = "bytes",
     .meaning = "memory that one piece of an exchange between ranks may take on a rank",
     .run_only = true},
    {.key = "io.writer",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = "auto|posix|mpiio|none",
     .meaning = "who brings values into files, the same bytes from each: all ranks past the page "
                "cache, parallel HDF5, nobody (audit.h5 is not made); auto: posix, on NFS with "
                "several machines mpiio",
     .run_only = true},
    {.key = "io.collective",
     .type = PA_OPTION_CHOICE,
     .fallback = "auto",
     .choices = "auto|yes|no",
     .meaning = "whether mpiio writes a column by all ranks together; auto: where it has less than "
                "1 MiB a rank",
     .run_only = true},
    {.key = "io.hints",
     .type = PA_OPTION_TEXT,
     .fallback = "",
     .meaning = "hints to MPI-IO with which files are made: striping_factor=8,"
                "striping_unit=4194304 say",
     .run_only = true},
    {0}};

static pa_status read_foreseen(pa_job *job)
{
    pa_run *run = &job->run;
    PA_TRY(PA_NEW(job->foreseen, 1, &run->err));
    if (pa_foreseen_read(job->folder, run->config, job->foreseen)) return PA_OK;
    pa_free(job->foreseen);
    job->foreseen = NULL;
    return PA_OK;
}

pa_status pa_job_open(pa_job *job, pa_comm *comm, const pa_config *config, pa_log *log,
                      const pa_stage *const stages[], size_t n_stages, const char *folder)
{
    *job = (pa_job){.stages = stages, .n_stages = n_stages, .folder = folder};
    job->baseline = pa_peak_memory();
    pa_run *run = &job->run;
    run->comm = comm;
    run->config = config;
    run->log = log;
    run->seed = (uint64_t)pa_config_int(config, "job.seed");
    run->plan = &job->plan;
    run->safe_points = &pa_job_safe_points;
    pa_comm_set_piece(comm, (size_t)pa_config_int(config, "io.exchange_piece"));
    pa_status st =
        pa_writing_of(pa_config_text(config, "io.writer"), pa_config_text(config, "io.collective"),
                      pa_config_text(config, "io.hints"), &job->how, &run->err);
    if (st == PA_OK)
        st =
            pa_check_left_out(stages, n_stages, pa_config_text(config, "job.leave_out"), &run->err);
    if (st == PA_OK) st = PA_NEW(job->schemas, n_stages, &run->err);
    if (st == PA_OK) st = PA_NEW(job->stores, n_stages, &run->err);
    for (size_t i = 0; st == PA_OK && i < n_stages; i++) {
        pa_store_init(job->stores + i, stages[i]->name, stages[i]->version);
    }
    run->stages = stages;
    run->models = job->stores;
    run->n_stages = job->stores ? n_stages : 0;
    if (st == PA_OK && folder) st = pa_checkpointer_new(job, &run->checkpointer);
    if (st == PA_OK && folder && pa_comm_rank(comm) == 0) st = read_foreseen(job);
    return pa_agree(comm, st, &run->err);
}

void pa_job_close(pa_job *job)
{
    pa_run *run = &job->run;
    pa_run_free(run);
    for (size_t i = 0; i < job->n_stages; i++) {
        if (job->schemas) pa_schema_free(job->schemas + i);
        if (job->stores) pa_store_free(job->stores + i);
    }
    pa_free(job->schemas);
    pa_free(job->stores);
    pa_strings_free(&job->names);
    pa_free(job->foreseen);
    pa_buffer_free(&job->input_text);
    pa_buffer_free(&job->plan_text);
    pa_checkpointer_free(run->checkpointer);
    *job = (pa_job){0};
}

static pa_status fit(pa_job *job, size_t i)
{
    pa_run *run = &job->run;
    const pa_stage *stage = job->stages[i];
    pa_store *model = job->stores + i;
    if (model->complete) return PA_OK;
    if (stage->fit) {
        pa_foreseen_fit(job, i);
        pa_fitting on =
            pa_fitting_on(run->comm, run->tables[0], run->plan, job->schemas[i].fits_on);
        pa_stop_allow(model->n_arrays == 0); /* else it stops where its model can be saved */
        pa_status st = stage->fit(run, &on, model);
        pa_stop_allow(false);
        PA_AGREE(run->comm, st, &run->err);
    }
    model->complete = true;
    return pa_store_share(run->comm, model, PA_SHARED_BYTES, &run->err);
}

/* Of the columns, of the tables and of the store that a stage makes. */
enum { MOST_CHECKSUMS = 64 };

/* In this order: the columns from `from` on, the store, the tables from `from_table` on. */
static void add_checksums(const pa_job *job, size_t i, size_t from, size_t from_table,
                          uint64_t checksum[MOST_CHECKSUMS])
{
    const pa_run *run = &job->run;
    PA_ASSERT(run->n_tables - from_table + 2 <= MOST_CHECKSUMS);
    checksum[0] = pa_table_checksum(run->tables[0], from);
    checksum[1] = pa_store_checksum(job->stores + i, pa_comm_rank(run->comm));
    for (size_t k = from_table; k < run->n_tables; k++)
        checksum[2 + k - from_table] = pa_table_checksum(run->tables[k], 0);
}

static pa_status put_checksums(pa_job *job, size_t i, size_t from, size_t from_table,
                               const uint64_t checksum[], pa_buffer *line)
{
    pa_run *run = &job->run;
    const pa_table *tx = run->tables[0];
    PA_TRY(pa_buffer_printf(line, &run->err,
                            "name=%s rows=%" PRId64 " columns=%zu checksum=%016" PRIx64,
                            job->stages[i]->name, tx->n_global, tx->n_columns - from, checksum[0]));
    for (size_t k = from_table; k < run->n_tables; k++)
        PA_TRY(pa_buffer_printf(line, &run->err, " %s=%016" PRIx64, run->tables[k]->name,
                                checksum[2 + k - from_table]));
    if (job->stores[i].n_arrays == 0) return PA_OK;
    return pa_buffer_printf(line, &run->err, " model=%016" PRIx64, checksum[1]);
}

/* What a stage made, where all ranks could: the first line that differs between two runs names
 * the culprit. As many sums as there may be, so that a rank that failed adds as many. Collective.
 */
static pa_status log_checksums(pa_job *job, pa_status st, size_t i, size_t from, size_t from_table)
{
    pa_run *run = &job->run;
    uint64_t checksum[MOST_CHECKSUMS] = {0};
    pa_buffer line = {0};
    pa_batch batch = {0};
    if (st == PA_OK) add_checksums(job, i, from, from_table, checksum);
    pa_batch_i64(&batch, (int64_t *)checksum, MOST_CHECKSUMS);
    PA_TRY(pa_batch_sum(run->comm, &batch, st, &run->err));
    st = put_checksums(job, i, from, from_table, checksum, &line);
    if (st == PA_OK) pa_log_event(run->log, "stage", "%s", line.data);
    pa_buffer_free(&line);
    return pa_agree(run->comm, st, &run->err);
}

static pa_status apply(pa_job *job, size_t i)
{
    pa_run *run = &job->run;
    const pa_stage *stage = job->stages[i];
    size_t from = run->tables[0]->n_columns, from_table = run->n_tables;
    pa_log_part(run->log, stage->name);
    pa_stop_allow(true);
    pa_status st = stage->apply(run, job->stores + i, run->tables[0]);
    pa_stop_allow(false);
    if (st == PA_OK) st = pa_schema_check(job->schemas + i, run, from, from_table, &run->err);
    return log_checksums(job, st, i, from, from_table);
}

/* A stage that a signal stopped between its tiles leaves nothing of the step: what is
 * saved is the job as it stood before, with the model where its fit is finished, or as its
 * last safe point left it. A fit that stopped at a safe point of its own has saved itself. */
static pa_status stop_within(pa_job *job, size_t i)
{
    pa_run *run = &job->run;
    if (run->checkpointer && run->checkpointer->stopped) return PA_E_AGAIN;
    pa_schema_undo(job->schemas + i, run);
    const pa_store *model = job->stores + i;
    return pa_stopped_saving(job, model->complete || model->round > 0 ? model : NULL);
}

static void note_aside(pa_job *job, size_t i)
{
    if (!job->schemas[i].aside) return;
    pa_run_note(&job->run, "stage %s stands aside: %s", job->stages[i]->name,
                job->schemas[i].aside);
}

static pa_status run_stage(pa_job *job, size_t i, bool with_fit)
{
    pa_run *run = &job->run;
    const char *name = job->stages[i]->name;
    if (job->schemas[i].aside) {
        pa_log_say(run->log, "stage %s stands aside: %s", name, job->schemas[i].aside);
        note_aside(job, i);
        return PA_OK;
    }
    pa_phase_begin(run->comm, &job->timing, name);
    run->stage = job->stages[i];
    run->schema = job->schemas + i;
    pa_status st = with_fit ? fit(job, i) : PA_OK;
    if (st == PA_OK) st = apply(job, i);
    if (st == PA_E_AGAIN) st = stop_within(job, i);
    run->stage = NULL;
    run->schema = NULL;
    pa_phase_end(run->comm, &job->timing);
    return st;
}

static pa_status check_suppressions(pa_job *job)
{
    pa_buffer notes = {0};
    pa_status st = pa_job_check_suppressions(job, &notes);
    for (size_t at = 0; st == PA_OK && at < notes.length; at += strlen(notes.data + at) + 1)
        pa_run_note(&job->run, "%s", notes.data + at);
    pa_buffer_free(&notes);
    return st;
}

static pa_status run_stages(pa_job *job, bool with_fit)
{
    pa_run *run = &job->run;
    pa_status st = pa_plan_stages(job->stages, job->n_stages, run->config,
                                  pa_config_text(run->config, "job.leave_out"), run->tables[0],
                                  job->n_done, job->schemas, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    PA_TRY(check_suppressions(job));
    PA_TRY(pa_job_check_space(job));
    pa_foresee_stages(job, with_fit);
    for (size_t i = 0; i < job->n_done; i++) note_aside(job, i); /* of before a restart */
    while (job->n_done < job->n_stages) {
        PA_TRY(run_stage(job, job->n_done, with_fit));
        job->n_done++;
        PA_AGREE(run->comm, pa_checkpointer_mark(job), &run->err);
        PA_TRY(pa_safe_point_between(job));
    }
    return PA_OK;
}

pa_status pa_job_run(pa_job *job)
{
    return run_stages(job, true);
}

pa_status pa_job_apply(pa_job *job)
{
    return run_stages(job, false);
}
