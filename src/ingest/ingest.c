#include "paraudit/ingest/ingest.h"

#include <stdio.h>
#include <string.h>

#include "ingest_work.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/message.h"
#include "paraudit/ingest/rejects_csv.h"

void pa_ingest_free(pa_ingest *g)
{
    pa_table *tables[] = {&g->transactions, &g->accounts, &g->merchants,
                          &g->inputs,       &g->rejects,  &g->reject_reasons};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) pa_table_free(tables[i]);
    for (size_t i = 0; i < g->n_lists; i++) pa_table_free(g->lists + i);
    for (size_t i = 0; i < g->n_side; i++) pa_table_free(g->side + i);
    pa_strings_free(&g->strings);
    pa_buffer_free(&g->forms);
    pa_buffer_free(&g->notes);
    pa_partition *shards[] = {g->shards, g->account_shards, g->merchant_shards};
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++) {
        if (shards[i]) pa_partition_free(shards[i]);
        pa_free(shards[i]);
    }
    *g = (pa_ingest){0};
}

void pa_ingest_init(pa_ingest *g)
{
    *g = (pa_ingest){0};
    pa_table_init(&g->transactions, "transactions", "one row per transaction");
    pa_table_init(&g->accounts, "accounts", "one row per account");
    pa_table_init(&g->merchants, "merchants", "one row per merchant");
    pa_table_init(&g->inputs, "inputs", "the files that were read");
    pa_table_init(&g->rejects, "rejects", "rows of the input that could not be used");
    pa_table_init(&g->reject_reasons, "categories/reject_reason", "reasons for rejecting a row");
}

void pa_ingest_free_work(pa_ingest_work *w)
{
    pa_inputs_free(&w->inputs);
    pa_free(w->pieces);
    pa_free(w->start);
    pa_free(w->room);
    pa_first_pass_free(&w->pass);
    pa_csv_intake_free(&w->parser);
    pa_free(w->rows);
    pa_free(w->rejected);
    pa_free(w->amounts);
    pa_free(w->file_digest);
}

pa_status pa_ingest_check_shards(const pa_config *config, int64_t n_ranks, pa_error *err)
{
    int64_t n_shards = pa_config_int(config, "table.shards");
    if (n_shards >= 32 * n_ranks) return PA_OK;
    return pa_fail(
        err, PA_E_CONFIG,
        "table.shards is %lld, but %lld ranks need at least %lld (32 each): raise it, or "
        "start fewer ranks",
        (long long)n_shards, (long long)n_ranks, 32ll * n_ranks);
}

/* Rank 0 reads the zone for all: the data of another node may differ. */
pa_status pa_ingest_zone(pa_comm *comm, const pa_config *config, pa_zone *zone, bool *is_said,
                         pa_error *err)
{
    const char *name = pa_config_text(config, "input.time_zone");
    *is_said = *name != '\0';
    if (!*is_said) return PA_OK;
    bool root = pa_comm_rank(comm) == 0;
    PA_AGREE(comm, root ? pa_zone_read(name, "input.time_zone", zone, err) : PA_OK, err);
    pa_broadcast(comm, zone, sizeof *zone, 0);
    return PA_OK;
}

static pa_status cut_inputs(pa_comm *comm, const pa_config *config, pa_ingest_work *w,
                            pa_error *err)
{
    PA_TRY(PA_NEW(w->pieces, w->inputs.n, err));
    PA_TRY(PA_NEW(w->start, w->inputs.n, err));
    w->n_pieces = pa_inputs_cut(&w->inputs, pa_config_int(config, "io.block"), pa_comm_rank(comm),
                                pa_comm_size(comm), w->pieces);
    return PA_OK;
}

static pa_status new_counts(pa_ingest_work *w, pa_error *err)
{
    PA_TRY(PA_NEW(w->rows, w->inputs.n, err));
    PA_TRY(PA_NEW(w->rejected, w->inputs.n, err));
    return PA_NEW(w->amounts, w->inputs.n, err);
}

/* The parser knows how records look, so it is asked on the way. */
static void guide(void *work, size_t i, pa_text_way *way)
{
    pa_ingest_work *w = work;
    int32_t file = w->pieces[i].file;
    pa_csv_set_layout(&w->parser, &w->inputs.file[file].layout);
    way->file = pa_input_text(&w->inputs, file);
    way->rule = pa_csv_rule_of(&w->parser);
}

