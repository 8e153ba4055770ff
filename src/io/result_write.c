/* Same bytes for any number of ranks with HDF5 1.10 (measured at 1 to 7 ranks):
 * object times off on file, groups and datasets; contiguous layout; no fill
 * values; every metadata call made by all ranks with the same bytes.
 *
 * Once the file is open a failure ends the job: a rank that cannot write
 * cannot take part in closing the file either, and the others would wait. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "h5.h"
#include "items.h"
#include "paraudit/io/files.h"
#include "verify.h"

typedef struct {
    pa_comm *comm;
    const pa_result *content;
    const pa_items *list;
    const char *path;
    char *part;         /* path.part */
    const char *digest; /* of the content */
    hid_t file, new_group, new_dataset;
    hid_t *datasets; /* one an item */
} writer;

/* What was written so far is of no use, and the room may be missed. */
_Noreturn static void give_up(const writer *w, const char *where)
{
    char reason[PA_H5_REASON], has[32] = "unknown space";
    int64_t left = 0;
    pa_h5_reason(reason);
    if (pa_space_left(w->path, &left, NULL) == PA_OK) pa_bytes_text(left, has);
    fprintf(stderr, "paraudit: %s: cannot write %s: %s (the file system has %s left)\n", w->path,
            where, reason, has);
    fflush(stderr);
    unlink(w->part);
    pa_comm_abort(w->comm, PA_E_IO);
}

/* The id, or the end of the job. */
static hid_t must(const writer *w, hid_t id, const char *where)
{
    if (id < 0) give_up(w, where);
    return id;
}

/* ---- attributes ---- */

static void put_attribute(const writer *w, hid_t object, const char *name, pa_type type, int bytes,
                          const void *value)
{
    hid_t t = must(w, pa_h5_type(type, bytes), name);
    hid_t space = must(w, H5Screate(H5S_SCALAR), name);
    hid_t a = must(w, H5Acreate2(object, name, t, space, H5P_DEFAULT, H5P_DEFAULT), name);
    must(w, H5Awrite(a, t, value), name);
    must(w, H5Aclose(a), name);
    H5Sclose(space);
    H5Tclose(t);
}

/* NULL: no attribute. */
static void put_text(const writer *w, hid_t object, const char *name, const char *text)
{
    if (!text) return;
    size_t n = strlen(text);
    put_attribute(w, object, name, PA_BYTES, n ? (int)n : 1, text);
}

static void put_int(const writer *w, hid_t object, const char *name, int64_t value)
{
    put_attribute(w, object, name, PA_I64, 0, &value);
}

static void put_bool(const writer *w, hid_t object, const char *name, bool value)
{
    const int8_t byte = value;
    put_attribute(w, object, name, PA_BOOL, 0, &byte);
}

static void describe_column(const writer *w, hid_t d, const pa_column_spec *s)
{
    put_text(w, d, "units", s->unit);
    put_text(w, d, "description", s->meaning);
    put_text(w, d, "stage", s->stage);
    put_text(w, d, "role", pa_role_text(s->role));
    put_text(w, d, "codes", s->codes);
    put_bool(w, d, "causal", !(s->flags & PA_NOT_CAUSAL));
    put_bool(w, d, "needs_labels", s->flags & PA_NEEDS_LABELS);
    put_bool(w, d, "needs_history", s->flags & PA_NEEDS_HISTORY);
}

static void describe_dataset(const writer *w, hid_t d, const pa_item *item)
{
    put_text(w, d, "long_name", item->name);
    put_text(w, d, "kind", item->kind);
    put_text(w, d, "digest", item->digest);
    if (item->column) describe_column(w, d, item->column);
    if (item->array) {
        put_text(w, d, "description", item->array->meaning);
        put_bool(w, d, "sliced", item->array->spread == PA_SLICED);
    }
    if (!item->text) put_int(w, d, "position", item->position);
}

static void describe_group(const writer *w, hid_t g, const pa_group *group)
{
    if (group->table) {
        put_text(w, g, "kind", "table");
        put_text(w, g, "description", group->table->meaning);
        put_int(w, g, "rows", group->table->n_global);
    } else {
        put_text(w, g, "kind", "store");
        put_int(w, g, "version", group->store->version);
        put_int(w, g, "round", group->store->round);
        put_bool(w, g, "complete", group->store->complete);
    }
}

static void describe_file(const writer *w)
{
    put_int(w, w->file, "schema_version", PA_RESULT_SCHEMA);
    for (size_t i = 0; i < w->content->n_attributes; i++) {
        const pa_attribute *a = w->content->attributes + i;
        if (a->text)
            put_text(w, w->file, a->name, a->text);
        else
            put_int(w, w->file, a->name, a->number);
    }
    put_text(w, w->file, "content_digest", w->digest);
}

