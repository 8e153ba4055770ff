/* Rank 0 reads what a file says of itself, for all; values every rank reads for itself: a damaged
 * file then cannot leave ranks waiting for each other inside a collective call, and each
 * rank's error is agreed on afterwards. A file that lost its trailer, or was made by others, may
 * say anything: what it declares is believed as far as its own size bears it out. */
#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "items.h"
#include "paraudit/files/files.h"
#include "paraudit/result/h5.h"

/* More than any audit writes. */
enum { MOST_DEPTH = 8, MOST_OBJECTS = 16384, MOST_TEXT = 1 << 20 };

/* What a walk carries along. A callback that fails stops the walk. */
typedef struct {
    pa_result_file *file;
    const char *group; /* the path of the one that is walked; "": the root */
    int depth;
    pa_status st;
    pa_error *err;
} walk;

static pa_status damaged(const pa_result_file *f, const char *where, pa_error *err)
{
    char reason[PA_H5_REASON];
    pa_h5_reason(reason);
    return pa_fail(err, PA_E_DATA, "%s: damaged: %s: %s", f->path, where, reason);
}

static pa_status refuse(const pa_result_file *f, const char *path, const char *why, pa_error *err)
{
    return pa_h5_refuse(f->path, 0, path, why, err);
}

/* ---- attributes ---- */

/* The type of a scalar attribute that we can read, or false. */
static bool scalar_type(hid_t a, pa_type *type, int *bytes)
{
    hid_t space = H5Aget_space(a), t = H5Aget_type(a);
    bool ok = H5Sget_simple_extent_npoints(space) == 1 && pa_h5_type_is(t, type, bytes) &&
              *bytes <= MOST_TEXT;
    H5Sclose(space);
    H5Tclose(t);
    return ok;
}

/* As it is stored: other programs have strings in ASCII or padded otherwise. */
static pa_status read_value(pa_result_file *f, hid_t a, void *value, const char *where,
                            pa_error *err)
{
    hid_t t = H5Aget_type(a);
    pa_status st = H5Aread(a, t, value) < 0 ? damaged(f, where, err) : PA_OK;
    H5Tclose(t);
    return st;
}

static pa_status keep_text(pa_result_file *f, hid_t a, int bytes, const char **text,
                           const char *where, pa_error *err)
{
    char *value = NULL;
    PA_TRY(PA_NEW(value, (size_t)bytes + 1, err));
    pa_status st = read_value(f, a, value, where, err);
    if (st == PA_OK) st = pa_strings_keep(&f->strings, value, strlen(value), text, err);
    pa_free(value);
    return st;
}

/* An attribute of that type into value, which is left alone where there is
 * none. value: const char *, int64_t or bool. */
static pa_status get(pa_result_file *f, hid_t object, const char *name, pa_type wanted, void *value,
                     const char *where, pa_error *err)
{
    htri_t there = H5Aexists(object, name);
    if (there == 0) return PA_OK;
    hid_t a = there < 0 ? H5I_INVALID_HID : H5Aopen(object, name, H5P_DEFAULT);
    if (a < 0) return damaged(f, where, err);
    pa_type type = PA_I8;
    int bytes = 0;
    pa_status st = PA_OK;
    if (scalar_type(a, &type, &bytes) && type == wanted) {
        int8_t byte = 0;
        if (type == PA_BYTES)
            st = keep_text(f, a, bytes, value, where, err);
        else if (type == PA_BOOL)
            st = read_value(f, a, &byte, where, err);
        else
            st = read_value(f, a, value, where, err);
        if (type == PA_BOOL) *(bool *)value = byte != 0;
    }
    H5Aclose(a);
    return st;
}

/* One of another type or shape stands with a text that none of ours has, so that nobody takes
 * it for a number and the content digest differs. */
