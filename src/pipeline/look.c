#include "paraudit/pipeline/look.h"

#include <string.h>

#include "dates.h"
#include "ingest_job.h"
#include "suppressions.h"

/* ---- the time plan ---- */

/* Rows of all files in [from, until), were those of each spread evenly over its time. */
static double rows_between(const pa_look *look, const pa_date_bulk *bulk, int64_t from,
                           int64_t until)
{
    double rows = 0;
    for (size_t i = 0; i < look->n_files; i++) {
        const pa_look_file *f = look->file + i;
        int64_t first = f->earliest > bulk->first_time ? f->earliest : bulk->first_time;
        int64_t end = (f->latest < bulk->last_time ? f->latest : bulk->last_time) + 1;
        int64_t begin = first > from ? first : from, stop = end < until ? end : until;
        if (f->n_kept == 0 || begin >= stop) continue;
        rows += f->rows * (double)(stop - begin) / (double)(end - first);
    }
    return rows;
}

static int64_t whole_rows(double rows)
{
    return (int64_t)(rows + 0.5);
}

static void estimate_rows(const pa_look *look, const pa_date_bulk *bulk, const pa_time_plan *p,
                          pa_plan_rows *r)
{
    const int64_t edge[PA_N_SPLITS + 1] = {INT64_MIN,      p->history_from, p->reference_from,
                                           p->train_from,  p->train_until,  p->audit_from,
                                           p->audit_until, INT64_MAX};
    *r = (pa_plan_rows){.estimated = true};
    for (int i = 0; i < PA_N_SPLITS; i++)
        r->rows[i] = whole_rows(rows_between(look, bulk, edge[i], edge[i + 1]));
    r->earlier = whole_rows(rows_between(look, bulk, p->earlier_from, p->earlier_until));
}

/* As pa_job_plan has it, of rows that are only guessed at. */
static pa_status estimate_plan(pa_job *job, const pa_look *look, pa_buffer *text)
{
    pa_run *run = &job->run;
    const pa_input_facts *f = &job->facts;
    const pa_table *tx = run->tables[0];
    pa_plan_rows *r = &job->plan_rows;
    pa_date_bulk bulk;
    PA_TRY(pa_find_bulk(run->comm, tx->n_rows, pa_i64(tx, "time"), f->first_time, f->last_time,
                        &bulk, &run->err));
    PA_TRY(pa_time_plan_read(run->config, bulk.first_time, bulk.last_time, f->last_time, &job->plan,
                             &run->err));
    double reference = rows_between(look, &bulk, job->plan.reference_from, job->plan.train_from);
    pa_time_plan_widen(run->config, whole_rows(reference), &job->plan);
    estimate_rows(look, &bulk, &job->plan, r);
    if (r->rows[PA_SPLIT_AUDIT] == 0) return pa_job_no_audit(run);
    PA_TRY(pa_time_plan_print(&job->plan, r, text, &run->err));
    PA_TRY(pa_buffer_printf(text, &run->err,
                            "  estimated: rows as if each file had them evenly from its first to "
                            "its last\n"));
    return pa_time_plan_warn(&job->plan, r, text, &run->err);
}

static pa_status plan(pa_job *job, const pa_look *look, pa_buffer *text)
{
    pa_error *err = &job->run.err;
    if (!look->ends)
        return pa_buffer_printf(text, err,
                                "time plan: it hangs on the last rows, which were not looked at: "
                                "they lie at the end of a large file that is packed\n");
    if (!look->whole) return estimate_plan(job, look, text);
    PA_TRY(pa_job_plan(job));
    return pa_buffer_printf(text, err, "%s", job->plan_text.data);
}

/* ---- needs ---- */

static void add_column(const pa_column_spec *s, pa_needs *needs)
{
    needs->row_bytes += (int64_t)pa_type_size(s->type, s->width);
    needs->n_columns++;
}

static void find_needs(const pa_job *job, const pa_look *look, pa_needs *needs)
{
    const pa_table *tx = job->run.tables[0];
    *needs = (pa_needs){.rows = look->rows};
    for (size_t i = 0; i < tx->n_columns; i++) add_column(&tx->columns[i]->spec, needs);
    for (size_t i = 0; i < job->n_stages; i++) {
        const pa_schema *io = job->schemas + i;
        for (size_t k = 0; !io->aside && k < io->n_writes; k++) add_column(io->writes + k, needs);
    }
    needs->columns = needs->rows * (double)needs->row_bytes;
    needs->memory = 1.15 * needs->columns;
    needs->disk = needs->columns + PA_MODEL_BYTES;
    needs->disk_most = 2.2 * needs->disk;
}

/* What is told of other files, behind what is told of those of the transactions. */
static pa_status read_beside(pa_job *job, pa_look *look, pa_ingest *in)
{
    size_t before = in->forms.length;
    PA_TRY(pa_job_read_beside(job, look->whole, in));
    for (size_t at = before; at < in->forms.length; at += strlen(in->forms.data + at) + 1)
        PA_TRY(pa_buffer_printf(&look->files, &job->run.err, "  %s\n", in->forms.data + at));
    return PA_OK;
}

pa_status pa_job_look(pa_job *job, size_t bytes, pa_look *look, pa_buffer *text, pa_needs *needs)
{
    pa_run *run = &job->run;
    pa_ingest in;
    *needs = (pa_needs){0};
    PA_TRY(pa_ingest_look(run->comm, run->config, run->log, bytes, look, &in, &run->err));
    pa_status st = read_beside(job, look, &in);
    if (st == PA_OK) st = pa_job_take(job, &in);
    if (st == PA_OK && in.notes.length > 0)
        st = pa_buffer_add(&look->notes, in.notes.data, in.notes.length, &run->err);
    pa_ingest_free(&in);
    PA_TRY(st);
    PA_TRY(plan(job, look, text));
    PA_TRY(pa_plan_stages(job->stages, job->n_stages, run->config,
                          pa_config_text(run->config, "job.leave_out"), run->tables[0], 0,
                          job->schemas, &run->err));
    PA_TRY(pa_job_check_suppressions(job, &look->notes));
    find_needs(job, look, needs);
    return PA_OK;
}