/* ---- groups and datasets ---- */

/* The group at path[0 .. length) and those above it. */
static void make_group(const writer *w, const char *path, size_t length)
{
    char *part = NULL;
    if (PA_NEW(part, length + 1, NULL) != PA_OK) give_up(w, path);
    for (size_t n = 1; n <= length; n++) {
        if (n < length && path[n] != '/') continue;
        memcpy(part, path, n);
        part[n] = '\0';
        if (must(w, H5Lexists(w->file, part, H5P_DEFAULT), part) > 0) continue;
        hid_t g = H5Gcreate2(w->file, part, H5P_DEFAULT, w->new_group, H5P_DEFAULT);
        must(w, H5Gclose(must(w, g, part)), part);
    }
    pa_free(part);
}

static void make_groups(const writer *w)
{
    for (size_t i = 0; i < w->list->n_groups; i++) {
        const pa_group *group = w->list->groups + i;
        make_group(w, group->path, strlen(group->path));
        hid_t g = must(w, H5Gopen2(w->file, group->path, H5P_DEFAULT), group->path);
        describe_group(w, g, group);
        must(w, H5Gclose(g), group->path);
    }
}

static hid_t space_of(const pa_item *item)
{
    hsize_t dims[2] = {(hsize_t)item->rows, item->width};
    return item->n_dims ? H5Screate_simple(item->n_dims, dims, NULL) : H5Screate(H5S_SCALAR);
}

static void make_dataset(const writer *w, size_t i)
{
    const pa_item *item = w->list->items + i;
    size_t folder = (size_t)(item->name - item->path) - 1;
    if (folder > 0) make_group(w, item->path, folder);
    hid_t type = must(w, pa_h5_type(item->type, item->bytes), item->path);
    hid_t space = must(w, space_of(item), item->path);
    hid_t d =
        H5Dcreate2(w->file, item->path, type, space, H5P_DEFAULT, w->new_dataset, H5P_DEFAULT);
    w->datasets[i] = must(w, d, item->path);
    describe_dataset(w, d, item);
    if (item->scale == (int64_t)i) {
        must(w, H5DSset_scale(d, item->name), item->path);
    } else if (item->scale >= 0) {
        must(w, H5DSattach_scale(d, w->datasets[item->scale], 0), item->path);
    }
    H5Sclose(space);
    H5Tclose(type);
}

/* ---- values ---- */

/* Rows from row `first` of the file on; n = 0 writes nothing. */
static void write_rows(const writer *w, size_t i, hid_t type, int64_t first, int64_t n,
                       const void *data)
{
    const pa_item *item = w->list->items + i;
    hsize_t start[2] = {(hsize_t)first, 0}, count[2] = {(hsize_t)n, item->width};
    hid_t file = must(w, H5Dget_space(w->datasets[i]), item->path);
    hid_t memory =
        must(w, item->n_dims ? H5Screate_simple(item->n_dims, count, NULL) : H5Screate(H5S_SCALAR),
             item->path);
    if (n == 0) {
        H5Sselect_none(file);
        H5Sselect_none(memory);
    } else if (item->n_dims > 0) {
        must(w, H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL), item->path);
    }
    must(w, H5Dwrite(w->datasets[i], type, memory, file, H5P_DEFAULT, data), item->path);
    H5Sclose(memory);
    H5Sclose(file);
}

/* Every rank writes its rows by itself, in pieces: measured as fast as
 * collective writing, because the slices are contiguous. */
static void write_values(const writer *w, size_t i)
{
    const pa_item *item = w->list->items + i;
    int rank = pa_comm_rank(w->comm);
    size_t row_bytes = pa_item_row_bytes(item);
    size_t most = w->content->piece_bytes ? w->content->piece_bytes : (size_t)1 << 30;
    int64_t rows = row_bytes && most > row_bytes ? (int64_t)(most / row_bytes) : 1;
    hid_t type = must(w, pa_h5_type(item->type, item->bytes), item->path);
    int64_t from = item->cut[rank], until = item->cut[rank + 1];
    const char *data = item->data;
    do {
        int64_t n = until - from < rows ? until - from : rows;
        write_rows(w, i, type, from, n, data);
        from += n;
        data += (size_t)n * row_bytes;
    } while (from < until);
    H5Tclose(type);
}

/* ---- the file ---- */

static hid_t parallel_access(const pa_comm *comm)
{
    MPI_Comm mpi;
    memcpy(&mpi, pa_comm_mpi(comm), sizeof mpi);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_mpio(access, mpi, MPI_INFO_NULL);
    H5Pset_coll_metadata_write(access, true);
    H5Pset_all_coll_metadata_ops(access, true);
    /* From version 1.8 on the metadata of a file carry checksums: damage there is
     * an error at opening, not a crash of the library. */
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    return access;
}

