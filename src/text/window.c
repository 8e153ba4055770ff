#include "paraudit/text/window.h"

#include <string.h>
#include <unistd.h>

#include "paraudit/files/input.h"

enum { READ_ON = 65536, CLOSED = -1 };

/* How much is to be read next, at least `least`. */
static size_t step_of(const pa_text_window *w, size_t least)
{
    return w->n > least ? w->n : least;
}

/* Lowers *n bytes, each of which may take `width` of the buffer, to what there is room for; one
 * record that fills the buffer doubles it. What a table makes of bytes is mostly shorter: the
 * last quarter is let be, or it would be filled in ever smaller steps. */
static pa_status make_room(pa_text_window *w, size_t width, size_t *n, pa_error *err)
{
    while (w->room - w->n < width || (width > 1 && w->room - w->n < w->room / 4)) {
        char *grown = pa_realloc(w->buffer, w->room * 2, 1, err);
        if (!grown) return PA_E_MEMORY;
        w->buffer = grown;
        w->room *= 2;
    }
    size_t most = (w->room - w->n) / width;
    if (*n > most) *n = most;
    return PA_OK;
}

/* n bytes of the file to the end of the buffer, where there is room for them in UTF-8. */
static pa_status add_bytes(pa_text_window *w, size_t n, pa_error *err)
{
    const pa_text_file *f = &w->file;
    char *to = w->buffer + w->n;
    if (!f->table) {
        PA_TRY(pa_read_at(w->fd, f->path, f->ordinal, w->end, to, n, err));
        w->n += n;
    } else {
        PA_TRY(pa_buffer_reserve(&w->raw, n, err));
        PA_TRY(pa_read_at(w->fd, f->path, f->ordinal, w->end, w->raw.data, n, err));
        w->n += pa_encode_utf8(f->table, w->raw.data, n, to);
    }
    w->end += (int64_t)n;
    w->ended = w->end == f->size;
    return PA_OK;
}

static pa_status read_plain(pa_text_window *w, int64_t end, pa_error *err)
{
    int64_t left = w->file.size - w->end;
    int64_t want = w->end < end ? end - w->end : (int64_t)step_of(w, READ_ON);
    int64_t most = (int64_t)step_of(w, w->read);
    size_t width = w->file.table ? PA_ENCODED_MOST : 1;
    if (want > most) want = most;
    if (want > left) want = left;
    size_t n = (size_t)want;
    if (n * width > w->room - w->n) PA_TRY(make_room(w, width, &n, err));
    return add_bytes(w, n, err);
}

static pa_status read_stream(pa_text_window *w, pa_error *err)
{
    size_t n = step_of(w, w->read), got;
    PA_TRY(make_room(w, 1, &n, err));
    PA_TRY(pa_stream_read(w->stream, w->buffer + w->n, n, &got, err));
    w->ended = got < n;
    w->n += got;
    w->end += (int64_t)got;
    return PA_OK;
}

pa_status pa_window_read(pa_text_window *w, int64_t end, pa_error *err)
{
    if (w->ended) return PA_OK;
    return w->stream ? read_stream(w, err) : read_plain(w, end, err);
}

/* Are there as many bytes in the buffer as `at` counts? */
static bool is_even(const pa_text_window *w)
{
    return w->end - w->at == (int64_t)w->n;
}

size_t pa_window_span(const pa_text_window *w, size_t from, size_t n)
{
    return is_even(w) ? n : pa_encoded_from(w->buffer + from, n);
}

size_t pa_window_own(const pa_text_window *w, int64_t end)
{
    if (end <= w->at) return 0;
    if (is_even(w)) return (size_t)(end - w->at);
    return end >= w->end ? w->n : pa_encoded_length(w->buffer, w->n, (size_t)(end - w->at));
}

void pa_window_drop(pa_text_window *w, size_t used)
{
    w->at += (int64_t)pa_window_span(w, 0, used);
    memmove(w->buffer, w->buffer + used, w->n - used);
    w->n -= used;
}

static pa_status stream_up_to(pa_text_window *w, int64_t at, pa_error *err)
{
    PA_TRY(pa_stream_new(w->fd, &w->file, w->read, &w->stream, err));
    while (w->at < at && !w->ended) {
        PA_TRY(read_stream(w, err));
        int64_t left = at - w->at;
        pa_window_drop(w, left < (int64_t)w->n ? (size_t)left : w->n);
    }
    return PA_OK;
}

pa_status pa_window_open(pa_text_window *w, const pa_text_file *file, int64_t at, pa_error *err)
{
    w->file = *file;
    w->fd = CLOSED;
    w->n = 0;
    w->at = w->end = pa_text_is_stream(file) ? 0 : at;
    w->ended = false;
    if (!w->buffer) {
        PA_TRY(PA_NEW(w->buffer, w->read, err));
        w->room = w->read;
    }
    PA_TRY(pa_open_input(file->path, file->ordinal, &w->fd, err));
    return pa_text_is_stream(file) ? stream_up_to(w, at, err) : PA_OK;
}

void pa_window_close(pa_text_window *w)
{
    pa_stream_free(w->stream);
    w->stream = NULL;
    if (w->fd != CLOSED) close(w->fd);
    w->fd = CLOSED;
}

void pa_window_free(pa_text_window *w)
{
    pa_free(w->buffer);
    pa_buffer_free(&w->raw);
    w->buffer = NULL;
}

int64_t pa_window_done(const pa_text_window *w)
{
    return w->stream ? pa_stream_done(w->stream) : w->at;
}
