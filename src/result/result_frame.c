/* Same bytes always: object times off on file, groups and datasets; contiguous
 * layout; room for values at once and no fill values. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <string.h>

#include "frame.h"
#include "paraudit/files/files.h"
#include "paraudit/result/h5.h"

/* A call that fails is kept in st and err; those after it fail in turn, change
 * nothing of that, and everything is closed in the end. */
typedef struct {
    const pa_result *content;
    const pa_items *list;
    const char *path; /* of the result, for messages */
    hid_t file, new_group, new_dataset;
    hid_t *datasets; /* one an item */
    int64_t *places; /* ... */
    pa_status st;
    pa_error *err;
} frame;

pa_status pa_cannot_write(const char *path, const char *where, const char *reason, pa_error *err)
{
    char has[32] = "unknown space";
    int64_t left = 0;
    if (pa_space_left(path, &left, NULL) == PA_OK) pa_bytes_text(left, has);
    return pa_fail(err, PA_E_IO, "%s: cannot write %s: %s (the file system has %s left)", path,
                   where, reason, has);
}

/* The id as it came. */
static hid_t ok(frame *f, hid_t id, const char *where)
{
    if (id < 0 && f->st == PA_OK) {
        char reason[PA_H5_REASON];
        pa_h5_reason(reason);
        f->st = pa_cannot_write(f->path, where, reason, f->err);
    }
    return id;
}

/* ---- attributes ---- */

static void put_attribute(frame *f, hid_t object, const char *name, pa_type type, int bytes,
                          const void *value)
{
    hid_t t = ok(f, pa_h5_type(type, bytes), name);
    hid_t space = ok(f, H5Screate(H5S_SCALAR), name);
    hid_t a = ok(f, H5Acreate2(object, name, t, space, H5P_DEFAULT, H5P_DEFAULT), name);
    ok(f, H5Awrite(a, t, value), name);
    ok(f, H5Aclose(a), name);
    H5Sclose(space);
    H5Tclose(t);
}

/* NULL: no attribute. */
static void put_text(frame *f, hid_t object, const char *name, const char *text)
{
    if (!text) return;
    size_t n = strlen(text);
    put_attribute(f, object, name, PA_BYTES, n ? (int)n : 1, text);
}

static void put_int(frame *f, hid_t object, const char *name, int64_t value)
{
    put_attribute(f, object, name, PA_I64, 0, &value);
}

static void put_bool(frame *f, hid_t object, const char *name, bool value)
{
    const int8_t byte = value;
    put_attribute(f, object, name, PA_BOOL, 0, &byte);
}

static void describe_column(frame *f, hid_t d, const pa_column_spec *s)
{
    put_text(f, d, "units", s->unit);
    put_text(f, d, "description", s->meaning);
    put_text(f, d, "stage", s->stage);
    put_text(f, d, "role", pa_role_text(s->role));
    put_text(f, d, "codes", s->codes);
    put_text(f, d, "family", s->family);
    put_text(f, d, "words", s->words);
    put_text(f, d, "yields_to", s->yields_to);
    if (s->direction) put_int(f, d, "direction", s->direction);
    put_bool(f, d, "causal", !(s->flags & PA_NOT_CAUSAL));
    put_bool(f, d, "needs_labels", s->flags & PA_NEEDS_LABELS);
    put_bool(f, d, "needs_history", s->flags & PA_NEEDS_HISTORY);
    put_bool(f, d, "fitted", s->flags & PA_FITTED);
}

