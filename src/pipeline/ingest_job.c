#include <inttypes.h>
#include <string.h>

#include "checkpointer.h"
#include "paraudit/ingest/ingest.h"

static const pa_column_spec split_spec = {
    .name = "split",
    .type = PA_I8,
    .meaning = "part of the time plan that the row falls into",
    .role = PA_ROLE_INPUT,
    .stage = "ingest",
    .codes = "categories/split",
};

static const pa_column_spec split_name_spec = {.name = "split",
                                               .type = PA_BYTES,
                                               .width = 8,
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
}

static void count_splits(pa_job *job, const pa_table *tx)
{
    const int8_t *split = pa_i8(tx, "split"), *label = pa_i8(tx, "label");
    memset(job->rows_of_split, 0, sizeof job->rows_of_split);
    memset(job->frauds_of_split, 0, sizeof job->frauds_of_split);
    for (size_t i = 0; i < tx->n_rows; i++) {
        job->rows_of_split[split[i]]++;
        job->frauds_of_split[split[i]] += label[i] == 1;
    }
    pa_sum_i64(job->run.comm, job->rows_of_split, PA_N_SPLITS);
    pa_sum_i64(job->run.comm, job->frauds_of_split, PA_N_SPLITS);
}

static void count_duplicates(pa_job *job)
{
    const pa_table *rejects = pa_run_table(&job->run, "rejects");
    const int8_t *reason = pa_i8(rejects, "reason");
    int64_t n = 0;
    for (size_t i = 0; i < rejects->n_rows; i++) n += reason[i] == PA_REJECT_DUPLICATE;
    pa_sum_i64(job->run.comm, &n, 1);
    job->facts.rows_duplicate = n;
}

static pa_status fill_split(pa_table *tx, const pa_time_plan *plan, pa_error *err)
{
    if (pa_table_find(tx, "split")) return PA_OK;
    void *data;
    PA_TRY(pa_table_add(tx, &split_spec, &data, err));
    const int64_t *time = pa_i64(tx, "time");
    int8_t *split = data;
    for (size_t i = 0; i < tx->n_rows; i++) split[i] = (int8_t)pa_split_of(plan, time[i]);
    return PA_OK;
}

pa_status pa_job_plan(pa_job *job)
{
    pa_run *run = &job->run;
    const pa_input_facts *f = &job->facts;
    PA_AGREE(run->comm,
             pa_time_plan_read(run->config, f->first_time, f->last_time, &job->plan, &run->err),
             &run->err);
    PA_AGREE(run->comm, fill_split(run->tables[0], &job->plan, &run->err), &run->err);
    count_splits(job, run->tables[0]);
    count_duplicates(job);
    if (job->rows_of_split[PA_SPLIT_AUDIT] > 0) return PA_OK;
    return pa_fail(&run->err, PA_E_CONFIG,
                   "no transaction lies between split.audit_from and split.audit_until");
}

/* Small tables live on rank 0. */
static pa_status add_split_tables(pa_job *job)
{
    pa_run *run = &job->run;
    pa_table *names, *splits;
    void *name, *column[3];
    size_t n = pa_comm_rank(run->comm) == 0 ? PA_N_SPLITS : 0;
    int64_t first = n ? 0 : PA_N_SPLITS;
    PA_TRY(pa_run_add_table(run, "categories/split", "parts of the time plan", &names));
    pa_table_size(names, first, n, PA_N_SPLITS);
    PA_TRY(pa_table_add(names, &split_name_spec, &name, &run->err));
    PA_TRY(pa_run_add_table(run, "splits", "rows by part of the time plan", &splits));
    pa_table_size(splits, first, n, PA_N_SPLITS);
    for (int i = 0; i < 3; i++)
        PA_TRY(pa_table_add(splits, splits_specs + i, column + i, &run->err));
    for (size_t i = 0; i < n; i++) {
        strcpy((char *)name + 8 * i, pa_split_names[i]);
        ((int8_t *)column[0])[i] = (int8_t)i;
        ((int64_t *)column[1])[i] = job->rows_of_split[i];
        ((int64_t *)column[2])[i] = job->frauds_of_split[i];
    }
    return PA_OK;
}

/* A small book may lose a large part within input.max_rejects. */
static void note_rejects(pa_job *job)
{
    const pa_input_facts *f = &job->facts;
    if (f->rows_rejected * 100 <= f->rows_read) return;
    pa_run_note(&job->run,
                "%" PRId64 " of %" PRId64 " rows were rejected: /rejects says which and why; "
                "input.max_rejects bounds them",
                f->rows_rejected, f->rows_read);
}

static pa_status ingest(pa_job *job)
{
    pa_run *run = &job->run;
    pa_ingest in;
    PA_TRY(pa_ingest_csv(run->comm, run->config, run->log, &in, &run->err));
    pa_status st = take_tables(run, &in);
    take_facts(job, &in);
    pa_ingest_free(&in);
    PA_AGREE(run->comm, st, &run->err);
    PA_TRY(pa_job_plan(job));
    PA_AGREE(run->comm, add_split_tables(job), &run->err);
    note_rejects(job);
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
    pa_status st = ingest(job);
    pa_phase_end(job->run.comm, &job->timing);
    return st == PA_OK ? pa_safe_point_between(job) : st;
}
