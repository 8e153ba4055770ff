/* The beginning of a job: the tables of its inputs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checkpointer.h"
#include "foresee.h"
#include "ingest_job.h"
#include "paraudit/base/stop.h"
#include "paraudit/ingest/dispositions.h"
#include "paraudit/ingest/ingest.h"
#include "paraudit/ingest/suppressions.h"
#include "rejects.h"

enum { SPLIT_BYTES = 16 };

static const pa_column_spec split_name_spec = {.name = "split",
                                               .type = PA_BYTES,
                                               .width = SPLIT_BYTES,
                                               .meaning = "name of the part",
                                               .role = PA_ROLE_ID,
                                               .stage = "ingest"};

static const pa_column_spec splits_specs[3] = {
    {.name = "split",
     .type = PA_I8,
     .meaning = "part of the time plan",
     .role = PA_ROLE_ID,
     .stage = "ingest",
     .codes = "categories/split"},
    {.name = "rows",
     .type = PA_I64,
     .meaning = "transactions in it; with the rejected ones they add up to the rows read",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL,
     .stage = "ingest"},
    {.name = "frauds",
     .type = PA_I64,
     .meaning = "of these, labelled as fraud",
     .role = PA_ROLE_RESULT,
     .flags = PA_NOT_CAUSAL | PA_NEEDS_LABELS,
     .stage = "ingest"},
};

/* What is taken moves to the run; the rest stays with the ingest, which frees it. */
static pa_status take_table(pa_run *run, pa_table *t)
{
    pa_table *place;
    PA_TRY(pa_run_add_table(run, t->name, t->meaning, &place));
    *place = *t;
    *t = (pa_table){0};
    return PA_OK;
}

static pa_status take_partition(pa_run *run, pa_partition **p)
{
    PA_TRY(pa_run_adopt_partition(run, *p));
    *p = NULL;
    return PA_OK;
}

static pa_status take_tables(pa_run *run, pa_ingest *in)
{
    pa_table *const tables[] = {&in->transactions, &in->accounts, &in->merchants,
                                &in->inputs,       &in->rejects,  &in->reject_reasons};
    pa_partition **const partitions[] = {&in->shards, &in->account_shards, &in->merchant_shards};
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++)
        PA_TRY(take_partition(run, partitions[i]));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) PA_TRY(take_table(run, tables[i]));
    for (size_t i = 0; i < in->n_lists; i++) PA_TRY(take_table(run, in->lists + i));
    for (size_t i = 0; i < in->n_side; i++) PA_TRY(take_table(run, in->side + i));
    return PA_OK;
}

static void take_facts(pa_job *job, pa_ingest *in)
{
    job->names = in->strings;
    in->strings = (pa_strings){0};
    job->facts = (pa_input_facts){.rows_read = in->rows_read,
                                  .rows_rejected = in->rows_rejected,
                                  .first_time = in->first_time,
                                  .last_time = in->last_time};
    memcpy(job->facts.input_digest, in->input_digest, sizeof in->input_digest);
    memcpy(job->facts.earliest, in->earliest, sizeof in->earliest);
    memcpy(job->facts.latest, in->latest, sizeof in->latest);
    job->facts.n_earliest = in->n_earliest;
    job->facts.n_latest = in->n_latest;
}

pa_status pa_job_take(pa_job *job, pa_ingest *in)
{
    pa_status st = take_tables(&job->run, in);
    take_facts(job, in);
    return st;
}

static pa_status add_split_tables(pa_job *job)
{
    pa_run *run = &job->run;
    pa_table *names, *splits;
    void *name, *column[3];
    int rank = pa_comm_rank(run->comm);
    PA_TRY(pa_run_add_table(run, "categories/split", "parts of the time plan", &names));
    size_t n = pa_table_size_small(names, rank, PA_N_SPLITS);
    PA_TRY(pa_table_add(names, &split_name_spec, &name, &run->err));
    PA_TRY(pa_run_add_table(run, "splits", "rows by part of the time plan", &splits));
    pa_table_size_small(splits, rank, PA_N_SPLITS);
    for (int i = 0; i < 3; i++)
        PA_TRY(pa_table_add(splits, splits_specs + i, column + i, &run->err));
    for (size_t i = 0; i < n; i++) {
        memcpy((char *)name + SPLIT_BYTES * i, pa_split_names[i], strlen(pa_split_names[i]));
        ((int8_t *)column[0])[i] = (int8_t)i;
        ((int64_t *)column[1])[i] = job->plan_rows.rows[i];
        ((int64_t *)column[2])[i] = job->plan_rows.frauds[i];
    }
    return PA_OK;
}

