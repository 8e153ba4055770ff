/* From a result file or a checkpoint back to a job. */
#include <stdio.h>
#include <string.h>

#include "checkpointer.h"
#include "paraudit/base/exact.h"
#include "paraudit/comm/store_share.h"
#include "rejects.h"
#include "restore.h"

static pa_status read_shards(pa_job *job, pa_result_file *file)
{
    pa_store store;
    if (!pa_result_has_store(file, "shards")) return PA_OK;
    PA_TRY(pa_result_read_store(file, "shards", 0, NULL, &store, &job->run.err));
    pa_status st = pa_shards_from_store(&job->run, &store);
    pa_store_free(&store);
    return pa_agree(job->run.comm, st, &job->run.err);
}

/* Which rows of a table this rank takes: those that it owns by the partition that the
 * file names, or an even share. */
static pa_status share_of(pa_run *run, const pa_result_file *file, const char *table,
                          const pa_partition **cut_by, int64_t *first, size_t *count)
{
    int64_t n = pa_result_rows(file, table);
    int rank = pa_comm_rank(run->comm), size = pa_comm_size(run->comm);
    const char *name = pa_result_cut_by(file, table);
    const pa_partition *p = name ? pa_run_partition(run, name) : NULL;
    if (name && (!p || p->first[p->n_shards] != n)) {
        return pa_fail(&run->err, PA_E_DATA,
                       "table '%s' is cut by '%s', which does not fit its rows", table, name);
    }
    int64_t even = pa_even_share(n, rank, size);
    *cut_by = p;
    *first = p ? pa_first_row(p, rank) : even;
    *count = p ? pa_row_count(p, rank) : (size_t)(pa_even_share(n, rank + 1, size) - even);
    return PA_OK;
}

/* Columns of another step of the same rows: they come behind those that are there. */
static pa_status append_columns(pa_run *run, pa_table *to, pa_table *from)
{
    if (from->n_global != to->n_global || from->first_row != to->first_row ||
        from->n_rows != to->n_rows)
        return pa_fail(&run->err, PA_E_DATA, "table '%s' has other rows than before", to->name);
    for (size_t i = 0; i < from->n_columns; i++) {
        pa_column *c = from->columns[i];
        PA_TRY(pa_table_adopt(to, &c->spec, c->data, &run->err));
        c->data = NULL;
    }
    return PA_OK;
}

static pa_status take_table(pa_run *run, const char *name, const pa_partition *cut_by, pa_table *t)
{
    pa_table *there = pa_run_table(run, name);
    if (there) return append_columns(run, there, t);
    PA_TRY(pa_run_add_table(run, t->name, t->meaning, &there));
    *there = *t;
    *t = (pa_table){0};
    there->cut_by = cut_by;
    return PA_OK;
}

static pa_status read_table(pa_job *job, pa_result_file *file, const char *name)
{
    pa_run *run = &job->run;
    const pa_partition *cut_by = NULL;
    int64_t first = 0;
    size_t n = 0;
    pa_table t;
    PA_AGREE(run->comm, share_of(run, file, name, &cut_by, &first, &n), &run->err);
    PA_TRY(pa_result_read_table(file, name, first, n, &job->names, &t, &run->err));
    pa_status st = take_table(run, name, cut_by, &t);
    pa_table_free(&t);
    return pa_agree(run->comm, st, &run->err);
}

static pa_status read_stores(pa_job *job, pa_result_file *file)
{
    pa_run *run = &job->run;
    for (size_t i = 0; i < job->n_stages; i++) {
        pa_store *store = job->stores + i;
        const pa_stage *stage = job->stages[i];
        if (!pa_result_has_store(file, stage->name)) continue;
        pa_store_free(store);
        PA_TRY(pa_result_read_store(file, stage->name, run->n_partitions, run->partitions, store,
                                    &run->err));
        if (store->version != stage->version) {
            return pa_fail(&run->err, PA_E_DATA,
                           "the checkpoint holds version %d of stage %s, this program has %d",
                           (int)store->version, stage->name, stage->version);
        }
        if (store->complete) PA_TRY(pa_store_share(run->comm, store, PA_SHARED_BYTES, &run->err));
    }
    return PA_OK;
}

