#include "paraudit/files/own_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

enum { MAX_NAME = 256 };

const char pa_own_mark[] = ".paraudit";

static const char mark_text[] = "paraudit made this folder, and removes its own files from it.\n";

static pa_status refuse(const char *path, const char *why, pa_error *err)
{
    return pa_fail(err, PA_E_CREATE,
                   "%s: %s: it is not paraudit's, and nothing in it is touched; move it away, or "
                   "choose another --out",
                   path, why);
}

static pa_status system_error(pa_error *err, pa_status st, const pa_own_folder *f, const char *name,
                              int reason)
{
    return pa_fail(err, st, "%s/%s: %s", f->path, name, strerror(reason));
}

/* ---- the folder ---- */

static bool is_marked(const pa_own_folder *f)
{
    return pa_own_file_size(f, pa_own_mark) >= 0;
}

/* A draft of the mark is of a job that was killed just then. */
static bool counts_for_nothing(const char *name)
{
    size_t n = sizeof pa_own_mark - 1;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return true;
    return strncmp(name, pa_own_mark, n) == 0 && strcmp(name + n, ".part") == 0;
}

/* Holds nothing, or nothing but `besides`. */
static bool is_empty(const pa_own_folder *f, const char *besides)
{
    bool empty = true;
    int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0) close(fd);
        return false;
    }
    for (struct dirent *e; empty && (e = readdir(dir));)
        empty = counts_for_nothing(e->d_name) || strcmp(e->d_name, besides) == 0;
    closedir(dir);
    return empty;
}

static pa_status open_folder(const char *path, pa_own_folder *f, pa_error *err)
{
    *f = (pa_own_folder){path, open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (f->fd >= 0 || errno == ENOENT) return PA_OK;
    int reason = errno;
    struct stat s;
    bool link = lstat(path, &s) == 0 && S_ISLNK(s.st_mode);
    if (link) return refuse(path, "is a link", err);
    if (reason == ENOTDIR) return refuse(path, "is not a folder", err);
    return pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(reason));
}

pa_status pa_own_folder_open(const char *path, pa_own_folder *f, pa_error *err)
{
    PA_TRY(open_folder(path, f, err));
    if (f->fd < 0 || is_marked(f)) return PA_OK;
    bool empty = is_empty(f, "");
    pa_own_folder_close(f);
    return empty ? PA_OK : refuse(path, "holds files and no mark of this version of paraudit", err);
}

/* Whatever the umask, which takes rights from what is made. */
static pa_status put_mark(const pa_own_folder *f, pa_error *err)
{
    if (fchmod(f->fd, 0700) != 0) return system_error(err, PA_E_CREATE, f, "", errno);
    return pa_own_file_write(f, pa_own_mark, mark_text, sizeof mark_text - 1, err);
}

pa_status pa_own_folder_make(const char *path, pa_own_folder *f, pa_error *err)
{
    PA_TRY(pa_own_folder_open(path, f, err));
    if (f->fd >= 0) return PA_OK;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(errno));
    PA_TRY(open_folder(path, f, err));
    if (f->fd < 0) return pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(ENOENT));
    pa_status st = is_empty(f, "") ? put_mark(f, err) : refuse(path, "holds files", err);
    if (st == PA_OK) st = pa_sync_folder_of(path, err);
    if (st != PA_OK) pa_own_folder_close(f);
    return st;
}

void pa_own_folder_close(pa_own_folder *f)
{
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
}

/* The mark goes with the folder or stays with it. */
void pa_own_folder_remove(pa_own_folder *f)
{
    pa_error ignored = {0};
    if (f->fd >= 0 && is_empty(f, pa_own_mark)) {
        pa_own_file_remove(f, pa_own_mark);
        if (rmdir(f->path) != 0) put_mark(f, &ignored);
    }
    pa_own_folder_close(f);
}

void pa_own_folder_visit(const pa_own_folder *f, void (*found)(const char *name, void *to),
                         void *to)
{
    int fd = f->fd < 0 ? -1 : openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        if (fd >= 0) close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] != '.') found(e->d_name, to);
    }
    closedir(dir);
}

