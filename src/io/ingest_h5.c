/* HDF5 files of our own layout as inputs: a result of an earlier audit, or a
 * file that somebody wrote with the same tables.
 *
 *     transactions/   tx account merchant time amount_minor label, and as far as
 *                     they are there tx_id category channel currency country
 *                     home_lat home_lon merchant_lat merchant_lon label_time input_*
 *     accounts/id merchants/id categories/category categories/channel ...
 *
 * Each rank reads for itself, through the plain POSIX driver: a damaged file then
 * leaves nobody waiting. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "csv_parts.h"
#include "h5.h"
#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/sort.h"

/* What a dataset holds; HDF5 converts to the widest type of the kind. */
typedef enum { WHOLE, REAL, TEXT } content;

/* A dataset of one dimension. */
typedef struct {
    char path[160];
    hid_t id; /* 0: it is not there */
    int64_t rows;
    size_t width; /* bytes of a text */
} dataset;

/* The whole numbers of a row. */
enum {
    TX,
    ACCOUNT,
    MERCHANT,
    TIME,
    AMOUNT,
    LABEL,
    N_REQUIRED,
    LABEL_TIME = N_REQUIRED,
    CODED,
    N_WHOLE = CODED + PA_CSV_N_CODED
};
static const char *const whole_names[CODED] = {"tx",           "account", "merchant",  "time",
                                               "amount_minor", "label",   "label_time"};

/* Names that codes stand for. */
enum { ACCOUNTS, MERCHANTS, CATEGORIES, N_DICTIONARIES = CATEGORIES + PA_CSV_N_CODED };

typedef struct {
    const char *name; /* of the file, for messages */
    int64_t ordinal;  /* from 1 */
    hid_t file;
    dataset whole[N_WHOLE], text_id, place[PA_CSV_N_PLACES];
    dataset dictionary[N_DICTIONARIES];
    dataset *numeric;
    size_t n_numeric;
} source;

/* ---- opening ---- */

static pa_status broken(const source *s, const char *what, pa_error *err)
{
    char reason[PA_H5_REASON];
    pa_h5_reason(reason);
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: %s is cut short or damaged: %s", s->name,
                      what, reason);
}

static bool there(hid_t file, const char *path)
{
    char group[160];
    const char *slash = strchr(path, '/');
    snprintf(group, sizeof group, "%.*s", (int)(slash - path), path);
    return H5Lexists(file, group, H5P_DEFAULT) > 0 && H5Lexists(file, path, H5P_DEFAULT) > 0;
}

static bool is_content(hid_t type, content wanted)
{
    H5T_class_t class = H5Tget_class(type);
    size_t size = H5Tget_size(type);
    bool whole = class == H5T_INTEGER && (H5Tget_sign(type) == H5T_SGN_2 ? size <= 8 : size < 8);
    switch (wanted) {
    case WHOLE:
        return whole;
    case REAL:
        return whole || (class == H5T_FLOAT && size <= 8);
    case TEXT:
        break;
    }
    return class == H5T_STRING && H5Tis_variable_str(type) == 0 && size > 0 && size <= 65536;
}

static pa_status check_dataset(const source *s, dataset *d, content wanted, pa_error *err)
{
    static const char *const words[] = {[WHOLE] = "whole numbers of at most 64 bits",
                                        [REAL] = "numbers",
                                        [TEXT] = "text of a fixed length"};
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

static pa_status long_name(const source *s, const char *group, pa_error *err)
{
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: %s has a column with a very long name",
                      s->name, group);
}

/* GROUP/NAME; one that is not there is an error where it is `required`. */
static pa_status open_dataset(const source *s, const char *group, const char *name, content wanted,
                              bool required, dataset *d, pa_error *err)
{
    int n = snprintf(d->path, sizeof d->path, "%s/%s", group, name);
    if (n < 0 || (size_t)n >= sizeof d->path) return long_name(s, group, err);
    if (!there(s->file, d->path)) {
        if (!required) return PA_OK;
        return pa_fail_at(err, PA_E_DATA, s->ordinal, 0,
                          "%s: has no dataset %s: an HDF5 input needs the tables that paraudit "
                          "writes",
                          s->name, d->path);
    }
    d->id = H5Dopen2(s->file, d->path, H5P_DEFAULT);
    if (d->id < 0) {
        d->id = 0;
        return broken(s, d->path, err);
    }
    return check_dataset(s, d, wanted, err);
}

