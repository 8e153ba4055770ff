/* One rank writes the frame, and with it the place of every dataset; the values go there from all
 * ranks at once, by one of the back ends (write_values.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "mpi_file.h"
#include "paraudit/base/escape.h"
#include "paraudit/files/files.h"
#include "paraudit/files/input.h"
#include "verify.h"
#include "write_values.h"

typedef struct {
    pa_comm *comm;
    const pa_result *content;
    pa_items *list;
    const char *path; /* NULL: digests only */
    pa_writer by;     /* never auto */
    pa_written written, *noted;
    char *part;                  /* the name of its draft */
    pa_draft draft;              /* of rank 0 */
    int64_t *places;             /* one an item: where its rows begin in the file */
    char digest[PA_DIGEST_TEXT]; /* of the content */
    char file_digest[PA_DIGEST_TEXT];
    uint8_t *blocks; /* on rank 0: digests of the file's blocks, once it is read back */
} writer;

/* ---- the frame ---- */

_Noreturn void pa_values_give_up(const pa_values *v, const pa_error *err)
{
    pa_print(stderr, "paraudit: %s\n", err->message);
    fflush(stderr);
    if (v->draft->name)
        pa_draft_drop(v->draft);
    else
        unlink(v->part);
    pa_comm_abort(v->comm, err->status);
}

static pa_values values_of(writer *w)
{
    return (pa_values){.comm = w->comm,
                       .list = w->list,
                       .places = w->places,
                       .path = w->path,
                       .part = w->part,
                       .draft = &w->draft,
                       .how = &w->content->how,
                       .log = w->content->log};
}

_Noreturn static void give_up(writer *w, const pa_error *err)
{
    const pa_values v = values_of(w);
    pa_values_give_up(&v, err);
}

static bool make_with_hints(const char *name, const void *context)
{
    const writer *w = context;
    return pa_mpi_file_make(name, w->content->how.hints, w->noted);
}

static pa_status make_draft(writer *w, pa_error *err)
{
    const char *hints = w->content->how.hints;
    const pa_draft_maker maker = {make_with_hints, w};
    return pa_draft_make_by(w->path, hints && *hints ? &maker : NULL, &w->draft, err);
}

/* Room that the file keeps; HDF5 lets go of what it had when it begins. */
static pa_status reserve(const writer *w, int64_t bytes, pa_error *err)
{
    bool taken;
    char text[32];
    PA_TRY(pa_reserve_in(&w->draft, bytes, &taken, err));
    if (taken) return PA_OK;
    pa_bytes_text(bytes, text);
    pa_log_say(
        w->content->log,
        "%s: this file system cannot set room aside (fallocate): it has the %s left that are "
        "needed, and may not have them later",
        w->path, text);
    return PA_OK;
}

static pa_status prepare(writer *w, pa_error *err)
{
    w->part = pa_draft_name(w->path, err);
    if (!w->part) return PA_E_MEMORY;
    PA_TRY(PA_NEW(w->places, w->list->n, err));
    if (pa_comm_rank(w->comm) != 0) return PA_OK;
    PA_TRY(make_draft(w, err));
    pa_draft_unlock(&w->draft); /* HDF5 locks what it opens */
    return reserve(w, pa_result_bytes(w->content), err);
}

static pa_status make_frame(writer *w, pa_error *err)
{
    char way[64];
    int64_t size = 0;
    bool taken;
    pa_draft_way(&w->draft, way);
    pa_status st = pa_frame_write(w->path, way, w->content, w->list, w->places, err);
    if (st == PA_E_IO) give_up(w, err);
    PA_TRY(st);
    PA_TRY(pa_file_size(w->part, &size, err));
    return pa_reserve_in(&w->draft, size + pa_trailer_bytes(size), &taken, err);
}

static pa_status write_frame(writer *w, pa_error *err)
{
    pa_status st = pa_agree(w->comm, prepare(w, err), err);
    if (st == PA_OK && pa_comm_rank(w->comm) == 0) st = make_frame(w, err);
    st = pa_agree(w->comm, st, err);
    if (st == PA_OK) pa_broadcast(w->comm, w->places, w->list->n * sizeof *w->places, 0);
    return st;
}

