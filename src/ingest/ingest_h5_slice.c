/* The rows of one rank from an HDF5 input, by blocks. */
#include <string.h>

#include "ingest_h5_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/sort.h"

static pa_status read_rows(const pa_h5_source *s, pa_h5_dataset *d, hid_t type, int64_t first,
                           size_t n, void *out, pa_error *err)
{
    char why[PA_H5_REASON];
    if (n == 0) return PA_OK;
    if (!pa_h5_can_read(d->id, first, (int64_t)n, d->width, &d->seen, why))
        return pa_h5_refused(s, d->path, why, err);
    hsize_t start = (hsize_t)first, count = n;
    hid_t space = H5Dget_space(d->id), memory = H5Screate_simple(1, &count, NULL);
    herr_t got = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL);
    if (got >= 0) got = H5Dread(d->id, type, memory, space, H5P_DEFAULT, out);
    H5Sclose(space);
    H5Sclose(memory);
    return got < 0 ? pa_h5_broken(s, d->path, err) : PA_OK;
}

/* n texts of d->width bytes each. */
static pa_status read_texts(const pa_h5_source *s, pa_h5_dataset *d, int64_t first, size_t n,
                            char *out, pa_error *err)
{
    hid_t type = H5Dget_type(d->id);
    pa_status st = read_rows(s, d, type, first, n, out, err);
    H5Tclose(type);
    return st;
}

static int column_of(int dictionary)
{
    return dictionary == PA_H5_ACCOUNTS    ? PA_H5_ACCOUNT
           : dictionary == PA_H5_MERCHANTS ? PA_H5_MERCHANT
                                           : PA_H5_CODED + dictionary - PA_H5_CATEGORIES;
}

static pa_status new_resolved(const pa_h5_dataset *d, size_t room, pa_h5_names *r, pa_error *err)
{
    PA_TRY(PA_NEW(r->of_row, room, err));
    PA_TRY(PA_NEW(r->code, room, err));
    PA_TRY(PA_NEW(r->interned, room, err));
    r->names = pa_alloc(room, d->width, err);
    return r->names ? PA_OK : PA_E_MEMORY;
}

pa_status pa_h5_new_slice(const pa_h5_source *s, size_t room, pa_h5_slice *c, pa_error *err)
{
    PA_TRY(PA_NEW(c->key, room, err));
    PA_TRY(PA_NEW(c->order, room, err));
    for (int i = 0; i < PA_H5_N_WHOLE; i++) {
        if (s->whole[i].id) PA_TRY(PA_NEW(c->whole[i], room, err));
    }
    if (s->text_id.id) {
        c->text_id = pa_alloc(room, s->text_id.width, err);
        if (!c->text_id) return PA_E_MEMORY;
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        if (s->place[i].id) PA_TRY(PA_NEW(c->place[i], room, err));
    }
    PA_TRY(PA_NEW(c->numeric, s->n_numeric, err));
    for (size_t i = 0; i < s->n_numeric; i++) PA_TRY(PA_NEW(c->numeric[i], room, err));
    for (int i = 0; i < PA_H5_N_DICTIONARIES; i++) {
        const pa_h5_dataset *d = &s->dictionary[i];
        if (d->id) PA_TRY(new_resolved(d, room, &c->dictionary[i], err));
    }
    return PA_OK;
}

void pa_h5_free_slice(const pa_h5_source *s, pa_h5_slice *c)
{
    for (int i = 0; i < PA_H5_N_WHOLE; i++) pa_free(c->whole[i]);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) pa_free(c->place[i]);
    for (size_t i = 0; c->numeric && i < s->n_numeric; i++) pa_free(c->numeric[i]);
    for (int i = 0; i < PA_H5_N_DICTIONARIES; i++) {
        pa_free(c->dictionary[i].of_row);
        pa_free(c->dictionary[i].code);
        pa_free(c->dictionary[i].names);
        pa_free(c->dictionary[i].interned);
    }
    pa_free(c->numeric);
    pa_free(c->text_id);
    pa_free(c->key);
    pa_free(c->order);
}

