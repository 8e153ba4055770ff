/* To be preloaded: a disk that is bad for files named *.part. It takes
 * PARAUDIT_TEST_FULL_AT bytes from this process and then is full, whatever was
 * reserved before; with PARAUDIT_TEST_NO_SYNC it does not keep what it has taken;
 * of names it gives PARAUDIT_TEST_NAMES and no more. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
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
