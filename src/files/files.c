#include "paraudit/files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/temporary.h"

static pa_status system_error(pa_error *err, pa_status st, const char *path)
{
    return pa_fail(err, st, "%s: %s", path, strerror(errno));
}

const char *pa_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* path + suffix; NULL when there is no memory. */
static char *joined(const char *path, const char *suffix, pa_error *err)
{
    size_t n = strlen(path) + strlen(suffix) + 1;
    char *text = pa_alloc(n, 1, err);
    if (text) snprintf(text, n, "%s%s", path, suffix);
    return text;
}

/* The folder that `path` lies in: "." for a bare name. */
static char *folder_of(const char *path, pa_error *err)
{
    size_t n = (size_t)(pa_base_name(path) - path);
    if (n == 0) return joined(".", "", err);
    char *folder = joined(path, "", err);
    /* The root folder keeps its slash. */
    if (folder) folder[n > 1 ? n - 1 : 1] = '\0';
    return folder;
}

static pa_status make_folder(const char *path, pa_error *err)
{
    struct stat s;
    if (mkdir(path, 0777) == 0) return PA_OK;
    int reason = errno;
    if (reason == EEXIST && stat(path, &s) == 0) {
        if (S_ISDIR(s.st_mode)) return PA_OK;
        return pa_fail(err, PA_E_CREATE, "%s: exists and is not a folder", path);
    }
    return pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(reason));
}

pa_status pa_make_folders(const char *path, pa_error *err)
{
    char *part = joined(path, "", err);
    if (!part) return PA_E_MEMORY;
    pa_status st = PA_OK;
    for (char *slash = part + 1; st == PA_OK && *part && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        st = make_folder(part, err);
        *slash = '/';
    }
    if (st == PA_OK) st = make_folder(path, err);
    pa_free(part);
    return st;
}

static pa_status lock_file(const char *folder, int fd, pa_error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return PA_OK;
    if (errno == EWOULDBLOCK) {
        return pa_fail(err, PA_E_CREATE, "%s: another paraudit job is writing here", folder);
    }
    /* Some parallel file systems are mounted without locks; a job there is no
     * worse off than one that never asked. */
    if (errno == ENOSYS || errno == ENOLCK || errno == EOPNOTSUPP) return PA_OK;
    return system_error(err, PA_E_CREATE, folder);
}

pa_status pa_lock_folder(const char *folder, int *lock, pa_error *err)
{
    *lock = -1;
    char *path = joined(folder, "/.lock", err);
    if (!path) return PA_E_MEMORY;
    pa_status st = PA_OK;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        st = system_error(err, PA_E_CREATE, path);
    } else {
        st = lock_file(folder, fd, err);
        if (st == PA_OK)
            *lock = fd;
        else
            close(fd);
    }
    pa_free(path);
    return st;
}

void pa_unlock_folder(int *lock)
{
    /* The file stays: removing it would let two jobs hold two files of one name. */
    if (*lock >= 0) close(*lock);
    *lock = -1;
}

bool pa_write_at(int fd, const char *bytes, size_t n, int64_t offset)
{
    for (size_t done = 0; done < n;) {
        ssize_t step = pwrite(fd, bytes + done, n - done, (off_t)(offset + (int64_t)done));
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) return false;
        done += (size_t)step;
    }
    return true;
}

/* Syncs and closes; the first trouble wins. */
static pa_status sync_and_close(int fd, const char *path, pa_error *err)
{
    pa_status st = fsync(fd) == 0 ? PA_OK : system_error(err, PA_E_IO, path);
    if (close(fd) != 0 && st == PA_OK) st = system_error(err, PA_E_IO, path);
    return st;
}

pa_status pa_sync_file(const char *path, pa_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return system_error(err, PA_E_IO, path);
    return sync_and_close(fd, path, err);
}

/* Some file systems refuse to sync a folder (EINVAL): then nothing can be done. */
pa_status pa_sync_folder_of(const char *path, pa_error *err)
{
    char *folder = folder_of(path, err);
    if (!folder) return PA_E_MEMORY;
    pa_status st = PA_OK;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) st = system_error(err, PA_E_IO, folder);
    if (fd >= 0) close(fd);
    pa_free(folder);
    return st;
}

