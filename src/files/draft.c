/* renameat2 is Linux's, outside POSIX. */
#define _GNU_SOURCE
#include "paraudit/files/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/base/rights.h"
#include "paraudit/files/files.h"
#include "paraudit/files/temporary.h"

enum { TRIES = 3 };

char *pa_draft_name(const char *path, pa_error *err)
{
    size_t n = strlen(path) + sizeof ".paraudit.part";
    char *name = pa_alloc(n, 1, err);
    if (name) snprintf(name, n, "%s.paraudit.part", path);
    return name;
}

/* ---- one that is there ---- */

static const char not_left[] = "is there, and no file that paraudit has left";

static pa_status in_the_way(const char *name, const char *why, pa_error *err)
{
    return pa_fail(err, PA_E_CREATE, "%s: %s: move it away", name, why);
}

/* A file system without locks grants them unseen. */
static bool take_lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* Opens and locks one that a killed job may have left. *fd -1: there is none. */
static pa_status open_leftover(const char *name, int *fd, pa_error *err)
{
    struct stat s;
    *fd = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0 && errno == ENOENT) return PA_OK;
    if (*fd < 0) return in_the_way(name, not_left, err);
    pa_status st = PA_OK;
    if (fstat(*fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_uid != geteuid() || s.st_nlink > 1)
        st = in_the_way(name, not_left, err);
    else if (!take_lock(*fd))
        st = pa_fail(err, PA_E_CREATE, "%s: another paraudit job is writing it", name);
    if (st == PA_OK) return PA_OK;
    close(*fd);
    *fd = -1;
    return st;
}

/* One that a killed job has left goes. */
static pa_status remove_leftover(const char *name, pa_error *err)
{
    int fd;
    PA_TRY(open_leftover(name, &fd, err));
    if (fd < 0) return PA_OK;
    pa_status st = PA_OK;
    if (unlink(name) != 0 && errno != ENOENT)
        st = pa_fail(err, PA_E_CREATE, "%s: %s", name, strerror(errno));
    close(fd);
    return st;
}

pa_status pa_draft_check(const char *path, bool left_by_us, pa_error *err)
{
    int fd = -1;
    char *name = pa_draft_name(path, err);
    if (!name) return PA_E_MEMORY;
    pa_status st = open_leftover(name, &fd, err);
    if (st == PA_OK && fd >= 0 && !left_by_us) st = in_the_way(name, not_left, err);
    if (fd >= 0) close(fd);
    pa_free(name);
    return st;
}

/* ---- one that is made ---- */

/* A job that began at the same time may have taken the new file, not locked yet, for left. */
static bool is_still_called(int fd, const char *name)
{
    struct stat here, there;
    return fstat(fd, &here) == 0 && lstat(name, &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

/* -1 and errno, EEXIST where something is called so. */
static int make_new(const char *name, const pa_draft_maker *maker)
{
    if (maker && !maker->make(name, maker->context)) return -1;
    int how = O_WRONLY | O_NOFOLLOW | O_CLOEXEC | (maker ? 0 : O_CREAT | O_EXCL);
    int fd = open(name, how, 0600);
    if (fd < 0) return -1;
    /* Where the file system knows no rights, they are as it was mounted. */
    if (fchmod(fd, pa_file_mode()) != 0) errno = 0;
    if (take_lock(fd) && is_still_called(fd, name)) return fd;
    close(fd);
    errno = EEXIST;
    return -1;
}

static pa_status cannot_make(const char *path, int reason, pa_error *err)
{
    bool full = reason == ENOSPC || reason == EDQUOT;
    return pa_fail(err, full ? PA_E_IO : PA_E_CREATE, "%s: %s", path, strerror(reason));
}

static pa_status make(const char *path, const char *name, const pa_draft_maker *maker, int *fd,
                      pa_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        *fd = make_new(name, maker);
        if (*fd >= 0) return PA_OK;
        if (errno != EEXIST) return cannot_make(path, errno, err);
        PA_TRY(remove_leftover(name, err));
    }
    return cannot_make(path, EEXIST, err);
}

pa_status pa_draft_make(const char *path, pa_draft *d, pa_error *err)
{
    return pa_draft_make_by(path, NULL, d, err);
}

pa_status pa_draft_make_by(const char *path, const pa_draft_maker *maker, pa_draft *d,
                           pa_error *err)
{
    *d = (pa_draft){.path = path, .name = pa_draft_name(path, err), .fd = -1};
    if (!d->name) return PA_E_MEMORY;
    pa_status st = make(path, d->name, maker, &d->fd, err);
    if (st == PA_OK) st = pa_temporary_add(d->name, err);
    if (st == PA_OK) return PA_OK;
    if (d->fd >= 0) unlink(d->name);
    if (d->fd >= 0) close(d->fd);
    pa_free(d->name);
    *d = (pa_draft){0};
    return st;
}

void pa_draft_unlock(pa_draft *d)
{
    flock(d->fd, LOCK_UN);
}

void pa_draft_way(const pa_draft *d, char way[64])
{
    snprintf(way, 64, "/proc/self/fd/%d", d->fd);
}

/* ---- its end ---- */

/* Some file systems cannot refuse to replace: there only what is met is not replaced. */
static bool rename_new(const char *name, const char *path)
{
    struct stat s;
    if (renameat2(AT_FDCWD, name, AT_FDCWD, path, RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    if (lstat(path, &s) != 0) return rename(name, path) == 0;
    errno = EEXIST;
    return false;
}

static void forget(pa_draft *d)
{
    if (d->name) close(d->fd);
    pa_free(d->name);
    *d = (pa_draft){0};
}

pa_status pa_draft_keep(pa_draft *d, bool replace, pa_error *err)
{
    const char *path = d->path;
    if (!is_still_called(d->fd, d->name))
        return pa_fail(err, PA_E_IO, "%s: was taken away while it was written", d->name);
    bool named = replace ? rename(d->name, path) == 0 : rename_new(d->name, path);
    if (!named && !replace && errno == EEXIST)
        return in_the_way(path, "is there already, and has come from elsewhere", err);
    if (!named) return pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(errno));
    forget(d);
    return pa_sync_folder_of(path, err);
}

/* What is not there is not looked at: then nothing is replaced, whatever comes. */
pa_status pa_draft_keep_beside(pa_draft *d, const pa_standing *standing, pa_error *err)
{
    return pa_draft_keep(d, pa_standing_gives_way(standing, d->path, d->name), err);
}

/* What has taken its name since is somebody's. */
void pa_draft_drop(pa_draft *d)
{
    if (d->name && is_still_called(d->fd, d->name)) unlink(d->name);
    forget(d);
}
