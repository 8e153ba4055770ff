#include "paraudit/files/unpack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "paraudit/base/array.h"

struct pa_unpack {
    int fd;
    pa_packing packing;
    const char *name;
    int64_t file;
    char *raw; /* of the file: raw[at .. n) is still packed */
    size_t room, n, at;
    int64_t begin;  /* where raw lies in the file */
    int64_t parts;  /* members or frames that have ended */
    bool inside;    /* one has begun */
    bool padding;   /* zero bytes were met behind a member */
    bool z_started; /* z is to be ended */
    z_stream z;
    ZSTD_DStream *zst;
};

pa_packing pa_packing_of(const char *first, size_t n)
{
    const unsigned char *b = (const unsigned char *)first;
    if (n >= 2 && b[0] == 0x1f && b[1] == 0x8b) return PA_PACKED_GZ;
    if (n < 4) return PA_PACKED_NOT;
    bool frame = b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd;
    bool skippable = (b[0] & 0xf0) == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18;
    return frame || skippable ? PA_PACKED_ZST : PA_PACKED_NOT;
}

int64_t pa_unpack_done(const pa_unpack *u)
{
    return u->begin + (int64_t)u->at;
}

static pa_status start(pa_unpack *u, pa_error *err)
{
    if (u->packing == PA_PACKED_GZ) {
        enum { GZIP_ALONE = 15 + 16 }; /* any window, gzip's header and check */
        u->z_started = inflateInit2(&u->z, GZIP_ALONE) == Z_OK;
        if (!u->z_started) return pa_fail(err, PA_E_MEMORY, "%s: no memory to unpack", u->name);
    } else if (u->packing == PA_PACKED_ZST) {
        u->zst = ZSTD_createDStream();
        if (!u->zst) return pa_fail(err, PA_E_MEMORY, "%s: no memory to unpack", u->name);
    }
    return PA_OK;
}

pa_status pa_unpack_new(int fd, pa_packing packing, const char *name, int64_t file, size_t raw,
                        pa_unpack **unpack, pa_error *err)
{
    pa_unpack *u = NULL;
    *unpack = NULL;
    PA_TRY(PA_NEW(u, 1, err));
    *u = (pa_unpack){.fd = fd, .packing = packing, .name = name, .file = file, .room = raw};
    pa_status st = PA_NEW(u->raw, raw, err);
    if (st == PA_OK) st = start(u, err);
    if (st == PA_OK)
        *unpack = u;
    else
        pa_unpack_free(u);
    return st;
}

void pa_unpack_free(pa_unpack *u)
{
    if (!u) return;
    if (u->z_started) inflateEnd(&u->z);
    ZSTD_freeDStream(u->zst);
    pa_free(u->raw);
    pa_free(u);
}

/* More of the file into raw, which is used up; none left: n stays 0. */
static pa_status refill(pa_unpack *u, pa_error *err)
{
    u->begin += (int64_t)u->n;
    u->at = u->n = 0;
    for (;;) {
        ssize_t got = pread(u->fd, u->raw, u->room, (off_t)u->begin);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return pa_fail_at(err, PA_E_IO, u->file, 0, "%s: cannot read: %s", u->name,
                              strerror(errno));
        }
        u->n = (size_t)got;
        return PA_OK;
    }
}

static pa_status damaged(const pa_unpack *u, const char *reason, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, u->file, 0,
                      "%s: the compressed data is damaged near byte %lld: %s", u->name,
                      (long long)pa_unpack_done(u), reason);
}

static pa_status ends_early(const pa_unpack *u, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, u->file, 0,
                      "%s: the compressed data ends early (byte %lld of the file): cut short?",
                      u->name, (long long)pa_unpack_done(u));
}

static pa_status garbage(const pa_unpack *u, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, u->file, 0,
                      "%s: other bytes follow the end of the compressed data (byte %lld)", u->name,
                      (long long)pa_unpack_done(u));
}

static void end_part(pa_unpack *u)
{
    u->parts++;
    u->inside = false;
}

/* Behind a member only another one may come, or zero bytes to the file's end. */
static pa_status pass_padding(pa_unpack *u, pa_error *err)
{
    while (u->at < u->n && u->raw[u->at] == 0) {
        u->padding = true;
        u->at++;
    }
    if (u->at == u->n) return PA_OK;
    return u->padding || u->raw[u->at] != 0x1f ? garbage(u, err) : PA_OK;
}