pa_status pa_rename_for_good(const char *from, const char *to, pa_error *err)
{
    if (rename(from, to) != 0) return system_error(err, PA_E_CREATE, to);
    return pa_sync_folder_of(to, err);
}

char *pa_draft_name(const char *path, pa_error *err)
{
    return joined(path, ".part", err);
}

pa_status pa_create_draft(const char *path, const char *draft, int *fd, pa_error *err)
{
    /* A folder of that name stays, and is in the way of what follows. */
    unlink(draft);
    *fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (*fd < 0) return system_error(err, PA_E_CREATE, path);
    pa_status st = pa_temporary_add(draft, err);
    if (st == PA_OK) return PA_OK;
    close(*fd);
    unlink(draft);
    return st;
}

pa_status pa_write_file(const char *path, const char *bytes, size_t length, pa_error *err)
{
    int fd;
    char *draft = pa_draft_name(path, err);
    if (!draft) return PA_E_MEMORY;
    pa_status st;
    PA_GOTO(pa_create_draft(path, draft, &fd, err));
    if (!pa_write_at(fd, bytes, length, 0)) st = system_error(err, PA_E_IO, path);
    pa_status closed = sync_and_close(fd, path, err);
    if (st == PA_OK) st = closed;
    if (st == PA_OK) st = pa_rename_for_good(draft, path, err);
    if (st != PA_OK) unlink(draft);
out:
    pa_free(draft);
    return st;
}

pa_status pa_file_size(const char *path, int64_t *bytes, pa_error *err)
{
    struct stat s;
    if (stat(path, &s) != 0) return system_error(err, PA_E_NO_INPUT, path);
    if (!S_ISREG(s.st_mode)) return pa_fail(err, PA_E_NO_INPUT, "%s: not a file", path);
    *bytes = (int64_t)s.st_size;
    return PA_OK;
}

static pa_status read_all(int fd, const char *path, char *bytes, size_t length, pa_error *err)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = read(fd, bytes + done, length - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return system_error(err, PA_E_IO, path);
        if (n == 0) return pa_fail(err, PA_E_IO, "%s: became shorter while it was read", path);
        done += (size_t)n;
    }
    return PA_OK;
}

pa_status pa_read_file(const char *path, char **bytes, size_t *length, pa_error *err)
{
    int64_t size = 0;
    PA_TRY(pa_file_size(path, &size, err));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return system_error(err, PA_E_NO_INPUT, path);
    pa_status st = PA_OK;
    char *text = pa_alloc((size_t)size + 1, 1, err);
    st = text ? read_all(fd, path, text, (size_t)size, err) : PA_E_MEMORY;
    close(fd);
    if (st != PA_OK) {
        pa_free(text);
        return st;
    }
    *bytes = text;
    *length = (size_t)size;
    return PA_OK;
}

pa_status pa_space_left(const char *path, int64_t *bytes, pa_error *err)
{
    char *folder = folder_of(path, err);
    if (!folder) return PA_E_MEMORY;
    struct statvfs v;
    pa_status st = PA_OK;
    if (statvfs(folder, &v) != 0) {
        st = system_error(err, PA_E_IO, folder);
    } else {
        uint64_t left = (uint64_t)v.f_bavail * (uint64_t)v.f_frsize;
        *bytes = left > INT64_MAX ? INT64_MAX : (int64_t)left;
    }
    pa_free(folder);
    return st;
}

void pa_bytes_text(int64_t bytes, char text[32])
{
    static const char *const unit[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        snprintf(text, 32, "%lld bytes", (long long)bytes);
        return;
    }
    double v = (double)bytes / 1024;
    size_t u = 0;
    for (; v >= 1023.95 && u < 5; u++) v /= 1024;
    snprintf(text, 32, v < 10 ? "%.1f %s" : "%.0f %s", v, unit[u]);
}
