/* O_DIRECT is Linux's, outside POSIX. */
#define _GNU_SOURCE
#include "paraudit/files/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
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
    char *buffer;      /* PA_BULK_PIECE and two blocks, to write twice as much; starts at a block */
    size_t turn;       /* which half the next piece goes to */
    struct writing {
        const char *bytes; /* of a piece on its way; NULL: there is none */
        size_t n;
        int64_t at;
        ssize_t done;
        int reason; /* errno of done < 0 */
    } piece;
    /* While the disk takes a piece the next one is put into its half. */
    pthread_t thread;
    bool has_thread, ends, asked; /* asked: the piece is the thread's; it and ends under the lock */
    pthread_mutex_t lock;
    pthread_cond_t news;
};

static size_t block_of_this_machine(void)
{
    long page = sysconf(_SC_PAGESIZE);
    return page > 4096 ? (size_t)page : 4096;
}

static size_t half(const pa_bulk *b)
{
    return PA_BULK_PIECE + 2 * b->block;
}

pa_status pa_bulk_open(const char *path, bool writing, pa_bulk **bulk, pa_error *err)
{
    pa_bulk *b = NULL;
    *bulk = NULL;
    PA_TRY(PA_NEW(b, 1, err));
    int mode = (writing ? O_WRONLY | O_NOFOLLOW : O_RDONLY) | O_CLOEXEC;
    *b = (pa_bulk){.path = path,
                   .block = block_of_this_machine(),
                   .plain = open(path, mode),
                   .direct = -1,
                   .lock = PTHREAD_MUTEX_INITIALIZER,
                   .news = PTHREAD_COND_INITIALIZER};
    pa_status st = PA_OK;
    void *buffer = NULL;
    if (b->plain < 0) {
        st = pa_fail(err, writing ? PA_E_CREATE : PA_E_NO_INPUT, "%s: %s", path, strerror(errno));
    } else if (posix_memalign(&buffer, b->block, (writing ? 2 : 1) * half(b)) != 0) {
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

static void send_piece(const pa_bulk *b, struct writing *w)
{
    w->done = pwrite(b->direct, w->bytes, w->n, (off_t)w->at);
    w->reason = errno;
}

static void *write_asked(void *bulk)
{
    pa_bulk *b = bulk;
    pthread_mutex_lock(&b->lock);
    while (!b->ends) {
        if (!b->asked) {
            pthread_cond_wait(&b->news, &b->lock);
            continue;
        }
        pthread_mutex_unlock(&b->lock);
        send_piece(b, &b->piece);
        pthread_mutex_lock(&b->lock);
        b->asked = false;
        pthread_cond_broadcast(&b->news);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

/* Signals are for the thread that was there before. Without a second one pieces are written one by
 * one. */
static void hire(pa_bulk *b)
{
    sigset_t all, before;
    if (b->has_thread) return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    b->has_thread = pthread_create(&b->thread, NULL, write_asked, b) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void dismiss(pa_bulk *b)
{
    if (!b->has_thread) return;
    pthread_mutex_lock(&b->lock);
    b->ends = true;
    pthread_cond_broadcast(&b->news);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    b->has_thread = false;
}

bool pa_bulk_close(pa_bulk *b)
{
    if (!b) return true;
    dismiss(b);
    bool direct = leave(&b->direct), plain = leave(&b->plain);
    free(b->buffer);
    pa_free(b);
    return direct && plain;
}

/* The piece that is on its way is there, or it cannot be. What the direct way does not take,
 * whatever its reason, the ordinary one does or refuses for good. */
static bool settle(pa_bulk *b)
{
    struct writing *w = &b->piece;
    if (!w->bytes) return true;
    pthread_mutex_lock(&b->lock);
    while (b->asked) pthread_cond_wait(&b->news, &b->lock);
    pthread_mutex_unlock(&b->lock);
    if (w->done < 0 && w->reason == EINVAL) leave(&b->direct);
    size_t skip = w->done > 0 ? (size_t)w->done : 0;
    bool written = pa_write_at(b->plain, w->bytes + skip, w->n - skip, w->at + (int64_t)skip);
    w->bytes = NULL;
    return written;
}

/* One piece at block borders, for the thread where there is one. */
static bool write_piece(pa_bulk *b, const char *bytes, size_t n, int64_t at)
{
    char *room = b->buffer + b->turn * half(b);
    if (b->direct < 0) return settle(b) && pa_write_at(b->plain, bytes, n, at);
    memcpy(room, bytes, n);
    b->turn = 1 - b->turn;
    if (!settle(b)) return false;
    if (b->direct < 0) return pa_write_at(b->plain, bytes, n, at);
    b->piece = (struct writing){.bytes = room, .n = n, .at = at};
    if (!b->has_thread) {
        send_piece(b, &b->piece);
        return settle(b);
    }
    pthread_mutex_lock(&b->lock);
    b->asked = true;
    pthread_cond_broadcast(&b->news);
    pthread_mutex_unlock(&b->lock);
    return true;
}

/* The blocks at the ends, which may hold others' bytes, go the ordinary way. */
bool pa_bulk_write(pa_bulk *b, const void *bytes, size_t n, int64_t at)
{
    const char *from = bytes;
    if (b->direct < 0 || n < DIRECT_LEAST) return pa_write_at(b->plain, from, n, at);
    size_t head = (size_t)(-at & (int64_t)(b->block - 1)), tail = (n - head) % b->block;
    if (!pa_write_at(b->plain, from, head, at)) return false;
    size_t end = n - tail;
    bool written = true;
    if (n > PA_BULK_PIECE) hire(b);
    for (size_t i = head, step; written && i < end; i += step) {
        step = end - i < PA_BULK_PIECE ? end - i : PA_BULK_PIECE;
        written = write_piece(b, from + i, step, at + (int64_t)i);
    }
    return settle(b) && written && pa_write_at(b->plain, from + end, tail, at + (int64_t)end);
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
