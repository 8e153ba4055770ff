#include "paraudit/text/source.h"

#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/base/exact.h"
#include "paraudit/csv/header.h"
#include "paraudit/files/files.h"
#include "paraudit/files/input.h"
#include "paraudit/text/pieces.h"

/* ---- open ---- */

/* Rank 0. */
static pa_status look_at(pa_text_file *f, pa_error *err)
{
    int fd;
    PA_TRY(pa_file_size(f->path, &f->size, err));
    PA_TRY(pa_open_input(f->path, f->ordinal, &fd, err));
    pa_status st = pa_text_look(fd, NULL, f, err);
    close(fd);
    return st;
}

pa_status pa_source_open(pa_comm *comm, const char *path, const pa_text_io *io, pa_text_source *s,
                         pa_error *err)
{
    *s = (pa_text_source){.comm = comm, .io = *io, .first_line = 1};
    s->file = (pa_text_file){.path = path, .name = path, .ordinal = 1};
    PA_AGREE(comm, pa_comm_rank(comm) == 0 ? look_at(&s->file, err) : PA_OK, err);
    pa_broadcast(comm, &s->file.size, sizeof s->file.size, 0);
    pa_broadcast(comm, &s->file.packing, sizeof s->file.packing, 0);
    pa_broadcast(comm, s->file.encoding, sizeof s->file.encoding, 0);
    return PA_OK;
}

/* ---- header ---- */

/* Rank 0: the first bytes of the text, as many as the longest record may have. */
static pa_status read_first(const pa_text_source *s, pa_text_window *w, pa_error *err)
{
    w->read = s->io.longest;
    PA_TRY(pa_window_open(w, &s->file, 0, err));
    return pa_window_read(w, INT64_MAX, err);
}

static pa_status find_header(const pa_text_source *s, pa_csv_head *place, pa_text_header *h,
                             pa_error *err)
{
    pa_text_window w = {0};
    const pa_text_file *f = &s->file;
    pa_status st;
    PA_GOTO(read_first(s, &w, err));
    PA_GOTO(
        pa_csv_find_head(w.buffer, w.n, w.ended, &pa_csv_commas, f->ordinal, f->name, place, err));
    PA_GOTO(PA_NEW(h->text, place->length, err));
    memcpy(h->text, w.buffer + place->begin, place->length);
out:
    pa_window_close(&w);
    pa_window_free(&w);
    return st;
}

pa_status pa_source_header(pa_text_source *s, pa_text_header *h, pa_error *err)
{
    bool root = pa_comm_rank(s->comm) == 0;
    pa_csv_head place;
    *h = (pa_text_header){0};
    PA_AGREE(s->comm, root ? find_header(s, &place, h, err) : PA_OK, err);
    pa_broadcast(s->comm, &place, sizeof place, 0);
    pa_status st = pa_agree(s->comm, root ? PA_OK : PA_NEW(h->text, place.length, err), err);
    if (st != PA_OK) {
        pa_free(h->text);
        return st;
    }
    pa_broadcast(s->comm, h->text, place.length, 0);
    h->length = place.length;
    h->line = place.line;
    s->begin = place.end;
    s->first_line = 1 + place.newlines;
    return PA_OK;
}

/* ---- this rank's part ---- */

typedef struct {
    int64_t begin, end;
    bool alone; /* there is no other: nobody asks what it leads to */
} part;

static int64_t cut_before(const pa_text_source *s, int rank)
{
    int n_ranks = pa_comm_size(s->comm);
    int64_t size = s->file.size;
    if (rank == n_ranks) return size;
    int64_t even = pa_even_share(size, rank, n_ranks);
    int64_t cut = even / s->io.block * s->io.block;
    return cut > s->begin ? cut : s->begin;
}

static part part_of(const pa_text_source *s)
{
    int rank = pa_comm_rank(s->comm), n_ranks = pa_comm_size(s->comm);
    bool whole = pa_text_is_stream(&s->file);
    part p = {.alone = whole || n_ranks == 1};
    if (whole) {
        p.begin = s->begin;
        p.end = rank == 0 ? INT64_MAX : s->begin;
    } else {
        p.begin = cut_before(s, rank);
        p.end = cut_before(s, rank + 1);
    }
    return p;
}

/* What the part does to those behind it. */
static pa_status scan_text(pa_text_window *w, int64_t end, const pa_csv_signs *signs,
                           pa_csv_scan *scan, pa_error *err)
{
    while (w->at < end) {
        PA_TRY(pa_window_read(w, end, err));
        pa_csv_scan_add(scan, signs, w->buffer, w->n);
        pa_window_drop(w, w->n);
    }
    return PA_OK;
}

static pa_status scan_part(const pa_text_source *s, const part *p, const pa_csv_signs *signs,
                           pa_csv_scan *scan, pa_error *err)
{
    *scan = pa_csv_scan_start;
    if (p->alone || p->begin >= p->end) return PA_OK;
    pa_text_window w = {.read = s->io.read};
    pa_status st = pa_window_open(&w, &s->file, p->begin, err);
    if (st == PA_OK) st = scan_text(&w, p->end, signs, scan, err);
    pa_window_close(&w);
    pa_window_free(&w);
    return st;
}

static void guide(void *way, size_t i, pa_text_way *to)
{
    (void)i;
    *to = *(const pa_text_way *)way;
}

static pa_status find_start(const pa_text_source *s, const pa_record_rule *rule, const part *p,
                            pa_text_start *start, pa_error *err)
{
    pa_text_piece piece;
    pa_text_way way = {s->file, *rule};
    memset(&piece, 0, sizeof piece); /* what lies between its members travels, too */
    piece.begin = p->begin;
    piece.end = p->end;
    piece.first_line = s->first_line;
    PA_AGREE(s->comm, scan_part(s, p, &rule->signs, &piece.scan, err), err);
    return pa_text_starts(s->comm, &piece, 1, guide, &way, s->io.read, start, err);
}

/* ---- its records ---- */

static pa_status split_text(pa_text_window *w, int64_t end, pa_records *r, pa_error *err)
{
    for (bool more = w->at < end; more; more = w->at < end && !w->ended) {
        size_t used;
        PA_TRY(pa_window_read(w, end, err));
        PA_TRY(pa_records_split(r, w->buffer, w->n, pa_window_own(w, end), w->ended, &used, err));
        pa_window_drop(w, used);
    }
    return PA_OK;
}

static pa_status read_part(const pa_text_source *s, const part *p, const pa_text_start *start,
                           pa_records *r, pa_error *err)
{
    if (start->begin >= p->end) return PA_OK;
    pa_text_window w = {.read = s->io.read};
    r->walk.state = start->state;
    r->walk.line = start->line;
    pa_status st = pa_window_open(&w, &s->file, start->begin, err);
    if (st == PA_OK) st = split_text(&w, p->end, r, err);
    pa_window_close(&w);
    pa_window_free(&w);
    return st;
}

pa_status pa_source_read(const pa_text_source *s, const pa_record_rule *rule, pa_record_taker *take,
                         void *taker, pa_error *err)
{
    pa_record_rule own = *rule;
    own.longest = s->io.longest;
    pa_records r = {.walk = {.rule = &own},
                    .name = s->file.name,
                    .file = s->file.ordinal,
                    .take = take,
                    .taker = taker};
    part p = part_of(s);
    pa_text_start start;
    PA_TRY(find_start(s, &own, &p, &start, err));
    return pa_agree(s->comm, read_part(s, &p, &start, &r, err), err);
}