/* ---- its files ---- */

/* Some file systems refuse to sync a folder (EINVAL): then nothing can be done. */
static pa_status name_for_good(const pa_own_folder *f, const char *draft, const char *name,
                               pa_error *err)
{
    if (renameat(f->fd, draft, f->fd, name) != 0)
        return system_error(err, PA_E_CREATE, f, name, errno);
    if (fsync(f->fd) != 0 && errno != EINVAL) return system_error(err, PA_E_IO, f, name, errno);
    return PA_OK;
}

static pa_status fill(const pa_own_folder *f, int fd, const char *name, const char *bytes,
                      size_t length, pa_error *err)
{
    pa_status st = PA_OK;
    if (fchmod(fd, 0600) != 0 || !pa_write_at(fd, bytes, length, 0) || fsync(fd) != 0)
        st = system_error(err, PA_E_IO, f, name, errno);
    if (close(fd) != 0 && st == PA_OK) st = system_error(err, PA_E_IO, f, name, errno);
    return st;
}

pa_status pa_own_file_write(const pa_own_folder *f, const char *name, const char *bytes,
                            size_t length, pa_error *err)
{
    char draft[MAX_NAME];
    int n = snprintf(draft, sizeof draft, "%s.part", name);
    PA_ASSERT(n > 0 && n < MAX_NAME);
    unlinkat(f->fd, draft, 0); /* of a job that was killed */
    int fd = openat(f->fd, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        bool full = errno == ENOSPC || errno == EDQUOT;
        return system_error(err, full ? PA_E_IO : PA_E_CREATE, f, name, errno);
    }
    pa_status st = fill(f, fd, name, bytes, length, err);
    if (st == PA_OK) st = name_for_good(f, draft, name, err);
    if (st != PA_OK) unlinkat(f->fd, draft, 0);
    return st;
}

static pa_status read_all(const pa_own_folder *f, int fd, const char *name, size_t length,
                          char **bytes, pa_error *err)
{
    char *text = pa_alloc(length + 1, 1, err);
    if (!text) return PA_E_MEMORY;
    size_t done = 0;
    for (ssize_t n = 1; done < length && n != 0; done += n > 0 ? (size_t)n : 0) {
        n = read(fd, text + done, length - done);
        if (n < 0 && errno != EINTR) break;
    }
    if (done < length) {
        pa_free(text);
        return pa_fail(err, PA_E_IO, "%s/%s: cannot be read to its end", f->path, name);
    }
    *bytes = text;
    return PA_OK;
}

/* A pipe in place of the file would be waited for: it is not opened to be read. */
pa_status pa_own_file_read(const pa_own_folder *f, const char *name, size_t most, char **bytes,
                           size_t *length, pa_error *err)
{
    struct stat s;
    int fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return system_error(err, PA_E_NO_INPUT, f, name, errno);
    pa_status st = PA_OK;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size < 0 || (uint64_t)s.st_size > most)
        st = pa_fail(err, PA_E_NO_INPUT, "%s/%s: not a file of ours", f->path, name);
    if (st == PA_OK) st = read_all(f, fd, name, (size_t)s.st_size, bytes, err);
    if (st == PA_OK) *length = (size_t)s.st_size;
    close(fd);
    return st;
}

pa_status pa_own_file_close_to_others(const pa_own_folder *f, const char *name, pa_error *err)
{
    int fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return system_error(err, PA_E_CREATE, f, name, errno);
    pa_status st = fchmod(fd, 0600) == 0 ? PA_OK : system_error(err, PA_E_CREATE, f, name, errno);
    close(fd);
    return st;
}

int64_t pa_own_file_size(const pa_own_folder *f, const char *name)
{
    struct stat s;
    if (fstatat(f->fd, name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode)) return -1;
    return (int64_t)s.st_size;
}

void pa_own_file_remove(const pa_own_folder *f, const char *name)
{
    unlinkat(f->fd, name, 0);
}
