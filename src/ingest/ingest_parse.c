/* The second pass: pieces to the parser. */
#include "ingest_parts.h"
#include "paraudit/base/stop.h"
#include "paraudit/text/deal.h"

typedef struct {
    pa_comm *comm;
    pa_text_window text;
    char *room; /* for messages */
    pa_log *log;
    int64_t done, total; /* bytes of pieces as they lie on the disk, for the log */
} reader;

static void show_progress(const reader *r, int64_t done)
{
    pa_log_progress(r->log, "ingest: parse", done < r->total ? done : r->total, r->total);
}

static pa_status parse_text(reader *r, const pa_piece *p, int64_t end, pa_csv_intake *parser,
                            pa_error *err)
{
    pa_text_window *w = &r->text;
    for (bool more = w->at < end; more; more = (w->at < end || parser->lost) && !w->ended) {
        size_t used;
        PA_TRY(pa_stop_poll(err));
        PA_TRY(pa_window_read(w, end, err));
        size_t own = pa_window_own(w, end);
        PA_TRY(pa_csv_parse(parser, w->buffer, w->n, own, w->ended, &used, err));
        pa_window_drop(w, used);
        int64_t done = pa_window_done(w);
        show_progress(r, r->done + (done < p->end ? done : p->end) - p->begin);
    }
    return PA_OK;
}

/* A stream that is not dealt is one piece, however long its text. */
static pa_status parse_csv(reader *r, const pa_inputs *in, const pa_piece *p, int64_t begin,
                           pa_csv_intake *parser, pa_error *err)
{
    const pa_text_file f = pa_input_text(in, p->file);
    int64_t end = pa_text_is_stream(&f) ? INT64_MAX : p->end;
    if (begin >= end) return PA_OK;
    pa_status st = pa_window_open(&r->text, &f, begin, err);
    if (st == PA_OK) st = parse_text(r, p, end, parser, err);
    pa_window_close(&r->text);
    return st;
}

/* What is dealt to this rank. */
typedef struct {
    reader *r;
    const pa_piece *piece;
    double share; /* bytes of the piece a byte of the file */
    pa_csv_intake *parser;
} receiver;

static pa_status parse_dealt(void *taker, const pa_dealt *t, size_t *used, pa_error *err)
{
    receiver *to = taker;
    pa_csv_intake *parser = to->parser;
    if (t->fresh) {
        PA_ASSERT(!parser->lost);
        parser->at = t->at;
        parser->line = t->line;
        parser->state = PA_CSV_RECORD;
    }
    show_progress(to->r, to->r->done + (int64_t)(to->share * (double)t->done));
    return pa_csv_parse(parser, t->text, t->n, t->own, t->last, used, err);
}

static pa_status deal_piece(reader *r, const pa_inputs *in, const pa_piece *p, pa_status was,
                            pa_csv_intake *parser, pa_error *err)
{
    const pa_input *f = &in->file[p->file];
    const pa_text_file file = pa_input_text(in, p->file);
    const pa_text_dealing dealing = {.file = &file,
                                     .rule = pa_csv_rule_of(parser),
                                     .begin = f->layout.length,
                                     .line = 1 + f->layout.newlines,
                                     .first_rank = p->first_rank,
                                     .n_ranks = p->n_ranks,
                                     .block = r->text.read};
    receiver to = {r, p, (double)(p->end - p->begin) / (double)f->size, parser};
    return pa_text_deal(r->comm, &dealing, was, parse_dealt, &to, r->room, err);
}

/* was: what has failed before; others may wait all the same. */
static pa_status parse_piece(reader *r, const pa_inputs *in, const pa_piece *p,
                             const pa_text_start *start, pa_status was, pa_csv_intake *parser,
                             pa_error *err)
{
    const pa_input *f = &in->file[p->file];
    pa_csv_set_layout(parser, &f->layout);
    parser->file = p->file;
    parser->at = start->begin;
    parser->line = start->line;
    parser->state = start->state;
    parser->lost = false;
    parser->amounts = (pa_amount_tally){0};
    parser->lone = parser->rounded = (pa_csv_example){0};
    if (p->n_ranks > 1) return deal_piece(r, in, p, was, parser, err);
    if (was != PA_OK) return was;
    if (f->kind != PA_INPUT_H5) return parse_csv(r, in, p, start->begin, parser, err);
    const pa_progress progress = {r->log, r->done, r->done + p->end - p->begin, r->total};
    return pa_ingest_h5_parse(in, p, r->text.read, progress, parser, err);
}

pa_status pa_ingest_parse(pa_comm *comm, const pa_inputs *in, const pa_piece pieces[],
                          const pa_text_start start[], size_t n, size_t read, char *room,
                          pa_log *log, pa_csv_intake *parser, int64_t rows[],
                          pa_reject_counts rejected[], pa_file_amounts amounts[], pa_error *err)
{
    reader r = {.comm = comm, .text = {.read = read}, .room = room, .log = log};
    r.total = pa_pieces_bytes(pieces, n);
    pa_status st = PA_OK;
    for (size_t i = 0; i < n; i++) {
        int64_t rows_before = (int64_t)parser->rows.n;
        parser->by_reason = (pa_reject_counts){.within = 0};
        st = parse_piece(&r, in, &pieces[i], &start[i], st, parser, err);
        r.done += pieces[i].end - pieces[i].begin;
        show_progress(&r, r.done);
        rows[pieces[i].file] += (int64_t)parser->rows.n - rows_before;
        for (int k = 0; k < PA_REJECT_N; k++)
            rejected[pieces[i].file].n[k] += parser->by_reason.n[k];
        rejected[pieces[i].file].within += parser->by_reason.within;
        amounts[pieces[i].file] = (pa_file_amounts){parser->amounts, parser->lone, parser->rounded};
    }
    pa_window_free(&r.text);
    return st;
}
