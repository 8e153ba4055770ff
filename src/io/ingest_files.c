#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void pa_inputs_free(pa_inputs *in)
{
    pa_free(in->file);
    pa_free(in->text);
    *in = (pa_inputs){0};
}

/* Points path and name of n files into text. */
static void name_files(pa_inputs *in)
{
    const char *path = in->text;
    for (size_t i = 0; i < in->n; i++) {
        in->file[i].path = path;
        in->file[i].name = base_name(path);
        path += strlen(path) + 1;
    }
}

/* Paths that match one pattern, added to `text`. A name without a pattern stands
 * for itself, so that the message about a missing file can name it. */
static pa_status add_matches(const char *pattern, pa_buffer *text, pa_error *err)
{
    glob_t found = {0};
    int rc = glob(pattern, GLOB_NOSORT, NULL, &found);
    pa_status st = PA_OK;
    if (rc == GLOB_NOSPACE) {
        st = pa_fail(err, PA_E_MEMORY, "out of memory while looking for '%s'", pattern);
    } else if (rc != 0) {
        st = strpbrk(pattern, "*?[")
                 ? pa_fail(err, PA_E_NO_INPUT, "no file matches '%s' (input.files)", pattern)
                 : pa_fail(err, PA_E_NO_INPUT, "%s: cannot open: %s (input.files)", pattern,
                           strerror(ENOENT));
    }
    for (size_t i = 0; rc == 0 && st == PA_OK && i < found.gl_pathc; i++) {
        st = pa_buffer_add(text, found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1, err);
    }
    globfree(&found);
    return st;
}

static pa_status add_all_matches(const char *patterns, pa_buffer *text, pa_error *err)
{
    static const char separators[] = ", \t\r\n";
    pa_buffer word = {0};
    pa_status st = PA_OK;
    for (const char *p = patterns + strspn(patterns, separators); st == PA_OK && *p;
         p += strspn(p, separators)) {
        size_t n = strcspn(p, separators);
        word.length = 0;
        st = pa_buffer_add(&word, p, n, err);
        if (st == PA_OK) st = pa_buffer_add(&word, "", 1, err);
        if (st == PA_OK) st = add_matches(word.data, text, err);
        p += n;
    }
    pa_buffer_free(&word);
    return st;
}

/* The folder counts last: moving the files elsewhere keeps their order. */
static int by_name(const void *a, const void *b, void *context)
{
    (void)context;
    const char *p = *(const char *const *)a, *q = *(const char *const *)b;
    int order = strcmp(base_name(p), base_name(q));
    return order ? order : strcmp(p, q);
}

static pa_status sort_paths(const pa_buffer *found, size_t n, pa_inputs *in, pa_error *err)
{
    const char **path = NULL;
    pa_buffer text = {0};
    pa_status st = PA_NEW(path, n, err);
    if (st != PA_OK) goto out;
    const char *p = found->data;
    for (size_t i = 0; i < n; i++, p += strlen(p) + 1) path[i] = p;
    PA_GOTO(pa_sort(path, n, sizeof *path, by_name, NULL, err));
    for (size_t i = 0; i < n; i++) {
        /* Two patterns may match one file. */
        if (i > 0 && strcmp(path[i], path[i - 1]) == 0) continue;
        PA_GOTO(pa_buffer_add(&text, path[i], strlen(path[i]) + 1, err));
        in->n++;
    }
    PA_GOTO(PA_NEW(in->file, in->n, err));
    in->text_bytes = text.length;
    in->text = text.data;
    text = (pa_buffer){0};
    name_files(in);
out:
    pa_buffer_free(&text);
    pa_free(path);
    return st;
}

pa_status pa_inputs_list(const char *patterns, pa_inputs *in, pa_error *err)
{
    pa_buffer found = {0};
    pa_status st = add_all_matches(patterns, &found, err);
    size_t n = 0;
    for (size_t i = 0; i < found.length; i++) n += found.data[i] == 0;
    if (st == PA_OK && n == 0) {
        st = pa_fail(err, PA_E_CONFIG, "input.files names no file");
    }
    if (st == PA_OK) st = sort_paths(&found, n, in, err);
    pa_buffer_free(&found);
    return st;
}

pa_status pa_input_open(const pa_inputs *in, int32_t file, int *fd, pa_error *err)
{
    const pa_input *f = &in->file[file];
    /* Without O_NONBLOCK a FIFO would wait here for a writer; files do not mind. */
    *fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd >= 0) return PA_OK;
    return pa_fail_at(err, PA_E_NO_INPUT, file + 1, 0, "%s: cannot open: %s", f->path,
                      strerror(errno));
}

pa_status pa_input_read(const pa_inputs *in, int32_t file, int fd, int64_t offset, char *bytes,
                        size_t n, pa_error *err)
{
    const pa_input *f = &in->file[file];
    while (n > 0) {
        ssize_t got = pread(fd, bytes, n, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return pa_fail_at(err, PA_E_IO, file + 1, 0, "%s: cannot read: %s", f->path,
                              strerror(errno));
        }
        if (got == 0) {
            return pa_fail_at(err, PA_E_IO, file + 1, 0,
                              "%s: the file became shorter while it was read", f->path);
        }
        bytes += got;
        offset += got;
        n -= (size_t)got;
    }
    return PA_OK;
}