/* Which names the rows mean: their codes, each once, ascending. */
static pa_status collect_codes(const pa_h5_source *s, int dictionary, pa_h5_slice *c, pa_error *err)
{
    const int64_t *code = c->whole[column_of(dictionary)];
    const pa_h5_dataset *d = &s->dictionary[dictionary];
    pa_h5_names *r = &c->dictionary[dictionary];
    int64_t least = dictionary >= PA_H5_CATEGORIES ? -1 : 0;
    for (size_t i = 0; i < c->n; i++) {
        if (code[i] < least || code[i] >= d->rows) {
            long long row = c->first + (int64_t)i + 1;
            return pa_fail_at(err, PA_E_DATA, s->ordinal, row,
                              "%s: row %lld of %s is %lld, and %s has %lld rows", s->name, row,
                              s->whole[column_of(dictionary)].path, (long long)code[i], d->path,
                              (long long)d->rows);
        }
        c->key[i] = (uint64_t)(code[i] + 1);
    }
    PA_TRY(pa_sort_u64(c->n, c->key, c->order, err));
    r->n = 0;
    for (size_t k = 0; k < c->n; k++) {
        size_t i = c->order[k];
        if (code[i] >= 0 && (r->n == 0 || r->code[r->n - 1] != code[i])) {
            r->interned[r->n] = -1;
            r->code[r->n++] = code[i];
        }
        r->of_row[i] = code[i] >= 0 ? (int32_t)r->n - 1 : -1;
    }
    return PA_OK;
}

/* Reads the names in runs of at most `room` rows of the dictionary. */
static pa_status read_names(const pa_h5_source *s, pa_h5_dataset *d, size_t room, char *buffer,
                            pa_h5_names *r, pa_error *err)
{
    for (size_t k = 0, end; k < r->n; k = end) {
        int64_t first = r->code[k];
        for (end = k + 1; end < r->n && r->code[end] - first < (int64_t)room;) end++;
        PA_TRY(read_texts(s, d, first, (size_t)(r->code[end - 1] - first) + 1, buffer, err));
        for (size_t i = k; i < end; i++) {
            memcpy(r->names + i * d->width, buffer + (size_t)(r->code[i] - first) * d->width,
                   d->width);
        }
    }
    return PA_OK;
}

static pa_status resolve(pa_h5_source *s, int dictionary, size_t read, pa_h5_slice *c,
                         pa_error *err)
{
    pa_h5_dataset *d = &s->dictionary[dictionary];
    size_t room = read / d->width ? read / d->width : 1;
    char *buffer = NULL;
    PA_TRY(collect_codes(s, dictionary, c, err));
    buffer = pa_alloc(room, d->width, err);
    if (!buffer) return PA_E_MEMORY;
    pa_status st = read_names(s, d, room, buffer, &c->dictionary[dictionary], err);
    pa_free(buffer);
    return st;
}

pa_status pa_h5_read_slice(pa_h5_source *s, int64_t first, size_t n, size_t read, pa_h5_slice *c,
                           pa_error *err)
{
    c->first = first;
    c->n = n;
    for (int i = 0; i < PA_H5_N_WHOLE; i++) {
        pa_h5_dataset *d = &s->whole[i];
        if (d->id) PA_TRY(read_rows(s, d, H5T_NATIVE_INT64, first, n, c->whole[i], err));
    }
    if (c->text_id) PA_TRY(read_texts(s, &s->text_id, first, n, c->text_id, err));
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        pa_h5_dataset *d = &s->place[i];
        if (d->id) PA_TRY(read_rows(s, d, H5T_NATIVE_DOUBLE, first, n, c->place[i], err));
    }
    for (size_t i = 0; i < s->n_numeric; i++) {
        PA_TRY(read_rows(s, &s->numeric[i], H5T_NATIVE_DOUBLE, first, n, c->numeric[i], err));
    }
    for (int i = 0; i < PA_H5_N_DICTIONARIES; i++) {
        if (s->dictionary[i].id) PA_TRY(resolve(s, i, read, c, err));
    }
    return PA_OK;
}