static pa_status open_column(const source *s, const char *name, content wanted, bool required,
                             dataset *d, pa_error *err)
{
    PA_TRY(open_dataset(s, "transactions", name, wanted, required, d, err));
    if (!d->id || !s->whole[TX].id || d->rows == s->whole[TX].rows) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: %s has %lld rows, %s has %lld", s->name,
                      d->path, (long long)d->rows, s->whole[TX].path, (long long)s->whole[TX].rows);
}

static pa_status open_columns(source *s, pa_error *err)
{
    for (int i = 0; i < CODED; i++) {
        PA_TRY(open_column(s, whole_names[i], WHOLE, i < N_REQUIRED, &s->whole[i], err));
    }
    PA_TRY(open_column(s, "tx_id", TEXT, false, &s->text_id, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        PA_TRY(open_column(s, pa_csv_coded_names[i], WHOLE, false, &s->whole[CODED + i], err));
    }
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        PA_TRY(open_column(s, pa_csv_place_names[i], REAL, false, &s->place[i], err));
    }
    return PA_OK;
}

static pa_status open_dictionaries(source *s, pa_error *err)
{
    PA_TRY(open_dataset(s, "accounts", "id", TEXT, true, &s->dictionary[ACCOUNTS], err));
    PA_TRY(open_dataset(s, "merchants", "id", TEXT, true, &s->dictionary[MERCHANTS], err));
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!s->whole[CODED + i].id) continue;
        PA_TRY(open_dataset(s, "categories", pa_csv_coded_names[i], TEXT, true,
                            &s->dictionary[CATEGORIES + i], err));
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
    const source *s;
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
        bool fits = is_content(type, WHOLE) && H5Sget_simple_extent_npoints(space) == 1;
        if (!fits || H5Aread(a, H5T_NATIVE_INT64, &position) < 0) position = INT64_MAX;
        H5Tclose(type);
        H5Sclose(space);
        H5Aclose(a);
    }
    H5Dclose(d);
    return position;
}

static herr_t add_numeric(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    (void)info;
    numeric_names *all = data;
    if (strncmp(name, "input_", 6) != 0) return 0;
    if (strlen(name) >= sizeof all->names->name) {
        all->st = long_name(all->s, "transactions", all->err);
        return -1;
    }
    numeric_name *grown = pa_realloc(all->names, all->n + 1, sizeof *grown, all->err);
    if (!grown) {
        all->st = PA_E_MEMORY;
        return -1;
    }
    all->names = grown;
    numeric_name *added = grown + all->n++;
    snprintf(added->name, sizeof added->name, "%s", name);
    added->position = position_of(group, name);
    return 0;
}

static int numeric_order(const void *a, const void *b)
{
    const numeric_name *p = a, *q = b;
    if (p->position != q->position) return p->position < q->position ? -1 : 1;
    return strcmp(p->name, q->name);
}

static pa_status list_numeric(numeric_names *all, pa_error *err)
{
    const source *s = all->s;
    if (H5Literate_by_name(s->file, "transactions", H5_INDEX_NAME, H5_ITER_INC, NULL, add_numeric,
                           all, H5P_DEFAULT) < 0) {
        return all->st != PA_OK ? all->st : broken(s, "transactions", err);
    }
    if (all->n > PA_CSV_MOST_NUMERIC) {
        return pa_fail_at(err, PA_E_DATA, s->ordinal, 0, "%s: has %zu columns input_*: at most %d",
                          s->name, all->n, PA_CSV_MOST_NUMERIC);
    }
    if (all->n) qsort(all->names, all->n, sizeof *all->names, numeric_order);
    return PA_OK;
}

static pa_status open_numeric(source *s, pa_error *err)
{
    numeric_names all = {.s = s, .err = err};
    pa_status st = list_numeric(&all, err);
    if (st == PA_OK) st = PA_NEW(s->numeric, all.n, err);
    for (size_t i = 0; i < all.n && st == PA_OK; i++) {
        st = open_column(s, all.names[i].name, REAL, true, &s->numeric[s->n_numeric++], err);
    }
    pa_free(all.names);
    return st;
}

static void close_dataset(dataset *d)
{
    if (d->id > 0) H5Dclose(d->id);
}

