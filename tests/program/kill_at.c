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

static void count(void)
{
    static long calls;
    const char *at = getenv("PARAUDIT_TEST_KILL_AT");
    if (at && ++calls == strtol(at, NULL, 10)) raise(SIGKILL);
}

static int begins_with(const char *path, const char *folder)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* A name in an open folder is counted by where that folder is. */
static void count_at(int folder, const char *path)
{
    char link[64], open_folder[4096] = "", under[4096];
    const char *wanted = getenv("PARAUDIT_TEST_KILL_UNDER");
    if (!wanted) return;
    if (folder == AT_FDCWD || *path == '/') {
        if (begins_with(path, wanted)) count();
        return;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    if (readlink(link, open_folder, sizeof open_folder - 1) > 0 && realpath(wanted, under) &&
        begins_with(open_folder, under))
        count();
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    count_at(to_folder, to);
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int unlinkat(int folder, const char *path, int flags)
{
    count_at(folder, path);
    return (int)syscall(SYS_unlinkat, folder, path, flags);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    count_at(folder, path);
    return (int)syscall(SYS_mkdirat, folder, path, mode);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat2(int folder, const char *from, int other, const char *to, unsigned how)
{
    count_at(other, to);
    return (int)syscall(SYS_renameat2, folder, from, other, to, how);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}
