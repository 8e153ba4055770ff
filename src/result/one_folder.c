#include "paraudit/result/one_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"

/* A network file system may be late in showing what another machine has made. */
enum { TRIES = 20, PAUSE = 100000000 /* nanoseconds */ };

typedef struct {
    int64_t number; /* like no other job's */
    char host[64];  /* of rank 0 */
} token;

static token new_token(void)
{
    token t = {0};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    t.number = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + getpid();
    gethostname(t.host, sizeof t.host - 1);
    return t;
}

static pa_status put(const char *path, const token *t, pa_draft *draft, pa_error *err)
{
    PA_TRY(pa_draft_make(path, draft, err));
    if (pa_write_at(draft->fd, (const char *)&t->number, sizeof t->number, 0) &&
        fsync(draft->fd) == 0)
        return PA_OK;
    return pa_fail(err, PA_E_IO, "%s: %s", path, strerror(errno));
}

static bool is_there(const char *name, const token *t)
{
    int64_t number = 0;
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool same = read(fd, &number, sizeof number) == (ssize_t)sizeof number && number == t->number;
    close(fd);
    return same;
}

static bool comes(const char *name, const token *t)
{
    const struct timespec pause = {0, PAUSE};
    for (int i = 0; i < TRIES; i++) {
        if (is_there(name, t)) return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

static pa_status look(pa_comm *comm, const char *path, const token *t, pa_error *err)
{
    char host[64] = {0};
    char *name = pa_draft_name(path, err);
    if (!name) return PA_E_MEMORY;
    bool found = comes(name, t);
    pa_free(name);
    if (found) return PA_OK;
    gethostname(host, sizeof host - 1);
    const char *slash = strrchr(path, '/');
    return pa_fail(
        err, PA_E_CREATE,
        "%.*s: is not one folder: what rank 0 on %s has put there rank %d on %s does not "
        "find; all ranks must see it, on a shared file system",
        slash ? (int)(slash - path) : 1, slash ? path : ".", t->host, pa_comm_rank(comm), host);
}

pa_status pa_one_folder(pa_comm *comm, const char *path, pa_error *err)
{
    token t = new_token();
    pa_draft draft = {0};
    if (pa_comm_size(comm) == 1) return PA_OK;
    pa_broadcast(comm, &t, sizeof t, 0);
    pa_status st = pa_comm_rank(comm) == 0 ? put(path, &t, &draft, err) : PA_OK;
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_agree(comm, look(comm, path, &t, err), err);
    pa_draft_drop(&draft);
    return st;
}
