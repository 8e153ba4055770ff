/* Space is asked for before the first byte is written: a full disk is better
 * known before the work than in its middle, and HDF5 on one was seen to crash, to
 * hang and to succeed in silence. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

static pa_status no_space(const char *path, int64_t bytes, int reason, pa_error *err)
{
    char needs[32], has[32];
    int64_t left = 0;
    pa_bytes_text(bytes, needs);
    if (reason == ENOSPC && pa_space_left(path, &left, err) == PA_OK) {
        pa_bytes_text(left, has);
        return pa_fail(err, PA_E_IO, "%s: needs %s, the file system has %s left", path, needs, has);
    }
    return pa_fail(err, PA_E_IO, "%s: needs %s: %s", path, needs, strerror(reason));
}

pa_status pa_reserve(const char *path, int64_t bytes, pa_error *err)
{
    size_t n = strlen(path) + sizeof ".reserve";
    char *sibling = pa_alloc(n, 1, err);
    if (!sibling) return PA_E_MEMORY;
    snprintf(sibling, n, "%s.reserve", path);
    pa_status st = PA_OK;
    int fd = open(sibling, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        int reason = errno;
        st = reason == ENOSPC || reason == EDQUOT
                 ? no_space(path, bytes, reason, err)
                 : pa_fail(err, PA_E_CREATE, "%s: cannot create: %s", path, strerror(reason));
    } else {
        /* Without a name it is gone with this process, however that ends. */
        unlink(sibling);
        int reason = 0;
        do reason = bytes > 0 ? posix_fallocate(fd, 0, (off_t)bytes) : 0;
        while (reason == EINTR);
        /* What is left is asked for while the sibling is gone again. */
        close(fd);
        if (reason != 0) st = no_space(path, bytes, reason, err);
    }
    pa_free(sibling);
    return st;
}
