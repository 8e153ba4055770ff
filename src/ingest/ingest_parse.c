#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "text_window.h"

typedef struct {
    int32_t file;
    pa_csv_scan scan;
} piece_scan;

/* Walks all pieces in order and keeps the starts of number `mine` and on. */
static void find_starts(const pa_inputs *in, const piece_scan all[], size_t mine, size_t n,
                        pa_piece_start start[])
{
    pa_piece_start at = {PA_CSV_RECORD, 1};
    for (size_t i = 0; i < mine + n; i++) {
        if (i == 0 || all[i].file != all[i - 1].file) {
            at = (pa_piece_start){PA_CSV_RECORD, 1 + in->file[all[i].file].layout.newlines};
        }
        if (i >= mine) start[i - mine] = at;
        at.state = (pa_csv_state)all[i].scan.to[at.state];
        at.line += all[i].scan.newlines;
    }
}

/* A piece takes a few dozen bytes and there are at most files + ranks of them,
 * so everyone gets all. */
pa_status pa_ingest_starts(pa_comm *comm, const pa_inputs *in, const pa_piece pieces[], size_t n,
                           const pa_csv_scan scan[], pa_piece_start start[], pa_error *err)
{
    piece_scan *own = NULL;
    void *all = NULL;
    size_t bytes = 0;
    int64_t mine = pa_sum_before_i64(comm, (int64_t)n);
    pa_status st = pa_agree(comm, PA_NEW(own, n, err), err);
    if (st != PA_OK) goto out;
    for (size_t i = 0; i < n; i++) {
        own[i].file = pieces[i].file;
        own[i].scan = scan[i];
    }
    PA_GOTO(pa_gather_all(comm, own, n * sizeof *own, &all, &bytes, err));
    find_starts(in, all, (size_t)mine, n, start);
out:
    pa_free(own);
    pa_free(all);
    return st;
}

typedef struct {
    pa_text_window text;
    pa_unpack *unpack; /* of a compressed file, whose text is what it unpacks to */
    bool ended;        /* unpack has no more */
    pa_log *log;
    int64_t done, total; /* bytes of pieces as they lie on the disk, for the log */
} reader;

static pa_status unpack_more(reader *r, pa_error *err)
{
    pa_text_window *w = &r->text;
    size_t n = pa_window_step(w, w->read), got;
    PA_TRY(pa_window_make_room(w, &n, err));
    PA_TRY(pa_unpack_read(r->unpack, w->buffer + w->n, n, &got, err));
    r->ended = got < n;
    w->n += got;
    return PA_OK;
}

static void show_progress(const reader *r, int64_t done)
{
    pa_log_progress(r->log, "ingest: parse", done < r->total ? done : r->total, r->total);
}

static pa_status parse_text(reader *r, const pa_piece *p, pa_csv_parser *parser, pa_error *err)
{
    pa_text_window *w = &r->text;
    int64_t size = w->inputs->file[w->file].size, length = parser->layout.length;
    w->at = p->begin > length ? p->begin : length;
    while (w->at < p->end) {
        size_t used;
        PA_TRY(pa_window_read(w, p->end, err));
        bool last = w->at + (int64_t)w->n == size;
        PA_TRY(pa_csv_parse(parser, w->buffer, w->n, (size_t)(p->end - w->at), last, &used, err));
        pa_window_drop(w, used);
        show_progress(r, r->done + (w->at < p->end ? w->at : p->end) - p->begin);
    }
    return PA_OK;
}

static pa_status pass_header(reader *r, int64_t length, pa_error *err)
{
    pa_text_window *w = &r->text;
    w->at = 0;
    while (w->at < length && !r->ended) {
        PA_TRY(unpack_more(r, err));
        int64_t left = length - w->at;
        pa_window_drop(w, left < (int64_t)w->n ? (size_t)left : w->n);
    }
    return PA_OK;
}

static pa_status parse_unpacked(reader *r, pa_csv_parser *parser, pa_error *err)
{
    pa_text_window *w = &r->text;
    PA_TRY(pass_header(r, parser->layout.length, err));
    do {
        size_t used;
        if (!r->ended) PA_TRY(unpack_more(r, err));
        PA_TRY(pa_csv_parse(parser, w->buffer, w->n, w->n, r->ended, &used, err));
        pa_window_drop(w, used);
        show_progress(r, r->done + pa_unpack_done(r->unpack));
    } while (!r->ended);
    return PA_OK;
}

static pa_status parse_packed(reader *r, const pa_piece *p, pa_csv_parser *parser, pa_error *err)
{
    const pa_text_window *w = &r->text;
    const pa_input *f = &w->inputs->file[p->file];
    PA_TRY(
        pa_unpack_new(w->fd, pa_input_packing(f), f->name, p->file + 1, w->read, &r->unpack, err));
    r->ended = false;
    pa_status st = parse_unpacked(r, parser, err);
    pa_unpack_free(r->unpack);
    return st;
}

static pa_status parse_file(reader *r, const pa_piece *p, const pa_piece_start *start,
                            pa_csv_parser *parser, pa_error *err)
{
    pa_text_window *w = &r->text;
    const pa_input *f = &w->inputs->file[p->file];
    w->file = p->file;
    w->n = 0;
    parser->layout = f->layout;
    parser->file = p->file;
    parser->line = start->line;
    parser->state = start->state;
    if (f->kind == PA_INPUT_H5) {
        const pa_progress progress = {r->log, r->done, r->done + p->end - p->begin, r->total};
        return pa_ingest_h5_parse(w->inputs, p, w->read, progress, parser, err);
    }
    PA_TRY(pa_input_open(w->inputs, p->file, &w->fd, err));
    pa_status st =
        f->kind == PA_INPUT_PLAIN ? parse_text(r, p, parser, err) : parse_packed(r, p, parser, err);
    close(w->fd);
    return st;
}

pa_status pa_ingest_parse(const pa_inputs *in, const pa_piece pieces[],
                          const pa_piece_start start[], size_t n, size_t read, pa_log *log,
                          pa_csv_parser *parser, int64_t rows[], int64_t rejected[], pa_error *err)
{
    reader r = {.text = {.inputs = in, .read = read, .room = read}, .log = log};
    r.total = pa_pieces_bytes(pieces, n);
    PA_TRY(PA_NEW(r.text.buffer, r.text.room, err));
    pa_status st = PA_OK;
    for (size_t i = 0; i < n && st == PA_OK; i++) {
        int64_t rows_before = (int64_t)parser->rows.n, rejected_before = parser->n_rejected;
        st = parse_file(&r, &pieces[i], &start[i], parser, err);
        r.done += pieces[i].end - pieces[i].begin;
        show_progress(&r, r.done);
        rows[pieces[i].file] += (int64_t)parser->rows.n - rows_before;
        rejected[pieces[i].file] += parser->n_rejected - rejected_before;
    }
    pa_free(r.text.buffer);
    return st;
}
