/* A window that moves along the text of a file: bytes [at, at + n) of it are in
 * the buffer. A record of which it holds only a part is looked at again from its
 * first byte; so that a long one does not take the square of its length, as much
 * more is read then as there is already. All local. */
#ifndef PARAUDIT_SRC_INGEST_TEXT_WINDOW_H
#define PARAUDIT_SRC_INGEST_TEXT_WINDOW_H

#include "ingest_parts.h"

typedef struct {
    const pa_inputs *inputs;
    int32_t file;
    int fd;
    size_t read; /* bytes asked for at a time, where no record needs more */
    char *buffer;
    size_t n, room;
    int64_t at;
} pa_text_window;

/* How much is to be read next, at least `least`. */
size_t pa_window_step(const pa_text_window *w, size_t least);

/* Lowers *n to what there is room for; one record that fills the buffer doubles it. */
pa_status pa_window_make_room(pa_text_window *w, size_t *n, pa_error *err);

/* Reads on, at first up to `end`: behind that only the last record is wanted. */
pa_status pa_window_read(pa_text_window *w, int64_t end, pa_error *err);

/* Lets go of the first `used` bytes. */
void pa_window_drop(pa_text_window *w, size_t used);

#endif
