/* To be preloaded: a disk that is bad for files named *.part. It takes
 * PARAUDIT_TEST_FULL_AT bytes from this process and then is full, whatever was
 * reserved before; with PARAUDIT_TEST_NO_SYNC it does not keep what it has taken;
 * of names it gives PARAUDIT_TEST_NAMES and no more; the closing of PARAUDIT_TEST_CLOSES files
 * succeeds and of no more. */
#define _GNU_SOURCE
#include <aio.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int ends_in_part(const char *path, ssize_t n)
{
    return n > 5 && memcmp(path + n - 5, ".part", 5) == 0;
}

static int is_part(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return ends_in_part(path, readlink(link, path, sizeof path));
}

/* What of n bytes still fits; -1: nothing. */
static ssize_t fitting(int fd, size_t n)
{
    static long long taken;
    const char *at = getenv("PARAUDIT_TEST_FULL_AT");
    if (!at || n == 0 || !is_part(fd)) return (ssize_t)n;
    long long left = strtoll(at, NULL, 10) - taken;
    if (left <= 0) {
        errno = ENOSPC;
        return -1;
    }
    if (left < (long long)n) n = (size_t)left;
    taken += (long long)n;
    return (ssize_t)n;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    ssize_t fits = fitting(fd, n);
    return fits < 0 ? -1 : syscall(SYS_write, fd, bytes, (size_t)fits);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    ssize_t fits = fitting(fd, n);
    return fits < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, (size_t)fits, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    return pwrite(fd, bytes, n, at);
}

/* One stretch after the other, as far as they fit. */
ssize_t pwritev(int fd, const struct iovec *part, int n, off_t at)
{
    ssize_t done = 0;
    for (int i = 0; i < n; i++) {
        ssize_t wrote = pwrite(fd, part[i].iov_base, part[i].iov_len, at + done);
        if (wrote < 0) return done > 0 ? done : -1;
        done += wrote;
        if ((size_t)wrote < part[i].iov_len) break;
    }
    return done;
}

ssize_t pwritev64(int fd, const struct iovec *part, int n, off64_t at)
{
    return pwritev(fd, part, n, at);
}

int aio_write(struct aiocb *a)
{
    if (fitting(a->aio_fildes, a->aio_nbytes) == (ssize_t)a->aio_nbytes) {
        static int (*write_of_libc)(struct aiocb *);
        if (!write_of_libc) *(void **)&write_of_libc = dlsym(RTLD_NEXT, "aio_write");
        return write_of_libc(a);
    }
    errno = ENOSPC;
    return -1;
}

int close(int fd)
{
    static long long closed;
    const char *closes = getenv("PARAUDIT_TEST_CLOSES");
    bool fails = closes && is_part(fd) && closed++ >= strtoll(closes, NULL, 10);
    int rc = (int)syscall(SYS_close, fd);
    if (!fails) return rc;
    errno = EIO;
    return -1;
}

int fsync(int fd)
{
    if (!getenv("PARAUDIT_TEST_NO_SYNC") || !is_part(fd)) return (int)syscall(SYS_fsync, fd);
    errno = EIO;
    return -1;
}

static int gives_name(const char *from)
{
    static long long given;
    const char *names = getenv("PARAUDIT_TEST_NAMES");
    if (!names || !ends_in_part(from, (ssize_t)strlen(from)) || given++ < strtoll(names, NULL, 10))
        return 1;
    errno = EIO;
    return 0;
}

int rename(const char *from, const char *to)
{
    return gives_name(from) ? (int)syscall(SYS_rename, from, to) : -1;
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned how)
{
    return gives_name(from) ? (int)syscall(SYS_renameat2, folder, from, other, to, how) : -1;
}
