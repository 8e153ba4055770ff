/* Memory with a message: arrays that start as zeros, and a growing buffer. */
#ifndef PARAUDIT_BASE_ARRAY_H
#define PARAUDIT_BASE_ARRAY_H

#include <stdarg.h>
#include <stddef.h>

#include "paraudit/base/status.h"

/* n elements of `size` bytes, zeroed; never NULL on success, n = 0 included.
 * NULL with PA_E_MEMORY in err when the machine gives none or n * size
 * overflows. Freed by pa_free. */
void *pa_alloc(size_t n, size_t size, pa_error *err);

/* Grows or shrinks; on failure the old block stays valid. New bytes are not
 * zeroed. */
void *pa_realloc(void *block, size_t n, size_t size, pa_error *err);

void pa_free(void *block);

/* PA_TRY(PA_NEW(weight, n, err)): pointer = n zeroed elements. */
#define PA_NEW(pointer, n, err)                                                                    \
    (((pointer) = pa_alloc((n), sizeof *(pointer), (err))) ? PA_OK : PA_E_MEMORY)

/* PA_TRY(PA_RESIZE(weight, n, err)): the pointer's block has room for n elements, by pa_realloc. */
#define PA_RESIZE(pointer, n, err) pa_resize(&(pointer), (n), sizeof *(pointer), (err))

/* PA_TRY(PA_ROOM(list->of, list->room, list->n + 1, err)): the pointer's block, which has room for
 * `room` elements, comes to have room for `needed`, by pa_larger_room. */
#define PA_ROOM(pointer, room, needed, err)                                                        \
    pa_grow(&(pointer), &(room), (needed), sizeof *(pointer), (err))

/* A room that so many fit into, larger than the one before by half at least, so that a list which
 * grows one by one is moved log n times. */
size_t pa_larger_room(size_t room, size_t needed);

/* What the macros call; `pointer` is the address of one. */
pa_status pa_resize(void *pointer, size_t n, size_t size, pa_error *err);
pa_status pa_grow(void *pointer, size_t *room, size_t needed, size_t size, pa_error *err);

/* A text or byte string that grows by half. data is NULL while empty; text
 * added by pa_buffer_printf is followed by a zero byte that length leaves out. */
typedef struct {
    char *data;
    size_t length;
    size_t capacity;
} pa_buffer;

pa_status pa_buffer_add(pa_buffer *buffer, const void *bytes, size_t n, pa_error *err);
pa_status pa_buffer_printf(pa_buffer *buffer, pa_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
pa_status pa_buffer_vprintf(pa_buffer *buffer, pa_error *err, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
/* Room for n more bytes at data + length. */
pa_status pa_buffer_reserve(pa_buffer *buffer, size_t n, pa_error *err);
void pa_buffer_free(pa_buffer *buffer);

#endif
