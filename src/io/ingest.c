#include "paraudit/io/ingest.h"

#include <stdio.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

const pa_option_spec pa_ingest_options[] = {
    {.key = "input.files",
     .type = PA_OPTION_TEXT,
     .meaning = "CSV files: names and patterns such as tx-*.csv, separated by blanks or commas",
     .run_only = true},
    {.key = "input.preset",
     .type = PA_OPTION_CHOICE,
     .fallback = "generic",
     .choices = "generic|handbook",
     .meaning = "column names of a known data set"},
    {.key = "input.tx",
     .type = PA_OPTION_TEXT,
     .fallback = "tx",
     .meaning = "column with the transaction id, a whole number"},
    {.key = "input.account",
     .type = PA_OPTION_TEXT,
     .fallback = "account",
     .meaning = "column with the account or card"},
    {.key = "input.merchant",
     .type = PA_OPTION_TEXT,
     .fallback = "merchant",
     .meaning = "column with the merchant or terminal"},
    {.key = "input.time",
     .type = PA_OPTION_TEXT,
     .fallback = "time",
     .meaning = "column with the time, as 2018-07-25 13:05:59 or in seconds"},
    {.key = "input.amount",
     .type = PA_OPTION_TEXT,
     .fallback = "amount",
     .meaning = "column with the amount, to hundredths"},
    {.key = "input.label",
     .type = PA_OPTION_TEXT,
     .fallback = "label",
     .meaning = "column that says 1 for fraud, 0 for none, nothing where it is not known; empty: "
                "there is no such column"},
    {.key = "input.max_rejects",
     .type = PA_OPTION_INT,
     .fallback = "1000",
     .max = 1e9,
     .unit = "rows",
     .meaning = "rows that may be unusable before the run stops"},
    {.key = "input.max_record",
     .type = PA_OPTION_BYTES,
     .fallback = "1M",
     .min = 1,
     .max = 1 << 30,
     .unit = "bytes",
     .meaning = "longest record; longer ones are rejected"},
    {.key = "table.shards",
     .type = PA_OPTION_INT,
     .fallback = "32768",
     .min = 1,
     .max = 1 << 24,
     .meaning = "parts that accounts are hashed to, at least 32 for each rank; part of the result"},
    {.key = "io.block",
     .type = PA_OPTION_BYTES,
     .fallback = "1M",
     .min = 1,
     .max = 1ll << 40,
     .unit = "bytes",
     .meaning = "files are cut among ranks at multiples of this",
     .run_only = true},
    {.key = "io.read_buffer",
     .type = PA_OPTION_BYTES,
     .fallback = "4M",
     .min = 1,
     .max = 1 << 30,
     .unit = "bytes",
     .meaning = "bytes read at a time",
     .run_only = true},
    {0},
};

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

void pa_ingest_free(pa_ingest *g)
{
    pa_table *tables[] = {&g->transactions, &g->accounts, &g->merchants,
                          &g->inputs,       &g->rejects,  &g->reject_reasons};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) pa_table_free(tables[i]);
    pa_partition *shards[] = {g->shards, g->account_shards, g->merchant_shards};
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++) {
        if (shards[i]) pa_partition_free(shards[i]);
        pa_free(shards[i]);
    }
    *g = (pa_ingest){0};
}

static void init_tables(pa_ingest *g)
{
    pa_table_init(&g->transactions, "transactions", "one row per transaction");
    pa_table_init(&g->accounts, "accounts", "one row per account");
    pa_table_init(&g->merchants, "merchants", "one row per merchant");
    pa_table_init(&g->inputs, "inputs", "the files that were read");
    pa_table_init(&g->rejects, "rejects", "rows of the input that could not be used");
    pa_table_init(&g->reject_reasons, "categories/reject_reason", "reasons for rejecting a row");
}

/* What the ingest works with, between the passes. */
typedef struct {
    pa_inputs inputs;
    pa_piece *pieces; /* of this rank */
    size_t n_pieces;
    pa_piece_start *start;
    pa_first_pass pass;
    pa_csv_parser parser;
    int64_t *rows, *rejected; /* by file; of all ranks in the end */
    char (*file_digest)[65];  /* by file, on rank 0 */
    size_t read;              /* io.read_buffer */
    int64_t max_rejects;
} ingest_work;

static void free_work(ingest_work *w)
{
    pa_inputs_free(&w->inputs);
    pa_free(w->pieces);
    pa_free(w->start);
    pa_first_pass_free(&w->pass);
    pa_csv_parser_free(&w->parser);
    pa_free(w->rows);
    pa_free(w->rejected);
    pa_free(w->file_digest);
}

