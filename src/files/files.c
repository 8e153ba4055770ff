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
#include "paraudit/base/rights.h"
#include "paraudit/files/draft.h"

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
    if (mkdir(path, 0700) == 0) {
        /* Whatever the umask; where the file system knows no rights, they stay. */
        if (chmod(path, pa_folder_mode()) != 0) errno = 0;
        return PA_OK;
    }
    int reason = errno;
    if (reason == EEXIST && stat(path, &s) == 0) {
        if (S_ISDIR(s.st_mode)) return PA_OK;
        return pa_fail(err, PA_E_CREATE, "%s: exists and is not a folder", path);
    }
    if (reason == EEXIST && lstat(path, &s) == 0 && S_ISLNK(s.st_mode))
        return pa_fail(err, PA_E_CREATE, "%s: is a link that leads nowhere", path);
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

static const char mark[] =
    "paraudit writes audit.h5, alerts.csv, rejects.csv, run.json and log.txt into this folder, and "
    "locks this file meanwhile.\n";

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

/* Opened and, where it is not there, made; what is no file is not waited for, and no link is
 * followed. -1 and errno. */
static int open_lock(const char *path)
{
    int how = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = open(path, how | O_CREAT | O_EXCL, 0600);
    if (fd < 0) return errno == EEXIST ? open(path, how) : -1;
    if (fchmod(fd, pa_file_mode()) != 0) errno = 0;
    return fd;
}

static pa_status check_lock(const char *path, int fd, bool *gone, pa_error *err)
{
    struct stat here, there;
    if (fstat(fd, &here) != 0) return system_error(err, PA_E_CREATE, path);
    if (!S_ISREG(here.st_mode))
        return pa_fail(err, PA_E_CREATE, "%s: is there, and is not a file: move it away", path);
    *gone = lstat(path, &there) != 0 || here.st_dev != there.st_dev || here.st_ino != there.st_ino;
    return PA_OK;
}

/* A job that leaves a folder as it was takes its lock away, perhaps just now. */
static pa_status try_lock(const char *folder, const char *path, int *lock, pa_error *err)
{
    bool gone = false;
    int fd = open_lock(path);
    if (fd < 0) {
        if (errno == ELOOP) return pa_fail(err, PA_E_CREATE, "%s: is a link: move it away", path);
        return system_error(err, PA_E_CREATE, path);
    }
    pa_status st = check_lock(path, fd, &gone, err);
    if (st == PA_OK) st = lock_file(folder, fd, err);
    if (st == PA_OK) st = check_lock(path, fd, &gone, err);
    if (st == PA_OK && !gone)
        *lock = fd;
    else
        close(fd);
    return st;
}

pa_status pa_lock_folder(const char *folder, int *lock, pa_error *err)
{
    *lock = -1;
    char *path = joined(folder, "/.lock", err);
    if (!path) return PA_E_MEMORY;
    pa_status st = PA_OK;
    for (int i = 0; st == PA_OK && *lock < 0 && i < 10; i++) st = try_lock(folder, path, lock, err);
    if (st == PA_OK && *lock < 0)
        st = pa_fail(err, PA_E_CREATE, "%s: other paraudit jobs come and go here", folder);
    pa_free(path);
    return st;
}

bool pa_folder_is_marked(int lock)
{
    char text[sizeof mark] = "";
    ssize_t n = pread(lock, text, sizeof text, 0);
    return n == (ssize_t)(sizeof mark - 1) && memcmp(text, mark, sizeof mark - 1) == 0;
}

pa_status pa_mark_folder(const char *folder, int lock, pa_error *err)
{
    struct stat s;
    if (fstat(lock, &s) != 0) return system_error(err, PA_E_IO, folder);
    /* What is written there already is not ours. */
    if (s.st_size > 0 || pa_write_at(lock, mark, sizeof mark - 1, 0)) return PA_OK;
    return pa_fail(err, PA_E_IO, "%s/.lock: cannot write: %s", folder, strerror(errno));
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

pa_status pa_write_file(const char *path, const char *bytes, size_t length, pa_error *err)
{
    return pa_write_file_beside(path, NULL, bytes, length, err);
}

pa_status pa_write_file_beside(const char *path, const pa_standing *standing, const char *bytes,
                               size_t length, pa_error *err)
{
    pa_draft draft;
    PA_TRY(pa_draft_make(path, &draft, err));
    pa_status st = PA_OK;
    if (!pa_write_at(draft.fd, bytes, length, 0) || fsync(draft.fd) != 0)
        st = system_error(err, PA_E_IO, path);
    if (st == PA_OK) st = pa_draft_keep_beside(&draft, standing, err);
    pa_draft_drop(&draft);
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

pa_status pa_open_own(const char *path, bool *there, int *fd, pa_error *err)
{
    struct stat s;
    *fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *there = *fd >= 0 || (errno != ENOENT && errno != ENOTDIR);
    if (!*there) return PA_OK;
    if (*fd < 0 && errno == ELOOP) return pa_fail(err, PA_E_NO_INPUT, "%s: is a link", path);
    if (*fd < 0) return system_error(err, PA_E_NO_INPUT, path);
    if (fstat(*fd, &s) == 0 && S_ISREG(s.st_mode)) return PA_OK;
    close(*fd);
    *fd = -1;
    return pa_fail(err, PA_E_NO_INPUT, "%s: is not a file", path);
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
