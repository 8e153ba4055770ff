#include "paraudit/text/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/stop.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"

/* KEPT_BYTES: text that is not made a second time. */
enum { ROWS_AT_A_TIME = 4096, KEPT_BYTES = 1 << 20, CLOSED = -1 };

typedef struct {
    char *path;
    char *way;      /* what it is opened by: its draft; a device: its path */
    pa_draft draft; /* of rank 0 */
    int64_t end;    /* bytes so far, of all ranks */
} sink_file;

struct pa_sink {
    pa_comm *comm;
    size_t n;
    sink_file *file;
    const pa_standing *standing; /* what may be replaced */
    bool is_new;                 /* nothing may */
    bool in_place;               /* a device */
    int fd;                      /* of the file that is open on this rank, or CLOSED */
    size_t open;                 /* which that is */
    int64_t *added;              /* by each rank, now: file and bytes */
};

static pa_status cannot_write(const sink_file *f, pa_error *err)
{
    return pa_fail(err, PA_E_IO, "%s: cannot write: %s", f->path, strerror(errno));
}

/* ---- files ---- */

/* Of rank 0: whether the path is a device, and no folder. */
static pa_status look_at(pa_sink *s, const char *path, pa_error *err)
{
    struct stat about, itself;
    if (stat(path, &about) != 0) return PA_OK;
    if (S_ISDIR(about.st_mode)) return pa_fail(err, PA_E_CREATE, "%s: is a folder", path);
    /* Ranks write at places of their own, which a pipe has not. */
    if (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode))
        return pa_fail(err, PA_E_CREATE, "%s: is a pipe: a file is needed", path);
    /* The new file would take the link's place, and the old one stay as it was. */
    if (S_ISREG(about.st_mode) && lstat(path, &itself) == 0 && S_ISLNK(itself.st_mode))
        return pa_fail(err, PA_E_CREATE, "%s: is a link: name the file itself", path);
    s->in_place = s->n == 1 && !S_ISREG(about.st_mode);
    if (s->is_new && !s->in_place)
        return pa_fail(err, PA_E_CREATE,
                       "%s: is there already: name another file, or have it replaced by --replace",
                       path);
    return PA_OK;
}

static pa_status make_file(pa_sink *s, sink_file *f, pa_error *err)
{
    PA_TRY(look_at(s, f->path, err));
    return s->in_place ? PA_OK : pa_draft_make(f->path, &f->draft, err);
}

static pa_status make_files(pa_sink *s, pa_error *err)
{
    for (size_t i = 0; i < s->n; i++) PA_TRY(make_file(s, &s->file[i], err));
    return PA_OK;
}

static pa_status open_file(pa_sink *s, size_t file, pa_error *err)
{
    const sink_file *f = &s->file[file];
    /* Without O_NONBLOCK a FIFO would wait here for a reader. */
    int how = s->in_place ? O_NONBLOCK : O_NOFOLLOW;
    s->fd = open(s->in_place ? f->path : f->way, O_WRONLY | O_CLOEXEC | how);
    s->open = file;
    return s->fd < 0 ? cannot_write(f, err) : PA_OK;
}

/* What this rank has written reaches the disk; a device has no disk. */
static pa_status close_file(pa_sink *s, pa_error *err)
{
    if (s->fd == CLOSED) return PA_OK;
    const sink_file *f = &s->file[s->open];
    pa_status st = s->in_place || fsync(s->fd) == 0 ? PA_OK : cannot_write(f, err);
    if (close(s->fd) != 0 && st == PA_OK) st = cannot_write(f, err);
    s->fd = CLOSED;
    return st;
}

/* ---- open ---- */

static pa_status take_memory(pa_sink *s, const char *const paths[], pa_error *err)
{
    PA_TRY(PA_NEW(s->added, 2 * (size_t)pa_comm_size(s->comm), err));
    PA_TRY(PA_NEW(s->file, s->n, err));
    for (size_t i = 0; i < s->n; i++) {
        sink_file *f = &s->file[i];
        PA_TRY(PA_NEW(f->path, strlen(paths[i]) + 1, err));
        memcpy(f->path, paths[i], strlen(paths[i]));
        f->way = pa_draft_name(f->path, err);
        if (!f->way) return PA_E_MEMORY;
    }
    return PA_OK;
}

