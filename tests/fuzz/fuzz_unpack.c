/* Compressed files. The first line of an input says how (see `plan`), the rest
 * is text that is packed here and then damaged, or the bytes of a file as they
 * are. What must hold: buffers of any size give the same bytes and the same
 * answer; what was not damaged comes back as it was. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "fuzz.h"
#include "paraudit/base/array.h"
#include "paraudit/files/unpack.h"

/* By place in the first line, as digits: kind of packing, parts that it is made
 * of, damage (its place, and the bits that turn), bytes cut off the end, sizes of
 * buffers. */
enum { KIND, PARTS, PLACE_HIGH, PLACE_LOW, BITS, CUT, RAW, ROOM, N_CONTROL };
enum { AS_IT_IS, GZ, ZST, ZST_CHECKED };
enum { MOST = 4 << 20 }; /* a bomb need not burst */

typedef struct {
    uint8_t byte[N_CONTROL];
} plan;

static size_t pick(const plan *p, size_t place, size_t n)
{
    return (uint8_t)(p->byte[place] - '0') % n;
}

static void pack_gz(const char *text, size_t n, pa_buffer *file)
{
    enum { GZIP = 15 + 16 };
    pa_error err = {0};
    z_stream z = {0};
    PA_ASSERT(deflateInit2(&z, 1, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    size_t room = deflateBound(&z, n);
    PA_ASSERT(pa_buffer_reserve(file, room, &err) == PA_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)file->data + file->length;
    z.avail_out = (uInt)room;
    PA_ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END);
    file->length += z.total_out;
    deflateEnd(&z);
}

static void pack_zst(const char *text, size_t n, bool checked, pa_buffer *file)
{
    pa_error err = {0};
    ZSTD_CCtx *c = ZSTD_createCCtx();
    size_t room = ZSTD_compressBound(n);
    PA_ASSERT(c && pa_buffer_reserve(file, room, &err) == PA_OK);
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, checked);
    size_t made = ZSTD_compress2(c, file->data + file->length, room, text, n);
    PA_ASSERT(!ZSTD_isError(made));
    file->length += made;
    ZSTD_freeCCtx(c);
}

/* The text in one part or several, as `cat` joins files. */
static void make_file(const plan *p, const char *text, size_t n, pa_buffer *file)
{
    size_t kind = pick(p, KIND, 4), parts = 1 + pick(p, PARTS, 3);
    pa_error err = {0};
    if (kind == AS_IT_IS) {
        PA_ASSERT(pa_buffer_add(file, text, n, &err) == PA_OK);
        return;
    }
    for (size_t i = 0; i < parts; i++) {
        size_t from = n * i / parts, to = n * (i + 1) / parts;
        if (kind == GZ)
            pack_gz(text + from, to - from, file);
        else
            pack_zst(text + from, to - from, kind == ZST_CHECKED, file);
    }
}

/* False where the file stays whole. */
static bool damage(const plan *p, pa_buffer *file)
{
    size_t cut = pick(p, CUT, 256), bits = pick(p, BITS, 256);
    size_t place = pick(p, PLACE_HIGH, 256) * 256 + pick(p, PLACE_LOW, 256);
    file->length -= cut < file->length ? cut : 0;
    if (bits && file->length) {
        char *byte = file->data + place % file->length;
        *byte = (char)(*byte ^ (int)bits);
    }
    return bits || cut;
}

static pa_status unpack(int fd, pa_packing packing, size_t raw, size_t room, pa_buffer *out,
                        pa_error *err)
{
    pa_unpack *u = NULL;
    size_t got = room;
    pa_status st = pa_unpack_new(fd, packing, "x", 1, raw, &u, err);
    while (st == PA_OK && got == room && out->length < MOST) {
        char *bytes = pa_alloc(room, 1, err);
        PA_ASSERT(bytes);
        st = pa_unpack_read(u, bytes, room, &got, err);
        PA_ASSERT(got <= room);
        PA_ASSERT(pa_buffer_add(out, bytes, got, err) == PA_OK);
        pa_free(bytes);
    }
    pa_unpack_free(u);
    return st;
}

static int open_file(const pa_buffer *file)
{
    static FILE *scratch;
    if (!scratch) scratch = tmpfile();
    PA_ASSERT(scratch);
    int fd = fileno(scratch);
    PA_ASSERT(ftruncate(fd, 0) == 0);
    PA_ASSERT(pwrite(fd, file->data, file->length, 0) == (ssize_t)file->length);
    return fd;
}

static bool same(const pa_buffer *a, const pa_buffer *b)
{
    return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

static void check_file(const plan *p, const pa_buffer *file, const char *text, size_t n, bool whole)
{
    static const size_t sizes[] = {1 << 20, 1, 3, 100, 4096};
    size_t raw = sizes[pick(p, RAW, 5)], room = sizes[pick(p, ROOM, 5)];
    pa_packing packing = pa_packing_of(file->data, file->length);
    pa_buffer once = {0}, again = {0};
    pa_error err = {0}, other = {0};
    int fd = open_file(file);
    pa_status st = unpack(fd, packing, 1 << 20, 1 << 20, &once, &err);
    PA_ASSERT(st == PA_OK || ((st == PA_E_DATA || st == PA_E_MEMORY) && *err.message));
    if (once.length < MOST && (room > 3 || once.length < 4096)) {
        /* libzstd holds a frame's empty last block against the size that the frame
         * tells only where it is handed all of the frame at once. */
        pa_status got = unpack(fd, packing, raw, room, &again, &other);
        PA_ASSERT(got == st || packing == PA_PACKED_ZST);
        PA_ASSERT(st != PA_OK || got != PA_OK || same(&once, &again));
    }
    if (whole) {
        PA_ASSERT(st == PA_OK && once.length == n && (n == 0 || !memcmp(once.data, text, n)));
    }
    pa_buffer_free(&once);
    pa_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plan p = {"00000000"};
    const uint8_t *end = memchr(data, '\n', size);
    if (!end) return -1;
    size_t length = (size_t)(end - data);
    memcpy(p.byte, data, length < N_CONTROL ? length : N_CONTROL);
    const char *text = (const char *)end + 1;
    size_t n = size - length - 1;
    pa_buffer file = {0};
    make_file(&p, text, n, &file);
    bool whole = !damage(&p, &file) && pick(&p, KIND, 4) != AS_IT_IS;
    if (file.length) check_file(&p, &file, text, n, whole);
    pa_buffer_free(&file);
    return 0;
}
