#include <string.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"

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

/* A window on the text of a file: bytes [at, at + n) are in the buffer. */
typedef struct {
    const pa_inputs *inputs;
    int32_t file;
    int fd;
    pa_unpack *unpack; /* of a compressed file, whose text is what it unpacks to */
    bool ended;        /* unpack has no more */
    size_t read;       /* bytes asked for at a time */
    char *buffer;
    size_t n, room;
    int64_t at;
    pa_log *log;
    int64_t done, total; /* bytes of pieces as they lie on the disk, for the log */
} window;

/* Behind the end of a piece only its last record is wanted. */
enum { READ_ON = 65536 };

/* How much of n bytes more there is room for; one record that fills the buffer
 * doubles it. */
static pa_status make_room(window *w, size_t *n, pa_error *err)
{
    if (w->room == w->n) {
        char *grown = pa_realloc(w->buffer, w->room * 2, 1, err);
        if (!grown) return PA_E_MEMORY;
        w->buffer = grown;
        w->room *= 2;
    }
    if (*n > w->room - w->n) *n = w->room - w->n;
    return PA_OK;
}

/* A record of which the buffer holds only a part is looked at again from its
 * first byte: then as much more is read, for else a long one would take the square
 * of its length. */
static int64_t as_much_again(const window *w, size_t least)
{
    return (int64_t)(w->n > least ? w->n : least);
}

static pa_status read_more(window *w, int64_t end, pa_error *err)
{
    int64_t from = w->at + (int64_t)w->n, size = w->inputs->file[w->file].size;
    int64_t want = from < end ? end - from : as_much_again(w, READ_ON);
    if (want > as_much_again(w, w->read)) want = as_much_again(w, w->read);
    if (want > size - from) want = size - from;
    size_t n = (size_t)want;
    if (n > w->room - w->n) PA_TRY(make_room(w, &n, err));
    PA_TRY(pa_input_read(w->inputs, w->file, w->fd, from, w->buffer + w->n, n, err));
    w->n += n;
    return PA_OK;
}

static pa_status unpack_more(window *w, pa_error *err)
{
    size_t n = (size_t)as_much_again(w, w->read), got;
    PA_TRY(make_room(w, &n, err));
    PA_TRY(pa_unpack_read(w->unpack, w->buffer + w->n, n, &got, err));
    w->ended = got < n;
    w->n += got;
    return PA_OK;
}

static void show_progress(const window *w, int64_t done)
{
    pa_log_progress(w->log, "ingest: parse", done < w->total ? done : w->total, w->total);
}

static void drop(window *w, size_t used)
{
    memmove(w->buffer, w->buffer + used, w->n - used);
    w->n -= used;
    w->at += (int64_t)used;
}

static pa_status parse_text(window *w, const pa_piece *p, pa_csv_parser *parser, pa_error *err)
{
    int64_t size = w->inputs->file[w->file].size, length = parser->layout.length;
    w->at = p->begin > length ? p->begin : length;
    while (w->at < p->end) {
        size_t used;
        PA_TRY(read_more(w, p->end, err));
        bool last = w->at + (int64_t)w->n == size;
        PA_TRY(pa_csv_parse(parser, w->buffer, w->n, (size_t)(p->end - w->at), last, &used, err));
        drop(w, used);
        show_progress(w, w->done + (w->at < p->end ? w->at : p->end) - p->begin);
    }
    return PA_OK;
}

static pa_status pass_header(window *w, int64_t length, pa_error *err)
{
    w->at = 0;
    while (w->at < length && !w->ended) {
        PA_TRY(unpack_more(w, err));
        int64_t left = length - w->at;
        drop(w, left < (int64_t)w->n ? (size_t)left : w->n);
    }
    return PA_OK;
}

static pa_status parse_unpacked(window *w, pa_csv_parser *parser, pa_error *err)
{
    PA_TRY(pass_header(w, parser->layout.length, err));
    do {
        size_t used;
        if (!w->ended) PA_TRY(unpack_more(w, err));
        PA_TRY(pa_csv_parse(parser, w->buffer, w->n, w->n, w->ended, &used, err));
        drop(w, used);
        show_progress(w, w->done + pa_unpack_done(w->unpack));
    } while (!w->ended);
    return PA_OK;
}

static pa_status parse_packed(window *w, const pa_piece *p, pa_csv_parser *parser, pa_error *err)
{
    const pa_input *f = &w->inputs->file[p->file];
    PA_TRY(
        pa_unpack_new(w->fd, pa_input_packing(f), f->name, p->file + 1, w->read, &w->unpack, err));
    w->ended = false;
    pa_status st = parse_unpacked(w, parser, err);
    pa_unpack_free(w->unpack);
    return st;
}

static pa_status parse_file(window *w, const pa_piece *p, const pa_piece_start *start,
                            pa_csv_parser *parser, pa_error *err)
{
    const pa_input *f = &w->inputs->file[p->file];
    w->file = p->file;
    w->n = 0;
    parser->layout = f->layout;
    parser->file = p->file;
    parser->line = start->line;
    parser->state = start->state;
    if (f->kind == PA_INPUT_H5) {
        const pa_progress progress = {w->log, w->done, w->done + p->end - p->begin, w->total};
        return pa_ingest_h5_parse(w->inputs, p, w->read, progress, parser, err);
    }
    PA_TRY(pa_input_open(w->inputs, p->file, &w->fd, err));
    pa_status st =
        f->kind == PA_INPUT_PLAIN ? parse_text(w, p, parser, err) : parse_packed(w, p, parser, err);
    close(w->fd);
    return st;
}

pa_status pa_ingest_parse(const pa_inputs *in, const pa_piece pieces[],
                          const pa_piece_start start[], size_t n, size_t read, pa_log *log,
                          pa_csv_parser *parser, int64_t rows[], int64_t rejected[], pa_error *err)
{
    window w = {.inputs = in, .read = read, .room = read, .log = log};
    w.total = pa_pieces_bytes(pieces, n);
    PA_TRY(PA_NEW(w.buffer, w.room, err));
    pa_status st = PA_OK;
    for (size_t i = 0; i < n && st == PA_OK; i++) {
        int64_t rows_before = (int64_t)parser->rows.n, rejected_before = parser->n_rejected;
        st = parse_file(&w, &pieces[i], &start[i], parser, err);
        w.done += pieces[i].end - pieces[i].begin;
        show_progress(&w, w.done);
        rows[pieces[i].file] += (int64_t)parser->rows.n - rows_before;
        rejected[pieces[i].file] += parser->n_rejected - rejected_before;
    }
    pa_free(w.buffer);
    return st;
}
