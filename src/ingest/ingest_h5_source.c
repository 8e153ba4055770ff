/* An HDF5 input: its tables and columns, and the names behind their codes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_h5_parts.h"
#include "paraudit/base/array.h"

static const char *const whole_names[PA_H5_CODED] = {"tx",           "account", "merchant",  "time",
                                                     "amount_minor", "label",   "label_time"};

pa_status pa_h5_broken(const pa_h5_source *s, const char *what, pa_error *err)
{
    char reason[PA_H5_REASON];
    pa_h5_reason(reason);
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: damaged: %s: %s", s->name, what, reason);
}

pa_status pa_h5_refused(const pa_h5_source *s, const char *path, const char *why, pa_error *err)
{
    return pa_h5_refuse(s->name, s->ordinal, path, why, err);
}

/* Numbers of all the bits of their bytes, as processors have them. */
static bool is_whole(hid_t type, size_t size)
{
    bool fits = H5Tget_sign(type) == H5T_SGN_2 ? size <= 8 : size < 8;
    return fits && H5Tget_precision(type) == 8 * size && H5Tget_offset(type) == 0;
}

static bool is_real(hid_t type)
{
    const hid_t known[] = {H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE};
    for (int i = 0; i < 4; i++) {
        if (H5Tequal(type, known[i]) > 0) return true;
    }
    return false;
}

static bool is_content(hid_t type, pa_h5_content wanted)
{
    H5T_class_t class = H5Tget_class(type);
    size_t size = H5Tget_size(type);
    bool whole = class == H5T_INTEGER && is_whole(type, size);
    switch (wanted) {
    case PA_H5_WHOLE:
        return whole;
    case PA_H5_REAL:
        return whole || (class == H5T_FLOAT && is_real(type));
    case PA_H5_TEXT:
        break;
    }
    return class == H5T_STRING && H5Tis_variable_str(type) == 0 && size > 0 && size <= 65536;
}

static pa_status check_dataset(const pa_h5_source *s, pa_h5_dataset *d, pa_h5_content wanted,
                               pa_error *err)
{
    static const char *const words[] = {[PA_H5_WHOLE] = "whole numbers of at most 64 bits",
                                        [PA_H5_REAL] = "numbers",
                                        [PA_H5_TEXT] = "text of a fixed length"};
    hsize_t rows = 0;
    hid_t type = H5Dget_type(d->id), space = H5Dget_space(d->id);
    bool flat = H5Sget_simple_extent_ndims(space) == 1 &&
                H5Sget_simple_extent_dims(space, &rows, NULL) == 1 && rows <= INT64_MAX;
    bool fits = is_content(type, wanted);
    d->rows = (int64_t)rows;
    d->width = H5Tget_size(type);
    H5Tclose(type);
    H5Sclose(space);
    if (flat && fits) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: %s is not one column of %s", s->name,
                      d->path, words[wanted]);
}

static pa_status long_name(const pa_h5_source *s, const char *group, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: %s has a column with a very long name",
                      s->name, group);
}

/* d->path, which is there. */
static pa_status open_inside(const pa_h5_source *s, pa_h5_dataset *d, pa_h5_content wanted,
                             pa_error *err)
{
    char why[PA_H5_REASON];
    d->id = H5Dopen2(s->file, d->path, H5P_DEFAULT);
    if (d->id < 0) {
        d->id = 0;
        return pa_h5_broken(s, d->path, err);
    }
    if (!pa_h5_is_inside(d->id, s->size, why)) return pa_h5_refused(s, d->path, why, err);
    return check_dataset(s, d, wanted, err);
}

/* GROUP/NAME; one that is not there is an error where it is `required`. */
static pa_status open_dataset(const pa_h5_source *s, const char *group, const char *name,
                              pa_h5_content wanted, bool required, pa_h5_dataset *d, pa_error *err)
{
    char why[PA_H5_REASON];
    bool there = false;
    int n = snprintf(d->path, sizeof d->path, "%s/%s", group, name);
    if (n < 0 || (size_t)n >= sizeof d->path) return long_name(s, group, err);
    if (!pa_h5_stays_inside(s->file, d->path, &there, why))
        return pa_h5_refused(s, d->path, why, err);
    if (there) return open_inside(s, d, wanted, err);
    if (!required) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0,
                      "%s: has no dataset %s: an HDF5 input needs the tables that paraudit writes",
                      s->name, d->path);
}

static pa_status open_column(const pa_h5_source *s, const char *name, pa_h5_content wanted,
                             bool required, pa_h5_dataset *d, pa_error *err)
{
    PA_TRY(open_dataset(s, "transactions", name, wanted, required, d, err));
    if (!d->id || !s->whole[PA_H5_TX].id || d->rows == s->whole[PA_H5_TX].rows) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: %s has %lld rows, %s has %lld", s->name,
                      d->path, (long long)d->rows, s->whole[PA_H5_TX].path,
                      (long long)s->whole[PA_H5_TX].rows);
}