static pa_status sink_open(pa_comm *comm, const char *const paths[], size_t n, bool is_new,
                           const pa_standing *standing, pa_sink **sink, pa_error *err)
{
    pa_sink *s = NULL;
    *sink = NULL;
    PA_AGREE(comm, PA_NEW(s, 1, err), err);
    *s = (pa_sink){.comm = comm, .n = n, .is_new = is_new, .standing = standing, .fd = CLOSED};
    pa_status st = take_memory(s, paths, err);
    if (st == PA_OK && pa_comm_rank(comm) == 0) st = make_files(s, err);
    st = pa_agree(comm, st, err);
    if (st != PA_OK) {
        pa_sink_free(s);
        return st;
    }
    pa_broadcast(comm, &s->in_place, sizeof s->in_place, 0);
    *sink = s;
    return PA_OK;
}

pa_status pa_sink_open(pa_comm *comm, const char *const paths[], size_t n, pa_sink **sink,
                       pa_error *err)
{
    return sink_open(comm, paths, n, false, NULL, sink, err);
}

pa_status pa_sink_open_beside(pa_comm *comm, const char *const paths[], size_t n,
                              const pa_standing *standing, pa_sink **sink, pa_error *err)
{
    return sink_open(comm, paths, n, false, standing, sink, err);
}

pa_status pa_sink_open_new(pa_comm *comm, const char *const paths[], size_t n, pa_sink **sink,
                           pa_error *err)
{
    return sink_open(comm, paths, n, true, NULL, sink, err);
}

void pa_sink_free(pa_sink *s)
{
    if (!s) return;
    if (s->fd != CLOSED) close(s->fd);
    for (size_t i = 0; s->file && i < s->n; i++) {
        pa_draft_drop(&s->file[i].draft);
        pa_free(s->file[i].path);
        pa_free(s->file[i].way);
    }
    pa_free(s->file);
    pa_free(s->added);
    pa_free(s);
}

/* ---- write ---- */

/* Hears how much each rank adds to which file: where this rank's bytes begin. */
static int64_t find_place(pa_sink *s, size_t file, size_t n)
{
    size_t rank = (size_t)pa_comm_rank(s->comm), n_ranks = (size_t)pa_comm_size(s->comm);
    memset(s->added, 0, 2 * n_ranks * sizeof *s->added);
    s->added[2 * rank] = (int64_t)file;
    s->added[2 * rank + 1] = (int64_t)n;
    pa_sum_i64(s->comm, s->added, 2 * n_ranks);
    int64_t mine = 0;
    for (size_t r = 0; r < n_ranks; r++) {
        int64_t *end = &s->file[s->added[2 * r]].end;
        if (r == rank) mine = *end;
        *end += s->added[2 * r + 1];
    }
    return mine;
}

/* This rank's bytes to their place. Local. */
static pa_status write_here(pa_sink *s, size_t file, const char *bytes, size_t n, int64_t at,
                            pa_error *err)
{
    if (n == 0) return PA_OK;
    if (s->fd != CLOSED && s->open != file) PA_TRY(close_file(s, err));
    if (s->fd == CLOSED) PA_TRY(open_file(s, file, err));
    return pa_write_at(s->fd, bytes, n, at) ? PA_OK : cannot_write(&s->file[file], err);
}

pa_status pa_sink_add(pa_sink *s, size_t file, const char *bytes, size_t n, pa_error *err)
{
    int64_t at = find_place(s, file, n);
    return pa_agree(s->comm, write_here(s, file, bytes, n, at, err), err);
}

pa_status pa_sink_add_head(pa_sink *s, size_t file, const char *text, pa_error *err)
{
    return pa_sink_add(s, file, text, pa_comm_rank(s->comm) == 0 ? strlen(text) : 0, err);
}