static pa_status read_attribute(pa_result_file *f, hid_t root, const char *name, pa_attribute *a,
                                pa_error *err)
{
    int64_t number[2] = {0, 1};
    *a = (pa_attribute){0};
    PA_TRY(pa_strings_keep(&f->strings, name, strlen(name), &a->name, err));
    PA_TRY(get(f, root, name, PA_BYTES, &a->text, "/", err));
    PA_TRY(get(f, root, name, PA_I64, &number[0], "/", err));
    PA_TRY(get(f, root, name, PA_I64, &number[1], "/", err));
    a->number = number[0];
    if (!a->text && number[0] != number[1]) a->text = "(neither a text nor a number)";
    return PA_OK;
}

static herr_t add_attribute(hid_t root, const char *name, const H5A_info_t *info, void *data)
{
    (void)info;
    walk *w = data;
    pa_result_file *f = w->file;
    pa_attribute *all = pa_realloc(f->attributes, f->n_attributes + 1, sizeof *all, w->err);
    if (!all) return w->st = PA_E_MEMORY, -1;
    f->attributes = all;
    w->st = read_attribute(f, root, name, all + f->n_attributes, w->err);
    if (w->st != PA_OK) return -1;
    f->n_attributes++;
    return 0;
}

/* ---- entries ---- */

static pa_entry_kind kind_of(const char *text)
{
    static const char *const names[] = {
        [PA_ENTRY_OTHER] = "",    [PA_ENTRY_TABLE] = "table", [PA_ENTRY_COLUMN] = "column",
        [PA_ENTRY_LIST] = "list", [PA_ENTRY_STORE] = "store", [PA_ENTRY_ARRAY] = "array",
        [PA_ENTRY_TEXT] = "text"};
    for (int k = PA_ENTRY_TABLE; text && k <= PA_ENTRY_TEXT; k++) {
        if (strcmp(text, names[k]) == 0) return (pa_entry_kind)k;
    }
    return PA_ENTRY_OTHER;
}

static pa_status read_shape(pa_result_file *f, hid_t d, pa_entry *e, pa_error *err)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(d), type = H5Dget_type(d);
    if (space < 0 || type < 0) return damaged(f, e->path, err);
    e->n_dims = H5Sget_simple_extent_dims(space, dims, NULL);
    e->rows = e->n_dims > 0 ? (int64_t)dims[0] : 1;
    e->width = 1;
    for (int i = 1; i < e->n_dims; i++) e->width *= (size_t)dims[i];
    e->row_bytes = H5Tget_size(type) * e->width;
    haddr_t at = H5Dget_offset(d);
    e->at = at == HADDR_UNDEF ? -1 : (int64_t)at;
    e->plain = pa_h5_type_is(type, &e->spec.type, &e->spec.width) && e->n_dims <= 2;
    H5Sclose(space);
    H5Tclose(type);
    return e->n_dims < 0 ? damaged(f, e->path, err) : PA_OK;
}

static pa_status read_flags(pa_result_file *f, hid_t d, pa_entry *e, pa_error *err)
{
    bool causal = true, labels = false, history = false, fitted = false;
    PA_TRY(get(f, d, "causal", PA_BOOL, &causal, e->path, err));
    PA_TRY(get(f, d, "needs_labels", PA_BOOL, &labels, e->path, err));
    PA_TRY(get(f, d, "needs_history", PA_BOOL, &history, e->path, err));
    PA_TRY(get(f, d, "fitted", PA_BOOL, &fitted, e->path, err));
    e->spec.flags = (causal ? 0u : PA_NOT_CAUSAL) | (labels ? PA_NEEDS_LABELS : 0u) |
                    (history ? PA_NEEDS_HISTORY : 0u) | (fitted ? PA_FITTED : 0u);
    return PA_OK;
}

static pa_status read_direction(pa_result_file *f, hid_t d, pa_entry *e, pa_error *err)
{
    int64_t direction = 0;
    PA_TRY(get(f, d, "direction", PA_I64, &direction, e->path, err));
    if (direction < -1 || direction > 1)
        return pa_fail(err, PA_E_DATA, "%s: %s has the unknown direction %lld", f->path, e->path,
                       (long long)direction);
    e->spec.direction = (int8_t)direction;
    return PA_OK;
}

