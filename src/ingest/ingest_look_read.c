/* The first bytes of each file's rows, and its last. */
#include <string.h>
#include <unistd.h>

#include "ingest_look.h"
#include "paraudit/base/array.h"
#include "paraudit/files/input.h"

enum { LEAST = 8192, ALL = 64 << 20, RAW = 65536, H5_ROW = 100 };

/* A file that must be read from its start is read to its end up to this size. */
static const int64_t most_packed = 256 << 20;

void pa_stretches_free(pa_stretches *s)
{
    for (size_t i = 0; i < s->n; i++) pa_free(s->part[i].text);
    pa_free(s->part);
    *s = (pa_stretches){0};
}

static pa_stretch *add(pa_stretches *s, int32_t file)
{
    pa_stretch *p = s->part + s->n++;
    *p = (pa_stretch){.source = file};
    return p;
}

static pa_stretch *add_first(const pa_input *f, pa_stretches *s, int32_t file, char *text, size_t n,
                             bool last)
{
    pa_stretch *p = add(s, file);
    p->text = text;
    p->n = n;
    p->begin = (size_t)f->layout.length; /* of bytes of the file where that is cut */
    if (f->by_table && pa_input_is_cut(f)) p->begin = pa_encoded_length(text, n, p->begin);
    p->line = 1 + f->layout.newlines;
    p->last = last;
    return p;
}

pa_status pa_look_find_start(const pa_csv_layout *l, pa_stretch *p, pa_error *err)
{
    const pa_record_rule rule = {
        .signs = l->signs, .n_fields = (size_t)l->n_fields, .longest = p->n, .most_lines = 100};
    pa_record_walk walk = {&rule, PA_CSV_PLAIN, 1, true};
    pa_csv_field *field = NULL;
    char *scratch = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(field, rule.n_fields, err));
    PA_GOTO(PA_NEW(scratch, p->n, err));
    for (p->begin = 0; p->begin < p->n && !pa_record_walk_is_at_start(&walk);) {
        pa_record_seen seen;
        pa_record_verdict v = pa_record_step(&walk, p->text + p->begin, p->n - p->begin, true,
                                             scratch, field, rule.n_fields, &seen);
        if (v == PA_RECORD_MORE) break;
        p->begin += seen.length;
    }
    p->line = walk.line;
out:
    pa_free(scratch);
    pa_free(field);
    return st;
}

static pa_status add_last(const pa_input *f, pa_stretches *s, int32_t file, char *text, size_t n,
                          int64_t at, pa_error *err)
{
    pa_stretch *p = add(s, file);
    p->at = at;
    p->text = text;
    p->n = n;
    p->last = true;
    return pa_look_find_start(&f->layout, p, err);
}

pa_status pa_look_read_new(const pa_inputs *in, int32_t file, int fd, int64_t at, size_t n,
                           char **text, size_t *length, pa_error *err)
{
    size_t width = in->file[file].by_table ? PA_ENCODED_MOST : 1;
    PA_TRY(PA_NEW(*text, n * width + 1, err));
    pa_status st = pa_input_read(in, file, fd, at, n, *text, length, err);
    if (st != PA_OK) pa_free(*text);
    return st;
}

static pa_status read_plain(const pa_inputs *in, int32_t file, int fd, size_t bytes, pa_look *look,
                            pa_stretches *s, pa_error *err)
{
    const pa_input *f = in->file + file;
    int64_t first = f->layout.length + (int64_t)bytes, last = f->size - (int64_t)bytes;
    bool whole = last <= first;
    char *text;
    size_t n = 0;
    PA_TRY(pa_look_read_new(in, file, fd, 0, (size_t)(whole ? f->size : first), &text, &n, err));
    add_first(f, s, file, text, n, whole);
    look->file[file].whole = whole;
    look->file[file].ends = true;
    if (whole) return PA_OK;
    PA_TRY(pa_look_read_new(in, file, fd, last, bytes, &text, &n, err));
    return add_last(f, s, file, text, n, last, err);
}

/* Goes on to the end of a stream and keeps the last bytes: `room` of them. text: room for
 * twice as many, filled up to *n; *passed: those that were let go. */
static pa_status read_to_end(pa_text_stream *stream, char *text, size_t room, size_t *n,
                             int64_t *passed, pa_error *err)
{
    size_t got, asked;
    do {
        if (*n == 2 * room) {
            memmove(text, text + room, room);
            *n = room;
            *passed += (int64_t)room;
        }
        asked = 2 * room - *n;
        PA_TRY(pa_stream_read(stream, text + *n, asked, &got, err));
        *n += got;
    } while (got == asked);
    return PA_OK;
}