static pa_status read_plan_text(pa_job *job, pa_result_file *file)
{
    char *text = NULL;
    pa_error *err = &job->run.err;
    PA_TRY(pa_result_text(file, "config/time_plan", &text, err));
    pa_status st = pa_buffer_printf(&job->plan_text, err, "%s", text);
    pa_free(text);
    return pa_agree(job->run.comm, st, err);
}

pa_status pa_restore_facts(pa_job *job, pa_result_file *file)
{
    pa_input_facts *f = &job->facts;
    const char *input = pa_result_attribute_text(file, "input_digest");
    if (!input || !pa_result_attribute_i64(file, "rows_read", &f->rows_read) ||
        !pa_result_attribute_i64(file, "rows_rejected", &f->rows_rejected) ||
        !pa_result_attribute_i64(file, "first_time", &f->first_time) ||
        !pa_result_attribute_i64(file, "last_time", &f->last_time)) {
        return pa_fail(&job->run.err, PA_E_DATA, "the file does not say what was read");
    }
    snprintf(f->input_digest, sizeof f->input_digest, "%s", input);
    return read_plan_text(job, file);
}

/* The order of tables in a file is that of names; a run starts with the transactions, the
 * rest is looked up by name. */
static pa_status read_tables(pa_job *job, pa_result_file *file)
{
    static const char first[] = "transactions";
    const char *name;
    if (pa_result_rows(file, first) >= 0) PA_TRY(read_table(job, file, first));
    for (size_t i = 0; (name = pa_result_list_tables(file, i)); i++) {
        if (strcmp(name, first) != 0) PA_TRY(read_table(job, file, name));
    }
    return PA_OK;
}

/* A run without transactions, and their partitions, is none. */
static pa_status check_run(pa_run *run)
{
    PA_TRY(pa_shards_check(run));
    if (run->n_tables > 0 && strcmp(run->tables[0]->name, "transactions") == 0) return PA_OK;
    return pa_fail(&run->err, PA_E_DATA, "there is no table of transactions");
}

pa_status pa_restore_part(pa_job *job, pa_result_file *file)
{
    PA_TRY(read_shards(job, file));
    PA_TRY(read_tables(job, file));
    PA_TRY(read_stores(job, file));
    return pa_agree(job->run.comm, check_run(&job->run), &job->run.err);
}

pa_status pa_restore_end(pa_job *job)
{
    PA_TRY(pa_job_plan(job));
    return pa_job_tell_rejects(job);
}

static pa_status restore_all(pa_job *job, pa_result_file *file)
{
    PA_TRY(pa_restore_facts(job, file));
    PA_TRY(pa_restore_part(job, file));
    return pa_restore_end(job);
}

/* Keeps the columns that ingest made. */
static void keep_inputs(pa_table *t)
{
    for (size_t i = t->n_columns; i-- > 0;) {
        const pa_column_spec *s = &t->columns[i]->spec;
        if (!s->stage || strcmp(s->stage, "ingest") != 0) pa_table_drop(t, s->name);
    }
}

pa_status pa_job_reload(pa_job *job, const char *path)
{
    pa_run *run = &job->run;
    pa_result_file *file;
    PA_TRY(pa_result_open(run->comm, path, &file, &run->err));
    pa_status st = pa_agree(run->comm, restore_all(job, file), &run->err);
    pa_result_close(file);
    if (st != PA_OK) return st;
    size_t kept = 0;
    for (size_t i = 0; i < run->n_tables; i++) {
        pa_table *t = run->tables[i];
        keep_inputs(t);
        if (t->n_columns == 0) {
            pa_table_free(t);
            pa_free(t);
        } else {
            run->tables[kept++] = t;
        }
    }
    run->n_tables = kept;
    job->n_done = 0;
    return PA_OK;
}
