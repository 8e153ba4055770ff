#include "paraudit/text/window.h"

#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/input.h"

enum { READ_ON = 65536, CLOSED = -1 };

/* How much is to be read next, at least `least`. */
static size_t step_of(const pa_text_window *w, size_t least)
{
    return w->n > least ? w->n : least;
}

/* Lowers *n to what there is room for; one record that fills the buffer doubles it. */
static pa_status make_room(pa_text_window *w, size_t *n, pa_error *err)
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

static pa_status read_plain(pa_text_window *w, int64_t end, pa_error *err)
{
    const pa_text_file *f = &w->file;
    int64_t from = w->at + (int64_t)w->n, left = f->size - from;
    int64_t want = from < end ? end - from : (int64_t)step_of(w, READ_ON);
    int64_t most = (int64_t)step_of(w, w->read);
    if (want > most) want = most;
    if (want > left) want = left;
    size_t n = (size_t)want;
    if (n > w->room - w->n) PA_TRY(make_room(w, &n, err));
    PA_TRY(pa_read_at(w->fd, f->path, f->ordinal, from, w->buffer + w->n, n, err));
    w->n += n;
    w->ended = from + (int64_t)n == f->size;
    return PA_OK;
}

static pa_status read_stream(pa_text_window *w, pa_error *err)
{
    size_t n = step_of(w, w->read), got;
    PA_TRY(make_room(w, &n, err));
    PA_TRY(pa_stream_read(w->stream, w->buffer + w->n, n, &got, err));
    w->ended = got < n;
    w->n += got;
    return PA_OK;
}

pa_status pa_window_read(pa_text_window *w, int64_t end, pa_error *err)
{
    if (w->ended) return PA_OK;
    return w->stream ? read_stream(w, err) : read_plain(w, end, err);
}

void pa_window_drop(pa_text_window *w, size_t used)
{
    memmove(w->buffer, w->buffer + used, w->n - used);
    w->n -= used;
    w->at += (int64_t)used;
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
    w->at = pa_text_is_stream(file) ? 0 : at;
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
    w->buffer = NULL;
}

int64_t pa_window_done(const pa_text_window *w)
{
    return w->stream ? pa_stream_done(w->stream) : w->at;
}
