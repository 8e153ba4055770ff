#include "paraudit/base/pack.h"

enum { MOST_BYTES = 10 /* seven bits in each */ };

static pa_status put(pa_buffer *out, uint64_t v, pa_error *err)
{
    if (out->capacity - out->length < MOST_BYTES) PA_TRY(pa_buffer_reserve(out, MOST_BYTES, err));
    for (; v >= 0x80; v >>= 7) out->data[out->length++] = (char)(v | 0x80);
    out->data[out->length++] = (char)v;
    return PA_OK;
}

/* The sign is the lowest bit, so that small numbers of either sign are short. */
static uint64_t fold(int64_t v)
{
    return v < 0 ? ~((uint64_t)v << 1) : (uint64_t)v << 1;
}

static int64_t unfold(uint64_t v)
{
    return (int64_t)(v & 1 ? ~(v >> 1) : v >> 1);
}

pa_status pa_pack_end(pa_packer *p, pa_error *err)
{
    if (p->zeros == 0) return PA_OK;
    PA_TRY(put(p->out, 0, err));
    PA_TRY(put(p->out, p->zeros, err));
    p->zeros = 0;
    return PA_OK;
}

pa_status pa_pack(pa_packer *p, int64_t value, pa_error *err)
{
    if (value == 0) {
        p->zeros++;
        return PA_OK;
    }
    PA_TRY(pa_pack_end(p, err));
    return put(p->out, fold(value), err);
}

static uint64_t take(pa_unpacker *u)
{
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
        PA_ASSERT(u->at < u->end && shift < 64);
        unsigned char byte = (unsigned char)*u->at++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return v;
    }
}

int64_t pa_unpack_any(pa_unpacker *u)
{
    if (u->zeros == 0) {
        uint64_t v = take(u);
        if (v != 0) return unfold(v);
        u->zeros = take(u);
    }
    u->zeros--;
    return 0;
}