static void close_source(source *s)
{
    for (int i = 0; i < N_WHOLE; i++) close_dataset(&s->whole[i]);
    close_dataset(&s->text_id);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) close_dataset(&s->place[i]);
    for (int i = 0; i < N_DICTIONARIES; i++) close_dataset(&s->dictionary[i]);
    for (size_t i = 0; i < s->n_numeric; i++) close_dataset(&s->numeric[i]);
    if (s->file >= 0) H5Fclose(s->file);
    pa_free(s->numeric);
}

static pa_status open_source(const pa_inputs *in, int32_t file, source *s, pa_error *err)
{
    *s = (source){.name = in->file[file].name, .ordinal = file + 1};
    pa_h5_quiet();
    s->file = H5Fopen(in->file[file].path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (s->file < 0) return broken(s, "the HDF5 file", err);
    PA_TRY(open_columns(s, err));
    PA_TRY(open_dictionaries(s, err));
    return open_numeric(s, err);
}

static pa_status describe_columns(const source *s, pa_csv_columns *has, pa_buffer *numeric,
                                  pa_error *err)
{
    static const char prefix[] = "transactions/input_";
    *has = (pa_csv_columns){.text_ids = s->text_id.id != 0,
                            .line = true,
                            .label_time = s->whole[LABEL_TIME].id != 0,
                            .n_numeric = (int32_t)s->n_numeric};
    for (int i = 0; i < PA_CSV_N_CODED; i++) has->coded[i] = s->whole[CODED + i].id != 0;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) has->place[i] = s->place[i].id != 0;
    for (size_t i = 0; i < s->n_numeric; i++) {
        const char *name = s->numeric[i].path + sizeof prefix - 1;
        PA_TRY(pa_buffer_add(numeric, name, strlen(name) + 1, err));
    }
    return PA_OK;
}

pa_status pa_ingest_h5_inspect(pa_inputs *in, int32_t file, pa_csv_columns *has, pa_buffer *numeric,
                               pa_error *err)
{
    source s;
    pa_status st = open_source(in, file, &s, err);
    in->file[file].layout = (pa_csv_layout){0};
    in->file[file].rows = s.whole[TX].rows;
    if (st == PA_OK) st = describe_columns(&s, has, numeric, err);
    close_source(&s);
    return st;
}

/* ---- reading ---- */

static pa_status read_rows(const source *s, const dataset *d, hid_t type, int64_t first, size_t n,
                           void *out, pa_error *err)
{
    if (n == 0) return PA_OK;
    hsize_t start = (hsize_t)first, count = n;
    hid_t space = H5Dget_space(d->id), memory = H5Screate_simple(1, &count, NULL);
    herr_t got = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL);
    if (got >= 0) got = H5Dread(d->id, type, memory, space, H5P_DEFAULT, out);
    H5Sclose(space);
    H5Sclose(memory);
    return got < 0 ? broken(s, d->path, err) : PA_OK;
}

/* n texts of d->width bytes each. */
static pa_status read_texts(const source *s, const dataset *d, int64_t first, size_t n, char *out,
                            pa_error *err)
{
    hid_t type = H5Dget_type(d->id);
    pa_status st = read_rows(s, d, type, first, n, out, err);
    H5Tclose(type);
    return st;
}

static pa_csv_field text_at(const char *texts, size_t width, size_t i)
{
    const char *text = texts + i * width, *end = memchr(text, 0, width);
    return (pa_csv_field){text, end ? (size_t)(end - text) : width};
}

/* The names that the codes of one column stand for, within a slice of rows. */
typedef struct {
    int32_t *of_row; /* index into names; -1: none */
    size_t n;
    int64_t *code;     /* of each name, ascending */
    char *names;       /* n x width */
    int32_t *interned; /* -1: not yet */
} resolved;

/* A slice of rows as they stand in the file; columns that are not there: NULL. */
typedef struct {
    int64_t first;
    size_t n, room;
    int64_t *whole[N_WHOLE];
    char *text_id;
    double *place[PA_CSV_N_PLACES];
    double **numeric;
    resolved dictionary[N_DICTIONARIES];
    uint64_t *key; /* for sorting codes */
    uint32_t *order;
} slice;

static int column_of(int dictionary)
{
    return dictionary == ACCOUNTS    ? ACCOUNT
           : dictionary == MERCHANTS ? MERCHANT
                                     : CODED + dictionary - CATEGORIES;
}