static pa_status find_size(pa_inputs *in, int32_t file, int fd, pa_error *err)
{
    struct stat about;
    pa_input *f = &in->file[file];
    if (fstat(fd, &about) != 0) {
        return pa_fail_at(err, PA_E_IO, file + 1, 0, "%s: %s", f->path, strerror(errno));
    }
    if (!S_ISREG(about.st_mode)) {
        return pa_fail_at(err, PA_E_NO_INPUT, file + 1, 0, "%s: %s", f->path,
                          S_ISDIR(about.st_mode)
                              ? "is a folder: name the files in it, as in FOLDER/*.csv"
                              : "is not a regular file");
    }
    f->size = about.st_size;
    return PA_OK;
}

/* Size and columns of one file. head: room for `room` bytes. */
static pa_status inspect(pa_inputs *in, int32_t file, const pa_csv_names *names, char *head,
                         size_t room, pa_error *err)
{
    int fd = -1;
    pa_input *f = &in->file[file];
    PA_TRY(pa_input_open(in, file, &fd, err));
    pa_status st = find_size(in, file, fd, err);
    size_t n = f->size < (int64_t)room ? (size_t)f->size : room;
    if (st == PA_OK) st = pa_input_read(in, file, fd, 0, head, n, err);
    if (st == PA_OK) {
        st = pa_csv_header(head, n, (int64_t)n == f->size, names, file + 1, f->name, &f->layout,
                           err);
    }
    close(fd);
    return st;
}

static pa_status inspect_all(const pa_config *config, pa_inputs *in, pa_error *err)
{
    pa_csv_names names = {
        .tx = pa_config_text(config, "input.tx"),
        .account = pa_config_text(config, "input.account"),
        .merchant = pa_config_text(config, "input.merchant"),
        .time = pa_config_text(config, "input.time"),
        .amount = pa_config_text(config, "input.amount"),
        .label = pa_config_text(config, "input.label"),
    };
    char *head = NULL;
    size_t room = (size_t)pa_config_int(config, "input.max_record");
    if (room < 65536) room = 65536; /* small records, in tests say, need a whole header yet */
    PA_TRY(pa_inputs_list(pa_config_text(config, "input.files"), in, err));
    PA_TRY(PA_NEW(head, room, err));
    pa_status st = PA_OK;
    for (size_t i = 0; i < in->n && st == PA_OK; i++) {
        st = inspect(in, (int32_t)i, &names, head, room, err);
    }
    pa_free(head);
    return st;
}

/* What rank 0 knows, to all. */
static pa_status share(pa_comm *comm, pa_inputs *in, pa_error *err)
{
    size_t size[2] = {in->n, in->text_bytes};
    pa_broadcast(comm, size, sizeof size, 0);
    pa_status st = PA_OK;
    if (pa_comm_rank(comm) != 0) {
        in->n = size[0];
        in->text_bytes = size[1];
        st = PA_NEW(in->file, in->n, err);
        if (st == PA_OK) st = PA_NEW(in->text, in->text_bytes, err);
    }
    PA_AGREE(comm, st, err);
    pa_broadcast(comm, in->text, in->text_bytes, 0);
    pa_broadcast(comm, in->file, in->n * sizeof *in->file, 0);
    name_files(in);
    return PA_OK;
}

pa_status pa_inputs_open(pa_comm *comm, const pa_config *config, pa_inputs *in, pa_error *err)
{
    pa_status st = pa_comm_rank(comm) == 0 ? inspect_all(config, in, err) : PA_OK;
    PA_AGREE(comm, st, err);
    return share(comm, in, err);
}

/* Where rank number `rank` begins: the even cut, moved down to a block. */
static void cut_at(const pa_inputs *in, int64_t block, int64_t byte, int32_t *file, int64_t *offset)
{
    *file = 0;
    while (*file < (int32_t)in->n && byte >= in->file[*file].size) byte -= in->file[(*file)++].size;
    *offset = *file < (int32_t)in->n ? byte / block * block : 0;
}

static int64_t share_of(int64_t total, int rank, int n_ranks)
{
    return total / n_ranks * rank + total % n_ranks * rank / n_ranks;
}

size_t pa_inputs_cut(const pa_inputs *in, int64_t block, int rank, int n_ranks, pa_piece pieces[])
{
    int64_t total = 0, begin, end;
    int32_t first, last;
    for (size_t i = 0; i < in->n; i++) total += in->file[i].size;
    cut_at(in, block, share_of(total, rank, n_ranks), &first, &begin);
    cut_at(in, block, share_of(total, rank + 1, n_ranks), &last, &end);
    size_t n = 0;
    for (int32_t f = first; f <= last && f < (int32_t)in->n; f++) {
        pa_piece p = {f, f == first ? begin : 0, f == last ? end : in->file[f].size};
        if (p.begin < p.end) pieces[n++] = p;
    }
    return n;
}

int64_t pa_pieces_bytes(const pa_piece pieces[], size_t n)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += pieces[i].end - pieces[i].begin;
    return bytes;
}
