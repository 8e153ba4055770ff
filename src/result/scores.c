#include "paraudit/result/scores.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

static const char header[] = "row,score\n";
enum { ROWS_AT_A_TIME = 4096 };

static pa_status cannot_write(const char *path, pa_error *err)
{
    return pa_fail(err, PA_E_IO, "%s: cannot be written: %s", path, strerror(errno));
}

static pa_status write_at(int fd, const char *path, const char *text, size_t n, int64_t offset,
                          pa_error *err)
{
    return pa_write_at(fd, text, n, offset) ? PA_OK : cannot_write(path, err);
}

/* What `path` is now must not be lost. */
static pa_status check_path(const char *path, size_t n_inputs, const char *const input[],
                            pa_error *err)
{
    struct stat a, b;
    if (stat(path, &a) != 0) return PA_OK;
    if (S_ISDIR(a.st_mode)) return pa_fail(err, PA_E_CREATE, "%s: is a folder", path);
    for (size_t i = 0; i < n_inputs; i++)
        if (stat(input[i], &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
            return pa_fail(err, PA_E_USAGE, "%s: is the input: the scores need a file of their own",
                           path);
    return PA_OK;
}

/* Rank 0. */
static pa_status make_part(const char *path, const char *part, pa_error *err)
{
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return pa_fail(err, PA_E_CREATE, "%s: %s", path, strerror(errno));
    pa_status st = write_at(fd, path, header, sizeof header - 1, 0, err);
    if (close(fd) != 0 && st == PA_OK) st = cannot_write(path, err);
    if (st != PA_OK) unlink(part);
    return st;
}

pa_status pa_scores_open(pa_comm *comm, const char *path, size_t n_inputs,
                         const char *const input[], pa_scores_file *f, pa_error *err)
{
    f->path = path;
    int length = snprintf(f->part, sizeof f->part, "%s.part", path);
    pa_status st = PA_OK;
    if (length >= (int)sizeof f->part)
        st = pa_fail(err, PA_E_CREATE, "%s: the path is too long", path);
    bool root = pa_comm_rank(comm) == 0;
    if (st == PA_OK && root) st = check_path(path, n_inputs, input, err);
    if (st == PA_OK && root) st = make_part(path, f->part, err);
    return pa_agree(comm, st, err);
}

/* The lines of rows from .. to - 1 of those here. */
static pa_status format_rows(int64_t first_row, size_t from, size_t to, const float score[],
                             pa_buffer *text, pa_error *err)
{
    text->length = 0;
    for (size_t i = from; i < to; i++) {
        PA_TRY(pa_buffer_printf(text, err, "%" PRId64 ",%.9g\n", first_row + (int64_t)i + 1,
                                (double)score[i]));
    }
    return PA_OK;
}

/* Goes over all lines here: counts their bytes, and writes them from `offset` on
 * where fd is a file. So no rank holds the text of all its rows. */
static pa_status walk_rows(const pa_scores_file *f, int fd, int64_t offset, int64_t first_row,
                           size_t n, const float score[], int64_t *bytes, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = PA_OK;
    *bytes = 0;
    for (size_t from = 0; st == PA_OK && from < n; from += ROWS_AT_A_TIME) {
        size_t to = n - from < ROWS_AT_A_TIME ? n : from + ROWS_AT_A_TIME;
        st = format_rows(first_row, from, to, score, &text, err);
        if (st == PA_OK && fd >= 0)
            st = write_at(fd, f->path, text.data, text.length, offset + *bytes, err);
        *bytes += (int64_t)text.length;
    }
    pa_buffer_free(&text);
    return st;
}

/* Local. */
static pa_status write_here(const pa_scores_file *f, int64_t offset, int64_t first_row, size_t n,
                            const float score[], pa_error *err)
{
    int64_t bytes;
    if (n == 0) return PA_OK;
    int fd = open(f->part, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return cannot_write(f->path, err);
    pa_status st = walk_rows(f, fd, offset, first_row, n, score, &bytes, err);
    if (st == PA_OK && fsync(fd) != 0) st = cannot_write(f->path, err);
    if (close(fd) != 0 && st == PA_OK) st = cannot_write(f->path, err);
    return st;
}

pa_status pa_scores_write(pa_comm *comm, pa_scores_file *f, int64_t first_row, size_t n,
                          const float score[], pa_error *err)
{
    int64_t bytes;
    PA_AGREE(comm, walk_rows(f, -1, 0, first_row, n, score, &bytes, err), err);
    int64_t offset = (int64_t)sizeof header - 1 + pa_sum_before_i64(comm, bytes);
    PA_AGREE(comm, write_here(f, offset, first_row, n, score, err), err);
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) == 0) {
        st = pa_sync_file(f->part, err);
        if (st == PA_OK) st = pa_rename_for_good(f->part, f->path, err);
    }
    return pa_agree(comm, st, err);
}

void pa_scores_drop(const pa_scores_file *f)
{
    unlink(f->part);
}