static pa_status write_digests(writer *w, pa_error *err)
{
    pa_status st = PA_OK;
    char way[64];
    if (pa_comm_rank(w->comm) == 0) {
        pa_draft_way(&w->draft, way);
        st = pa_frame_digests(w->path, way, w->list, w->digest, err);
    }
    st = pa_agree(w->comm, st, err);
    if (st != PA_E_IO) return st;
    const pa_values v = values_of(w);
    if (w->by == PA_WRITER_MPIIO) pa_values_lost(&v, err);
    if (pa_comm_rank(w->comm) == 0) give_up(w, err);
    pa_barrier(w->comm); /* rank 0 ends it */
    return st;
}

/* ---- values ---- */

/* Every rank its rows by itself. Digests want the processor, values the disk:
 * every other rank begins with the values, so that both are in use. */
static pa_status work_apart(writer *w, const pa_values *v, pa_error *err)
{
    bool writes = w->by == PA_WRITER_POSIX, values_first = pa_comm_rank(w->comm) % 2 == 1;
    pa_status st = PA_OK;
    pa_apart(w->comm);
    if (writes && values_first) st = pa_posix_write_own(v, err);
    if (st == PA_OK) st = pa_items_digest_mine(w->comm, w->list, err);
    if (st == PA_OK && writes && !values_first) st = pa_posix_write_own(v, err);
    return pa_rejoin(w->comm, st, err);
}

static pa_status digest_and_write(writer *w, pa_error *err)
{
    const pa_values v = values_of(w);
    PA_TRY(work_apart(w, &v, err));
    if (w->by == PA_WRITER_POSIX) return pa_posix_write_rest(&v, err);
    if (w->by == PA_WRITER_MPIIO) return pa_mpiio_write(&v, &w->written, err);
    return PA_OK;
}

/* ---- the end ---- */

/* A full file system may have swallowed writes in silence. */
static pa_status read_back(writer *w, pa_error *err)
{
    pa_result_check check;
    pa_error inner = {0};
    if (pa_check_file(w->comm, w->part, &check, &w->blocks, &inner) != PA_OK) {
        bool other = inner.status == PA_E_MEMORY || inner.status == PA_E_AGAIN;
        return pa_fail(err, other ? inner.status : PA_E_IO, "%s", inner.message);
    }
    if (check.differ > 0) {
        return pa_fail(err, PA_E_IO, "%s: %s reads back unlike it was written", w->path,
                       check.first);
    }
    if (check.datasets != (int64_t)w->list->n || check.content_differs ||
        strcmp(check.content_digest, w->digest) != 0) {
        return pa_fail(err, PA_E_IO, "%s: reads back unlike it was written", w->path);
    }
    memcpy(w->file_digest, check.file_digest, sizeof w->file_digest);
    return PA_OK;
}

/* Takes from each block of the file the bytes that are values. */
static void take_values(const writer *w, int64_t left[])
{
    for (size_t i = 0; i < w->list->n; i++) {
        const pa_item *item = w->list->items + i;
        int64_t at = w->places[i], end = at + item->rows * (int64_t)pa_item_row_bytes(item);
        while (at < end) {
            int64_t b = at / PA_TRAILER_BLOCK, next = (b + 1) * PA_TRAILER_BLOCK;
            if (next > end) next = end;
            left[b] -= next - at;
            at = next;
        }
    }
}

/* mark: of each block whether it holds more than values. */
static pa_status mark_blocks(const writer *w, int64_t size, uint8_t mark[], pa_error *err)
{
    int64_t *left = NULL, n = pa_trailer_blocks(size);
    PA_TRY(PA_NEW(left, (size_t)n, err));
    for (int64_t b = 0; b < n; b++) {
        int64_t rest = size - b * PA_TRAILER_BLOCK;
        left[b] = rest < PA_TRAILER_BLOCK ? rest : PA_TRAILER_BLOCK;
    }
    take_values(w, left);
    for (int64_t b = 0; b < n; b++) mark[b] = left[b] != 0;
    pa_free(left);
    return PA_OK;
}

static pa_status write_trailer(const writer *w, pa_error *err)
{
    int64_t size = 0;
    uint8_t *mark = NULL;
    PA_TRY(pa_file_size(w->part, &size, err));
    PA_TRY(PA_NEW(mark, (size_t)pa_trailer_blocks(size), err));
    pa_status st = mark_blocks(w, size, mark, err);
    if (st == PA_OK) st = pa_trailer_write(w->part, size, w->blocks, mark, err);
    pa_free(mark);
    return st;
}

