/* A window that moves along the text of a file, as it lies or as a stream: bytes
 * [at, at + n) of it are in the buffer. A record of which it holds only a part is
 * looked at again from its first byte; so that a long one does not take the square
 * of its length, as much more is read then as there is already. All local. */
#ifndef PARAUDIT_TEXT_WINDOW_H
#define PARAUDIT_TEXT_WINDOW_H

#include "paraudit/text/stream.h"

/* Set read; the rest starts as zeros. */
typedef struct {
    size_t read; /* bytes asked for at a time, where no record needs more */
    char *buffer;
    size_t n, room;
    int64_t at;
    bool ended; /* the text has no byte behind the window */

    pa_text_file file;
    int fd;
    pa_text_stream *stream; /* NULL: the bytes of the file are its text */
} pa_text_window;

/* Stands at byte `at` of the text then, which must not lie behind its end. To be
 * closed also after a failure; the buffer stays for the next file. */
pa_status pa_window_open(pa_text_window *w, const pa_text_file *file, int64_t at, pa_error *err);
void pa_window_close(pa_text_window *w);
void pa_window_free(pa_text_window *w);

/* Reads on where the text has not ended; where it is no stream at first up to byte `end`:
 * behind that only the last record is wanted. */
pa_status pa_window_read(pa_text_window *w, int64_t end, pa_error *err);

/* Lets go of the first `used` bytes. */
void pa_window_drop(pa_text_window *w, size_t used);

/* Bytes of the file, as they lie on the disk, that are done with. */
int64_t pa_window_done(const pa_text_window *w);

#endif
