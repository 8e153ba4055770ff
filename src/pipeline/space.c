#include "space.h"

#include <stdio.h>
#include <sys/stat.h>

#include "checkpointer.h"
#include "paraudit/files/files.h"
#include "paraudit/files/trailer.h"
#include "paraudit/pipeline/look.h"

/* Of a transaction, in the columns that are there and those that the stages to come will add. */
static int64_t row_bytes(const pa_job *job)
{
    const pa_table *tx = job->run.tables[0];
    size_t bytes = 0;
    for (size_t i = 0; i < tx->n_columns; i++)
        bytes += pa_type_size(tx->columns[i]->spec.type, tx->columns[i]->spec.width);
    for (size_t i = job->n_done; i < job->n_stages; i++) {
        const pa_schema *io = job->schemas + i;
        for (size_t k = 0; !io->aside && k < io->n_writes; k++)
            bytes += pa_type_size(io->writes[k].type, io->writes[k].width);
    }
    return (int64_t)bytes;
}

static void note_checkpoints(pa_job *job, const char *path, int64_t bytes)
{
    int64_t left = 0;
    char needs[32], has[32];
    if (pa_space_left(path, &left, NULL) != PA_OK || left / 2 >= bytes) return;
    pa_bytes_text(bytes, needs);
    pa_bytes_text(left, has);
    pa_run_note(&job->run,
                "the result takes about %s, and checkpoints as much again: the file system has %s "
                "left, so that checkpoints may fail",
                needs, has);
    pa_log_warn(job->run.log, "NOTE checkpoints may not fit beside the result (%s): %s are left",
                needs, has);
}

/* Of rank 0. */
static pa_status check(pa_job *job)
{
    char path[4096];
    int64_t bytes = job->run.tables[0]->n_global * row_bytes(job);
    snprintf(path, sizeof path, "%s/audit.h5", job->folder);
    PA_TRY(pa_reserve(path, bytes, &job->run.err)); /* models are not known yet */
    note_checkpoints(job, path, bytes + PA_MODEL_BYTES);
    return PA_OK;
}

pa_status pa_job_check_space(pa_job *job)
{
    if (!job->folder) return PA_OK;
    pa_status st = pa_comm_rank(job->run.comm) == 0 ? check(job) : PA_OK;
    return pa_agree(job->run.comm, st, &job->run.err);
}

/* ---- checkpoints ---- */

/* At least what is yet to be written: all columns, and models. The small files beside it are
 * about as large again as the tables that are not of transactions. */
static int64_t result_bytes(const pa_job *job)
{
    const pa_run *run = &job->run;
    int64_t bytes = run->tables[0]->n_global * row_bytes(job);
    for (size_t i = 1; i < run->n_tables; i++) {
        const pa_table *t = run->tables[i];
        for (size_t k = 0; k < t->n_columns; k++) {
            const pa_column_spec *s = &t->columns[k]->spec;
            bytes += 2 * t->n_global * (int64_t)pa_type_size(s->type, s->width);
        }
    }
    bytes += PA_MODEL_BYTES;
    return bytes + pa_trailer_bytes(bytes);
}

/* Of rank 0. What lies elsewhere takes nothing from the result. */
static pa_status leave(pa_job *job, const char *path, int64_t bytes)
{
    char file[32], result[32], has[32];
    struct stat out, folder;
    int64_t left = 0, needs = result_bytes(job);
    if (stat(job->folder, &out) != 0 || stat(job->run.checkpointer->path, &folder) != 0 ||
        out.st_dev != folder.st_dev || pa_space_left(path, &left, NULL) != PA_OK ||
        left - needs >= bytes)
        return PA_OK;
    pa_bytes_text(bytes, file);
    pa_bytes_text(needs, result);
    pa_bytes_text(left, has);
    return pa_fail(&job->run.err, PA_E_IO,
                   "%s: needs %s, and the result beside it %s; the file system has %s left", path,
                   file, result, has);
}

pa_status pa_job_leave_space(pa_job *job, const char *path, int64_t bytes)
{
    pa_status st = pa_comm_rank(job->run.comm) == 0 ? leave(job, path, bytes) : PA_OK;
    return pa_agree(job->run.comm, st, &job->run.err);
}
