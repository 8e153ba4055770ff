#include "paraudit/ingest/matrix.h"

#include <string.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/files/files.h"
#include "text_window.h"

typedef struct {
    pa_comm *comm;
    pa_input input;
    pa_inputs inputs; /* that one input */
    const pa_matrix_io *io;
    char *head; /* the header's record, without the line end */
    pa_matrix_head place;
    pa_piece piece;  /* of this rank */
    size_t n_pieces; /* 0 or 1 */
    pa_piece_start start;
} reader;

/* ---- the header ---- */

/* Rank 0. */
static pa_status read_head(reader *r, pa_error *err)
{
    int fd = -1;
    char *text = NULL;
    PA_TRY(pa_file_size(r->input.path, &r->input.size, err));
    bool all = r->input.size <= (int64_t)PA_MATRIX_LONGEST;
    size_t n = all ? (size_t)r->input.size : PA_MATRIX_LONGEST;
    PA_TRY(pa_input_open(&r->inputs, 0, &fd, err));
    pa_status st;
    PA_GOTO(PA_NEW(text, n, err));
    PA_GOTO(pa_input_read(&r->inputs, 0, fd, 0, text, n, err));
    PA_GOTO(pa_matrix_find_head(text, n, all, r->input.path, &r->place, err));
    PA_GOTO(PA_NEW(r->head, r->place.length, err));
    memcpy(r->head, text + r->place.begin, r->place.length);
out:
    close(fd);
    pa_free(text);
    return st;
}

static pa_status share_head(reader *r, const pa_matrix_names *names, pa_matrix_header *header,
                            pa_error *err)
{
    bool root = pa_comm_rank(r->comm) == 0;
    PA_AGREE(r->comm, root ? read_head(r, err) : PA_OK, err);
    pa_broadcast(r->comm, &r->input.size, sizeof r->input.size, 0);
    pa_broadcast(r->comm, &r->place, sizeof r->place, 0);
    PA_AGREE(r->comm, root ? PA_OK : PA_NEW(r->head, r->place.length, err), err);
    pa_broadcast(r->comm, r->head, r->place.length, 0);
    r->input.layout.length = r->place.end;
    r->input.layout.newlines = r->place.newlines;
    pa_status st = pa_matrix_read_header(r->head, r->place.length, r->place.line, r->input.path,
                                         names, header, err);
    return pa_agree(r->comm, st, err);
}

/* ---- where this rank's part begins ---- */

/* Local. */
static pa_status scan_piece(const reader *r, pa_csv_scan *scan, pa_error *err)
{
    int fd = -1;
    char *buffer = NULL;
    *scan = pa_csv_scan_start;
    if (r->n_pieces == 0) return PA_OK;
    PA_TRY(pa_input_open(&r->inputs, 0, &fd, err));
    pa_status st;
    PA_GOTO(PA_NEW(buffer, r->io->read, err));
    int64_t at = r->piece.begin > r->place.end ? r->piece.begin : r->place.end;
    while (at < r->piece.end) {
        int64_t left = r->piece.end - at;
        size_t n = left < (int64_t)r->io->read ? (size_t)left : r->io->read;
        PA_GOTO(pa_input_read(&r->inputs, 0, fd, at, buffer, n, err));
        pa_csv_scan_add(scan, buffer, n);
        at += (int64_t)n;
    }
out:
    close(fd);
    pa_free(buffer);
    return st;
}

static pa_status find_start(reader *r, pa_error *err)
{
    pa_csv_scan scan;
    r->n_pieces = pa_inputs_cut(&r->inputs, r->io->block, pa_comm_rank(r->comm),
                                pa_comm_size(r->comm), &r->piece);
    PA_AGREE(r->comm, scan_piece(r, &scan, err), err);
    return pa_ingest_starts(r->comm, &r->inputs, &r->piece, r->n_pieces, &scan, &r->start, err);
}

/* ---- its rows ---- */

static pa_status parse_window(const reader *r, pa_text_window *w, pa_matrix_rows *rows,
                              pa_error *err)
{
    while (w->at < r->piece.end) {
        size_t used;
        PA_TRY(pa_window_read(w, r->piece.end, err));
        bool last = w->at + (int64_t)w->n == r->input.size;
        PA_TRY(pa_matrix_parse(rows, w->buffer, w->n, (size_t)(r->piece.end - w->at), last, &used,
                               err));
        pa_window_drop(w, used);
    }
    return PA_OK;
}

/* Local. */
static pa_status parse_piece(const reader *r, pa_matrix_rows *rows, pa_error *err)
{
    if (r->n_pieces == 0) return PA_OK;
    pa_text_window w = {.inputs = &r->inputs, .read = r->io->read, .room = r->io->read};
    w.at = r->piece.begin > r->place.end ? r->piece.begin : r->place.end;
    rows->state = r->start.state;
    rows->line = r->start.line;
    PA_TRY(pa_input_open(&r->inputs, 0, &w.fd, err));
    pa_status st = PA_NEW(w.buffer, w.room, err);
    if (st == PA_OK) st = parse_window(r, &w, rows, err);
    close(w.fd);
    pa_free(w.buffer);
    return st;
}

static pa_status count_rows(pa_comm *comm, pa_matrix *m, pa_error *err)
{
    int64_t sum[2] = {(int64_t)m->rows.n, 0};
    for (size_t i = 0; m->rows.label && i < m->rows.n; i++) sum[1] += m->rows.label[i];
    m->first_row = pa_sum_before_i64(comm, sum[0]);
    pa_sum_i64(comm, sum, 2);
    m->n_global = sum[0];
    m->n_frauds = sum[1];
    if (m->n_global > 0) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: no row behind the names of the columns", m->header.file);
}

void pa_matrix_free(pa_matrix *m)
{
    pa_matrix_rows_free(&m->rows);
    pa_matrix_header_free(&m->header);
    *m = (pa_matrix){0};
}

pa_status pa_matrix_read(pa_comm *comm, const char *path, const pa_matrix_names *names,
                         const pa_matrix_io *io, pa_matrix *m, pa_error *err)
{
    reader r = {.comm = comm, .input = {.path = path, .name = path}, .io = io};
    r.inputs = (pa_inputs){.n = 1, .file = &r.input};
    *m = (pa_matrix){.rows = {.longest = PA_MATRIX_LONGEST}};
    pa_status st = share_head(&r, names, &m->header, err);
    m->rows.header = &m->header;
    if (st == PA_OK) st = find_start(&r, err);
    if (st == PA_OK) st = pa_agree(comm, parse_piece(&r, &m->rows, err), err);
    if (st == PA_OK) st = count_rows(comm, m, err);
    if (st != PA_OK) pa_matrix_free(m);
    pa_free(r.head);
    return st;
}
