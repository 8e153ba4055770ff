#define _GNU_SOURCE /* O_TMPFILE */
#include "paraudit/patterns/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATH = 4096 };

void pa_spill_open(pa_spill *k, size_t most, const char *beside)
{
    *k = (pa_spill){.most = most, .beside = beside, .fd = -1};
}

void pa_spill_free(pa_spill *k)
{
    pa_buffer_free(&k->text);
    if (k->map) munmap(k->map, (size_t)k->in_file);
    if (k->beside && k->fd >= 0) close(k->fd);
    *k = (pa_spill){.fd = -1};
}

static pa_status cannot(const pa_spill *k, pa_status st, pa_error *err)
{
    return pa_fail(err, st, "%s: sets cannot be kept in a file beside it: %s", k->beside,
                   strerror(errno));
}

/* ---- the file ---- */

/* File systems without files that have no name: one that loses it at once. */
static int make_and_unlink(const char *folder)
{
    char path[PATH + 32];
    snprintf(path, sizeof path, "%s/.paraudit-XXXXXX", folder);
    int fd = mkstemp(path);
    if (fd >= 0) unlink(path);
    return fd;
}

static pa_status make_file(pa_spill *k, pa_error *err)
{
    char folder[PATH];
    const char *slash = strrchr(k->beside, '/');
    size_t n = slash ? (size_t)(slash - k->beside) + 1 : 0; /* with the slash: "/" is a folder */
    if (n + 2 > sizeof folder) {
        errno = ENAMETOOLONG;
        return cannot(k, PA_E_CREATE, err);
    }
    memcpy(folder, k->beside, n);
    memcpy(folder + n, ".", 2);
    k->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (k->fd < 0) k->fd = make_and_unlink(folder);
    return k->fd >= 0 ? PA_OK : cannot(k, PA_E_CREATE, err);
}

static pa_status write_out(pa_spill *k, pa_error *err)
{
    for (size_t at = 0; at < k->text.length;) {
        ssize_t n = pwrite(k->fd, k->text.data + at, k->text.length - at, k->in_file);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot(k, PA_E_IO, err);
        at += (size_t)n;
        k->in_file += n;
    }
    k->text.length = 0;
    return PA_OK;
}

/* ---- */

pa_status pa_spill_added(pa_spill *k, pa_error *err)
{
    if (k->text.length <= k->most) return PA_OK;
    if (!k->beside)
        return pa_fail(err, PA_E_MEMORY,
                       "the sets take more than the %zu bytes that a rank may keep of them: a "
                       "larger minimum support, closed or maximal sets, or more memory",
                       k->most);
    if (k->fd < 0) PA_TRY(make_file(k, err));
    return write_out(k, err);
}

void pa_spill_cut(pa_spill *k, int64_t end)
{
    if (end < k->in_file) k->in_file = end;
    k->text.length = (size_t)(end - k->in_file);
}

/* What of it stands in the file. */
static pa_status read_back(const pa_spill *k, int64_t at, size_t n, char *to, pa_error *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(k->fd, to + done, n - done, at + (int64_t)done);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) errno = EIO;
        if (got <= 0) return cannot(k, PA_E_IO, err);
        done += (size_t)got;
    }
    return PA_OK;
}

pa_status pa_spill_copy(const pa_spill *k, int64_t at, size_t n, pa_buffer *to, pa_error *err)
{
    size_t in_file = at >= k->in_file ? 0 : (size_t)(k->in_file - at);
    if (in_file > n) in_file = n;
    PA_TRY(pa_buffer_reserve(to, n, err));
    PA_TRY(read_back(k, at, in_file, to->data + to->length, err));
    to->length += in_file;
    if (in_file == n) return PA_OK;
    return pa_buffer_add(to, k->text.data + (at + (int64_t)in_file - k->in_file), n - in_file, err);
}

pa_status pa_spill_whole(pa_spill *k, const char **data, pa_error *err)
{
    *data = k->text.data;
    if (k->in_file == 0) return PA_OK;
    PA_TRY(write_out(k, err));
    void *map = mmap(NULL, (size_t)k->in_file, PROT_READ, MAP_SHARED, k->fd, 0);
    if (map == MAP_FAILED) return cannot(k, PA_E_IO, err);
    *data = k->map = map;
    return PA_OK;
}
