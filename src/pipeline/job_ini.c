/* OUT/checkpoint/job.ini: the configuration of a job, and behind it, as comments of the
 * INI file, what its inputs were, once that is known, and that nothing is missing:
 *
 *     ; input BYTES DIGEST      a file, in the order of the table "inputs"
 *     ; end of job.ini
 *
 * People may mend a value in it; the inputs and the manifests guard each other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checkpointer.h"

static const char name[] = "job.ini";
static const char input_line[] = "; input ";
static const char last_line[] = "; end of job.ini\n";

enum { MOST_BYTES = 1 << 28 };

static pa_status write_both(const struct pa_checkpointer *c, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_buffer_add(&text, c->config.data, c->config.length, err);
    if (st == PA_OK && c->inputs.length > 0) {
        st = pa_buffer_printf(&text, err, "\n; bytes and digest of each input of this job\n");
        if (st == PA_OK) st = pa_buffer_add(&text, c->inputs.data, c->inputs.length, err);
    }
    if (st == PA_OK) st = pa_buffer_add(&text, last_line, sizeof last_line - 1, err);
    if (st == PA_OK) st = pa_own_file_write(&c->folder, name, text.data, text.length, err);
    pa_buffer_free(&text);
    return st;
}

pa_status pa_checkpoint_keep(pa_job *job, const char *text, size_t length)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    PA_TRY(pa_checkpoint_take(job));
    pa_status st = PA_OK;
    if (pa_comm_rank(run->comm) == 0) {
        c->config.length = 0;
        st = pa_buffer_add(&c->config, text, length, &run->err);
        if (st == PA_OK) st = write_both(c, &run->err);
    }
    return pa_agree(run->comm, st, &run->err);
}

/* ---- the inputs ---- */

/* A pipe or a device in place of the file is not read. */
static pa_status read_whole(const pa_own_folder *folder, char **text, pa_error *err)
{
    size_t length = 0, end = sizeof last_line - 1;
    PA_TRY(pa_own_file_read(folder, name, MOST_BYTES, text, &length, err));
    bool whole = length >= end && memcmp(*text + length - end, last_line, end) == 0;
    if (whole && !memchr(*text, '\0', length)) return PA_OK;
    pa_free(*text);
    *text = NULL;
    return pa_fail(err, PA_E_DATA,
                   "%s/%s: damaged: it does not end as it was written; put it back, or start anew "
                   "with `paraudit audit --replace`",
                   folder->path, name);
}

pa_status pa_checkpoint_job_ini(const char *out, char **text, pa_error *err)
{
    char path[4096];
    pa_own_folder folder;
    *text = NULL;
    snprintf(path, sizeof path, "%.4000s/checkpoint", out);
    PA_TRY(pa_own_folder_open(path, &folder, err));
    pa_status st = folder.fd >= 0 ? read_whole(&folder, text, err) : PA_OK;
    if (st == PA_OK && !*text) st = pa_fail(err, PA_E_NO_INPUT, "%s/%s: is not there", path, name);
    pa_own_folder_close(&folder);
    return st;
}

pa_status pa_checkpoint_read_inputs(struct pa_checkpointer *c, pa_error *err)
{
    char *text = NULL;
    pa_error none = {0};
    pa_status st = read_whole(&c->folder, &text, &none);
    if (st == PA_E_NO_INPUT) return PA_OK;
    if (st != PA_OK) return pa_fail(err, st, "%s", none.message);
    for (const char *at = text; st == PA_OK && *at; at += strcspn(at, "\n") + 1) {
        if (strncmp(at, input_line, sizeof input_line - 1) == 0)
            st = pa_buffer_add(&c->inputs, at, strcspn(at, "\n") + 1, err);
    }
    c->has_job_ini = true;
    pa_free(text);
    return st;
}

/* Rank 0 has the table. */
static pa_status list_inputs(const pa_table *inputs, pa_buffer *lines, pa_error *err)
{
    const int64_t *bytes = pa_i64(inputs, "bytes");
    const pa_column *digest = pa_table_find(inputs, "digest");
    int width = digest->spec.width;
    for (size_t i = 0; i < inputs->n_rows; i++) {
        const char *hex = (const char *)digest->data + i * (size_t)width;
        PA_TRY(
            pa_buffer_printf(lines, err, "%s%" PRId64 " %.*s\n", input_line, bytes[i], width, hex));
    }
    return PA_OK;
}

static size_t count_lines(const pa_buffer *lines)
{
    size_t n = 0;
    for (size_t i = 0; i < lines->length; i++) n += lines->data[i] == '\n';
    return n;
}

/* The number of the first line that is another; there are equally many. */
static size_t first_unlike(const pa_buffer *a, const pa_buffer *b)
{
    size_t line = 0;
    for (size_t i = 0; i < a->length && a->data[i] == b->data[i]; i++) line += a->data[i] == '\n';
    return line;
}

static pa_status compare(const pa_table *inputs, const pa_buffer *before, const pa_buffer *now,
                         pa_error *err)
{
    static const char remedy[] = "no checkpoint is left that could do without: put the inputs "
                                 "back as they were, or start anew with `paraudit audit`";
    if (before->length == now->length && memcmp(before->data, now->data, now->length) == 0)
        return PA_OK;
    size_t n = count_lines(before), file = first_unlike(before, now);
    if (n != inputs->n_rows || file >= n) {
        return pa_fail(err, PA_E_DATA, "there are %zu input files, %zu when this job began: %s",
                       inputs->n_rows, n, remedy);
    }
    const pa_column *c = pa_table_find(inputs, "file");
    return pa_fail(err, PA_E_DATA, "%.*s is not as it was when this job began: %s",
                   (int)c->spec.width, (const char *)c->data + file * (size_t)c->spec.width,
                   remedy);
}

static pa_status compare_or_keep(const pa_run *run, struct pa_checkpointer *c, pa_error *err)
{
    const pa_table *inputs = pa_run_table(run, "inputs");
    pa_buffer now = {0};
    pa_status st = list_inputs(inputs, &now, err);
    if (st == PA_OK && c->inputs.length > 0) {
        st = compare(inputs, &c->inputs, &now, err);
    } else if (st == PA_OK) {
        c->inputs = now;
        return write_both(c, err);
    }
    pa_buffer_free(&now);
    return st;
}

pa_status pa_checkpoint_inputs(pa_job *job)
{
    pa_run *run = &job->run;
    struct pa_checkpointer *c = run->checkpointer;
    pa_status st = PA_OK;
    if (c && c->config.length > 0) st = compare_or_keep(run, c, &run->err);
    return pa_agree(run->comm, st, &run->err);
}
