/* Opening the inputs: what kind of file each is, and its header. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/files/files.h"
#include "paraudit/files/input.h"
#include "paraudit/files/trailer.h"

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

static pa_packing packing_of(const pa_input *f)
{
    return f->kind == PA_INPUT_GZ    ? PA_PACKED_GZ
           : f->kind == PA_INPUT_ZST ? PA_PACKED_ZST
                                     : PA_PACKED_NOT;
}

pa_text_file pa_input_text(const pa_inputs *in, int32_t file)
{
    const pa_input *f = &in->file[file];
    pa_text_file text = {.path = f->path,
                         .name = f->name,
                         .ordinal = file + 1,
                         .size = f->size,
                         .packing = packing_of(f),
                         .table = f->by_table ? &in->encoding : NULL};
    memcpy(text.encoding, f->encoding, sizeof text.encoding);
    return text;
}

pa_status pa_input_read(const pa_inputs *in, int32_t file, int fd, int64_t at, size_t n, char *text,
                        size_t *length, pa_error *err)
{
    const pa_input *f = &in->file[file];
    char *bytes = f->by_table ? text + (PA_ENCODED_MOST - 1) * n : text;
    PA_TRY(pa_read_at(fd, f->path, file + 1, at, bytes, n, err));
    *length = f->by_table ? pa_encode_utf8(&in->encoding, bytes, n, text) : n;
    return PA_OK;
}

/* The last bytes of a file are looked at where they can be had without the others. */
static pa_status sniff_times(pa_inputs *in, int32_t file, int fd, const char *rows, size_t n,
                             bool last, pa_times_shown *shown, pa_error *err)
{
    enum { TAIL = 65536 };
    pa_input *f = &in->file[file];
    bool tail = !last && pa_input_is_cut(f) && f->size > TAIL;
    char *text = NULL;
    if (!tail) return pa_ingest_sniff_times(rows, n, NULL, 0, &f->layout, shown, err);
    size_t length = 0;
    PA_TRY(PA_NEW(text, PA_ENCODED_MOST * TAIL, err));
    pa_status st = pa_input_read(in, file, fd, f->size - TAIL, TAIL, text, &length, err);
    if (st == PA_OK) st = pa_ingest_sniff_times(rows, n, text, length, &f->layout, shown, err);
    pa_free(text);
    return st;
}

/* head: the first n bytes of the text; last: it has no more. */
static pa_status inspect_csv(pa_inputs *in, int32_t file, int fd, const pa_csv_names *names,
                             const char *head, size_t n, bool last, pa_times_shown *shown,
                             pa_error *err)
{
    pa_input *f = &in->file[file];
    f->marked = !*f->encoding && pa_csv_starts_with(head, n, "\xef\xbb\xbf", 3);
    PA_TRY(pa_csv_header(head, n, last, names, file + 1, f->name, &f->layout, err));
    const char *rows = head + f->layout.length;
    n -= (size_t)f->layout.length;
    PA_TRY(pa_ingest_sniff_amounts(rows, n, last, file + 1, f->name, &f->layout, err));
    PA_TRY(sniff_times(in, file, fd, rows, n, last, shown, err));
    PA_TRY(pa_inputs_have_csv(in, file, head, err));
    if (f->by_table && pa_input_is_cut(f))
        f->layout.length = (int64_t)pa_encoded_from(head, (size_t)f->layout.length);
    return PA_OK;
}

/* Of text that is in another encoding than what was said, and in which. */
static void tell_encoding(const pa_inputs *in, const pa_input *f, pa_log *log)
{
    bool told = *f->encoding && strcmp(f->encoding, in->encoding.name) != 0;
    if (told) pa_log_say(log, "note: %s is read as %s", f->name, f->encoding);
}

static pa_status look_at(pa_inputs *in, int32_t file, int fd, pa_log *log, pa_error *err)
{
    static const pa_input_kind kinds[] = {[PA_PACKED_NOT] = PA_INPUT_PLAIN,
                                          [PA_PACKED_GZ] = PA_INPUT_GZ,
                                          [PA_PACKED_ZST] = PA_INPUT_ZST};
    pa_input *f = &in->file[file];
    pa_text_file text = pa_input_text(in, file);
    PA_TRY(pa_text_look(fd, &in->encoding, &text, err));
    f->kind = kinds[text.packing];
    memcpy(f->encoding, text.encoding, sizeof f->encoding);
    f->by_table = text.table != NULL;
    tell_encoding(in, f, log);
    return PA_OK;
}