/* The libraries count in fewer bits, or need not take so much at once. */
static size_t at_most(size_t n)
{
    const size_t most = (size_t)1 << 30;
    return n < most ? n : most;
}

static pa_status step_gz(pa_unpack *u, char *bytes, size_t room, size_t *made, pa_error *err)
{
    if (!u->inside && u->parts > 0) {
        PA_TRY(pass_padding(u, err));
        if (u->at == u->n) return PA_OK;
    }
    uInt in = (uInt)at_most(u->n - u->at), out = (uInt)at_most(room);
    u->z.next_in = (Bytef *)u->raw + u->at;
    u->z.avail_in = in;
    u->z.next_out = (Bytef *)bytes;
    u->z.avail_out = out;
    int rc = inflate(&u->z, Z_NO_FLUSH);
    u->at += in - u->z.avail_in;
    *made = out - u->z.avail_out;
    u->inside = true;
    if (rc == Z_OK || rc == Z_BUF_ERROR) return PA_OK;
    if (rc == Z_MEM_ERROR) return pa_fail(err, PA_E_MEMORY, "%s: no memory to unpack", u->name);
    if (rc != Z_STREAM_END) return damaged(u, u->z.msg ? u->z.msg : "no gzip data", err);
    end_part(u);
    inflateReset(&u->z);
    return PA_OK;
}

static pa_status zst_failed(const pa_unpack *u, size_t code, pa_error *err)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return pa_fail_at(err, PA_E_DATA, u->file, 0,
                          "%s: compressed with a window of more than 128 MiB: compress it again "
                          "with a smaller one (zstd --long=27, or without --long)",
                          u->name);
    case ZSTD_error_memory_allocation:
        return pa_fail(err, PA_E_MEMORY, "%s: no memory to unpack", u->name);
    case ZSTD_error_prefix_unknown:
        if (u->parts > 0) return garbage(u, err);
        /* fall through */
    default:
        return damaged(u, ZSTD_getErrorName(code), err);
    }
}

static pa_status step_zst(pa_unpack *u, char *bytes, size_t room, size_t *made, pa_error *err)
{
    ZSTD_inBuffer in = {u->raw + u->at, u->n - u->at, 0};
    ZSTD_outBuffer out = {bytes, room, 0};
    size_t rc = ZSTD_decompressStream(u->zst, &out, &in);
    u->at += in.pos;
    *made = out.pos;
    if (ZSTD_isError(rc)) return zst_failed(u, rc, err);
    u->inside = true;
    if (rc == 0) end_part(u);
    return PA_OK;
}

static void step_plain(pa_unpack *u, char *bytes, size_t room, size_t *made)
{
    *made = u->n - u->at < room ? u->n - u->at : room;
    memcpy(bytes, u->raw + u->at, *made);
    u->at += *made;
}

static pa_status step(pa_unpack *u, char *bytes, size_t room, size_t *made, pa_error *err)
{
    *made = 0;
    switch (u->packing) {
    case PA_PACKED_GZ:
        return step_gz(u, bytes, room, made, err);
    case PA_PACKED_ZST:
        return step_zst(u, bytes, room, made, err);
    case PA_PACKED_NOT:
        break;
    }
    step_plain(u, bytes, room, made);
    return PA_OK;
}

/* All of the file is taken in, and a library that holds something back yet has
 * been asked for it. */
static bool has_ended(const pa_unpack *u)
{
    return u->packing == PA_PACKED_NOT || (!u->inside && u->parts > 0);
}

pa_status pa_unpack_read(pa_unpack *u, char *bytes, size_t room, size_t *got, pa_error *err)
{
    *got = 0;
    while (*got < room) {
        if (u->at == u->n) PA_TRY(refill(u, err));
        bool no_more = u->n == 0;
        if (no_more && has_ended(u)) return PA_OK;
        if (no_more && !u->inside) return ends_early(u, err); /* an empty file */
        size_t made;
        PA_TRY(step(u, bytes + *got, room - *got, &made, err));
        *got += made;
        if (no_more && made == 0 && u->inside) return ends_early(u, err);
    }
    return PA_OK;
}
