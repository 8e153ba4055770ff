/* Space is asked for before the first byte is written: a full disk is better
 * known before the work than in its middle, and HDF5 on one was seen to crash, to
 * hang and to succeed in silence. */
/* fallocate is Linux's, outside POSIX. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/files/draft.h"
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

/* Where room cannot be taken, as on some network file systems, what there is must do: taken
 * block by block, as posix_fallocate would, it were all written. */
static int take_room(int fd, const char *path, int64_t bytes, bool *taken)
{
    int64_t left = 0;
    int rc = 0;
    *taken = true;
    if (bytes <= 0) return 0;
    do rc = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes);
    while (rc != 0 && errno == EINTR);
    if (rc == 0) return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS) return errno;
    *taken = false;
    return pa_space_left(path, &left, NULL) == PA_OK && left < bytes ? ENOSPC : 0;
}

static pa_status cannot_make(const char *path, int64_t bytes, const pa_error *inner, pa_error *err)
{
    if (inner->status == PA_E_IO) return no_space(path, bytes, ENOSPC, err);
    return pa_fail(err, inner->status, "%s", inner->message);
}

pa_status pa_reserve(const char *path, int64_t bytes, pa_error *err)
{
    pa_draft draft;
    pa_error inner = {0};
    bool taken;
    if (pa_draft_make(path, &draft, &inner) != PA_OK) return cannot_make(path, bytes, &inner, err);
    /* Without a name it is gone with this process, however that ends. */
    unlink(draft.name);
    int reason = take_room(draft.fd, path, bytes, &taken);
    /* What is left is asked for while the draft is gone again. */
    pa_draft_drop(&draft);
    return reason != 0 ? no_space(path, bytes, reason, err) : PA_OK;
}

pa_status pa_reserve_in(const pa_draft *draft, int64_t bytes, bool *taken, pa_error *err)
{
    struct stat s;
    int reason = take_room(draft->fd, draft->path, bytes, taken);
    if (reason == 0) return PA_OK;
    /* What was taken before there was no more goes back, or it would be missing in the message. */
    if (fstat(draft->fd, &s) != 0 || ftruncate(draft->fd, s.st_size) != 0) errno = 0;
    return no_space(draft->path, bytes, reason, err);
}