/* Rank 0. What is written and read here is 33 bytes a MiB. */
static pa_status add_trailer(const writer *w, pa_error *err)
{
    pa_trailer t = {0};
    pa_error inner = {0};
    char hex[PA_DIGEST_TEXT] = "";
    int fd = -1;
    PA_TRY(write_trailer(w, err));
    PA_TRY(pa_open_input(w->part, 0, &fd, err));
    pa_status st = pa_trailer_read(fd, w->path, &t, &inner);
    close(fd);
    if (st == PA_OK) pa_hex(t.whole, hex);
    bool same = t.is_there && strcmp(hex, w->file_digest) == 0;
    pa_trailer_free(&t);
    if (same) return PA_OK;
    return pa_fail(err, PA_E_IO, "%s: its trailer reads back unlike it was written", w->path);
}

/* Every rank syncs: what a node has not sent to the disk yet only that node
 * can push. */
static pa_status seal(writer *w, pa_error *err)
{
    double start = pa_clock(), before = pa_comm_seconds(w->comm);
    pa_status st = pa_agree(w->comm, pa_sync_file(w->part, err), err);
    if (w->content->sync) {
        *w->content->sync = (pa_sync_time){pa_clock() - start, pa_comm_seconds(w->comm) - before};
    }
    if (st != PA_OK) return st;
    if (pa_comm_rank(w->comm) == 0) st = pa_draft_keep_beside(&w->draft, w->content->standing, err);
    return pa_agree(w->comm, st, err);
}

/* ---- content ---- */

static pa_status add_attributes(pa_buffer *lines, const pa_result *c, pa_error *err)
{
    pa_attribute *sorted = NULL;
    PA_TRY(PA_NEW(sorted, c->n_attributes + 1, err));
    if (c->n_attributes) memcpy(sorted, c->attributes, c->n_attributes * sizeof *sorted);
    sorted[c->n_attributes] = (pa_attribute){.name = "schema_version", .number = PA_RESULT_SCHEMA};
    qsort(sorted, c->n_attributes + 1, sizeof *sorted, pa_attribute_order);
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i <= c->n_attributes; i++) {
        st = pa_content_attribute(lines, sorted + i, err);
    }
    pa_free(sorted);
    return st;
}

static pa_status digest_content(writer *w, pa_error *err)
{
    pa_buffer lines = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < w->list->n; i++) {
        const pa_item *item = w->list->items + w->list->by_path[i];
        st = pa_content_line(&lines, item->path, item->digest, err);
    }
    if (st == PA_OK) st = add_attributes(&lines, w->content, err);
    if (st == PA_OK) pa_digest_bytes(lines.data, lines.length, w->digest);
    pa_buffer_free(&lines);
    return pa_agree(w->comm, st, err);
}

/* ---- the whole ---- */

static void hand_over(const char digest[PA_DIGEST_TEXT], char *to)
{
    if (to) memcpy(to, digest, PA_DIGEST_TEXT);
}

static pa_status write_all(writer *w, pa_error *err)
{
    if (w->path) PA_TRY(write_frame(w, err));
    PA_TRY(digest_and_write(w, err));
    PA_TRY(pa_items_digest_join(w->comm, w->list, err));
    PA_TRY(digest_content(w, err));
    if (!w->path) return PA_OK;
    PA_TRY(write_digests(w, err));
    pa_log_part(w->content->log, "write: read back");
    PA_TRY(read_back(w, err));
    PA_AGREE(w->comm, pa_comm_rank(w->comm) == 0 ? add_trailer(w, err) : PA_OK, err);
    return seal(w, err);
}

pa_status pa_result_write(pa_comm *comm, const char *path, const pa_result *content, pa_error *err)
{
    pa_items list;
    PA_TRY(pa_items_make(comm, content, &list, err));
    writer w = {.comm = comm, .content = content, .list = &list, .path = path};
    w.noted = &w.written;
    pa_status st = pa_writer_for(comm, path, &content->how, &w.by, &w.written, err);
    if (w.by == PA_WRITER_NONE) w.path = NULL;
    if (st == PA_OK) st = write_all(&w, err);
    if (st == PA_OK) {
        hand_over(w.digest, content->content_digest);
        if (w.path) hand_over(w.file_digest, content->file_digest);
        pa_broadcast(comm, &w.written, sizeof w.written, 0);
        if (content->written) *content->written = w.written;
    }
    pa_free(w.blocks);
    pa_draft_drop(&w.draft);
    pa_free(w.part);
    pa_free(w.places);
    pa_items_free(&list);
    return st;
}
