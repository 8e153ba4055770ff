#include "paraudit/ingest/ingest.h"

#include <stdio.h>
#include <string.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

void pa_ingest_free(pa_ingest *g)
{
    pa_table *tables[] = {&g->transactions, &g->accounts, &g->merchants,
                          &g->inputs,       &g->rejects,  &g->reject_reasons};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) pa_table_free(tables[i]);
    for (size_t i = 0; i < g->n_lists; i++) pa_table_free(g->lists + i);
    pa_strings_free(&g->strings);
    pa_buffer_free(&g->notes);
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
    pa_text_start *start;
    pa_first_pass pass;
    pa_csv_intake parser;
    int64_t *rows, *rejected; /* by file; of all ranks in the end */
    pa_first_reject first;
    char (*file_digest)[65]; /* by file, on rank 0 */
    size_t read;             /* io.read_buffer */
    int64_t max_rejects;
} ingest_work;

static void free_work(ingest_work *w)
{
    pa_inputs_free(&w->inputs);
    pa_free(w->pieces);
    pa_free(w->start);
    pa_first_pass_free(&w->pass);
    pa_csv_intake_free(&w->parser);
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

static pa_status find_starts(pa_comm *comm, ingest_work *w, pa_error *err)
{
    pa_text_piece *piece = NULL;
    pa_status st = PA_NEW(piece, w->n_pieces, err);
    for (size_t i = 0; st == PA_OK && i < w->n_pieces; i++) {
        int32_t file = w->pieces[i].file;
        piece[i].file = file;
        piece[i].first_line = 1 + w->inputs.file[file].layout.newlines;
        piece[i].scan = w->pass.scan[i];
    }
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_text_starts(comm, piece, w->n_pieces, w->start, err);
    pa_free(piece);
    return st;
}

static pa_status first_pass(pa_comm *comm, pa_log *log, ingest_work *w, pa_ingest *g, pa_error *err)
{
    pa_status st = pa_ingest_scan(&w->inputs, w->pieces, w->n_pieces, w->read, log, &w->pass, err);
    PA_AGREE(comm, st, err);
    PA_TRY(pa_ingest_digests(comm, &w->inputs, &w->pass, &w->file_digest, g->input_digest, err));
    return find_starts(comm, w, err);
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
    pa_csv_intake *p = &w->parser;
    p->max_record = (size_t)pa_config_int(config, "input.max_record");
    p->keep_rejects = (size_t)w->max_rejects; /* with more the run stops anyway */
    p->time_form = pa_ingest_time_form(config);
    if (!pa_config_time(config, "input.time_start", &p->time_start)) p->time_start = 0;
    p->rows.has = w->inputs.has;
    p->numeric_names = w->inputs.numeric.data;
    PA_AGREE(comm, pa_ingest_words(config, p, err), err);
    /* Also where there is nothing to read: every rank has all columns. */
    pa_status st = pa_csv_reserve(&p->rows, most_rows(w) + 1, err);
    if (st == PA_OK) {
        st = pa_ingest_parse(&w->inputs, w->pieces, w->start, w->n_pieces, w->read, log, p, w->rows,
                             w->rejected, err);
    }
    pa_first_pass_free(&w->pass);
    return pa_agree(comm, st, err);
}

/* And then the ends of what is left, while rows are counted by rank. */
static pa_status reject_duplicates(pa_comm *comm, ingest_work *w, pa_ingest *g, pa_error *err)
{
    const pa_csv_intake *p = &w->parser;
    w->first = (pa_first_reject){.file = -1};
    if (p->n_rejected > 0) {
        w->first.file = p->first_file;
        w->first.line = p->first_line;
        snprintf(w->first.text, sizeof w->first.text, "%s", p->first_reject);
    }
    PA_TRY(pa_ingest_duplicates(comm, &w->inputs, &w->parser, w->rows, w->rejected, &w->first,
                                &g->rows_duplicate, err));
    PA_TRY(pa_ingest_ends(comm, &w->inputs, &w->parser.rows, w->rows, g, err));
    pa_sum_i64(comm, &g->rows_duplicate, 1);
    pa_sum_i64(comm, w->rows, w->inputs.n);
    pa_sum_i64(comm, w->rejected, w->inputs.n);
    return PA_OK;
}

/* Each rank tells of its own first reject; the smallest place wins. */
static pa_status blame_first_reject(const ingest_work *w, int64_t rejected, const char *consequence,
                                    pa_error *err)
{
    const pa_first_reject *first = &w->first;
    char more[80] = "";
    if (first->file < 0) return PA_OK;
    if (rejected > 1) {
        snprintf(more, sizeof more, "and %lld more rejected rows; ", (long long)rejected - 1);
    }
    return pa_fail_at(err, PA_E_DATA, first->file + 1, first->line, "%s:%lld: %s (%s%s)",
                      w->inputs.file[first->file].name, (long long)first->line, first->text, more,
                      consequence);
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

/* And are not the ids of their rows. */
static bool accounts_have_names(const pa_inputs *in)
{
    bool any = false;
    for (size_t i = 0; i < in->n; i++)
        any |= in->file[i].kind == PA_INPUT_H5 || in->file[i].layout.n_account > 0;
    return any;
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
    PA_TRY(reject_duplicates(comm, w, g, err));
    PA_TRY(check_counts(comm, w, g, err));
    PA_TRY(pa_ingest_labels(comm, &w->inputs, &w->parser, w->rows, w->rejected,
                            pa_config_real(config, "input.max_reject_share"), &g->notes, err));
    PA_TRY(pa_ingest_notes(comm, &w->inputs, &w->parser, &g->notes, err));
    PA_TRY(pa_ingest_side_tables(comm, &w->inputs, &w->parser, w->rows, w->rejected, w->file_digest,
                                 g, err));
    PA_TRY(pa_ingest_rows(comm, (int32_t)n_shards, pa_config_int(config, "input.max_codes"),
                          &w->parser, w->inputs.numeric.data, accounts_have_names(&w->inputs), g,
                          err));
    pa_log_event(
        log, "ingest",
        "files=%zu rows=%lld rejected=%lld duplicates=%lld accounts=%lld merchants=%lld digest=%s",
        w->inputs.n, (long long)g->rows_read - (long long)g->rows_rejected,
        (long long)g->rows_rejected, (long long)g->rows_duplicate, (long long)g->accounts.n_global,
        (long long)g->merchants.n_global, g->input_digest);
    return PA_OK;
}

pa_status pa_ingest_read(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest *g,
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