typedef struct {
    size_t file, n;
    pa_line_maker *lines;
    void *maker;
    pa_buffer kept; /* the text of the first rows, up to about KEPT_BYTES of it */
    size_t n_kept;
    int64_t bytes; /* of all rows here */
} row_text;

static size_t end_of_step(const row_text *r, size_t from)
{
    return r->n - from < ROWS_AT_A_TIME ? r->n : from + ROWS_AT_A_TIME;
}

/* Makes the lines of this rank once, where they fit. Local. */
static pa_status keep_rows(row_text *r, pa_error *err)
{
    while (r->n_kept < r->n && r->kept.length < KEPT_BYTES) {
        size_t until = end_of_step(r, r->n_kept);
        PA_TRY(r->lines(r->maker, r->n_kept, until, &r->kept, err));
        r->n_kept = until;
    }
    return PA_OK;
}

/* Makes the rows behind those kept, and writes them from byte `at` on where that is
 * known; -1: it is not. *bytes: theirs. Local. */
static pa_status walk_rows(pa_sink *s, const row_text *r, int64_t at, int64_t *bytes, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_OK;
    *bytes = 0;
    for (size_t from = r->n_kept, until; st == PA_OK && from < r->n; from = until) {
        until = end_of_step(r, from);
        text.length = 0;
        st = pa_stop_poll(err);
        if (st == PA_OK) st = r->lines(r->maker, from, until, &text, err);
        if (st == PA_OK && at >= 0)
            st = write_here(s, r->file, text.data, text.length, at + *bytes, err);
        *bytes += (int64_t)text.length;
    }
    pa_buffer_free(&text);
    return st;
}

static pa_status make_rows(pa_sink *s, row_text *r, pa_error *err)
{
    int64_t rest;
    PA_TRY(keep_rows(r, err));
    PA_TRY(walk_rows(s, r, -1, &rest, err));
    r->bytes = (int64_t)r->kept.length + rest;
    return PA_OK;
}

static pa_status write_rows(pa_sink *s, const row_text *r, int64_t at, pa_error *err)
{
    int64_t kept = (int64_t)r->kept.length, rest;
    PA_TRY(write_here(s, r->file, r->kept.data, r->kept.length, at, err));
    PA_TRY(walk_rows(s, r, at + kept, &rest, err));
    PA_ASSERT(kept + rest == r->bytes);
    return PA_OK;
}

pa_status pa_sink_add_rows(pa_sink *s, size_t file, size_t n, pa_line_maker *lines, void *maker,
                           pa_error *err)
{
    row_text r = {.file = file, .n = n, .lines = lines, .maker = maker};
    pa_status st = pa_agree(s->comm, make_rows(s, &r, err), err);
    if (st == PA_OK) {
        int64_t at = find_place(s, file, (size_t)r.bytes);
        st = pa_agree(s->comm, write_rows(s, &r, at, err), err);
    }
    pa_buffer_free(&r.kept);
    return st;
}

/* ---- finish ---- */

/* New files that stand without the others pass for all: they go. */
static pa_status name_file(pa_sink *s, pa_draft *draft, pa_error *err)
{
    return s->is_new ? pa_draft_keep(draft, false, err)
                     : pa_draft_keep_beside(draft, s->standing, err);
}

static pa_status name_files(pa_sink *s, pa_error *err)
{
    for (size_t i = 0; i < s->n; i++) {
        pa_status st = name_file(s, &s->file[i].draft, err);
        if (st == PA_OK) continue;
        for (size_t k = 0; k <= i; k++) {
            if (s->is_new && !s->file[k].draft.name) unlink(s->file[k].path);
        }
        return st;
    }
    return PA_OK;
}

pa_status pa_sink_finish(pa_sink *s, pa_error *err)
{
    PA_AGREE(s->comm, close_file(s, err), err);
    pa_status st = PA_OK;
    if (pa_comm_rank(s->comm) == 0 && !s->in_place) st = name_files(s, err);
    return pa_agree(s->comm, st, err);
}