static pa_status read_dataset(pa_result_file *f, hid_t d, pa_entry *e, pa_error *err)
{
    const char *role = NULL;
    pa_column_spec *s = &e->spec;
    char why[PA_H5_REASON];
    s->name = strrchr(e->path, '/') + 1;
    if (!pa_h5_is_inside(d, f->size, why)) return refuse(f, e->path, why, err);
    PA_TRY(read_shape(f, d, e, err));
    PA_TRY(get(f, d, "digest", PA_BYTES, &e->digest, e->path, err));
    PA_TRY(get(f, d, "position", PA_I64, &e->position, e->path, err));
    PA_TRY(get(f, d, "sliced", PA_BOOL, &e->sliced, e->path, err));
    PA_TRY(get(f, d, "cut_by", PA_BYTES, &e->cut_by, e->path, err));
    PA_TRY(get(f, d, "units", PA_BYTES, &s->unit, e->path, err));
    PA_TRY(get(f, d, "stage", PA_BYTES, &s->stage, e->path, err));
    PA_TRY(get(f, d, "codes", PA_BYTES, &s->codes, e->path, err));
    PA_TRY(get(f, d, "family", PA_BYTES, &s->family, e->path, err));
    PA_TRY(get(f, d, "words", PA_BYTES, &s->words, e->path, err));
    PA_TRY(get(f, d, "yields_to", PA_BYTES, &s->yields_to, e->path, err));
    PA_TRY(get(f, d, "role", PA_BYTES, &role, e->path, err));
    PA_TRY(read_flags(f, d, e, err));
    PA_TRY(read_direction(f, d, e, err));
    if (role && !pa_role_is(role, &s->role)) {
        return pa_fail(err, PA_E_DATA, "%s: %s has the unknown role '%s'", f->path, e->path, role);
    }
    return PA_OK;
}

static pa_status read_group(pa_result_file *f, hid_t g, pa_entry *e, pa_error *err)
{
    PA_TRY(get(f, g, "rows", PA_I64, &e->rows, e->path, err));
    PA_TRY(get(f, g, "cut_by", PA_BYTES, &e->cut_by, e->path, err));
    PA_TRY(get(f, g, "version", PA_I64, &e->version, e->path, err));
    PA_TRY(get(f, g, "round", PA_I64, &e->round, e->path, err));
    return get(f, g, "complete", PA_BOOL, &e->complete, e->path, err);
}

static pa_status new_entry(pa_result_file *f, const char *group, const char *name, pa_entry **entry,
                           pa_error *err)
{
    PA_TRY(PA_ROOM(f->entries, f->room, f->n + 1, err));
    pa_entry *e = f->entries + f->n;
    *e = (pa_entry){0};
    pa_buffer path = {0};
    pa_status st = pa_buffer_printf(&path, err, "%s/%s", group, name);
    if (st == PA_OK) st = pa_strings_keep(&f->strings, path.data, path.length, &e->path, err);
    pa_buffer_free(&path);
    if (st == PA_OK) f->n++;
    *entry = e;
    return st;
}

static pa_status read_object(pa_result_file *f, hid_t object, bool is_dataset, pa_entry *e,
                             pa_error *err)
{
    const char *kind = NULL;
    e->is_dataset = is_dataset;
    PA_TRY(get(f, object, "kind", PA_BYTES, &kind, e->path, err));
    PA_TRY(get(f, object, "description", PA_BYTES, &e->spec.meaning, e->path, err));
    e->kind = kind_of(kind);
    return is_dataset ? read_dataset(f, object, e, err) : read_group(f, object, e, err);
}

static herr_t add_entry(hid_t group, const char *name, const H5L_info_t *info, void *data);

/* The objects in a group that is open, and in those below it. */
static pa_status list_group(pa_result_file *f, hid_t id, const char *path, int depth, pa_error *err)
{
    walk w = {.file = f, .group = path, .depth = depth, .err = err};
    if (depth > MOST_DEPTH)
        return refuse(f, path, "lies deeper than the groups of any result", err);
    if (H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, NULL, add_entry, &w) >= 0) return PA_OK;
    return w.st != PA_OK ? w.st : damaged(f, *path ? path : "/", err);
}