static pa_status new_resolved(const dataset *d, size_t room, resolved *r, pa_error *err)
{
    PA_TRY(PA_NEW(r->of_row, room, err));
    PA_TRY(PA_NEW(r->code, room, err));
    PA_TRY(PA_NEW(r->interned, room, err));
    r->names = pa_alloc(room, d->width, err);
    return r->names ? PA_OK : PA_E_MEMORY;
}

static pa_status new_slice(const source *s, size_t room, slice *c, pa_error *err)
{
    c->room = room;
    PA_TRY(PA_NEW(c->key, room, err));
    PA_TRY(PA_NEW(c->order, room, err));
    for (int i = 0; i < N_WHOLE; i++) {
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
    for (int i = 0; i < N_DICTIONARIES; i++) {
        const dataset *d = &s->dictionary[i];
        if (d->id) PA_TRY(new_resolved(d, room, &c->dictionary[i], err));
    }
    return PA_OK;
}

static void free_slice(const source *s, slice *c)
{
    for (int i = 0; i < N_WHOLE; i++) pa_free(c->whole[i]);
    for (int i = 0; i < PA_CSV_N_PLACES; i++) pa_free(c->place[i]);
    for (size_t i = 0; c->numeric && i < s->n_numeric; i++) pa_free(c->numeric[i]);
    for (int i = 0; i < N_DICTIONARIES; i++) {
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
static pa_status collect_codes(const source *s, int dictionary, slice *c, pa_error *err)
{
    const int64_t *code = c->whole[column_of(dictionary)];
    const dataset *d = &s->dictionary[dictionary];
    resolved *r = &c->dictionary[dictionary];
    int64_t least = dictionary >= CATEGORIES ? -1 : 0;
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
static pa_status read_names(const source *s, const dataset *d, size_t room, char *buffer,
                            resolved *r, pa_error *err)
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

static pa_status resolve(const source *s, int dictionary, size_t read, slice *c, pa_error *err)
{
    const dataset *d = &s->dictionary[dictionary];
    size_t room = read / d->width ? read / d->width : 1;
    char *buffer = NULL;
    PA_TRY(collect_codes(s, dictionary, c, err));
    buffer = pa_alloc(room, d->width, err);
    if (!buffer) return PA_E_MEMORY;
    pa_status st = read_names(s, d, room, buffer, &c->dictionary[dictionary], err);
    pa_free(buffer);
    return st;
}

static pa_status read_slice(const source *s, int64_t first, size_t n, size_t read, slice *c,
                            pa_error *err)
{
    c->first = first;
    c->n = n;
    for (int i = 0; i < N_WHOLE; i++) {
        const dataset *d = &s->whole[i];
        if (d->id) PA_TRY(read_rows(s, d, H5T_NATIVE_INT64, first, n, c->whole[i], err));
    }
    if (c->text_id) PA_TRY(read_texts(s, &s->text_id, first, n, c->text_id, err));
    for (int i = 0; i < PA_CSV_N_PLACES; i++) {
        const dataset *d = &s->place[i];
        if (d->id) PA_TRY(read_rows(s, d, H5T_NATIVE_DOUBLE, first, n, c->place[i], err));
    }
    for (size_t i = 0; i < s->n_numeric; i++) {
        PA_TRY(read_rows(s, &s->numeric[i], H5T_NATIVE_DOUBLE, first, n, c->numeric[i], err));
    }
    for (int i = 0; i < N_DICTIONARIES; i++) {
        if (s->dictionary[i].id) PA_TRY(resolve(s, i, read, c, err));
    }
    return PA_OK;
}

/* ---- rows ---- */

static pa_csv_field name_of(const source *s, const slice *c, int dictionary, size_t i)
{
    const resolved *r = &c->dictionary[dictionary];
    if (!r->of_row || r->of_row[i] < 0) return (pa_csv_field){"", 0};
    return text_at(r->names, s->dictionary[dictionary].width, (size_t)r->of_row[i]);
}

/* What is wrong with a row, and the value that is. text: room for a number. */
typedef struct {
    pa_reject_reason reason;
    pa_csv_field value;
    size_t which; /* of the coded columns, places or numbers */
    char text[32];
} fault;

static bool say(fault *f, pa_reject_reason reason, pa_csv_field value)
{
    f->reason = reason;
    f->value = value;
    return true;
}

static bool say_number(fault *f, pa_reject_reason reason, int64_t number)
{
    int n = snprintf(f->text, sizeof f->text, "%lld", (long long)number);
    return say(f, reason, (pa_csv_field){f->text, (size_t)n});
}

static bool say_real(fault *f, pa_reject_reason reason, double number)
{
    int n = snprintf(f->text, sizeof f->text, "%.9g", number);
    return say(f, reason, (pa_csv_field){f->text, (size_t)n});
}

static bool bad_time(int64_t t)
{
    return t < PA_TIME_MIN || t > PA_TIME_MAX;
}

/* The same checks as for the fields of a record, in the same order. */
static bool bad_input(const source *s, const slice *c, size_t i, fault *f)
{
    if (c->text_id) {
        pa_csv_field id = text_at(c->text_id, s->text_id.width, i);
        pa_reject_reason reason = pa_csv_check_name(id, PA_REJECT_EMPTY_TX);
        if (reason != PA_REJECT_N) return say(f, reason, id);
    }
    pa_csv_field account = name_of(s, c, ACCOUNTS, i), merchant = name_of(s, c, MERCHANTS, i);
    pa_reject_reason reason = pa_csv_check_name(account, PA_REJECT_NO_ACCOUNT);
    if (reason != PA_REJECT_N) return say(f, reason, account);
    reason = pa_csv_check_name(merchant, PA_REJECT_NO_MERCHANT);
    if (reason != PA_REJECT_N) return say(f, reason, merchant);
    if (bad_time(c->whole[TIME][i])) return say_number(f, PA_REJECT_TIME, c->whole[TIME][i]);
    int64_t minor = c->whole[AMOUNT][i], label = c->whole[LABEL][i];
    if (minor < -PA_CSV_AMOUNT_MOST || minor > PA_CSV_AMOUNT_MOST) {
        return say_number(f, PA_REJECT_AMOUNT_RANGE, minor);
    }
    if (label < -1 || label > 1) return say_number(f, PA_REJECT_LABEL, label);
    if (!c->whole[LABEL_TIME]) return false;
    int64_t known = c->whole[LABEL_TIME][i];
    return known != INT64_MIN && bad_time(known) && say_number(f, PA_REJECT_LABEL_TIME, known);
}

static bool bad_extra(const source *s, const slice *c, size_t i, fault *f)
{
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        f->which = (size_t)k;
        pa_csv_field name = name_of(s, c, CATEGORIES + k, i);
        pa_reject_reason reason = pa_csv_check_name(name, PA_REJECT_NO_ACCOUNT);
        bool given = c->dictionary[CATEGORIES + k].of_row && name.length > 0;
        if (given && reason != PA_REJECT_N) return say(f, PA_REJECT_CODED, name);
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        f->which = (size_t)k;
        bool latitude = k == PA_CSV_HOME_LAT || k == PA_CSV_MERCHANT_LAT;
        double v = c->place[k] ? c->place[k][i] : 0;
        if (fabs(v) > (latitude ? 90 : 180)) return say_real(f, PA_REJECT_PLACE, v);
    }
    for (size_t k = 0; k < s->n_numeric; k++) {
        double v = c->numeric[k][i];
        f->which = k;
        /* The negation catches NaN as well. */
        if (!(fabs(v) <= (double)FLT_MAX)) return say_real(f, PA_REJECT_NUMERIC, v);
    }
    return false;
}

static pa_status intern(const source *s, slice *c, int dictionary, size_t i, pa_intern *table,
                        int32_t *code, pa_error *err)
{
    resolved *r = &c->dictionary[dictionary];
    pa_csv_field name = name_of(s, c, dictionary, i);
    *code = -1;
    if (name.length == 0) return PA_OK;
    int32_t *known = &r->interned[r->of_row[i]];
    if (*known < 0) PA_TRY(pa_intern_add(table, name.text, name.length, known, err));
    *code = *known;
    return PA_OK;
}

static pa_status add_extra(const source *s, slice *c, size_t i, pa_csv_parser *p, pa_error *err)
{
    pa_csv_batch *b = &p->rows;
    size_t row = b->n;
    if (b->has.text_ids) {
        pa_csv_field id = text_at(c->text_id, s->text_id.width, i);
        PA_TRY(pa_buffer_add(&b->id_bytes, id.text, id.length, err));
        b->id_length[row] = (uint8_t)id.length;
        b->tx[row] = (int64_t)(XXH3_64bits(id.text, id.length) & INT64_MAX);
    }
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        if (!b->has.coded[k]) continue;
        PA_TRY(intern(s, c, CATEGORIES + k, i, &p->coded[k], &b->coded[k][row], err));
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        if (b->has.place[k]) b->place[k][row] = c->place[k][i];
    }
    for (int32_t k = 0; k < b->has.n_numeric; k++) b->numeric[k][row] = (float)c->numeric[k][i];
    if (b->has.label_time) b->label_time[row] = c->whole[LABEL_TIME][i];
    if (b->has.line) b->line[row] = c->first + (int64_t)i + 1;
    return PA_OK;
}

static pa_status add_row(const source *s, slice *c, size_t i, pa_csv_parser *p, pa_error *err)
{
    fault f = {0};
    if (bad_input(s, c, i, &f) || bad_extra(s, c, i, &f)) {
        pa_csv_fault found = {f.reason, f.value, f.which};
        return pa_csv_reject_row(p, c->first + (int64_t)i + 1, &found, err);
    }
    pa_csv_batch *b = &p->rows;
    size_t row = b->n;
    PA_TRY(intern(s, c, ACCOUNTS, i, &p->accounts, &b->account[row], err));
    PA_TRY(intern(s, c, MERCHANTS, i, &p->merchants, &b->merchant[row], err));
    b->tx[row] = c->whole[TX][i];
    PA_TRY(add_extra(s, c, i, p, err));
    b->time[row] = c->whole[TIME][i];
    b->amount_minor[row] = c->whole[AMOUNT][i];
    b->label[row] = (int8_t)c->whole[LABEL][i];
    b->n++;
    return PA_OK;
}

/* The row that begins at a byte of the file, were its rows spread evenly. */
static int64_t row_at(const pa_input *f, int64_t byte)
{
    return (int64_t)((pa_i128)f->rows * byte / f->size);
}

/* What a row takes in a slice, its names among it. */
static size_t row_bytes(const source *s)
{
    size_t bytes = s->text_id.width + s->n_numeric * sizeof(double);
    for (int i = 0; i < N_WHOLE; i++) bytes += s->whole[i].id ? sizeof(int64_t) : 0;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) bytes += s->place[i].id ? sizeof(double) : 0;
    for (int i = 0; i < N_DICTIONARIES; i++) bytes += s->dictionary[i].width;
    return bytes;
}

/* Rows of one slice: about `read` bytes of them. */
static size_t rows_at_once(const source *s, size_t read, int64_t rows)
{
    size_t room = read / row_bytes(s);
    if (room == 0) room = 1;
    return (int64_t)room < rows ? room : (size_t)rows;
}

static pa_status parse_rows(const source *s, int64_t first, int64_t end, size_t read,
                            pa_progress progress, pa_csv_parser *p, pa_error *err)
{
    slice c = {0};
    int64_t begin = first, bytes = progress.end - progress.done;
    size_t room = rows_at_once(s, read, end - first);
    pa_status st = pa_csv_reserve(&p->rows, p->rows.n + (size_t)(end - first), err);
    if (st == PA_OK) st = new_slice(s, room, &c, err);
    while (first < end && st == PA_OK) {
        size_t n = end - first < (int64_t)room ? (size_t)(end - first) : room;
        st = read_slice(s, first, n, read, &c, err);
        for (size_t i = 0; i < n && st == PA_OK; i++) st = add_row(s, &c, i, p, err);
        first += (int64_t)n;
        pa_log_progress(progress.log, "ingest: parse",
                        progress.done + (int64_t)((pa_i128)bytes * (first - begin) / (end - begin)),
                        progress.total);
    }
    free_slice(s, &c);
    return st;
}

pa_status pa_ingest_h5_parse(const pa_inputs *in, const pa_piece *piece, size_t read,
                             pa_progress progress, pa_csv_parser *p, pa_error *err)
{
    const pa_input *f = &in->file[piece->file];
    source s;
    pa_status st = open_source(in, piece->file, &s, err);
    if (st == PA_OK && s.whole[TX].rows != f->rows) {
        st = pa_fail_at(err, PA_E_IO, s.ordinal, 0, "%s: changed while it was read", f->name);
    }
    if (st == PA_OK) {
        st = parse_rows(&s, row_at(f, piece->begin), row_at(f, piece->end), read, progress, p, err);
    }
    close_source(&s);
    return st;
}