static pa_status check_shards(int64_t n_shards, int n_ranks, pa_error *err)
{
    if (n_shards >= 32 * (int64_t)n_ranks) return PA_OK;
    return pa_fail(err, PA_E_CONFIG,
                   "table.shards is %lld, but %d ranks need at least %lld (32 each): raise it, or "
                   "start fewer ranks",
                   (long long)n_shards, n_ranks, 32ll * n_ranks);
}

static pa_status cut_inputs(pa_comm *comm, const pa_config *config, ingest_work *w, pa_error *err)
{
    size_t n = w->inputs.n;
    PA_TRY(PA_NEW(w->pieces, n, err));
    PA_TRY(PA_NEW(w->start, n, err));
    PA_TRY(PA_NEW(w->rows, n, err));
    PA_TRY(PA_NEW(w->rejected, n, err));
    w->n_pieces = pa_inputs_cut(&w->inputs, pa_config_int(config, "io.block"), pa_comm_rank(comm),
                                pa_comm_size(comm), w->pieces);
    return PA_OK;
}

static pa_status first_pass(pa_comm *comm, pa_log *log, ingest_work *w, pa_ingest *g, pa_error *err)
{
    pa_status st = pa_ingest_scan(&w->inputs, w->pieces, w->n_pieces, w->read, log, &w->pass, err);
    PA_AGREE(comm, st, err);
    PA_TRY(pa_ingest_digests(comm, &w->inputs, &w->pass, &w->file_digest, g->input_digest, err));
    return pa_ingest_starts(comm, &w->inputs, w->pieces, w->n_pieces, w->pass.scan, w->start, err);
}

/* At most a row a line: no growing, and what is not used is never touched. */
static size_t most_rows(const ingest_work *w)
{
    int64_t n = 0;
    for (size_t i = 0; i < w->n_pieces; i++) n += w->pass.scan[i].newlines + 1;
    return (size_t)n;
}

static pa_status second_pass(pa_comm *comm, const pa_config *config, pa_log *log, ingest_work *w,
                             pa_error *err)
{
    pa_csv_parser *p = &w->parser;
    p->max_record = (size_t)pa_config_int(config, "input.max_record");
    p->keep_rejects = (size_t)w->max_rejects; /* with more the run stops anyway */
    pa_status st = pa_csv_reserve(&p->rows, most_rows(w), err);
    if (st == PA_OK) {
        st = pa_ingest_parse(&w->inputs, w->pieces, w->start, w->n_pieces, w->read, log, p, w->rows,
                             w->rejected, err);
    }
    pa_first_pass_free(&w->pass);
    PA_AGREE(comm, st, err);
    pa_sum_i64(comm, w->rows, w->inputs.n);
    pa_sum_i64(comm, w->rejected, w->inputs.n);
    return PA_OK;
}

/* Each rank tells of its own first reject; the smallest place wins. */
static pa_status blame_first_reject(const ingest_work *w, int64_t rejected, const char *consequence,
                                    pa_error *err)
{
    const pa_csv_parser *p = &w->parser;
    char more[80] = "";
    if (p->n_rejected == 0) return PA_OK;
    if (rejected > 1) {
        snprintf(more, sizeof more, "and %lld more rejected rows; ", (long long)rejected - 1);
    }
    return pa_fail_at(err, PA_E_DATA, p->first_file + 1, p->first_line, "%s:%lld: %s (%s%s)",
                      w->inputs.file[p->first_file].name, (long long)p->first_line, p->first_reject,
                      more, consequence);
}

static pa_status check_counts(pa_comm *comm, const ingest_work *w, pa_ingest *g, pa_error *err)
{
    int64_t rows = 0;
    for (size_t i = 0; i < w->inputs.n; i++) {
        rows += w->rows[i];
        g->rows_rejected += w->rejected[i];
    }
    g->rows_read = rows + g->rows_rejected;
    char consequence[64] = "no row could be used";
    if (g->rows_rejected > w->max_rejects) {
        snprintf(consequence, sizeof consequence, "input.max_rejects is %lld",
                 (long long)w->max_rejects);
    } else if (rows > 0) {
        return PA_OK;
    }
    if (g->rows_rejected > 0) {
        return pa_agree(comm, blame_first_reject(w, g->rows_rejected, consequence, err), err);
    }
    return pa_fail(err, PA_E_DATA, "%s%s: no row behind the names of the columns",
                   w->inputs.file[0].name, w->inputs.n > 1 ? " and the other input files" : "");
}

