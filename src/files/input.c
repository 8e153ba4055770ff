#include "paraudit/files/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

pa_status pa_open_input(const char *path, int64_t file, int *fd, pa_error *err)
{
    /* Without O_NONBLOCK a FIFO would wait here for a writer; files do not mind. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd >= 0) return PA_OK;
    return pa_fail_at(err, PA_E_NO_INPUT, file, 0, "%s: cannot open: %s", path, strerror(errno));
}

pa_status pa_read_at(int fd, const char *path, int64_t file, int64_t offset, char *bytes, size_t n,
                     pa_error *err)
{
    while (n > 0) {
        ssize_t got = pread(fd, bytes, n, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return pa_fail_at(err, PA_E_IO, file, 0, "%s: cannot read: %s", path, strerror(errno));
        }
        if (got == 0) {
            return pa_fail_at(err, PA_E_IO, file, 0,
                              "%s: the file became shorter while it was read", path);
        }
        bytes += got;
        offset += got;
        n -= (size_t)got;
    }
    return PA_OK;
}
