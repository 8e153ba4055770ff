#include "paraudit/pipeline/calibrate.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "contents.h"
#include "foresee.h"
#include "ingest_job.h"
#include "paraudit/files/files.h"

/* Of the parser's rows, as many are still there while the table's are made. */
static const double parsed_beside_made = 0.5;

static int64_t bytes_of(const pa_column_spec *s)
{
    return (int64_t)pa_type_size(s->type, s->width);
}

/* ---- the small job ---- */

/* Arrays of a small job go back to the system as those of a large one do, and what the process
 * keeps of earlier work is none of it. */
static void let_go(void)
{
    enum { SMALL_ARRAY = 16 << 10, LITTLE = 128 << 10 };
    mallopt(M_MMAP_THRESHOLD, SMALL_ARRAY);
    mallopt(M_TRIM_THRESHOLD, LITTLE);
    mallopt(M_TOP_PAD, LITTLE);
    malloc_trim(0);
}

static pa_status read_sample(pa_job *job, const pa_sample_wish *wish, pa_calibration *c)
{
    pa_run *run = &job->run;
    pa_ingest in;
    let_go();
    pa_phase_begin(run->comm, &job->timing, "ingest");
    c->process = (double)pa_peak_memory();
    pa_status st = pa_ingest_sample(run->comm, run->config, wish, &c->sample, &in, &run->err);
    if (st == PA_OK) st = pa_job_begin(job, false, &in);
    pa_phase_end(run->comm, &job->timing);
    return st;
}

static pa_status write_result(pa_job *job, const char *path, pa_calibration *c)
{
    pa_run *run = &job->run;
    pa_contents contents;
    int64_t bytes = 0;
    pa_phase_begin(run->comm, &job->timing, "write");
    pa_status st = pa_contents_gather(job, &contents);
    if (st == PA_OK) st = pa_result_write(run->comm, path, &contents.result, &run->err);
    pa_phase_end(run->comm, &job->timing);
    bool written = contents.result.how.writer != PA_WRITER_NONE;
    pa_contents_free(&contents);
    if (st == PA_OK && written) st = pa_file_size(path, &bytes, &run->err);
    if (st == PA_OK && written) unlink(path);
    c->result = (double)bytes;
    return st;
}

/* ---- what it took ---- */

/* The scan is not done on a sample: it is to the parsing here as it is anywhere. */
static double ingest_seconds(const pa_sample *s)
{
    double parse = pa_foresee_cost("ingest: parse"), whole = parse;
    whole += pa_foresee_cost("ingest: look") + pa_foresee_cost("ingest: scan");
    double each = s->n_read > 0 ? s->parse_seconds / (double)s->n_read : 0;
    return each * whole / parse * (double)s->n_kept + s->rows_seconds;
}

static const pa_schema *schema_of(const pa_job *job, const char *stage)
{
    for (size_t i = 0; i < job->n_stages; i++)
        if (strcmp(job->stages[i]->name, stage) == 0) return job->schemas + i;
    return NULL;
}

static int64_t bytes_of_ingest(const pa_job *job)
{
    const pa_table *tx = job->run.tables[0];
    int64_t bytes = 0;
    for (size_t i = 0; i < tx->n_columns; i++) bytes += bytes_of(&tx->columns[i]->spec);
    for (size_t i = 0; i < job->n_stages; i++) {
        const pa_schema *io = job->schemas + i;
        for (size_t k = 0; !io->aside && k < io->n_writes; k++) bytes -= bytes_of(io->writes + k);
    }
    return bytes;
}

static void measure(const pa_job *job, pa_calibration *c)
{
    const pa_timing *t = &job->timing;
    double rows = (double)job->run.tables[0]->n_rows;
    int64_t row_bytes = bytes_of_ingest(job);
    pa_measured *m = &c->measured;
    *m = (pa_measured){.rows = rows};
    for (size_t i = 0; i < t->n && m->n < PA_SIZED_MOST; i++) {
        const pa_phase *p = t->phase + i;
        const pa_schema *io = schema_of(job, p->name);
        pa_measured_stage *s = m->stage + m->n++;
        for (size_t k = 0; io && k < io->n_writes; k++) row_bytes += bytes_of(io->writes + k);
        snprintf(s->name, sizeof s->name, "%s", p->name);
        s->row_bytes = (double)row_bytes;
        s->seconds = p->cpu_work;
        s->held = (double)p->held - c->process - rows * s->row_bytes;
        s->top = (double)(p->peak - p->held);
    }
    m->stage[0].seconds = ingest_seconds(&c->sample);
    m->stage[0].top = parsed_beside_made * rows * m->stage[0].row_bytes;
    m->other = fmax(c->result - rows * (double)row_bytes, 0);
}

static pa_status run_job(pa_job *job, const pa_sample_wish *wish, const char *path,
                         pa_calibration *c)
{
    PA_TRY(read_sample(job, wish, c));
    PA_TRY(pa_job_run(job));
    PA_TRY(write_result(job, path, c));
    measure(job, c);
    return PA_OK;
}

pa_status pa_calibrate(pa_comm *comm, const pa_config *config, const pa_stage *const stages[],
                       size_t n_stages, const pa_sample_wish *wish, const char *path,
                       pa_calibration *c, pa_error *err)
{
    *c = (pa_calibration){0};
    pa_job *job = pa_alloc(1, sizeof *job, err);
    if (!job) return PA_E_MEMORY;
    pa_status st = pa_job_open(job, comm, config, NULL, stages, n_stages, NULL);
    if (st == PA_OK) st = run_job(job, wish, path, c);
    if (st != PA_OK) *err = job->run.err;
    pa_job_close(job);
    pa_free(job);
    return st;
}