static pa_status open_columns(pa_h5_source *s, pa_error *err)
{
    for (int i = 0; i < PA_H5_CODED; i++) {
        PA_TRY(
            open_column(s, whole_names[i], PA_H5_WHOLE, i < PA_H5_N_REQUIRED, &s->whole[i], err));
    }
    PA_TRY(open_column(s, "tx_id", PA_H5_TEXT, false, &s->text_id, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        PA_TRY(open_column(s, pa_csv_coded_names[i], PA_H5_WHOLE, false, &s->whole[PA_H5_CODED + i],
                           err));
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        PA_TRY(open_column(s, pa_csv_place_names[i], PA_H5_REAL, false, &s->place[i], err));
    }
    return PA_OK;
}

static pa_status open_dictionaries(pa_h5_source *s, pa_error *err)
{
    PA_TRY(
        open_dataset(s, "accounts", "id", PA_H5_TEXT, true, &s->dictionary[PA_H5_ACCOUNTS], err));
    PA_TRY(
        open_dataset(s, "merchants", "id", PA_H5_TEXT, true, &s->dictionary[PA_H5_MERCHANTS], err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!s->whole[PA_H5_CODED + i].id) continue;
        PA_TRY(open_dataset(s, "categories", pa_csv_coded_names[i], PA_H5_TEXT, true,
                            &s->dictionary[PA_H5_CATEGORIES + i], err));
    }
    return PA_OK;
}

/* The further columns of numbers in the order of the attribute `position`, as
 * they were written; without it in that of their names. */
typedef struct {
    char name[128];
    int64_t position;
} numeric_name;

typedef struct {
    const pa_h5_source *s;
    numeric_name *names;
    size_t n;
    pa_status st;
    pa_error *err;
} numeric_names;

static int64_t position_of(hid_t group, const char *name)
{
    int64_t position = INT64_MAX;
    hid_t d = H5Dopen2(group, name, H5P_DEFAULT);
    if (d < 0) return position;
    if (H5Aexists(d, "position") > 0) {
        hid_t a = H5Aopen(d, "position", H5P_DEFAULT), space = H5Aget_space(a);
        hid_t type = H5Aget_type(a);
        bool fits = is_content(type, PA_H5_WHOLE) && H5Sget_simple_extent_npoints(space) == 1;
        if (!fits || H5Aread(a, H5T_NATIVE_INT64, &position) < 0) position = INT64_MAX;
        H5Tclose(type);
        H5Sclose(space);
        H5Aclose(a);
    }
    H5Dclose(d);
    return position;
}

static pa_status keep_numeric(numeric_names *all, hid_t group, const char *name)
{
    if (strlen(name) >= sizeof all->names->name) return long_name(all->s, "transactions", all->err);
    if (all->n == PA_CSV_MOST_NUMERIC)
        return pa_fail_at(all->err, PA_E_DATA, all->s->ordinal, 0,
                          "%s: has more than %d columns input_*", all->s->name,
                          PA_CSV_MOST_NUMERIC);
    PA_TRY(PA_RESIZE(all->names, all->n + 1, all->err));
    numeric_name *added = all->names + all->n++;
    snprintf(added->name, sizeof added->name, "%s", name);
    added->position = position_of(group, name);
    return PA_OK;
}

static herr_t add_numeric(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    numeric_names *all = data;
    char why[PA_H5_REASON];
    if (strncmp(name, "input_", 6) != 0) return 0;
    all->st = pa_h5_link_stays(info, why) ? keep_numeric(all, group, name)
                                          : pa_h5_refused(all->s, name, why, all->err);
    return all->st == PA_OK ? 0 : -1;
}

static int numeric_order(const void *a, const void *b)
{
    const numeric_name *p = a, *q = b;
    if (p->position != q->position) return p->position < q->position ? -1 : 1;
    return strcmp(p->name, q->name);
}

static pa_status list_numeric(numeric_names *all, pa_error *err)
{
    const pa_h5_source *s = all->s;
    if (H5Literate_by_name(s->file, "transactions", H5_INDEX_NAME, H5_ITER_INC, NULL, add_numeric,
                           all, H5P_DEFAULT) < 0) {
        return all->st != PA_OK ? all->st : pa_h5_broken(s, "transactions", err);
    }
    if (all->n) qsort(all->names, all->n, sizeof *all->names, numeric_order);
    return PA_OK;
}

static pa_status open_numeric(pa_h5_source *s, pa_error *err)
{
    numeric_names all = {.s = s, .err = err};
    pa_status st = list_numeric(&all, err);
    if (st == PA_OK) st = PA_NEW(s->numeric, all.n, err);
    for (size_t i = 0; i < all.n && st == PA_OK; i++) {
        st = open_column(s, all.names[i].name, PA_H5_REAL, true, &s->numeric[s->n_numeric++], err);
    }
    pa_free(all.names);
    return st;
}

static void close_dataset(pa_h5_dataset *d)
{
    if (d->id > 0) H5Dclose(d->id);
}

void pa_h5_close_source(pa_h5_source *s)
{
    for (int i = 0; i < PA_H5_N_WHOLE; i++) close_dataset(&s->whole[i]);
    close_dataset(&s->text_id);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) close_dataset(&s->place[i]);
    for (int i = 0; i < PA_H5_N_DICTIONARIES; i++) close_dataset(&s->dictionary[i]);
    for (size_t i = 0; i < s->n_numeric; i++) close_dataset(&s->numeric[i]);
    if (s->file >= 0) H5Fclose(s->file);
    pa_free(s->numeric);
}

pa_status pa_h5_open_source(const pa_inputs *in, int32_t file, pa_h5_source *s, pa_error *err)
{
    *s = (pa_h5_source){.name = in->file[file].name, .ordinal = file + 1, .file = H5I_INVALID_HID};
    hsize_t size = 0;
    PA_TRY(pa_h5_open(in->file[file].path, s->name, s->ordinal, &s->file, err));
    if (H5Fget_filesize(s->file, &size) < 0) return pa_h5_broken(s, "its size", err);
    s->size = (int64_t)size;
    PA_TRY(open_columns(s, err));
    PA_TRY(open_dictionaries(s, err));
    return open_numeric(s, err);
}
