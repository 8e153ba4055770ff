/* How fast a file is written and read back. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "estimate_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

enum { PIECE = 8 << 20, PIECES = 8 };

static bool read_back(int fd, char *bytes, size_t n, int64_t at)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(fd, bytes + done, n - done, (off_t)(at + (int64_t)done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

/* To the disk and back, past what memory keeps of it. */
static bool move_piece(int fd, char *bytes, int64_t at)
{
    return pa_write_at(fd, bytes, PIECE, at) && fdatasync(fd) == 0 &&
           posix_fadvise(fd, (off_t)at, PIECE, POSIX_FADV_DONTNEED) == 0 &&
           read_back(fd, bytes, PIECE, at);
}

/* The fastest of some pieces: others that use the disk, or the processor, make it slower. */
static double measure(int fd, char *bytes)
{
    double least = 0;
    for (int i = 0; i < PIECES; i++) {
        double began = pa_clock();
        if (!move_piece(fd, bytes, (int64_t)i * PIECE)) return 0;
        double took = pa_clock() - began;
        if (i == 0 || took < least) least = took;
    }
    return least > 0 ? PIECE / least : 0;
}

pa_status pa_estimate_disk(const char *path, double *speed, pa_error *err)
{
    char *bytes;
    *speed = 0;
    PA_TRY(PA_NEW(bytes, PIECE, err));
    memset(bytes, 7, PIECE);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    pa_status st = PA_OK;
    if (fd < 0) st = pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(errno));
    if (fd >= 0) {
        *speed = measure(fd, bytes);
        close(fd);
        unlink(path);
    }
    pa_free(bytes);
    return st;
}
