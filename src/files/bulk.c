/* O_DIRECT is Linux's, outside POSIX. */
#define _GNU_SOURCE
#include "paraudit/files/bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

enum {
    DIRECT_LEAST = 1 << 20,
    HUGE_PAGE = 2 << 20, /* the system is asked for such ones, which it moves with less work */
    PIECES = 4           /* on their way at most: the disk is not to wait for the next one */
};

/* Offsets, lengths and memory of direct transfers are multiples of a block: of
 * the disk's (4096 at most where it is known; a file system that wants more
 * refuses, and is served by ordinary calls) and of a page of the cache, so that
 * nobody's ordinary write of neighbouring bytes takes direct ones along. */
struct pa_bulk {
    const char *path;
    size_t block;
    int plain, direct; /* descriptors; direct -1: not here */
    char *buffer;      /* PA_BULK_PIECE and two blocks to read, PIECES to write */
    struct piece {
        size_t n;
        int64_t at;
    } piece[PIECES];
    /* While the disk takes a piece the next ones are put into the buffer; the rest is under the
     * lock. Piece number i lies at place i % PIECES. */
    pthread_t thread;
    bool has_thread, ends;
    pthread_mutex_t lock;
    pthread_cond_t news;
    uint64_t n_given, n_done;
    bool refuses; /* what is direct */
    int reason;   /* errno of the first piece that could not be written; 0: none */
};

static size_t block_of_this_machine(void)
{
    long page = sysconf(_SC_PAGESIZE);
    return page > 4096 ? (size_t)page : 4096;
}

static size_t buffer_bytes(const pa_bulk *b, bool writing)
{
    return writing ? (size_t)PIECES * PA_BULK_PIECE : PA_BULK_PIECE + 2 * b->block;
}

static char *make_buffer(const pa_bulk *b, bool writing)
{
    void *buffer = NULL;
    size_t bytes = buffer_bytes(b, writing);
    if (posix_memalign(&buffer, writing ? HUGE_PAGE : b->block, bytes) != 0) return NULL;
    if (writing) madvise(buffer, bytes, MADV_HUGEPAGE);
    return buffer;
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
    if (b->plain < 0) {
        st = pa_fail(err, writing ? PA_E_CREATE : PA_E_NO_INPUT, "%s: %s", path, strerror(errno));
    } else if (!(b->buffer = make_buffer(b, writing))) {
        st = pa_fail(err, PA_E_MEMORY, "out of memory: no room to move %s", path);
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

static char *place_of(const pa_bulk *b, uint64_t i)
{
    return b->buffer + i % PIECES * PA_BULK_PIECE;
}

/* What the direct way does not take, whatever its reason, the ordinary one does or refuses for
 * good. 0, or errno. */
static int send_piece(const pa_bulk *b, uint64_t i, bool *refused)
{
    const struct piece *p = b->piece + i % PIECES;
    ssize_t done = pwrite(b->direct, place_of(b, i), p->n, (off_t)p->at);
    *refused = done < 0 && errno == EINVAL;
    size_t skip = done > 0 ? (size_t)done : 0;
    bool written = pa_write_at(b->plain, place_of(b, i) + skip, p->n - skip, p->at + (int64_t)skip);
    return written ? 0 : errno;
}

/* The next one that was given; the lock is let go of meanwhile. */
static void send_next(pa_bulk *b)
{
    bool refused;
    uint64_t i = b->n_done;
    pthread_mutex_unlock(&b->lock);
    int reason = send_piece(b, i, &refused);
    pthread_mutex_lock(&b->lock);
    b->n_done++;
    b->refuses |= refused;
    if (b->reason == 0) b->reason = reason;
    pthread_cond_broadcast(&b->news);
}

static void *write_given(void *bulk)
{
    pa_bulk *b = bulk;
    pthread_mutex_lock(&b->lock);
    while (!b->ends) {
        if (b->n_done < b->n_given)
            send_next(b);
        else
            pthread_cond_wait(&b->news, &b->lock);
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
    b->has_thread = pthread_create(&b->thread, NULL, write_given, b) == 0;
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

/* Waits till at most so many pieces are on their way. False and errno: one could not be written. */
static bool settle(pa_bulk *b, uint64_t n)
{
    pthread_mutex_lock(&b->lock);
    while (b->n_given - b->n_done > n) {
        if (b->has_thread)
            pthread_cond_wait(&b->news, &b->lock);
        else
            send_next(b);
    }
    int reason = b->reason;
    bool refuses = b->refuses;
    pthread_mutex_unlock(&b->lock);
    if (refuses && n == 0) leave(&b->direct);
    errno = reason;
    return reason == 0;
}

/* One piece at block borders. */
static bool give_piece(pa_bulk *b, const char *bytes, size_t n, int64_t at)
{
    if (!settle(b, PIECES - 1)) return false;
    memcpy(place_of(b, b->n_given), bytes, n);
    b->piece[b->n_given % PIECES] = (struct piece){n, at};
    pthread_mutex_lock(&b->lock);
    b->n_given++;
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
        written = give_piece(b, from + i, step, at + (int64_t)i);
    }
    return settle(b, 0) && written && pa_write_at(b->plain, from + end, tail, at + (int64_t)end);
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
