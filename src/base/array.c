#include "paraudit/base/array.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *no_memory(size_t n, size_t size, pa_error *err)
{
    pa_fail(err, PA_E_MEMORY, "out of memory: %zu x %zu bytes asked for", n, size);
    return NULL;
}

/* 0 where the product does not fit. */
static size_t bytes_of(size_t n, size_t size)
{
    if (n == 0 || size == 0) return 1;
    return n <= SIZE_MAX / 2 / size ? n * size : 0;
}

void *pa_alloc(size_t n, size_t size, pa_error *err)
{
    size_t bytes = bytes_of(n, size);
    void *block = bytes ? calloc(1, bytes) : NULL;
    return block ? block : no_memory(n, size, err);
}

void *pa_realloc(void *block, size_t n, size_t size, pa_error *err)
{
    size_t bytes = bytes_of(n, size);
    void *moved = bytes ? realloc(block, bytes) : NULL;
    return moved ? moved : no_memory(n, size, err);
}

void pa_free(void *block)
{
    free(block);
}

pa_status pa_buffer_reserve(pa_buffer *b, size_t n, pa_error *err)
{
    if (n <= b->capacity - b->length) return PA_OK;
    if (n > SIZE_MAX / 4 - b->length) return no_memory(n, 1, err), PA_E_MEMORY;
    size_t room = b->capacity + b->capacity / 2;
    if (room < b->length + n) room = b->length + n;
    if (room < 64) room = 64;
    char *data = pa_realloc(b->data, room, 1, err);
    if (!data) return PA_E_MEMORY;
    b->data = data;
    b->capacity = room;
    return PA_OK;
}

pa_status pa_buffer_add(pa_buffer *b, const void *bytes, size_t n, pa_error *err)
{
    PA_TRY(pa_buffer_reserve(b, n, err));
    if (n) memcpy(b->data + b->length, bytes, n);
    b->length += n;
    return PA_OK;
}

pa_status pa_buffer_vprintf(pa_buffer *b, pa_error *err, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    pa_status st = n < 0 ? pa_fail(err, PA_E_BUG, "cannot format '%s'", format)
                         : pa_buffer_reserve(b, (size_t)n + 1, err);
    if (st == PA_OK) {
        vsnprintf(b->data + b->length, (size_t)n + 1, format, again);
        b->length += (size_t)n;
    }
    va_end(again);
    return st;
}

pa_status pa_buffer_printf(pa_buffer *b, pa_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pa_status st = pa_buffer_vprintf(b, err, format, args);
    va_end(args);
    return st;
}

void pa_buffer_free(pa_buffer *b)
{
    free(b->data);
    *b = (pa_buffer){0};
}