pa_status pa_input_first(const pa_inputs *in, int32_t file, int fd, char *head, size_t room,
                         size_t *n, pa_error *err)
{
    enum { RAW = 65536 };
    const pa_text_file text = pa_input_text(in, file);
    pa_text_stream *s = NULL;
    PA_TRY(pa_stream_new(fd, &text, RAW, &s, err));
    pa_status st = pa_stream_read(s, head, room, n, err);
    pa_stream_free(s);
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

/* A result whose first bytes are damaged is one by its end. */
static pa_status is_result(const pa_input *f, int32_t file, int fd, bool *yes, pa_error *err)
{
    pa_trailer t;
    pa_error found = {0};
    pa_status st = pa_trailer_read(fd, f->name, &t, &found);
    if (st != PA_OK) return pa_fail_at(err, st, file + 1, 0, "%s", found.message);
    *yes = t.is_there;
    pa_trailer_free(&t);
    return PA_OK;
}

static pa_status find_kind(pa_inputs *in, int32_t file, int fd, pa_log *log, char *head,
                           size_t room, pa_error *err)
{
    pa_input *f = &in->file[file];
    PA_TRY(find_size(in, file, fd, err));
    size_t n = f->size < (int64_t)room ? (size_t)f->size : room;
    PA_TRY(pa_read_at(fd, f->path, file + 1, 0, head, n, err));
    bool is_h5 = is_hdf5(head, n);
    if (!is_h5) PA_TRY(is_result(f, file, fd, &is_h5, err));
    if (!is_h5) return look_at(in, file, fd, log, err);
    f->kind = PA_INPUT_H5;
    return PA_OK;
}

pa_status pa_input_begin(pa_inputs *in, int32_t file, pa_log *log, char *head, size_t room, int *fd,
                         pa_error *err)
{
    PA_TRY(pa_open_input(in->file[file].path, file + 1, fd, err));
    pa_status st = find_kind(in, file, *fd, log, head, room, err);
    if (st != PA_OK) close(*fd);
    return st;
}

/* Kind, size and columns of one file. head: room for `room` bytes, as many as the header may
 * take. */
static pa_status inspect(pa_inputs *in, int32_t file, const pa_csv_names *names, pa_log *log,
                         char *head, size_t room, pa_times_shown *shown, pa_error *err)
{
    int fd;
    size_t n = 0;
    PA_TRY(pa_input_begin(in, file, log, head, room, &fd, err));
    bool is_h5 = in->file[file].kind == PA_INPUT_H5;
    pa_status st =
        is_h5 ? inspect_h5(in, file, err) : pa_input_first(in, file, fd, head, room, &n, err);
    if (st == PA_OK && !is_h5) st = inspect_csv(in, file, fd, names, head, n, n < room, shown, err);
    close(fd);
    return st;
}

static pa_status inspect_all(const pa_config *config, pa_log *log, pa_inputs *in, pa_error *err)
{
    PA_TRY(pa_ingest_check_signs(config, err));
    pa_csv_names names = pa_ingest_names(config);
    PA_TRY(pa_ingest_time_forms(config, &names, err));
    char *head = NULL;
    size_t room = (size_t)pa_config_int(config, "input.max_record");
    if (room < 65536) room = 65536; /* small records, in tests say, need a whole header yet */
    PA_TRY(pa_encoding_make(pa_config_text(config, "input.encoding"), &in->encoding, err));
    PA_TRY(pa_inputs_list(pa_config_text(config, "input.files"), "input.files", log, in, err));
    pa_times_shown *shown = NULL;
    pa_status st;
    PA_GOTO(PA_NEW(head, room, err));
    PA_GOTO(PA_NEW(shown, in->n, err));
    for (size_t i = 0; i < in->n; i++) {
        PA_GOTO(inspect(in, (int32_t)i, &names, log, head, room, &shown[i], err));
    }
    st = pa_ingest_settle_times(in, shown, err);
out:
    pa_free(shown);
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

pa_status pa_inputs_share(pa_comm *comm, pa_inputs *in, pa_error *err)
{
    size_t size[3] = {in->n, in->text_bytes, in->numeric.length};
    pa_broadcast(comm, size, sizeof size, 0);
    PA_AGREE(comm, make_room(comm, size, in, err), err);
    pa_broadcast(comm, in->text, in->text_bytes, 0);
    pa_broadcast(comm, in->file, in->n * sizeof *in->file, 0);
    pa_broadcast(comm, in->numeric.data, in->numeric.length, 0);
    pa_broadcast(comm, &in->has, sizeof in->has, 0);
    pa_broadcast(comm, &in->encoding, sizeof in->encoding, 0);
    pa_inputs_name(in);
    return PA_OK;
}

pa_status pa_inputs_open(pa_comm *comm, const pa_config *config, pa_log *log, pa_inputs *in,
                         pa_error *err)
{
    in->text_ids = pa_config_bool(config, "input.tx_text");
    in->decimals = (int32_t)pa_config_int(config, "input.amount_decimals");
    pa_status st = pa_comm_rank(comm) == 0 ? inspect_all(config, log, in, err) : PA_OK;
    PA_AGREE(comm, st, err);
    return pa_inputs_share(comm, in, err);
}