static pa_status list_object(walk *w, hid_t object, const char *name)
{
    pa_entry *e = NULL;
    H5I_type_t type = H5Iget_type(object);
    if (type != H5I_DATASET && type != H5I_GROUP) return PA_OK;
    if (w->file->n == MOST_OBJECTS)
        return pa_fail(w->err, PA_E_DATA, "%s: holds more objects than any result", w->file->path);
    PA_TRY(new_entry(w->file, w->group, name, &e, w->err));
    const char *path = e->path;
    PA_TRY(read_object(w->file, object, type == H5I_DATASET, e, w->err));
    return type == H5I_GROUP ? list_group(w->file, object, path, w->depth + 1, w->err) : PA_OK;
}

/* Soft links are other names of what is listed anyway. */
static herr_t add_entry(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    walk *w = data;
    char why[PA_H5_REASON];
    if (!pa_h5_link_stays(info, why)) {
        w->st = pa_fail(w->err, PA_E_DATA, "%s: %s/%s %s", w->file->path, w->group, name, why);
        return -1;
    }
    if (info->type != H5L_TYPE_HARD) return 0;
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    w->st = object < 0 ? damaged(w->file, name, w->err) : list_object(w, object, name);
    if (object >= 0) H5Oclose(object);
    return w->st == PA_OK ? 0 : -1;
}

/* ---- opening ---- */

static int entry_order(const void *a, const void *b)
{
    return strcmp(((const pa_entry *)a)->path, ((const pa_entry *)b)->path);
}

static pa_status check_schema(const pa_result_file *f, pa_error *err)
{
    int64_t schema = 0;
    if (!pa_result_attribute_i64(f, "schema_version", &schema)) {
        return pa_fail(err, PA_E_DATA, "%s: an HDF5 file, but not one of paraudit's", f->path);
    }
    if (schema < PA_OLDEST_SCHEMA || schema > PA_RESULT_SCHEMA) {
        return pa_fail(err, PA_E_DATA, "%s: has schema %lld, this program reads schemas %d to %d",
                       f->path, (long long)schema, PA_OLDEST_SCHEMA, PA_RESULT_SCHEMA);
    }
    return PA_OK;
}

/* The table that a column is in; NULL: none. */
static const pa_entry *table_of(const pa_result_file *f, const pa_entry *column)
{
    char path[1024];
    int n = snprintf(path, sizeof path, "%.*s", (int)(column->spec.name - 1 - column->path),
                     column->path);
    const pa_entry *e = n >= 0 && (size_t)n < sizeof path ? pa_entry_at(f, path) : NULL;
    return e && e->kind == PA_ENTRY_TABLE ? e : NULL;
}

/* The rows that a table is said to have are those of all its columns: readers make room by
 * the one and read the others. */
static pa_status check_tables(const pa_result_file *f, pa_error *err)
{
    for (const pa_entry *e = f->entries; e < f->entries + f->n; e++) {
        if (e->kind == PA_ENTRY_TABLE && e->rows < 0)
            return pa_fail(err, PA_E_DATA, "%s: %s has %lld rows", f->path, e->path,
                           (long long)e->rows);
        const pa_entry *t = e->kind == PA_ENTRY_COLUMN && e->is_dataset ? table_of(f, e) : NULL;
        if (!t || t->rows == e->rows) continue;
        return pa_fail(err, PA_E_DATA, "%s: %s has %lld rows, its table has %lld", f->path, e->path,
                       (long long)e->rows, (long long)t->rows);
    }
    return PA_OK;
}

