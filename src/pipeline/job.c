#include "paraudit/pipeline/job.h"

#include <inttypes.h>

#include "checkpointer.h"

const pa_option_spec pa_job_options[] = {
    {.key = "job.seed",
     .type = PA_OPTION_INT,
     .fallback = "1",
     .min = 0,
     .max = 9e15,
     .meaning = "all random draws are functions of it"},
    {.key = "checkpoint.every",
     .type = PA_OPTION_REAL,
     .fallback = "1800",
     .min = 0,
     .max = 1e9,
     .unit = "seconds",
     .meaning = "time between checkpoints at safe points; 0: at each of them",
     .run_only = true},
    {.key = "io.exchange_piece",
     .type = PA_OPTION_BYTES,
     .fallback = "32M",
     .min = 1,
     .max = 1e12,
     .unit = "bytes",
     .meaning = "memory that one piece of an exchange between ranks may take on a rank",
     .run_only = true},
    {0}};

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
    pa_comm_set_piece(comm, (size_t)pa_config_int(config, "io.exchange_piece"));
    pa_status st = PA_NEW(job->schemas, n_stages, &run->err);
    if (st == PA_OK) st = PA_NEW(job->stores, n_stages, &run->err);
    for (size_t i = 0; st == PA_OK && i < n_stages; i++) {
        pa_store_init(job->stores + i, stages[i]->name, stages[i]->version);
    }
    if (st == PA_OK && folder) st = pa_checkpointer_new(job, &run->checkpointer);
    return pa_agree(comm, st, &run->err);
}

static void free_partition(pa_partition *p)
{
    if (p) pa_partition_free(p);
    pa_free(p);
}

void pa_job_close(pa_job *job)
{
    pa_run *run = &job->run;
    for (size_t i = 0; i < run->n_tables; i++) pa_table_free(run->tables + i);
    for (size_t i = 0; i < job->n_stages; i++) {
        if (job->schemas) pa_schema_free(job->schemas + i);
        if (job->stores) pa_store_free(job->stores + i);
    }
    free_partition(run->shards);
    free_partition(run->account_shards);
    free_partition(run->merchant_shards);
    pa_free(job->schemas);
    pa_free(job->stores);
    pa_strings_free(&job->names);
    pa_free(run->checkpointer);
    *job = (pa_job){0};
}

/* fit, and what must hold after it. */
static pa_status fit(pa_job *job, size_t i)
{
    pa_run *run = &job->run;
    const pa_stage *stage = job->stages[i];
    pa_store *model = job->stores + i;
    if (model->complete) return PA_OK;
    if (stage->fit) PA_AGREE(run->comm, stage->fit(run, run->tables, model), &run->err);
    model->complete = true;
    return PA_OK;
}

static pa_status apply(pa_job *job, size_t i)
{
    pa_run *run = &job->run;
    const pa_stage *stage = job->stages[i];
    pa_table *tx = run->tables;
    size_t before = tx->n_columns;
    pa_status st = stage->apply(run, job->stores + i, tx);
    if (st == PA_OK) st = pa_schema_check(job->schemas + i, stage->name, tx, before, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    uint64_t checksum = pa_table_checksum(tx, before);
    pa_sum_u64(run->comm, &checksum, 1);
    pa_log_event(run->log, "stage", "name=%s rows=%" PRId64 " columns=%zu checksum=%016" PRIx64,
                 stage->name, tx->n_global, tx->n_columns - before, checksum);
    return PA_OK;
}

static pa_status run_stage(pa_job *job, size_t i, bool with_fit)
{
    pa_run *run = &job->run;
    const char *name = job->stages[i]->name;
    if (job->schemas[i].aside) {
        pa_log_say(run->log, "stage %s stands aside: %s", name, job->schemas[i].aside);
        pa_run_note(run, "stage %s stands aside: %s", name, job->schemas[i].aside);
        return PA_OK;
    }
    pa_phase_begin(run->comm, &job->timing, name);
    pa_status st = with_fit ? fit(job, i) : PA_OK;
    if (st == PA_OK) st = apply(job, i);
    pa_phase_end(run->comm, &job->timing);
    return st;
}

static pa_status run_stages(pa_job *job, bool with_fit)
{
    pa_run *run = &job->run;
    pa_status st = pa_plan_stages(job->stages, job->n_stages, run->config, run->tables, job->n_done,
                                  job->schemas, &run->err);
    PA_AGREE(run->comm, st, &run->err);
    while (job->n_done < job->n_stages) {
        PA_TRY(run_stage(job, job->n_done, with_fit));
        job->n_done++;
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
