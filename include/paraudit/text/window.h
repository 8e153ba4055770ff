/* A window that moves along the text of a file, as it lies or as a stream: n bytes of it in
 * UTF-8 are in the buffer, from byte `at` on. That counts bytes of the text of a stream, and
 * of the file otherwise: where the encoding is a table these are fewer than those in the
 * buffer. A record of which it holds only a part is looked at again from its first byte; so
 * that a long one does not take the square of its length, as much more is read then as there
 * is already. All local. */
#ifndef PARAUDIT_TEXT_WINDOW_H
#define PARAUDIT_TEXT_WINDOW_H

#include "paraudit/base/array.h"
#include "paraudit/text/stream.h"

/* Set read; the rest starts as zeros. */
typedef struct {
    size_t read; /* bytes asked for at a time, where no record needs more */
    char *buffer;
    size_t n, room;
    int64_t at, end; /* end: behind the window, counted as `at` is */
    bool ended;      /* the text has no byte behind the window */

    pa_text_file file;
    int fd;
    pa_text_stream *stream; /* NULL: the file is read as it lies */
    pa_buffer raw;          /* what a table is about to convert */
} pa_text_window;

/* Stands at byte `at` then, which must not lie behind the end. To be
 * closed also after a failure; the buffer stays for the next file. */
pa_status pa_window_open(pa_text_window *w, const pa_text_file *file, int64_t at, pa_error *err);
void pa_window_close(pa_text_window *w);
void pa_window_free(pa_text_window *w);

/* Reads on where the text has not ended; where it is no stream at first up to byte `end`:
 * behind that only the last record is wanted. */
pa_status pa_window_read(pa_text_window *w, int64_t end, pa_error *err);

/* How many bytes, as `at` counts them, the n from buffer[from] on are: of a table those whose
 * signs begin there. */
size_t pa_window_span(const pa_text_window *w, size_t from, size_t n);
/* Bytes of the buffer that lie before byte `end`; as many as there are or more, where that is
 * behind the window. */
size_t pa_window_own(const pa_text_window *w, int64_t end);

/* Lets go of the first `used` bytes of the buffer. */
void pa_window_drop(pa_text_window *w, size_t used);

/* Bytes of the file, as they lie on the disk, that are done with. */
int64_t pa_window_done(const pa_text_window *w);

#endif
