/* O_DIRECT is Linux's, outside POSIX. */
#define _GNU_SOURCE
#include "paraudit/files/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

enum { DIRECT_LEAST = 1 << 20 };

/* Offsets, lengths and memory of direct transfers are multiples of a block: of
 * the disk's (4096 at most where it is known; a file system that wants more
 * refuses, and is served by ordinary calls) and of a page of the cache, so that
 * nobody's ordinary write of neighbouring bytes takes direct ones along. */
struct pa_bulk {
    const char *path;
    size_t block;
    int plain, direct; /* descriptors; direct -1: not here */
    char *buffer;      /* PA_BULK_PIECE and two blocks; starts at a block */
};

static size_t block_of_this_machine(void)
{
    long page = sysconf(_SC_PAGESIZE);
    return page > 4096 ? (size_t)page : 4096;
}

pa_status pa_bulk_open(const char *path, bool writing, pa_bulk **bulk, pa_error *err)
{
    pa_bulk *b = NULL;
    *bulk = NULL;
    PA_TRY(PA_NEW(b, 1, err));
    int mode = (writing ? O_WRONLY | O_NOFOLLOW : O_RDONLY) | O_CLOEXEC;
    *b = (pa_bulk){
        .path = path, .block = block_of_this_machine(), .plain = open(path, mode), .direct = -1};
    pa_status st = PA_OK;
    void *buffer = NULL;
    if (b->plain < 0) {
        st = pa_fail(err, writing ? PA_E_CREATE : PA_E_NO_INPUT, "%s: %s", path, strerror(errno));
    } else if (posix_memalign(&buffer, b->block, PA_BULK_PIECE + 2 * b->block) != 0) {
        st = pa_fail(err, PA_E_MEMORY, "out of memory: no room to move %s", path);
    } else {
        b->buffer = buffer;
    }
    if (st != PA_OK) {
        pa_bulk_close(b);
        return st;
    }
    b->direct = open(path, mode | O_DIRECT);
    *bulk = b;
    return PA_OK;
}

static bool leave(int *fd)
{
    bool closed = *fd < 0 || close(*fd) == 0;
    *fd = -1;
    return closed;
}

bool pa_bulk_close(pa_bulk *b)
{
    if (!b) return true;
    bool direct = leave(&b->direct), plain = leave(&b->plain);
    free(b->buffer);
    pa_free(b);
    return direct && plain;
}

/* One piece at block borders. What the direct way does not take, whatever its
 * reason, the ordinary one does or refuses for good. */
static bool write_piece(pa_bulk *b, const char *bytes, size_t n, int64_t at)
{
    ssize_t done = -1;
    if (b->direct >= 0) {
        memcpy(b->buffer, bytes, n);
        done = pwrite(b->direct, b->buffer, n, (off_t)at);
        if (done < 0 && errno == EINVAL) leave(&b->direct);
    }
    size_t skip = done > 0 ? (size_t)done : 0;
    return pa_write_at(b->plain, bytes + skip, n - skip, at + (int64_t)skip);
}

/* The blocks at the ends, which may hold others' bytes, go the ordinary way. */
bool pa_bulk_write(pa_bulk *b, const void *bytes, size_t n, int64_t at)
{
    const char *from = bytes;
    if (b->direct < 0 || n < DIRECT_LEAST) return pa_write_at(b->plain, from, n, at);
    size_t head = (size_t)(-at & (int64_t)(b->block - 1)), tail = (n - head) % b->block;
    if (!pa_write_at(b->plain, from, head, at)) return false;
    size_t end = n - tail;
    for (size_t i = head, step; i < end; i += step) {
        step = end - i < PA_BULK_PIECE ? end - i : PA_BULK_PIECE;
        if (!write_piece(b, from + i, step, at + (int64_t)i)) return false;
    }
    return pa_write_at(b->plain, from + end, tail, at + (int64_t)end);
}

/* Fills the buffer from `at` on until `n` bytes are there; `most` may be. */
static pa_status fill(pa_bulk *b, size_t n, size_t most, int64_t at, pa_error *err)
{
    for (size_t done = 0; done < n;) {
        bool direct = b->direct >= 0 && done % b->block == 0;
        ssize_t got = pread(direct ? b->direct : b->plain, b->buffer + done, most - done,
                            (off_t)(at + (int64_t)done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && direct) {
            leave(&b->direct); /* what it cannot, the ordinary way may */
            continue;
        }
        if (got < 0) return pa_fail(err, PA_E_IO, "%s: %s", b->path, strerror(errno));
        if (got == 0) {
            return pa_fail(err, PA_E_IO, "%s: became shorter while it was read", b->path);
        }
        done += (size_t)got;
    }
    return PA_OK;
}

pa_status pa_bulk_read(pa_bulk *b, size_t n, int64_t at, const char **bytes, pa_error *err)
{
    PA_ASSERT(n <= PA_BULK_PIECE);
    size_t before = (size_t)(at & (int64_t)(b->block - 1)), wanted = before + n;
    size_t most = (wanted + b->block - 1) / b->block * b->block;
    *bytes = b->buffer + before;
    return fill(b, wanted, most, at - (int64_t)before, err);
}
