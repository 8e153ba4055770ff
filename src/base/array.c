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

size_t pa_larger_room(size_t room, size_t needed)
{
    size_t larger = room + room / 2 + 64;
    return larger < needed ? needed : larger;
}

/* Pointers of any type are read and set as bytes. */
pa_status pa_resize(void *pointer, size_t n, size_t size, pa_error *err)
{
    void *block;
    memcpy(&block, pointer, sizeof block);
    block = pa_realloc(block, n, size, err);
    if (!block) return PA_E_MEMORY;
    memcpy(pointer, &block, sizeof block);
    return PA_OK;
}

pa_status pa_grow(void *pointer, size_t *room, size_t needed, size_t size, pa_error *err)
{
    if (needed <= *room) return PA_OK;
    size_t larger = pa_larger_room(*room, needed);
    PA_TRY(pa_resize(pointer, larger, size, err));
    *room = larger;
    return PA_OK;
}

pa_status pa_buffer_reserve(pa_buffer *b, size_t n, pa_error *err)
{
    if (n > SIZE_MAX / 4 - b->length) return no_memory(n, 1, err), PA_E_MEMORY;
    return PA_ROOM(b->data, b->capacity, b->length + n, err);
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