/* The text of a compressed file is not that of the piece: all of it is as if of the first. */
static pa_text_piece text_piece(const pa_ingest_work *w, size_t i)
{
    const pa_piece *p = &w->pieces[i];
    const pa_csv_layout *layout = &w->inputs.file[p->file].layout;
    bool packed = !pa_input_is_cut(&w->inputs.file[p->file]);
    int64_t begin = packed || p->begin < layout->length ? layout->length : p->begin;
    pa_text_piece piece;
    memset(&piece, 0, sizeof piece); /* what lies between its members travels, too */
    piece.file = p->file;
    piece.begin = begin;
    piece.end = packed ? INT64_MAX : p->end > begin ? p->end : begin;
    piece.first_line = 1 + layout->newlines;
    piece.scan = w->pass.scan[i];
    return piece;
}

static pa_status find_starts(pa_comm *comm, pa_ingest_work *w, pa_error *err)
{
    pa_text_piece *piece = NULL;
    pa_status st = PA_NEW(piece, w->n_pieces, err);
    for (size_t i = 0; st == PA_OK && i < w->n_pieces; i++) piece[i] = text_piece(w, i);
    st = pa_agree(comm, st, err);
    if (st == PA_OK) {
        st = pa_text_starts(comm, piece, w->n_pieces, guide, w, w->read, w->start, err);
    }
    pa_free(piece);
    return st;
}

static pa_status first_pass(pa_comm *comm, pa_log *log, pa_ingest_work *w, pa_ingest *g,
                            pa_error *err)
{
    pa_apart(comm);
    pa_status st = pa_ingest_scan(&w->inputs, w->pieces, w->n_pieces, w->read, log, &w->pass, err);
    PA_TRY(pa_rejoin(comm, st, err));
    PA_TRY(pa_ingest_digests(comm, &w->inputs, &w->pass, &w->file_digest, g->input_digest, err));
    return find_starts(comm, w, err);
}

/* At most a row a line: no growing, and what is not used is never touched. */
static size_t most_rows(const pa_ingest_work *w)
{
    int64_t n = 0;
    for (size_t i = 0; i < w->n_pieces; i++) n += w->pass.scan[i].line_ends + 2;
    return (size_t)n;
}

static pa_status set_up_parser(const pa_config *config, pa_ingest_work *w, pa_error *err)
{
    pa_csv_intake *p = &w->parser;
    p->max_record = (size_t)pa_config_int(config, "input.max_record");
    p->max_field_lines = pa_config_int(config, "input.max_field_lines");
    p->keep_rejects = (size_t)w->max_rejects; /* with more the run stops anyway */
    p->rows.has = w->inputs.has;
    p->numeric_names = w->inputs.numeric.data;
    PA_TRY(pa_ingest_words(config, p, err));
    return pa_csv_reserve(&p->rows, 1, err); /* every rank has all columns */
}

static pa_status parse(pa_comm *comm, pa_log *log, pa_ingest_work *w, pa_error *err)
{
    pa_apart(comm);
    pa_status st = pa_ingest_parse(comm, &w->inputs, w->pieces, w->start, w->n_pieces, w->read,
                                   w->room, log, &w->parser, w->rows, w->rejected, w->amounts, err);
    return pa_rejoin(comm, st, err);
}

static pa_status second_pass(pa_comm *comm, pa_log *log, pa_ingest_work *w, pa_error *err)
{
    pa_status st = pa_csv_reserve(&w->parser.rows, most_rows(w) + 1, err);
    pa_first_pass_free(&w->pass);
    bool dealt = false;
    for (size_t i = 0; i < w->n_pieces; i++) dealt |= w->pieces[i].n_ranks > 1;
    if (st == PA_OK && dealt) st = PA_NEW(w->room, PA_MESSAGE, err);
    PA_AGREE(comm, st, err);
    return parse(comm, log, w, err);
}

pa_status pa_ingest_begin_again(const pa_config *config, pa_ingest_work *w, pa_error *err)
{
    const pa_zone *zone = w->parser.zone;
    pa_csv_intake_free(&w->parser);
    memset(w->rows, 0, w->inputs.n * sizeof *w->rows);
    memset(w->rejected, 0, w->inputs.n * sizeof *w->rejected);
    memset(w->amounts, 0, w->inputs.n * sizeof *w->amounts);
    pa_status st = set_up_parser(config, w, err);
    w->parser.zone = zone;
    return st;
}

