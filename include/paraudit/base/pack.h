/* Whole numbers in few bytes, for what travels or lies for long: 1 byte below 64 without the sign,
 * 2 below 8192, and so on, and zeros in a row as a zero and how many. */
#ifndef PARAUDIT_BASE_PACK_H
#define PARAUDIT_BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/array.h"

typedef struct {
    pa_buffer *out; /* the caller's */
    uint64_t zeros; /* that are not there yet */
} pa_packer;

pa_status pa_pack(pa_packer *packer, int64_t value, pa_error *err);
/* Behind the last value; others may follow. */
pa_status pa_pack_end(pa_packer *packer, pa_error *err);

/* What one or several packers wrote, one behind the other. A zeroed one is at its end. */
typedef struct {
    const char *at, *end;
    uint64_t zeros;
} pa_unpacker;

static inline bool pa_unpack_ended(const pa_unpacker *u)
{
    return u->zeros == 0 && u->at == u->end;
}

/* The next value; there must be one. */
int64_t pa_unpack_any(pa_unpacker *unpacker);

/* The same; nearly all values have a byte. */
static inline int64_t pa_unpack(pa_unpacker *u)
{
    uint8_t byte = u->at < u->end ? (uint8_t)*u->at : 0;
    if (u->zeros > 0 || byte == 0 || byte > 127) return pa_unpack_any(u);
    int64_t v = byte;
    u->at++;
    return v & 1 ? ~(v >> 1) : v >> 1;
}

#endif
