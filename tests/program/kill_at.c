/* To be preloaded: ends the process before the PARAUDIT_TEST_KILL_AT-th call that
 * would change names below the folder PARAUDIT_TEST_KILL_UNDER. Killed before each
 * of them in turn, a job has been killed in every state that its files go through. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void count(const char *path)
{
    static long calls;
    const char *folder = getenv("PARAUDIT_TEST_KILL_UNDER"), *at = getenv("PARAUDIT_TEST_KILL_AT");
    if (!folder || !at || strncmp(path, folder, strlen(folder)) != 0) return;
    if (++calls == strtol(at, NULL, 10)) raise(SIGKILL);
}

int rename(const char *from, const char *to)
{
    count(to);
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned how)
{
    count(to);
    return (int)syscall(SYS_renameat2, folder, from, other, to, how);
}

int unlink(const char *path)
{
    count(path);
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    count(path);
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdir(const char *path, mode_t mode)
{
    count(path);
    return mkdirat(AT_FDCWD, path, mode);
}
