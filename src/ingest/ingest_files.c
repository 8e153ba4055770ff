#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/files/files.h"
#include "paraudit/files/unpack.h"

void pa_inputs_free(pa_inputs *in)
{
    pa_free(in->file);
    pa_free(in->text);
    pa_buffer_free(&in->numeric);
    *in = (pa_inputs){0};
}

void pa_inputs_name(pa_inputs *in)
{
    const char *path = in->text;
    for (size_t i = 0; i < in->n; i++) {
        in->file[i].path = path;
        in->file[i].name = pa_base_name(path);
        path += strlen(path) + 1;
    }
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

/* HDF5 keeps the places 0, 512, 1024, 2048, ... for its signature. */
static bool is_hdf5(const char *head, size_t n)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    for (size_t at = 0; at < n; at = at ? 2 * at : 512) {
        if (pa_csv_starts_with(head + at, n - at, signature, sizeof signature - 1)) return true;
    }
    return false;
}

static pa_input_kind kind_of(const char *head, size_t n)
{
    pa_packing packing = pa_packing_of(head, n);
    if (packing != PA_PACKED_NOT) return packing == PA_PACKED_GZ ? PA_INPUT_GZ : PA_INPUT_ZST;
    return is_hdf5(head, n) ? PA_INPUT_H5 : PA_INPUT_PLAIN;
}

/* Kinds of files that people have and this program does not read. */
static pa_status refuse_others(const char *head, size_t n, int32_t file, const char *name,
                               pa_error *err)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *what;
    } others[] = {{"PK\x03\x04", 4, "a zip archive (or a spreadsheet)"},
                  {"\xfd"
                   "7zXZ",
                   5, "compressed by xz"},
                  {"BZh91AY&SY", 10, "compressed by bzip2"},
                  {"PAR1\x15", 5, "a Parquet file"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!pa_csv_starts_with(head, n, others[i].magic, others[i].length)) continue;
        return pa_fail_at(err, PA_E_DATA, file + 1, 0,
                          "%s: the file is %s: CSV is read, plain or compressed by gzip or zstd, "
                          "and HDF5 as paraudit writes it",
                          name, others[i].what);
    }
    return PA_OK;
}

pa_packing pa_input_packing(const pa_input *f)
{
    return f->kind == PA_INPUT_GZ    ? PA_PACKED_GZ
           : f->kind == PA_INPUT_ZST ? PA_PACKED_ZST
                                     : PA_PACKED_NOT;
}

/* head: the first n bytes of the text; last: it has no more. */
static pa_status inspect_csv(pa_inputs *in, int32_t file, const pa_csv_names *names,
                             const char *head, size_t n, bool last, pa_error *err)
{
    pa_input *f = &in->file[file];
    PA_TRY(pa_csv_header(head, n, last, names, file + 1, f->name, &f->layout, err));
    return pa_inputs_have_csv(in, file, head, err);
}

/* The header of a compressed file: as much is unpacked as it takes. */
static pa_status inspect_packed(pa_inputs *in, int32_t file, int fd, const pa_csv_names *names,
                                char *head, size_t room, pa_error *err)
{
    enum { RAW = 65536 };
    pa_input *f = &in->file[file];
    pa_unpack *u = NULL;
    size_t n = 0;
    PA_TRY(pa_unpack_new(fd, pa_input_packing(f), f->name, file + 1, RAW, &u, err));
    pa_status st = pa_unpack_read(u, head, room, &n, err);
    if (st == PA_OK) {
        st = inspect_csv(in, file, names, head, n, n < room, err);
    }
    pa_unpack_free(u);
    return st;
}

static pa_status inspect_h5(pa_inputs *in, int32_t file, pa_error *err)
{
    pa_csv_columns has;
    pa_buffer numeric = {0};
    pa_status st = pa_ingest_h5_inspect(in, file, &has, &numeric, err);
    if (st == PA_OK) st = pa_inputs_have(in, file, &has, &numeric, err);
    pa_buffer_free(&numeric);
    return st;
}

