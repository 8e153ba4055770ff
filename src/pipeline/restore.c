/* From a result file or a checkpoint back to a job. */
#include <stdio.h>
#include <string.h>

#include "restore.h"

static pa_status read_shards(pa_job *job, pa_result_file *file)
{
    pa_store store;
    PA_TRY(pa_result_read_store(file, "shards", &store, &job->run.err));
    pa_status st = pa_shards_from_store(&job->run, &store);
    pa_store_free(&store);
    return pa_agree(job->run.comm, st, &job->run.err);
}

/* Which rows of a table this rank takes: by shard where the table has shards,
 * else an even share. */
static const pa_partition *share_of(pa_run *run, const char *table, int64_t n, int64_t *first,
                                    size_t *count)
{
    const pa_partition *p = NULL;
    int rank = pa_comm_rank(run->comm), size = pa_comm_size(run->comm);
    if (strcmp(table, "transactions") == 0) p = run->shards;
    if (strcmp(table, "accounts") == 0) p = run->account_shards;
    if (strcmp(table, "merchants") == 0) p = run->merchant_shards;
    *first = p ? pa_first_row(p, rank) : n * rank / size;
    *count = p ? pa_row_count(p, rank) : (size_t)(n * (rank + 1) / size - *first);
    return p;
}

static pa_status read_table(pa_job *job, pa_result_file *file, const char *name)
{
    pa_run *run = &job->run;
    PA_ASSERT(run->n_tables < PA_MAX_TABLES);
    /* The order of tables in the file is that of names; ours starts with the
     * transactions, the rest is looked up by name. */
    bool first_table = strcmp(name, "transactions") == 0;
    pa_table *t = run->tables + (first_table ? 0 : run->n_tables++);
    int64_t first;
    size_t n;
    const pa_partition *p = share_of(run, name, pa_result_rows(file, name), &first, &n);
    PA_TRY(pa_result_read_table(file, name, first, n, &job->names, t, &run->err));
    t->shards = p;
    return PA_OK;
}

static pa_status read_stores(pa_job *job, pa_result_file *file)
{
    pa_run *run = &job->run;
    for (size_t i = 0; i < job->n_stages; i++) {
        pa_store *store = job->stores + i;
        const pa_stage *stage = job->stages[i];
        if (!pa_result_has_store(file, stage->name)) continue;
        pa_store_free(store);
        PA_TRY(pa_result_read_store(file, stage->name, store, &run->err));
        if (store->version != stage->version) {
            return pa_fail(&run->err, PA_E_DATA,
                           "the checkpoint holds version %d of stage %s, this program has %d",
                           (int)store->version, stage->name, stage->version);
        }
    }
    return PA_OK;
}

static pa_status read_facts(pa_job *job, pa_result_file *file)
{
    pa_input_facts *f = &job->facts;
    int64_t done;
    const char *input = pa_result_attribute_text(file, "input_digest");
    if (!pa_result_attribute_i64(file, "stages_done", &done)) done = 0;
    if (!input || !pa_result_attribute_i64(file, "rows_read", &f->rows_read) ||
        !pa_result_attribute_i64(file, "rows_rejected", &f->rows_rejected) ||
        !pa_result_attribute_i64(file, "first_time", &f->first_time) ||
        !pa_result_attribute_i64(file, "last_time", &f->last_time)) {
        return pa_fail(&job->run.err, PA_E_DATA, "the file does not say what was read");
    }
    snprintf(f->input_digest, sizeof f->input_digest, "%s", input);
    job->n_done = (size_t)done;
    return PA_OK;
}

pa_status pa_job_restore(pa_job *job, pa_result_file *file)
{
    pa_run *run = &job->run;
    PA_TRY(read_facts(job, file));
    PA_TRY(read_shards(job, file));
    run->n_tables = 1;
    const char *name;
    for (size_t i = 0; (name = pa_result_list_tables(file, i)); i++) {
        PA_TRY(read_table(job, file, name));
    }
    PA_TRY(read_stores(job, file));
    return pa_job_plan(job);
}

/* Keeps the columns that ingest made. */
static void keep_inputs(pa_table *t)
{
    for (size_t i = t->n_columns; i-- > 0;) {
        const pa_column_spec *s = &t->columns[i].spec;
        if (!s->stage || strcmp(s->stage, "ingest") != 0) pa_table_drop(t, s->name);
    }
}

pa_status pa_job_reload(pa_job *job, const char *path)
{
    pa_run *run = &job->run;
    pa_result_file *file;
    PA_TRY(pa_result_open(run->comm, path, &file, &run->err));
    pa_status st = pa_agree(run->comm, pa_job_restore(job, file), &run->err);
    pa_result_close(file);
    if (st != PA_OK) return st;
    size_t kept = 0;
    for (size_t i = 0; i < run->n_tables; i++) {
        keep_inputs(run->tables + i);
        if (run->tables[i].n_columns == 0)
            pa_table_free(run->tables + i);
        else
            run->tables[kept++] = run->tables[i];
    }
    run->n_tables = kept;
    job->n_done = 0;
    return PA_OK;
}