/* What lies behind the first `at` bytes of a stream; *rest: how many bytes. */
static pa_status read_rest(const pa_input *f, int32_t file, pa_text_stream *stream, size_t room,
                           int64_t at, pa_stretches *s, int64_t *rest, pa_error *err)
{
    char *text;
    size_t n = 0;
    int64_t passed = 0;
    PA_TRY(PA_NEW(text, 2 * room + 1, err));
    pa_status st = read_to_end(stream, text, room, &n, &passed, err);
    if (st != PA_OK || passed + (int64_t)n == 0) {
        pa_free(text);
        *rest = 0;
        return st;
    }
    *rest = passed + (int64_t)n;
    size_t cut = n > room ? n - room : 0;
    memmove(text, text + cut, n - cut);
    return add_last(f, s, file, text, n - cut, at + passed + (int64_t)cut, err);
}

/* The rows that the text lets expect are counted in its bytes here; the reader of the rows
 * knows how long they are. */
static pa_status read_stream(const pa_input *f, int32_t file, pa_text_stream *stream, size_t bytes,
                             pa_look *look, pa_stretches *s, pa_error *err)
{
    pa_look_file *l = look->file + file;
    size_t room = (size_t)f->layout.length + 2 * bytes, n;
    char *text;
    PA_TRY(PA_NEW(text, room + 1, err));
    pa_status st = pa_stream_read(stream, text, room, &n, err);
    if (st != PA_OK) {
        pa_free(text);
        return st;
    }
    l->whole = l->ends = n < room;
    add_first(f, s, file, text, n, l->whole);
    l->rows = (double)(n - (size_t)f->layout.length);
    if (l->whole) return PA_OK;
    if (f->size > most_packed) {
        l->rows *= (double)f->size / (double)pa_stream_done(stream);
        return PA_OK;
    }
    int64_t rest;
    PA_TRY(read_rest(f, file, stream, bytes, (int64_t)n, s, &rest, err));
    l->ends = true;
    l->rows += (double)rest;
    if (rest == 0) s->part[s->n - 1].last = l->whole = true;
    return PA_OK;
}

static pa_status read_text(const pa_inputs *in, int32_t file, size_t bytes, pa_look *look,
                           pa_stretches *s, pa_error *err)
{
    const pa_input *f = in->file + file;
    int fd = -1;
    PA_TRY(pa_open_input(f->path, file + 1, &fd, err));
    pa_status st;
    if (pa_input_is_cut(f)) {
        st = read_plain(in, file, fd, bytes, look, s, err);
    } else {
        const pa_text_file text = pa_input_text(in, file);
        pa_text_stream *stream = NULL;
        st = pa_stream_new(fd, &text, RAW, &stream, err);
        if (st == PA_OK) st = read_stream(f, file, stream, bytes, look, s, err);
        pa_stream_free(stream);
    }
    close(fd);
    return st;
}

static void add_piece(pa_stretches *s, int32_t file, int64_t begin, int64_t end)
{
    int32_t number = (int32_t)s->n;
    pa_stretch *p = add(s, file);
    p->piece = (pa_piece){.file = number, .begin = begin, .end = end};
    p->last = true;
}

/* Pieces of a file of HDF5 are cut as its rows are, in proportion. */
static void cut_h5(const pa_input *f, int32_t file, size_t bytes, pa_look *look, pa_stretches *s)
{
    int64_t some = (int64_t)bytes / H5_ROW + 1;
    bool whole = f->rows <= 2 * some;
    int64_t part =
        whole ? f->size : (int64_t)((double)f->size * (double)some / (double)f->rows) + 1;
    add_piece(s, file, 0, part);
    if (!whole) add_piece(s, file, f->size - part, f->size);
    look->file[file].whole = whole;
    look->file[file].ends = true;
}

pa_status pa_look_read(const pa_inputs *in, size_t bytes, pa_look *look, pa_stretches *s,
                       pa_error *err)
{
    size_t most = ALL / (2 * in->n);
    if (most < LEAST) most = LEAST;
    if (bytes > most) bytes = most;
    PA_TRY(PA_NEW(s->part, 2 * in->n, err));
    for (size_t i = 0; i < in->n; i++) {
        if (in->file[i].kind == PA_INPUT_H5)
            cut_h5(in->file + i, (int32_t)i, bytes, look, s);
        else
            PA_TRY(read_text(in, (int32_t)i, bytes, look, s, err));
    }
    return PA_OK;
}