/* Takes the place of a digest. */
static const char not_yet[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void describe_dataset(frame *f, hid_t d, const pa_item *item)
{
    put_text(f, d, "long_name", item->name);
    put_text(f, d, "kind", item->kind);
    put_text(f, d, "digest", not_yet);
    if (item->column) describe_column(f, d, item->column);
    if (item->array) {
        put_text(f, d, "description", item->array->meaning);
        put_bool(f, d, "sliced", item->array->spread == PA_SLICED);
        if (*item->array->cut_by) put_text(f, d, "cut_by", item->array->cut_by);
    }
    if (!item->text) put_int(f, d, "position", item->position);
}

static void describe_group(frame *f, hid_t g, const pa_group *group)
{
    if (group->table) {
        put_text(f, g, "kind", "table");
        put_text(f, g, "description", group->table->meaning);
        put_int(f, g, "rows", group->table->n_global);
        if (group->table->cut_by) put_text(f, g, "cut_by", group->table->cut_by->name);
    } else {
        put_text(f, g, "kind", "store");
        put_int(f, g, "version", group->store->version);
        put_int(f, g, "round", group->store->round);
        put_bool(f, g, "complete", group->store->complete);
    }
}

static void describe_file(frame *f)
{
    put_int(f, f->file, "schema_version", PA_RESULT_SCHEMA);
    for (size_t i = 0; i < f->content->n_attributes; i++) {
        const pa_attribute *a = f->content->attributes + i;
        if (a->text)
            put_text(f, f->file, a->name, a->text);
        else
            put_int(f, f->file, a->name, a->number);
    }
    put_text(f, f->file, "content_digest", not_yet);
}

/* ---- groups and datasets ---- */

/* The group at path[0 .. length) and those above it. */
static void make_group(frame *f, const char *path, size_t length)
{
    char *part = NULL;
    if (f->st == PA_OK) f->st = PA_NEW(part, length + 1, f->err);
    if (f->st != PA_OK) return;
    for (size_t n = 1; f->st == PA_OK && n <= length; n++) {
        if (n < length && path[n] != '/') continue;
        memcpy(part, path, n);
        part[n] = '\0';
        if (ok(f, H5Lexists(f->file, part, H5P_DEFAULT), part) > 0) continue;
        hid_t g = H5Gcreate2(f->file, part, H5P_DEFAULT, f->new_group, H5P_DEFAULT);
        ok(f, H5Gclose(ok(f, g, part)), part);
    }
    pa_free(part);
}

static void make_groups(frame *f)
{
    for (size_t i = 0; f->st == PA_OK && i < f->list->n_groups; i++) {
        const pa_group *group = f->list->groups + i;
        make_group(f, group->path, strlen(group->path));
        hid_t g = ok(f, H5Gopen2(f->file, group->path, H5P_DEFAULT), group->path);
        describe_group(f, g, group);
        ok(f, H5Gclose(g), group->path);
    }
}

static hid_t space_of(const pa_item *item)
{
    hsize_t dims[2] = {(hsize_t)item->rows, item->width};
    return item->n_dims ? H5Screate_simple(item->n_dims, dims, NULL) : H5Screate(H5S_SCALAR);
}

static void make_dataset(frame *f, size_t i)
{
    const pa_item *item = f->list->items + i;
    size_t folder = (size_t)(item->name - item->path) - 1;
    if (folder > 0) make_group(f, item->path, folder);
    hid_t type = ok(f, pa_h5_type(item->type, item->bytes), item->path);
    hid_t space = ok(f, space_of(item), item->path);
    hid_t d =
        H5Dcreate2(f->file, item->path, type, space, H5P_DEFAULT, f->new_dataset, H5P_DEFAULT);
    f->datasets[i] = ok(f, d, item->path);
    haddr_t place = H5Dget_offset(d); /* none without values */
    if (item->rows > 0 && item->width > 0) ok(f, place == HADDR_UNDEF ? -1 : 0, item->path);
    f->places[i] = place == HADDR_UNDEF ? 0 : (int64_t)place;
    describe_dataset(f, d, item);
    if (item->scale == (int64_t)i) {
        ok(f, H5DSset_scale(d, item->name), item->path);
    } else if (item->scale >= 0) {
        ok(f, H5DSattach_scale(d, f->datasets[item->scale], 0), item->path);
    }
    H5Sclose(space);
    H5Tclose(type);
}

/* ---- the file ---- */

/* From version 1.8 on the metadata of a file carry checksums: damage there is
 * an error at opening, not a crash of the library. */
static hid_t access_list(void)
{
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18);
    return list;
}

/* What is large begins at a block, so that ranks can share it out by whole blocks (items.h); what
 * is small stands close together. A constant of the format: it decides the file's bytes. */
