#include "paraudit/files/trailer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"
#include "paraudit/files/input.h"

static const char begin[] = "paraudit trailer", end[] = "\nsealed\n";

/* Where the parts of the footer are. */
enum {
    SIZE = sizeof begin - 1,
    COUNT = SIZE + 8,
    BLOCK = COUNT + 8,
    WHOLE = BLOCK + 8,
    MARKS = WHOLE + PA_DIGEST_BYTES,
    GUARD = MARKS + PA_DIGEST_BYTES,
    END = GUARD + PA_DIGEST_BYTES,
    FOOTER = END + sizeof end - 1
};

enum { PER_BLOCK = PA_DIGEST_BYTES + 1 };

int64_t pa_trailer_blocks(int64_t size)
{
    return size / PA_TRAILER_BLOCK + (size % PA_TRAILER_BLOCK != 0);
}

int64_t pa_trailer_bytes(int64_t size)
{
    return pa_trailer_blocks(size) * PER_BLOCK + FOOTER;
}

static void put_number(uint8_t *at, uint64_t number)
{
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(number >> 8 * i);
}

/* What the footer of such a trailer is, byte by byte. */
static void make_footer(int64_t size, const uint8_t digest[], const uint8_t mark[],
                        uint8_t footer[FOOTER])
{
    size_t n = (size_t)pa_trailer_blocks(size);
    memcpy(footer, begin, SIZE);
    put_number(footer + SIZE, (uint64_t)size);
    put_number(footer + COUNT, n);
    put_number(footer + BLOCK, PA_TRAILER_BLOCK);
    pa_sha256_of(digest, n * PA_DIGEST_BYTES, footer + WHOLE);
    pa_sha256_of(mark, n, footer + MARKS);
    pa_sha256_of(footer, GUARD, footer + GUARD);
    memcpy(footer + END, end, sizeof end - 1);
}

static bool write_parts(int fd, int64_t size, const uint8_t digest[], const uint8_t mark[])
{
    uint8_t footer[FOOTER];
    size_t n = (size_t)pa_trailer_blocks(size), bytes = n * PA_DIGEST_BYTES;
    make_footer(size, digest, mark, footer);
    return pa_write_at(fd, (const char *)digest, bytes, size) &&
           pa_write_at(fd, (const char *)mark, n, size + (int64_t)bytes) &&
           pa_write_at(fd, (const char *)footer, FOOTER, size + (int64_t)(bytes + n));
}

pa_status pa_trailer_write(const char *path, int64_t size, const uint8_t digest[],
                           const uint8_t mark[], pa_error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write_parts(fd, size, digest, mark);
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && done) {
        done = false;
        why = errno;
    }
    return done ? PA_OK
                : pa_fail(err, PA_E_IO, "%s: cannot write its trailer: %s", path, strerror(why));
}

void pa_trailer_free(pa_trailer *t)
{
    pa_free(t->digest);
    pa_free(t->mark);
    *t = (pa_trailer){0};
}

static pa_status damaged(const char *path, pa_error *err)
{
    return pa_fail(err, PA_E_DATA,
                   "%s: damaged: the trailer that guards its bytes is not as it was written", path);
}

/* A file of `size` bytes that ends like one with a trailer: the body is of the one length for
 * which body and trailer take as much. */
static bool find_body(int64_t size, int64_t *body)
{
    int64_t least = size - FOOTER, per = PA_TRAILER_BLOCK + PER_BLOCK;
    int64_t n = least / per + (least % per != 0);
    *body = least - n * PER_BLOCK;
    return least >= 0 && *body >= 0 && pa_trailer_blocks(*body) == n;
}

static pa_status read_all(int fd, const char *path, const uint8_t footer[FOOTER], pa_trailer *t,
                          pa_error *err)
{
    uint8_t expected[FOOTER];
    t->n = (size_t)pa_trailer_blocks(t->size);
    PA_TRY(PA_NEW(t->digest, t->n * PA_DIGEST_BYTES, err));
    PA_TRY(PA_NEW(t->mark, t->n, err));
    size_t bytes = t->n * PA_DIGEST_BYTES;
    PA_TRY(pa_read_at(fd, path, 0, t->size, (char *)t->digest, bytes, err));
    PA_TRY(pa_read_at(fd, path, 0, t->size + (int64_t)bytes, (char *)t->mark, t->n, err));
    make_footer(t->size, t->digest, t->mark, expected);
    if (memcmp(footer, expected, FOOTER) != 0) return damaged(path, err);
    memcpy(t->whole, footer + WHOLE, PA_DIGEST_BYTES);
    t->is_there = true;
    return PA_OK;
}

/* Either of its marks will do: one of them may be what was damaged. */
static bool is_footer(const uint8_t footer[FOOTER])
{
    return memcmp(footer, begin, sizeof begin - 1) == 0 ||
           memcmp(footer + END, end, sizeof end - 1) == 0;
}

pa_status pa_trailer_read(int fd, const char *path, pa_trailer *t, pa_error *err)
{
    struct stat info;
    uint8_t footer[FOOTER];
    *t = (pa_trailer){0};
    if (fstat(fd, &info) != 0)
        return pa_fail(err, PA_E_IO, "%s: cannot read: %s", path, strerror(errno));
    t->size = info.st_size;
    if (t->size < FOOTER) return PA_OK;
    PA_TRY(pa_read_at(fd, path, 0, t->size - FOOTER, (char *)footer, FOOTER, err));
    if (!is_footer(footer)) return PA_OK;
    pa_status st =
        find_body(info.st_size, &t->size) ? read_all(fd, path, footer, t, err) : damaged(path, err);
    if (st != PA_OK) pa_trailer_free(t);
    return st;
}

pa_status pa_trailer_of(const char *path, pa_trailer *t, pa_error *err)
{
    int fd = -1;
    *t = (pa_trailer){0};
    PA_TRY(pa_open_input(path, 0, &fd, err));
    pa_status st = pa_trailer_read(fd, path, t, err);
    close(fd);
    return st;
}

size_t pa_trailer_block_bytes(const pa_trailer *t, size_t block)
{
    int64_t left = t->size - (int64_t)block * PA_TRAILER_BLOCK;
    return left < PA_TRAILER_BLOCK ? (size_t)left : PA_TRAILER_BLOCK;
}

bool pa_trailer_agrees(const pa_trailer *t, size_t block, const void *bytes)
{
    uint8_t digest[PA_DIGEST_BYTES];
    pa_sha256_of(bytes, pa_trailer_block_bytes(t, block), digest);
    return memcmp(digest, t->digest + block * PA_DIGEST_BYTES, PA_DIGEST_BYTES) == 0;
}
