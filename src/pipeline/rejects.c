/* What is said of rows that could not be used. */
#include "rejects.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_ahead(int a, int b, const pa_reject_counts *c)
{
    if (c->n[a] != c->n[b]) return c->n[a] > c->n[b];
    return strcmp(pa_reject_reason_names[a], pa_reject_reason_names[b]) < 0;
}

/* "8 bad time, 4 wrong number of fields": most first, then by name. */
static pa_status name_reasons(const pa_reject_counts *c, pa_buffer *text, pa_error *err)
{
    int order[PA_REJECT_N];
    size_t n = 0;
    for (int r = 0; r < PA_REJECT_N; r++) {
        if (c->n[r] == 0) continue;
        size_t at = n++;
        for (; at > 0 && is_ahead(r, order[at - 1], c); at--) order[at] = order[at - 1];
        order[at] = r;
    }
    for (size_t i = 0; i < n; i++) {
        PA_TRY(pa_buffer_printf(text, err, "%s%" PRId64 " %s", i ? ", " : "", c->n[order[i]],
                                pa_reject_reason_names[order[i]]));
    }
    return PA_OK;
}

static bool is_broken(int8_t reason)
{
    return reason == PA_REJECT_LONG_RECORD || reason == PA_REJECT_OPEN_QUOTE ||
           reason == PA_REJECT_FIELDS || reason >= PA_REJECT_BEHIND_QUOTE;
}

/* Lines that broken records span beyond their first. */
static int64_t count_lines(pa_comm *comm, const pa_table *rejects)
{
    const int64_t *first = pa_i64(rejects, "line"), *last = pa_i64(rejects, "last_line");
    const int8_t *reason = pa_i8(rejects, "reason");
    int64_t n = 0;
    for (size_t i = 0; i < rejects->n_rows; i++)
        if (is_broken(reason[i])) n += last[i] - first[i];
    pa_sum_i64(comm, &n, 1);
    return n;
}

static pa_reject_counts count_reasons(pa_comm *comm, const pa_table *rejects)
{
    pa_reject_counts c = {.within = 0};
    const int8_t *reason = pa_i8(rejects, "reason");
    for (size_t i = 0; i < rejects->n_rows; i++) {
        if (reason[i] >= 0 && reason[i] < PA_REJECT_N) c.n[reason[i]]++;
    }
    pa_sum_i64(comm, c.n, PA_REJECT_N);
    return c;
}

/* The first reject, which lies on some rank. */
typedef struct {
    int64_t line;
    int32_t file, length;
    char text[PA_REJECT_TEXT];
} first_row;

static pa_status find_first(pa_comm *comm, const pa_table *rejects, const pa_column *text,
                            first_row *first, pa_error *err)
{
    bool here = rejects->first_row == 0 && rejects->n_rows > 0;
    size_t bytes, width = (size_t)text->spec.width;
    void *all;
    memset(first, 0, sizeof *first);
    if (here) {
        first->line = pa_i64(rejects, "line")[0];
        first->file = pa_i32(rejects, "file")[0];
        first->length =
            (int32_t)strnlen(text->data, width < PA_REJECT_TEXT ? width : PA_REJECT_TEXT);
        memcpy(first->text, text->data, (size_t)first->length);
    }
    PA_TRY(pa_gather_all(comm, first, here ? sizeof *first : 0, &all, &bytes, err));
    PA_ASSERT(bytes == sizeof *first);
    memcpy(first, all, sizeof *first);
    pa_free(all);
    return PA_OK;
}

static pa_status add_file(pa_comm *comm, const pa_table *inputs, int32_t file, pa_buffer *text,
                          pa_error *err)
{
    const pa_column *c = pa_table_find(inputs, "file");
    size_t bytes, width = (size_t)c->spec.width;
    void *all;
    PA_TRY(pa_gather_all(comm, c->data, inputs->n_rows * width, &all, &bytes, err));
    const char *name = (const char *)all + (size_t)file * width;
    bool known = file >= 0 && (size_t)file < bytes / width;
    pa_status st = known ? pa_buffer_add(text, name, strnlen(name, width), err) : PA_OK;
    pa_free(all);
    return st;
}

static pa_status write_text(pa_job *job, const pa_table *rejects, const pa_column *words,
                            pa_buffer *text, pa_error *err)
{
    pa_comm *comm = job->run.comm;
    pa_reject_counts c = count_reasons(comm, rejects);
    first_row first;
    PA_TRY(find_first(comm, rejects, words, &first, err));
    int64_t more = count_lines(comm, rejects);
    char spans[60] = "";
    if (more > 0)
        snprintf(spans, sizeof spans, " (%" PRId64 " lines)", job->facts.rows_rejected + more);
    pa_status st = pa_buffer_printf(
        text, err, "%" PRId64 " of %" PRId64 " row%s rejected%s: ", job->facts.rows_rejected,
        job->facts.rows_read, job->facts.rows_read == 1 ? " was" : "s were", spans);
    if (st == PA_OK) st = name_reasons(&c, text, err);
    if (st == PA_OK) st = pa_buffer_add(text, " (first: ", 9, err);
    PA_AGREE(comm, st, err);
    PA_AGREE(comm, add_file(comm, pa_run_table(&job->run, "inputs"), first.file, text, err), err);
    return pa_buffer_printf(text, err, ":%" PRId64 ": %.*s); rejects.csv lists them", first.line,
                            (int)first.length, first.text);
}

pa_status pa_job_tell_rejects(pa_job *job)
{
    pa_run *run = &job->run;
    const pa_table *rejects = pa_run_table(run, "rejects");
    const pa_column *words = rejects ? pa_table_find(rejects, "text") : NULL;
    if (!words || !pa_table_find(rejects, "last_line"))
        return pa_fail(&run->err, PA_E_DATA, "the table 'rejects' is that of an earlier version");
    if (rejects->n_global == 0) return PA_OK;
    pa_buffer text = {0};
    pa_status st =
        pa_agree(run->comm, write_text(job, rejects, words, &text, &run->err), &run->err);
    if (st == PA_OK) {
        pa_log_warn(run->log, "NOTE %s", text.data);
        pa_run_note(run, "%s", text.data);
    }
    pa_buffer_free(&text);
    return st;
}