static pa_status make_rejects(const pa_csv_parser *p, int64_t first, int64_t n_global, pa_table *t,
                              pa_error *err)
{
    void *file, *line, *reason;
    pa_table_size(t, first, p->n_kept, n_global);
    PA_TRY(pa_table_add(t, &column_file, &file, err));
    PA_TRY(pa_table_add(t, &column_line, &line, err));
    PA_TRY(pa_table_add(t, &column_reason, &reason, err));
    for (size_t i = 0; i < p->n_kept; i++) {
        ((int32_t *)file)[i] = p->rejects[i].file;
        ((int64_t *)line)[i] = p->rejects[i].line;
        ((int8_t *)reason)[i] = (int8_t)p->rejects[i].reason;
    }
    return PA_OK;
}

/* The rows of a table that is small: all of them on rank 0. */
static size_t on_rank_0(pa_comm *comm, pa_table *t, size_t n)
{
    size_t here = pa_comm_rank(comm) == 0 ? n : 0;
    pa_table_size(t, here ? 0 : (int64_t)n, here, (int64_t)n);
    return here;
}

static pa_status make_reasons(pa_comm *comm, pa_table *t, pa_error *err)
{
    size_t width = 0;
    for (int i = 0; i < PA_REJECT_N; i++) {
        size_t n = strlen(pa_reject_reason_names[i]);
        if (n > width) width = n;
    }
    pa_column_spec name = text_column("reject_reason", width, "reason for rejecting a row");
    size_t n = on_rank_0(comm, t, PA_REJECT_N);
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

static pa_status make_inputs(pa_comm *comm, const ingest_work *w, pa_table *t, pa_error *err)
{
    size_t width = longest_name(&w->inputs);
    pa_column_spec name = text_column("file", width, "base name of the file");
    pa_column_spec hash =
        text_column("digest", 64, "SHA-256 over the SHA-256 of its blocks of 1 MiB");
    size_t n = on_rank_0(comm, t, w->inputs.n);
    void *file, *bytes, *rows, *rejected, *digest;
    PA_TRY(pa_table_add(t, &name, &file, err));
    PA_TRY(pa_table_add(t, &column_bytes, &bytes, err));
    PA_TRY(pa_table_add(t, &column_rows, &rows, err));
    PA_TRY(pa_table_add(t, &column_rejected, &rejected, err));
    PA_TRY(pa_table_add(t, &hash, &digest, err));
    for (size_t i = 0; i < n; i++) {
        const pa_input *in = &w->inputs.file[i];
        memcpy((char *)file + i * width, in->name, strlen(in->name));
        ((int64_t *)bytes)[i] = in->size;
        ((int64_t *)rows)[i] = w->rows[i];
        ((int64_t *)rejected)[i] = w->rejected[i];
        memcpy((char *)digest + i * 64, w->file_digest[i], 64);
    }
    return PA_OK;
}

static pa_status make_side_tables(pa_comm *comm, const ingest_work *w, pa_ingest *g, pa_error *err)
{
    int64_t first = pa_sum_before_i64(comm, w->parser.n_rejected);
    pa_status st = make_rejects(&w->parser, first, g->rows_rejected, &g->rejects, err);
    if (st == PA_OK) st = make_inputs(comm, w, &g->inputs, err);
    if (st == PA_OK) st = make_reasons(comm, &g->reject_reasons, err);
    return pa_agree(comm, st, err);
}

static pa_status ingest_all(pa_comm *comm, const pa_config *config, pa_log *log, ingest_work *w,
                            pa_ingest *g, pa_error *err)
{
    int64_t n_shards = pa_config_int(config, "table.shards");
    PA_TRY(check_shards(n_shards, pa_comm_size(comm), err));
    w->read = (size_t)pa_config_int(config, "io.read_buffer");
    w->max_rejects = pa_config_int(config, "input.max_rejects");
    PA_TRY(pa_inputs_open(comm, config, log, &w->inputs, err));
    PA_AGREE(comm, cut_inputs(comm, config, w, err), err);
    PA_TRY(first_pass(comm, log, w, g, err));
    PA_TRY(second_pass(comm, config, log, w, err));
    PA_TRY(check_counts(comm, w, g, err));
    PA_TRY(make_side_tables(comm, w, g, err));
    PA_TRY(pa_ingest_rows(comm, (int32_t)n_shards, &w->parser, g, err));
    pa_log_event(log, "ingest",
                 "files=%zu rows=%lld rejected=%lld accounts=%lld merchants=%lld digest=%s",
                 w->inputs.n, (long long)g->rows_read - (long long)g->rows_rejected,
                 (long long)g->rows_rejected, (long long)g->accounts.n_global,
                 (long long)g->merchants.n_global, g->input_digest);
    return PA_OK;
}

pa_status pa_ingest_csv(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest *g,
                        pa_error *err)
{
    ingest_work w = {0};
    *g = (pa_ingest){0};
    init_tables(g);
    pa_status st = ingest_all(comm, config, log, &w, g, err);
    free_work(&w);
    if (st != PA_OK) pa_ingest_free(g);
    return st;
}