static pa_status list_all(pa_result_file *f, pa_error *err)
{
    walk w = {.file = f, .err = err};
    if (H5Aiterate2(*f->id, H5_INDEX_NAME, H5_ITER_INC, NULL, add_attribute, &w) < 0) {
        return w.st != PA_OK ? w.st : damaged(f, "/", err);
    }
    if (f->n_attributes) {
        qsort(f->attributes, f->n_attributes, sizeof *f->attributes, pa_attribute_order);
    }
    PA_TRY(check_schema(f, err));
    PA_TRY(list_group(f, *f->id, "", 0, err));
    if (f->n) qsort(f->entries, f->n, sizeof *f->entries, entry_order);
    return check_tables(f, err);
}

pa_status pa_catalogue_open(pa_result_file *f, pa_error *err)
{
    hsize_t size = 0;
    PA_TRY(pa_file_size(f->path, &f->size, err));
    PA_TRY(pa_h5_open(f->path, f->path, 0, f->id, err));
    if (H5Fget_filesize(*f->id, &size) < 0) return damaged(f, "its size", err);
    f->size = (int64_t)size;
    return list_all(f, err);
}

void pa_catalogue_close(pa_result_file *f)
{
    if (f->id && *f->id >= 0) H5Fclose(*f->id);
    pa_free(f->id);
    pa_free(f->entries);
    pa_free(f->attributes);
    pa_strings_free(&f->strings);
}

/* ---- looking up and reading ---- */

const pa_entry *pa_entry_at(const pa_result_file *f, const char *path)
{
    size_t from = 0, until = f->n;
    while (from < until) {
        size_t middle = from + (until - from) / 2;
        int order = strcmp(f->entries[middle].path, path);
        if (order == 0) return f->entries + middle;
        if (order < 0)
            from = middle + 1;
        else
            until = middle;
    }
    return NULL;
}

const pa_entry *pa_entry_find(const pa_result_file *f, const char *folder, const char *name,
                              pa_entry_kind kind)
{
    char path[1024];
    int n = snprintf(path, sizeof path, "/%s%s%s", folder, *folder && *name ? "/" : "", name);
    if (n < 0 || (size_t)n >= sizeof path) return NULL;
    const pa_entry *e = pa_entry_at(f, path);
    return e && e->kind == kind ? e : NULL;
}

static pa_status read_selected(const pa_result_file *f, const pa_entry *e, hid_t d, int64_t first,
                               size_t n, void *out, pa_error *err)
{
    hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(d), type = H5Dget_type(d), memory = H5S_ALL;
    herr_t got = space < 0 || type < 0 ? -1 : 0;
    if (got >= 0 && e->n_dims > 0) {
        H5Sget_simple_extent_dims(space, count, NULL);
        start[0] = (hsize_t)first;
        count[0] = n;
        memory = H5Screate_simple(e->n_dims, count, NULL);
        got = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    }
    if (got >= 0) got = H5Dread(d, type, memory, space, H5P_DEFAULT, out);
    pa_status st = got < 0 ? damaged(f, e->path, err) : PA_OK;
    if (memory != H5S_ALL) H5Sclose(memory);
    H5Sclose(space);
    H5Tclose(type);
    return st;
}

pa_status pa_entry_read(const pa_result_file *f, const pa_entry *e, int64_t first, size_t n,
                        void *out, pa_error *err)
{
    if (first < 0 || first > e->rows || n > (uint64_t)(e->rows - first)) {
        return pa_fail(err, PA_E_DATA, "%s: %s has %lld rows, %zu from row %lld on were asked for",
                       f->path, e->path, (long long)e->rows, n, (long long)first);
    }
    if (n == 0 || e->row_bytes == 0) return PA_OK;
    if (*f->id < 0) PA_TRY(pa_h5_open(f->path, f->path, 0, f->id, err));
    hid_t d = H5Dopen2(*f->id, e->path, H5P_DEFAULT);
    if (d < 0) return damaged(f, e->path, err);
    char why[PA_H5_REASON];
    pa_h5_rows seen = {0};
    pa_status st = pa_h5_can_read(d, first, (int64_t)n, e->row_bytes, &seen, why)
                       ? read_selected(f, e, d, first, n, out, err)
                       : refuse(f, e->path, why, err);
    H5Dclose(d);
    return st;
}