/* Texts, each ended by a zero byte, as lines of the plan. */
static pa_status add_lines(pa_buffer *lines, const char *before, const pa_buffer *texts,
                           pa_error *err)
{
    for (size_t at = 0; at < texts->length; at += strlen(texts->data + at) + 1)
        PA_TRY(pa_buffer_printf(lines, err, "%s%s\n", before, texts->data + at));
    return PA_OK;
}

static pa_status take_texts(pa_job *job, const pa_ingest *in)
{
    pa_error *err = &job->run.err;
    PA_TRY(add_lines(&job->input_text, "input ", &in->forms, err));
    return add_lines(&job->input_text, PA_PLAN_WARNING, &in->notes, err);
}

/* A result that is to be replaced is whole, rejects.csv and all, until the new one is. */
static bool keeps_old_result(const pa_job *job)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/audit.h5", job->folder);
    bool is_there = pa_comm_rank(job->run.comm) == 0 && access(path, F_OK) == 0;
    pa_broadcast(job->run.comm, &is_there, sizeof is_there, 0);
    return is_there;
}

static pa_status read_inputs(pa_job *job, pa_ingest *in)
{
    pa_run *run = &job->run;
    char path[4096];
    if (!job->folder || keeps_old_result(job))
        return pa_ingest_read(run->comm, run->config, run->log, in, &run->err);
    snprintf(path, sizeof path, "%s/rejects.csv", job->folder);
    return pa_ingest_read_listing(run->comm, run->config, run->log, path, job->standing, in,
                                  &run->err);
}

pa_status pa_job_read_beside(pa_job *job, bool whole, pa_ingest *in)
{
    pa_run *run = &job->run;
    PA_TRY(pa_dispositions(run->comm, run->config, run->log, whole, PA_DISPOSITIONS_AT_ONCE, in,
                           &run->err));
    return pa_suppressions(run->comm, run->config, run->log, in, &run->err);
}

pa_status pa_job_begin(pa_job *job, bool whole, pa_ingest *in)
{
    pa_run *run = &job->run;
    pa_status st = pa_job_read_beside(job, whole, in);
    if (st == PA_OK) st = pa_job_take(job, in);
    if (st == PA_OK) st = take_texts(job, in);
    pa_ingest_free(in);
    PA_AGREE(run->comm, st, &run->err);
    PA_TRY(pa_job_plan(job));
    PA_AGREE(run->comm, add_split_tables(job), &run->err);
    return pa_job_tell_rejects(job);
}

static pa_status ingest(pa_job *job)
{
    pa_run *run = &job->run;
    pa_ingest in;
    PA_TRY(read_inputs(job, &in));
    PA_TRY(pa_job_begin(job, true, &in));
    uint64_t checksum = pa_table_checksum(run->tables[0], 0);
    pa_sum_u64(run->comm, &checksum, 1);
    pa_log_event(run->log, "stage",
                 "name=ingest rows=%" PRId64 " rejected=%" PRId64 " checksum=%016" PRIx64,
                 job->facts.rows_read, job->facts.rows_rejected, checksum);
    return PA_OK;
}

pa_status pa_job_ingest(pa_job *job)
{
    pa_phase_begin(job->run.comm, &job->timing, "ingest");
    pa_foresee_ingest(job);
    pa_stop_allow(true);
    pa_status st = ingest(job);
    pa_stop_allow(false);
    pa_phase_end(job->run.comm, &job->timing);
    if (st == PA_E_AGAIN) return pa_stopped_reading(job);
    if (st == PA_OK) st = pa_checkpoint_inputs(job);
    if (st == PA_OK) st = pa_agree(job->run.comm, pa_checkpointer_mark(job), &job->run.err);
    return st == PA_OK ? pa_safe_point_between(job) : st;
}
