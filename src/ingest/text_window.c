#include "text_window.h"

#include <string.h>

#include "paraudit/base/array.h"

enum { READ_ON = 65536 };

size_t pa_window_step(const pa_text_window *w, size_t least)
{
    return w->n > least ? w->n : least;
}

pa_status pa_window_make_room(pa_text_window *w, size_t *n, pa_error *err)
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

pa_status pa_window_read(pa_text_window *w, int64_t end, pa_error *err)
{
    int64_t from = w->at + (int64_t)w->n, left = w->inputs->file[w->file].size - from;
    int64_t want = from < end ? end - from : (int64_t)pa_window_step(w, READ_ON);
    int64_t most = (int64_t)pa_window_step(w, w->read);
    if (want > most) want = most;
    if (want > left) want = left;
    size_t n = (size_t)want;
    if (n > w->room - w->n) PA_TRY(pa_window_make_room(w, &n, err));
    PA_TRY(pa_input_read(w->inputs, w->file, w->fd, from, w->buffer + w->n, n, err));
    w->n += n;
    return PA_OK;
}

void pa_window_drop(pa_text_window *w, size_t used)
{
    memmove(w->buffer, w->buffer + used, w->n - used);
    w->n -= used;
    w->at += (int64_t)used;
}