/* Amounts whose decimal mark only the whole of a file tells are read once more, if it is
 * not the one that was taken for it. */
static pa_status read_amounts_right(pa_comm *comm, const pa_config *config, pa_log *log,
                                    pa_ingest_work *w, pa_error *err)
{
    bool again;
    PA_TRY(pa_ingest_settle_amounts(comm, &w->inputs, w->amounts, &again, err));
    if (!again) return PA_OK;
    size_t room = w->parser.rows.room;
    pa_status st = pa_ingest_begin_again(config, w, err);
    if (st == PA_OK) st = pa_csv_reserve(&w->parser.rows, room, err);
    PA_AGREE(comm, st, err);
    return parse(comm, log, w, err);
}

/* And then the ends of what is left, while rows are counted by rank. */
static pa_status reject_duplicates(pa_comm *comm, pa_ingest_work *w, pa_ingest *g, pa_error *err)
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
    pa_sum_i64(comm, (int64_t *)(void *)w->rejected,
               w->inputs.n * sizeof *w->rejected / sizeof(int64_t));
    return PA_OK;
}

static pa_status count_rows(const pa_ingest_work *w, pa_ingest *g, pa_error *err)
{
    int64_t rows = 0;
    for (size_t i = 0; i < w->inputs.n; i++) {
        rows += w->rows[i];
        g->rows_rejected += pa_rejects_in_all(w->rejected + i);
    }
    g->rows_read = rows + g->rows_rejected;
    if (g->rows_read > 0) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s%s: no row behind the names of the columns",
                   w->inputs.file[0].name, w->inputs.n > 1 ? " and the other input files" : "");
}

static pa_status judge(pa_comm *comm, const pa_config *config, const pa_ingest_work *w,
                       const pa_ingest *g, pa_error *err)
{
    const pa_ingest_losses losses = {.inputs = &w->inputs,
                                     .parser = &w->parser,
                                     .rows = w->rows,
                                     .rejected = w->rejected,
                                     .first = &w->first,
                                     .n_rows = g->rows_read - g->rows_rejected,
                                     .n_rejected = g->rows_rejected,
                                     .max_rejects = w->max_rejects,
                                     .max_share = pa_config_real(config, "input.max_reject_share"),
                                     .part = w->part};
    return pa_ingest_judge(comm, &losses, err);
}

static pa_status list_files(pa_comm *comm, pa_ingest_work *w, pa_ingest *g, pa_error *err)
{
    PA_TRY(pa_ingest_order_rejects(comm, w->pieces, w->n_pieces, &w->parser, err));
    return pa_ingest_side_tables(comm, &w->inputs, &w->parser, w->rows, w->rejected, w->file_digest,
                                 g, err);
}

/* What is wrong with the rows is said already: a list that cannot be written is no news. */
static void list_rejects(pa_comm *comm, pa_log *log, const char *path, const pa_standing *standing,
                         pa_ingest_work *w, pa_ingest *g)
{
    pa_error err = {0};
    pa_status st = list_files(comm, w, g, &err);
    if (st == PA_OK)
        st = pa_write_rejects_csv(comm, path, standing, &g->rejects, &g->inputs, &g->reject_reasons,
                                  &err);
    if (st == PA_OK) pa_log_say(log, "%s lists the rejected rows", path);
}

/* What is left of the labels, once rows are counted. */
static pa_status judge_labels(pa_comm *comm, const pa_config *config, pa_ingest_work *w,
                              pa_ingest *g, pa_error *err)
{
    int64_t *rejected = NULL;
    pa_status st = pa_agree(comm, PA_NEW(rejected, w->inputs.n, err), err);
    for (size_t i = 0; st == PA_OK && i < w->inputs.n; i++) {
        for (int r = 0; r < PA_REJECT_N; r++) rejected[i] += w->rejected[i].n[r];
    }
    if (st == PA_OK) {
        st = pa_ingest_labels(comm, &w->inputs, &w->parser, w->rows, rejected,
                              pa_config_real(config, "input.max_reject_share"), &g->notes, err);
    }
    pa_free(rejected);
    return st;
}

/* And are not the ids of their rows. */
static bool accounts_have_names(const pa_inputs *in)
{
    bool any = false;
    for (size_t i = 0; i < in->n; i++)
        any |= in->file[i].kind == PA_INPUT_H5 || in->file[i].layout.n_account > 0;
    return any;
}