/* Attributes stay in the object's header, where one read finds them all. */
static hid_t creation(hid_t class)
{
    hid_t list = H5Pcreate(class);
    H5Pset_obj_track_times(list, false);
    H5Pset_attr_phase_change(list, UINT16_MAX, 0);
    return list;
}

static pa_status create(writer *w, pa_error *err)
{
    hid_t access = parallel_access(w->comm);
    hid_t new_file = creation(H5P_FILE_CREATE);
    w->new_group = creation(H5P_GROUP_CREATE);
    w->new_dataset = creation(H5P_DATASET_CREATE);
    H5Pset_fill_time(w->new_dataset, H5D_FILL_TIME_NEVER);
    w->file = H5Fcreate(w->part, H5F_ACC_TRUNC, new_file, access);
    char reason[PA_H5_REASON] = "";
    if (w->file < 0) pa_h5_reason(reason);
    H5Pclose(new_file);
    H5Pclose(access);

    int64_t failed = w->file < 0;
    pa_sum_i64(w->comm, &failed, 1);
    if (failed == 0) return PA_OK;
    if (failed < pa_comm_size(w->comm)) give_up(w, "the file on every rank");
    return pa_agree(w->comm, pa_fail(err, PA_E_CREATE, "%s: cannot create: %s", w->path, reason),
                    err);
}

static void close_lists(writer *w)
{
    H5Pclose(w->new_group);
    H5Pclose(w->new_dataset);
}

/* All metadata before all values: nothing collective happens between two
 * writes of a rank. */
static pa_status write_part(writer *w, pa_error *err)
{
    pa_status st = create(w, err);
    if (st == PA_OK) {
        describe_file(w);
        make_groups(w);
        for (size_t i = 0; i < w->list->n; i++) make_dataset(w, i);
        for (size_t i = 0; i < w->list->n; i++) write_values(w, i);
        for (size_t i = 0; i < w->list->n; i++) {
            must(w, H5Dclose(w->datasets[i]), w->list->items[i].path);
        }
        must(w, H5Fclose(w->file), "the end of the file");
    }
    close_lists(w);
    return st;
}

/* A full file system may have swallowed writes in silence. */
static pa_status read_back(const writer *w, pa_error *err)
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

static pa_status prepare(writer *w, pa_error *err)
{
    size_t n = strlen(w->path) + sizeof ".part";
    PA_TRY(PA_NEW(w->part, n, err));
    PA_TRY(PA_NEW(w->datasets, w->list->n, err));
    snprintf(w->part, n, "%s.part", w->path);
    if (pa_comm_rank(w->comm) != 0) return PA_OK;
    unlink(w->part); /* what a killed job left takes room */
    return pa_reserve(w->path, pa_result_bytes(w->content), err);
}

static pa_status write_file(pa_comm *comm, const char *path, const pa_result *content,
                            const pa_items *list, const char *digest, pa_error *err)
{
    writer w = {.comm = comm, .content = content, .list = list, .path = path, .digest = digest};
    pa_h5_quiet();
    pa_status st = pa_agree(comm, prepare(&w, err), err);
    if (st != PA_OK) goto out;
    PA_GOTO(write_part(&w, err));
    st = read_back(&w, err);
    if (st == PA_OK) st = seal(&w, err);
    if (st != PA_OK && pa_comm_rank(comm) == 0) unlink(w.part);
out:
    pa_free(w.part);
    pa_free(w.datasets);
    return st;
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

static pa_status digest_content(const pa_result *c, const pa_items *list,
                                char digest[PA_DIGEST_TEXT], pa_error *err)
{
    pa_buffer lines = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; st == PA_OK && i < list->n; i++) {
        const pa_item *item = list->items + list->by_path[i];
        st = pa_content_line(&lines, item->path, item->digest, err);
    }
    if (st == PA_OK) st = add_attributes(&lines, c, err);
    if (st == PA_OK) pa_digest_bytes(lines.data, lines.length, digest);
    pa_buffer_free(&lines);
    return st;
}

pa_status pa_result_write(pa_comm *comm, const char *path, const pa_result *content, pa_error *err)
{
    pa_items list;
    char digest[PA_DIGEST_TEXT] = "";
    PA_TRY(pa_items_make(comm, content, &list, err));
    pa_status st = pa_items_digest(comm, &list, err);
    if (st == PA_OK) st = pa_agree(comm, digest_content(content, &list, digest, err), err);
    if (st == PA_OK && path) st = write_file(comm, path, content, &list, digest, err);
    if (st == PA_OK && content->content_digest) {
        memcpy(content->content_digest, digest, sizeof digest);
    }
    pa_items_free(&list);
    return st;
}