static pa_status inspect_head(pa_inputs *in, int32_t file, int fd, const pa_csv_names *names,
                              char *head, size_t room, pa_error *err)
{
    pa_input *f = &in->file[file];
    size_t n = f->size < (int64_t)room ? (size_t)f->size : room;
    PA_TRY(pa_input_read(in, file, fd, 0, head, n, err));
    f->kind = kind_of(head, n);
    if (pa_input_packing(f) != PA_PACKED_NOT) {
        return inspect_packed(in, file, fd, names, head, room, err);
    }
    if (f->kind == PA_INPUT_H5) return inspect_h5(in, file, err);
    PA_TRY(refuse_others(head, n, file, f->name, err));
    return inspect_csv(in, file, names, head, n, (int64_t)n == f->size, err);
}

/* Kind, size and columns of one file. head: room for `room` bytes. */
static pa_status inspect(pa_inputs *in, int32_t file, const pa_csv_names *names, char *head,
                         size_t room, pa_error *err)
{
    int fd = -1;
    PA_TRY(pa_input_open(in, file, &fd, err));
    pa_status st = find_size(in, file, fd, err);
    if (st == PA_OK) st = inspect_head(in, file, fd, names, head, room, err);
    close(fd);
    return st;
}

static pa_status inspect_all(const pa_config *config, pa_log *log, pa_inputs *in, pa_error *err)
{
    pa_csv_names names = pa_ingest_names(config);
    in->text_ids = pa_config_bool(config, "input.tx_text");
    char *head = NULL;
    size_t room = (size_t)pa_config_int(config, "input.max_record");
    if (room < 65536) room = 65536; /* small records, in tests say, need a whole header yet */
    PA_TRY(pa_inputs_list(pa_config_text(config, "input.files"), log, in, err));
    PA_TRY(PA_NEW(head, room, err));
    pa_status st = PA_OK;
    for (size_t i = 0; i < in->n && st == PA_OK; i++) {
        st = inspect(in, (int32_t)i, &names, head, room, err);
    }
    pa_free(head);
    return st;
}

/* What rank 0 knows, to all. */
static pa_status make_room(pa_comm *comm, const size_t size[3], pa_inputs *in, pa_error *err)
{
    if (pa_comm_rank(comm) == 0) return PA_OK;
    in->n = size[0];
    in->text_bytes = size[1];
    PA_TRY(PA_NEW(in->file, in->n, err));
    PA_TRY(PA_NEW(in->text, in->text_bytes, err));
    PA_TRY(pa_buffer_reserve(&in->numeric, size[2], err));
    in->numeric.length = size[2];
    return PA_OK;
}

static pa_status share(pa_comm *comm, pa_inputs *in, pa_error *err)
{
    size_t size[3] = {in->n, in->text_bytes, in->numeric.length};
    pa_broadcast(comm, size, sizeof size, 0);
    PA_AGREE(comm, make_room(comm, size, in, err), err);
    pa_broadcast(comm, in->text, in->text_bytes, 0);
    pa_broadcast(comm, in->file, in->n * sizeof *in->file, 0);
    pa_broadcast(comm, in->numeric.data, in->numeric.length, 0);
    pa_broadcast(comm, &in->has, sizeof in->has, 0);
    pa_inputs_name(in);
    return PA_OK;
}

pa_status pa_inputs_open(pa_comm *comm, const pa_config *config, pa_log *log, pa_inputs *in,
                         pa_error *err)
{
    pa_status st = pa_comm_rank(comm) == 0 ? inspect_all(config, log, in, err) : PA_OK;
    PA_AGREE(comm, st, err);
    return share(comm, in, err);
}

/* Where a cut at byte `at` of a file is made: at a multiple of the block, before
 * or behind a compressed file as its middle lies, anywhere in one of HDF5. */
static int64_t cut_within(const pa_input *f, int64_t block, int64_t at)
{
    switch (f->kind) {
    case PA_INPUT_GZ:
    case PA_INPUT_ZST:
        return at <= f->size / 2 ? 0 : f->size;
    case PA_INPUT_H5:
        return at;
    case PA_INPUT_PLAIN:
        break;
    }
    return at / block * block;
}

/* Where the even cut at `byte` of all bytes lies. */
static void cut_at(const pa_inputs *in, int64_t block, int64_t byte, int32_t *file, int64_t *offset)
{
    *file = 0;
    while (*file < (int32_t)in->n && byte >= in->file[*file].size) byte -= in->file[(*file)++].size;
    *offset = *file < (int32_t)in->n ? cut_within(&in->file[*file], block, byte) : 0;
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