pa_status pa_ingest_open(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest_work *w,
                         pa_error *err)
{
    PA_TRY(pa_ingest_check_shards(config, pa_comm_size(comm), err));
    w->read = (size_t)pa_config_int(config, "io.read_buffer");
    w->max_rejects = pa_config_int(config, "input.max_rejects");
    w->encoding_is_said = *pa_config_text(config, "input.encoding") != '\0';
    return pa_inputs_open(comm, config, log, &w->inputs, err);
}

pa_status pa_ingest_begin(pa_comm *comm, const pa_config *config, pa_ingest_work *w, pa_error *err)
{
    pa_status st = new_counts(w, err);
    if (st == PA_OK) st = set_up_parser(config, w, err);
    PA_AGREE(comm, st, err);
    bool is_said;
    PA_TRY(pa_ingest_zone(comm, config, &w->zone, &is_said, err));
    if (is_said) w->parser.zone = &w->zone;
    return PA_OK;
}

pa_status pa_ingest_sift(pa_comm *comm, pa_ingest_work *w, pa_ingest *g, pa_error *err)
{
    if (!w->encoding_is_said)
        PA_TRY(pa_ingest_check_encoding(comm, &w->inputs, &w->parser, w->rows, err));
    PA_TRY(pa_ingest_tell_forms(&w->inputs, &g->forms, err));
    PA_TRY(pa_ingest_note_amounts(comm, &w->inputs, w->amounts, &g->notes, err));
    PA_TRY(reject_duplicates(comm, w, g, err));
    return count_rows(w, g, err);
}

pa_status pa_ingest_finish(pa_comm *comm, const pa_config *config, pa_log *log,
                           const char *rejects_csv, const pa_standing *standing, pa_ingest_work *w,
                           pa_ingest *g, pa_error *err)
{
    pa_status st = judge(comm, config, w, g, err);
    if (st == PA_OK) st = judge_labels(comm, config, w, g, err);
    if (st != PA_OK && st != PA_E_AGAIN && rejects_csv)
        list_rejects(comm, log, rejects_csv, standing, w, g);
    PA_TRY(st);
    PA_TRY(pa_ingest_notes(comm, &w->inputs, &w->parser, &g->notes, err));
    PA_TRY(list_files(comm, w, g, err));
    return pa_ingest_rows(comm, (int32_t)pa_config_int(config, "table.shards"),
                          pa_config_int(config, "input.max_codes"), &w->parser,
                          w->inputs.numeric.data, accounts_have_names(&w->inputs), g, err);
}

static pa_status ingest_all(pa_comm *comm, const pa_config *config, pa_log *log,
                            const char *rejects_csv, const pa_standing *standing, pa_ingest_work *w,
                            pa_ingest *g, pa_error *err)
{
    PA_TRY(pa_ingest_open(comm, config, log, w, err));
    PA_AGREE(comm, cut_inputs(comm, config, w, err), err);
    PA_TRY(pa_ingest_begin(comm, config, w, err));
    PA_TRY(first_pass(comm, log, w, g, err));
    PA_TRY(second_pass(comm, log, w, err));
    pa_log_part(log, "ingest: rows");
    PA_TRY(read_amounts_right(comm, config, log, w, err));
    PA_TRY(pa_ingest_sift(comm, w, g, err));
    PA_TRY(pa_ingest_finish(comm, config, log, rejects_csv, standing, w, g, err));
    pa_log_event(
        log, "ingest",
        "files=%zu rows=%lld rejected=%lld duplicates=%lld accounts=%lld merchants=%lld digest=%s",
        w->inputs.n, (long long)g->rows_read - (long long)g->rows_rejected,
        (long long)g->rows_rejected, (long long)g->rows_duplicate, (long long)g->accounts.n_global,
        (long long)g->merchants.n_global, g->input_digest);
    return PA_OK;
}

pa_status pa_ingest_read_listing(pa_comm *comm, const pa_config *config, pa_log *log,
                                 const char *rejects_csv, const pa_standing *standing, pa_ingest *g,
                                 pa_error *err)
{
    pa_ingest_work w = {0};
    pa_ingest_init(g);
    pa_status st = ingest_all(comm, config, log, rejects_csv, standing, &w, g, err);
    pa_ingest_free_work(&w);
    if (st != PA_OK) pa_ingest_free(g);
    return st;
}

pa_status pa_ingest_read(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest *g,
                         pa_error *err)
{
    return pa_ingest_read_listing(comm, config, log, NULL, NULL, g, err);
}
