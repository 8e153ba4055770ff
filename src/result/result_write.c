/* One rank writes the frame, and with it the place of every dataset; the values
 * go there by plain writes of all ranks at once. Through MPI-IO the same took
 * several times as long, and a rank that could not write left the others waiting
 * inside HDF5. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "paraudit/base/escape.h"
#include "paraudit/files/bulk.h"
#include "paraudit/files/files.h"
#include "verify.h"

typedef struct {
    pa_comm *comm;
    const pa_result *content;
    pa_items *list;
    const char *path;            /* NULL: digests only */
    char *part;                  /* path.part */
    int64_t *places;             /* one an item: where its rows begin in the file */
    char digest[PA_DIGEST_TEXT]; /* of the content */
    char file_digest[PA_DIGEST_TEXT];
} writer;

/* ---- the frame ---- */

/* HDF5 goes on trying to write what it could not, and fails anew when the
 * process ends: so the process ends here. */
_Noreturn static void give_up(const writer *w, const pa_error *err)
{
    pa_print(stderr, "paraudit: %s\n", err->message);
    fflush(stderr);
    unlink(w->part);
    pa_comm_abort(w->comm, err->status);
}

static pa_status prepare(writer *w, pa_error *err)
{
    size_t n = strlen(w->path) + sizeof ".part";
    PA_TRY(PA_NEW(w->part, n, err));
    PA_TRY(PA_NEW(w->places, w->list->n, err));
    snprintf(w->part, n, "%s.part", w->path);
    if (pa_comm_rank(w->comm) != 0) return PA_OK;
    unlink(w->part); /* what a killed job left takes room */
    return pa_reserve(w->path, pa_result_bytes(w->content), err);
}

static pa_status write_frame(writer *w, pa_error *err)
{
    pa_status st = pa_agree(w->comm, prepare(w, err), err);
    if (st == PA_OK && pa_comm_rank(w->comm) == 0) {
        st = pa_frame_write(w->path, w->part, w->content, w->list, w->places, err);
        if (st == PA_E_IO) give_up(w, err);
    }
    st = pa_agree(w->comm, st, err);
    if (st == PA_OK) pa_broadcast(w->comm, w->places, w->list->n * sizeof *w->places, 0);
    return st;
}

static pa_status write_digests(const writer *w, pa_error *err)
{
    pa_status st = PA_OK;
    if (pa_comm_rank(w->comm) == 0) {
        st = pa_frame_digests(w->path, w->part, w->list, w->digest, err);
        if (st == PA_E_IO) give_up(w, err);
    }
    return pa_agree(w->comm, st, err);
}

/* ---- values ---- */

static pa_status write_mine(const writer *w, pa_bulk *file, pa_error *err)
{
    int rank = pa_comm_rank(w->comm);
    for (size_t i = 0; i < w->list->n; i++) {
        const pa_item *item = w->list->items + i;
        int64_t row_bytes = (int64_t)pa_item_row_bytes(item);
        int64_t from = item->cut[rank], n = item->cut[rank + 1] - from;
        if (!pa_bulk_write(file, item->data, (size_t)(n * row_bytes),
                           w->places[i] + from * row_bytes)) {
            return pa_cannot_write(w->path, item->path, strerror(errno), err);
        }
    }
    return PA_OK;
}

static pa_status write_values(const writer *w, pa_error *err)
{
    pa_bulk *file = NULL;
    pa_status st = pa_bulk_open(w->part, true, &file, err);
    if (st == PA_OK) st = write_mine(w, file, err);
    if (!pa_bulk_close(file) && st == PA_OK) {
        st = pa_cannot_write(w->path, "the values", strerror(errno), err);
    }
    return st;
}

/* Every rank its rows by itself. Digests want the processor, values the disk:
 * every other rank begins with the values, so that both are in use. */
static pa_status digest_and_write(const writer *w, pa_error *err)
{
    bool values_first = pa_comm_rank(w->comm) % 2 == 1;
    pa_status st = PA_OK;
    if (w->path && values_first) st = write_values(w, err);
    if (st == PA_OK) st = pa_items_digest_mine(w->comm, w->list, err);
    if (st == PA_OK && w->path && !values_first) st = write_values(w, err);
    return pa_agree(w->comm, st, err);
}

/* ---- the end ---- */

/* A full file system may have swallowed writes in silence. */
static pa_status read_back(writer *w, pa_error *err)
{
    pa_result_check check;
    pa_error inner = {0};
    if (pa_check_file(w->comm, w->part, &check, &inner) != PA_OK) {
        return pa_fail(err, inner.status == PA_E_MEMORY ? PA_E_MEMORY : PA_E_IO, "%s",
                       inner.message);
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

/* Every rank syncs: what a node has not sent to the disk yet only that node
 * can push. */
static pa_status seal(const writer *w, pa_error *err)
{
    double start = pa_clock(), before = pa_comm_seconds(w->comm);
    pa_status st = pa_agree(w->comm, pa_sync_file(w->part, err), err);
    if (w->content->sync) {
        *w->content->sync = (pa_sync_time){pa_clock() - start, pa_comm_seconds(w->comm) - before};
    }
    if (st != PA_OK) return st;
    if (pa_comm_rank(w->comm) == 0) st = pa_rename_for_good(w->part, w->path, err);
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
    PA_TRY(pa_items_digest_join(w->list, err));
    PA_TRY(digest_content(w, err));
    if (!w->path) return PA_OK;
    PA_TRY(write_digests(w, err));
    PA_TRY(read_back(w, err));
    return seal(w, err);
}

pa_status pa_result_write(pa_comm *comm, const char *path, const pa_result *content, pa_error *err)
{
    pa_items list;
    PA_TRY(pa_items_make(comm, content, &list, err));
    writer w = {.comm = comm, .content = content, .list = &list, .path = path};
    pa_status st = write_all(&w, err);
    if (st == PA_OK) {
        hand_over(w.digest, content->content_digest);
        if (path) hand_over(w.file_digest, content->file_digest);
    } else if (w.part && pa_comm_rank(comm) == 0) {
        unlink(w.part);
    }
    pa_free(w.part);
    pa_free(w.places);
    pa_items_free(&list);
    return st;
}
