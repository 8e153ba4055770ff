/* The tables that tell what was read and what was not. */
#include <string.h>

#include "ingest_parts.h"

static const pa_column_spec column_file = {.name = "file",
                                           .type = PA_I32,
                                           .meaning = "input file, as row of inputs",
                                           .role = PA_ROLE_ID,
                                           .stage = "ingest",
                                           .codes = "inputs"};
static const pa_column_spec column_line = {.name = "line",
                                           .type = PA_I64,
                                           .meaning =
                                               "line on which the rejected row begins, from 1",
                                           .role = PA_ROLE_INPUT,
                                           .stage = "ingest"};
static const pa_column_spec column_last = {.name = "last_line",
                                           .type = PA_I64,
                                           .meaning = "last line of the rejected row, from 1",
                                           .role = PA_ROLE_INPUT,
                                           .stage = "ingest"};
static const pa_column_spec column_reason = {.name = "reason",
                                             .type = PA_I8,
                                             .meaning = "why the row was rejected",
                                             .role = PA_ROLE_RESULT,
                                             .stage = "ingest",
                                             .codes = "categories/reject_reason"};
static const pa_column_spec column_bytes = {.name = "bytes",
                                            .type = PA_I64,
                                            .unit = "bytes",
                                            .meaning = "size of the file",
                                            .role = PA_ROLE_INPUT,
                                            .stage = "ingest"};
static const pa_column_spec column_rows = {.name = "rows",
                                           .type = PA_I64,
                                           .meaning = "rows that became transactions",
                                           .role = PA_ROLE_INPUT,
                                           .stage = "ingest"};
static const pa_column_spec column_rejected = {.name = "rejected",
                                               .type = PA_I64,
                                               .meaning = "rows that could not be used",
                                               .role = PA_ROLE_INPUT,
                                               .stage = "ingest"};

static pa_column_spec text_column(const char *name, size_t width, const char *meaning)
{
    return (pa_column_spec){.name = name,
                            .type = PA_BYTES,
                            .width = (int)width,
                            .meaning = meaning,
                            .role = PA_ROLE_ID,
                            .stage = "ingest"};
}

static size_t longest_text(const pa_csv_intake *p)
{
    size_t most = 1;
    for (size_t i = 0; i < p->n_kept; i++) {
        size_t n = strlen(p->rejects[i].text);
        if (n > most) most = n;
    }
    return most;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of more rejects than may be kept the first ones, in the order of the ranks: of their
 * texts, too, the width is that of all ranks. */
static pa_status make_rejects(pa_comm *comm, const pa_csv_intake *p, int64_t n_global, pa_table *t,
                              pa_error *err)
{
    void *file, *line, *last, *reason, *text;
    int64_t width = (int64_t)longest_text(p), most = (int64_t)p->keep_rejects;
    int64_t first = smaller(pa_sum_before_i64(comm, (int64_t)p->n_kept), most);
    pa_max_i64(comm, &width, 1);
    pa_column_spec words = text_column("text", (size_t)width, "what is wrong with the row");
    words.role = PA_ROLE_RESULT;
    size_t n = (size_t)smaller((int64_t)p->n_kept, most - first);
    pa_table_size(t, first, n, smaller(n_global, most));
    PA_TRY(pa_table_add(t, &column_file, &file, err));
    PA_TRY(pa_table_add(t, &column_line, &line, err));
    PA_TRY(pa_table_add(t, &column_last, &last, err));
    PA_TRY(pa_table_add(t, &column_reason, &reason, err));
    PA_TRY(pa_table_add(t, &words, &text, err));
    for (size_t i = 0; i < n; i++) {
        const pa_csv_reject *r = p->rejects + i;
        ((int32_t *)file)[i] = r->file;
        ((int64_t *)line)[i] = r->line;
        ((int64_t *)last)[i] = r->last;
        ((int8_t *)reason)[i] = (int8_t)r->reason;
        memcpy((char *)text + i * (size_t)width, r->text, strlen(r->text));
    }
    return PA_OK;
}

static pa_status make_reasons(pa_comm *comm, pa_table *t, pa_error *err)
{
    size_t width = 0;
    for (int i = 0; i < PA_REJECT_N; i++) {
        size_t n = strlen(pa_reject_reason_names[i]);
        if (n > width) width = n;
    }
    pa_column_spec name = text_column("reject_reason", width, "reason for rejecting a row");
    size_t n = pa_table_size_small(t, pa_comm_rank(comm), PA_REJECT_N);
    void *data;
    PA_TRY(pa_table_add(t, &name, &data, err));
    for (size_t i = 0; i < n; i++) {
        memcpy((char *)data + i * width, pa_reject_reason_names[i],
               strlen(pa_reject_reason_names[i]));
    }
    return PA_OK;
}

static size_t longest_name(const pa_inputs *in)
{
    size_t most = 1;
    for (size_t i = 0; i < in->n; i++) {
        size_t n = strlen(in->file[i].name);
        if (n > most) most = n;
    }
    return most;
}

static pa_status make_inputs(pa_comm *comm, const pa_inputs *inputs, const int64_t rows_of_file[],
                             const pa_reject_counts rejected_of_file[], char (*file_digest)[65],
                             pa_table *t, pa_error *err)
{
    size_t width = longest_name(inputs);
    pa_column_spec name = text_column("file", width, "base name of the file");
    pa_column_spec hash =
        text_column("digest", 64, "SHA-256 over the SHA-256 of its blocks of 1 MiB");
    size_t n = pa_table_size_small(t, pa_comm_rank(comm), inputs->n);
    void *file, *bytes, *rows, *rejected, *digest;
    PA_TRY(pa_table_add(t, &name, &file, err));
    PA_TRY(pa_table_add(t, &column_bytes, &bytes, err));
    PA_TRY(pa_table_add(t, &column_rows, &rows, err));
    PA_TRY(pa_table_add(t, &column_rejected, &rejected, err));
    PA_TRY(pa_table_add(t, &hash, &digest, err));
    for (size_t i = 0; i < n; i++) {
        const pa_input *in = &inputs->file[i];
        memcpy((char *)file + i * width, in->name, strlen(in->name));
        ((int64_t *)bytes)[i] = in->size;
        ((int64_t *)rows)[i] = rows_of_file[i];
        ((int64_t *)rejected)[i] = pa_rejects_in_all(rejected_of_file + i);
        memcpy((char *)digest + i * 64, file_digest[i], 64);
    }
    return PA_OK;
}

pa_status pa_ingest_side_tables(pa_comm *comm, const pa_inputs *inputs, const pa_csv_intake *parser,
                                const int64_t rows[], const pa_reject_counts rejected[],
                                char (*file_digest)[65], pa_ingest *g, pa_error *err)
{
    pa_status st = make_rejects(comm, parser, g->rows_rejected, &g->rejects, err);
    if (st == PA_OK) st = make_inputs(comm, inputs, rows, rejected, file_digest, &g->inputs, err);
    if (st == PA_OK) st = make_reasons(comm, &g->reject_reasons, err);
    return pa_agree(comm, st, err);
}