static hid_t access_list_of_new(void)
{
    hid_t list = access_list();
    H5Pset_alignment(list, PA_LARGE, PA_BLOCK);
    return list;
}

/* Room for the metadata at one place, where a reader finds, and checks, them before all else:
 * about what they take (see header_bytes in items.c). */
static hsize_t room_of(const frame *f)
{
    return 8192 + 2048 * (hsize_t)(f->list->n + f->list->n_groups);
}

/* Attributes stay in the object's header, where one read finds them all. */
static hid_t creation(hid_t class)
{
    hid_t list = H5Pcreate(class);
    H5Pset_obj_track_times(list, false);
    H5Pset_attr_phase_change(list, UINT16_MAX, 0);
    return list;
}

/* The same for a group, with its links: the heap that holds many of them otherwise is where
 * HDF5 1.10 was seen to crash on damage. A file is made as its root group. */
static hid_t creation_of_group(hid_t class)
{
    hid_t list = creation(class);
    H5Pset_link_phase_change(list, UINT16_MAX, UINT16_MAX);
    return list;
}

static void create(frame *f, const char *part)
{
    hid_t reach = access_list_of_new(), new_file = creation_of_group(H5P_FILE_CREATE);
    H5Pset_meta_block_size(reach, room_of(f));
    f->new_group = creation_of_group(H5P_GROUP_CREATE);
    f->new_dataset = creation(H5P_DATASET_CREATE);
    H5Pset_alloc_time(f->new_dataset, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(f->new_dataset, H5D_FILL_TIME_NEVER);
    f->file = H5Fcreate(part, H5F_ACC_TRUNC, new_file, reach);
    ok(f, f->file, "the start of the file");
    H5Pclose(new_file);
    H5Pclose(reach);
}

static void finish(frame *f)
{
    for (size_t i = 0; i < f->list->n; i++) {
        if (f->datasets[i] >= 0) ok(f, H5Dclose(f->datasets[i]), f->list->items[i].path);
    }
    if (f->file >= 0) ok(f, H5Fclose(f->file), "the end of the file");
    H5Pclose(f->new_group);
    H5Pclose(f->new_dataset);
}

pa_status pa_frame_write(const char *path, const char *part, const pa_result *content,
                         const pa_items *list, int64_t places[], pa_error *err)
{
    frame f = {.content = content, .list = list, .path = path, .places = places, .err = err};
    PA_TRY(PA_NEW(f.datasets, list->n, err));
    for (size_t i = 0; i < list->n; i++) f.datasets[i] = H5I_INVALID_HID;
    pa_h5_quiet();
    create(&f, part);
    if (f.st == PA_OK) describe_file(&f);
    make_groups(&f);
    for (size_t i = 0; f.st == PA_OK && i < list->n; i++) make_dataset(&f, i);
    finish(&f);
    pa_free(f.datasets);
    return f.st;
}

/* ---- digests ---- */

static void fill_in(frame *f, hid_t object, const char *name, const char *digest, const char *where)
{
    hid_t type = ok(f, pa_h5_type(PA_BYTES, (int)strlen(digest)), where);
    hid_t a = ok(f, H5Aopen(object, name, H5P_DEFAULT), where);
    ok(f, H5Awrite(a, type, digest), where);
    ok(f, H5Aclose(a), where);
    H5Tclose(type);
}

pa_status pa_frame_digests(const char *path, const char *part, const pa_items *list,
                           const char *content_digest, pa_error *err)
{
    frame f = {.path = path, .err = err};
    hid_t reach = access_list();
    f.file = ok(&f, H5Fopen(part, H5F_ACC_RDWR, reach), "the digests");
    H5Pclose(reach);
    if (f.file < 0) return f.st;
    fill_in(&f, f.file, "content_digest", content_digest, "/");
    for (size_t i = 0; f.st == PA_OK && i < list->n; i++) {
        const pa_item *item = list->items + i;
        hid_t d = ok(&f, H5Dopen2(f.file, item->path, H5P_DEFAULT), item->path);
        fill_in(&f, d, "digest", item->digest, item->path);
        ok(&f, H5Dclose(d), item->path);
    }
    ok(&f, H5Fclose(f.file), "the digests");
    return f.st;
}
