/* Reading an open result: look-ups, tables, stores, texts. */
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "paraudit/base/exact.h"
#include "paraudit/result/h5.h"

static const char *const type_names[] = {
    [PA_I64] = "int64",   [PA_I32] = "int32",   [PA_I8] = "int8",      [PA_BOOL] = "boolean",
    [PA_F32] = "float32", [PA_F64] = "float64", [PA_BYTES] = "string",
};

pa_status pa_result_open(pa_comm *comm, const char *path, pa_result_file **file, pa_error *err)
{
    pa_result_file *f = NULL;
    *file = NULL;
    pa_status st = PA_NEW(f, 1, err);
    if (st == PA_OK) {
        f->comm = comm;
        st = PA_NEW(f->id, 1, err);
        if (st == PA_OK) *f->id = H5I_INVALID_HID;
        if (st == PA_OK) st = pa_strings_keep(&f->strings, path, strlen(path), &f->path, err);
        if (st == PA_OK && pa_comm_rank(comm) == 0) st = pa_catalogue_open(f, err);
    }
    st = pa_agree(comm, st, err);
    if (st == PA_OK) st = pa_catalogue_share(f, err);
    if (st == PA_OK)
        *file = f;
    else
        pa_result_close(f);
    return st;
}

void pa_result_close(pa_result_file *file)
{
    if (!file) return;
    pa_catalogue_close(file);
    pa_free(file);
}

/* ---- lookups ---- */

static const pa_entry *nth(const pa_result_file *f, pa_entry_kind a, pa_entry_kind b, size_t i)
{
    for (size_t k = 0; k < f->n; k++) {
        const pa_entry *e = f->entries + k;
        if ((e->kind == a || e->kind == b) && i-- == 0) return e;
    }
    return NULL;
}

const char *pa_result_list_tables(const pa_result_file *file, size_t i)
{
    const pa_entry *e = nth(file, PA_ENTRY_TABLE, PA_ENTRY_LIST, i);
    return e ? e->path + 1 : NULL;
}

/* The group of a table, or the dataset that is a list. */
static const pa_entry *table_entry(const pa_result_file *f, const char *table)
{
    const pa_entry *e = pa_entry_find(f, table, "", PA_ENTRY_TABLE);
    return e ? e : pa_entry_find(f, table, "", PA_ENTRY_LIST);
}

static const pa_entry *store_entry(const pa_result_file *f, const char *store)
{
    return pa_entry_find(f, "models", store, PA_ENTRY_STORE);
}

bool pa_result_has_store(const pa_result_file *file, const char *store)
{
    return store_entry(file, store) != NULL;
}

int64_t pa_result_rows(const pa_result_file *file, const char *table)
{
    const pa_entry *e = table_entry(file, table);
    return e ? e->rows : -1;
}

const char *pa_result_cut_by(const pa_result_file *file, const char *table)
{
    const pa_entry *e = table_entry(file, table);
    return e ? e->cut_by : NULL;
}

/* The i-th dataset of a kind straight inside the group `parent`. */
static const pa_entry *child(const pa_result_file *f, const pa_entry *parent, pa_entry_kind kind,
                             size_t i)
{
    size_t n = strlen(parent->path);
    for (const pa_entry *e = parent + 1; e < f->entries + f->n; e++) {
        if (strncmp(e->path, parent->path, n) != 0) return NULL;
        bool inside = e->path[n] == '/' && !strchr(e->path + n + 1, '/');
        if (inside && e->kind == kind && e->is_dataset && e->position == (int64_t)i) return e;
    }
    return NULL;
}

static const pa_entry *column_at(const pa_result_file *f, const char *table, size_t i)
{
    const pa_entry *e = table_entry(f, table);
    if (!e) return NULL;
    if (e->kind == PA_ENTRY_LIST) return i == 0 ? e : NULL;
    return child(f, e, PA_ENTRY_COLUMN, i);
}

static const pa_entry *column_named(const pa_result_file *f, const char *table, const char *column)
{
    const pa_entry *list = pa_entry_find(f, table, "", PA_ENTRY_LIST);
    if (list) return strcmp(list->spec.name, column) == 0 ? list : NULL;
    return pa_entry_find(f, table, column, PA_ENTRY_COLUMN);
}

const pa_column_spec *pa_result_column(const pa_result_file *file, const char *table, size_t i)
{
    const pa_entry *e = column_at(file, table, i);
    return e ? &e->spec : NULL;
}

const pa_column_spec *pa_result_find_column(const pa_result_file *file, const char *table,
                                            const char *column)
{
    const pa_entry *e = column_named(file, table, column);
    return e ? &e->spec : NULL;
}

static const pa_attribute *attribute(const pa_result_file *f, const char *name)
{
    for (size_t i = 0; i < f->n_attributes; i++) {
        if (strcmp(f->attributes[i].name, name) == 0) return f->attributes + i;
    }
    return NULL;
}

const char *pa_result_attribute_text(const pa_result_file *file, const char *name)
{
    const pa_attribute *a = attribute(file, name);
    return a ? a->text : NULL;
}

bool pa_result_attribute_i64(const pa_result_file *file, const char *name, int64_t *value)
{
    const pa_attribute *a = attribute(file, name);
    if (!a || a->text) return false;
    *value = a->number;
    return true;
}

/* ---- tables ---- */

static pa_status keep(pa_strings *pool, const char **text, pa_error *err)
{
    return *text ? pa_strings_keep(pool, *text, strlen(*text), text, err) : PA_OK;
}

static pa_status keep_spec(pa_strings *pool, pa_column_spec *s, pa_error *err)
{
    PA_TRY(keep(pool, &s->name, err));
    PA_TRY(keep(pool, &s->unit, err));
    PA_TRY(keep(pool, &s->meaning, err));
    PA_TRY(keep(pool, &s->stage, err));
    PA_TRY(keep(pool, &s->codes, err));
    PA_TRY(keep(pool, &s->family, err));
    PA_TRY(keep(pool, &s->words, err));
    return keep(pool, &s->yields_to, err);
}

static pa_status missing(const pa_result_file *f, const char *what, const char *name, pa_error *err)
{
    return pa_fail(err, PA_E_DATA, "%s: has no %s '%s'", f->path, what, name);
}

/* Readable as a column: a type that we write, one value a row. */
static pa_status check_column(const pa_result_file *f, const pa_entry *e, int64_t rows,
                              pa_error *err)
{
    if (e->is_dataset && e->plain && e->n_dims == 1 && e->rows == rows) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: %s is not a column of %lld values", f->path, e->path,
                   (long long)rows);
}

static pa_status start_table(const pa_result_file *f, const pa_entry *e, int64_t first,
                             size_t n_rows, pa_strings *pool, pa_table *t, pa_error *err)
{
    const char *name = e->path + 1, *meaning = e->spec.meaning;
    PA_TRY(keep(pool, &name, err));
    PA_TRY(keep(pool, &meaning, err));
    pa_table_init(t, name, meaning);
    if (first < 0 || first > e->rows || n_rows > (uint64_t)(e->rows - first)) {
        return pa_fail(err, PA_E_BUG, "%s: %s has %lld rows, %zu from row %lld on were asked for",
                       f->path, e->path, (long long)e->rows, n_rows, (long long)first);
    }
    pa_table_size(t, first, n_rows, e->rows);
    return PA_OK;
}

static pa_status read_columns(pa_result_file *f, const char *table, pa_strings *pool, pa_table *t,
                              pa_error *err)
{
    const pa_entry *e;
    for (size_t i = 0; (e = column_at(f, table, i)) != NULL; i++) {
        pa_column_spec spec = e->spec;
        void *data = NULL;
        PA_TRY(check_column(f, e, t->n_global, err));
        PA_TRY(keep_spec(pool, &spec, err));
        PA_TRY(pa_table_add(t, &spec, &data, err));
        PA_TRY(pa_entry_read(f, e, t->first_row, t->n_rows, data, err));
    }
    return PA_OK;
}

pa_status pa_result_read_table(pa_result_file *file, const char *table, int64_t first_row,
                               size_t n_rows, pa_strings *pool, pa_table *t, pa_error *err)
{
    *t = (pa_table){0};
    const pa_entry *e = table_entry(file, table);
    pa_status st = e ? start_table(file, e, first_row, n_rows, pool, t, err)
                     : missing(file, "table", table, err);
    if (st == PA_OK) st = read_columns(file, table, pool, t, err);
    st = pa_agree(file->comm, st, err);
    if (st != PA_OK) pa_table_free(t);
    return st;
}

static pa_status check_type(const pa_result_file *f, const pa_entry *e, pa_type type, pa_error *err)
{
    if (e->spec.type == type) return PA_OK;
    return pa_fail(err, PA_E_DATA, "%s: %s is %s, %s was expected", f->path, e->path,
                   type_names[e->spec.type], type_names[type]);
}

static pa_status read_column(const pa_result_file *f, const char *table, const char *column,
                             pa_type type, int64_t first, size_t n, void *out, pa_error *err)
{
    if (!table_entry(f, table)) return missing(f, "table", table, err);
    const pa_entry *e = column_named(f, table, column);
    if (!e) {
        return pa_fail(err, PA_E_DATA, "%s: table '%s' has no column '%s'", f->path, table, column);
    }
    PA_TRY(check_column(f, e, e->rows, err));
    PA_TRY(check_type(f, e, type, err));
    return pa_entry_read(f, e, first, n, out, err);
}

pa_status pa_result_read_column(pa_result_file *file, const char *table, const char *column,
                                pa_type type, int64_t first, size_t n, void *out, pa_error *err)
{
    return pa_agree(file->comm, read_column(file, table, column, type, first, n, out, err), err);
}

/* ---- stores ---- */

static const char *meaning_of(const pa_entry *e)
{
    return e->spec.meaning ? e->spec.meaning : "";
}

/* Names and meanings have fixed room in a store, widths are never 0. */
static pa_status check_array(const pa_result_file *f, const pa_entry *e, pa_error *err)
{
    const pa_store_array *a = NULL;
    bool fits = e->plain && e->n_dims > 0 && strlen(e->spec.name) < sizeof a->name &&
                strlen(meaning_of(e)) < sizeof a->meaning &&
                (e->spec.type != PA_BYTES || (e->width == 1 && !e->sliced));
    return fits ? PA_OK
                : pa_fail(err, PA_E_DATA, "%s: %s is not an array of a store", f->path, e->path);
}

static pa_status put_array(const pa_result_file *f, const pa_entry *e, int64_t first, size_t n,
                           pa_store *s, void **data, pa_error *err)
{
    const pa_column_spec *c = &e->spec;
    PA_TRY(check_array(f, e, err));
    if (e->sliced) {
        return pa_store_put_slice(s, c->name, c->type, first, n, e->rows, e->width, meaning_of(e),
                                  data, err);
    }
    if (c->type == PA_BYTES) {
        return pa_store_put_names(s, c->name, n, c->width, meaning_of(e), data, err);
    }
    return pa_store_put(s, c->name, c->type, n, e->width, meaning_of(e), data, err);
}

/* The partition that an array names: PA_E_DATA where there is none, or its rows are
 * others. */
static pa_status find_partition(const pa_result_file *f, const pa_entry *e, size_t n_parts,
                                pa_partition *const parts[], const pa_partition **part,
                                pa_error *err)
{
    for (size_t i = 0; i < n_parts; i++) {
        if (strcmp(parts[i]->name, e->cut_by) != 0) continue;
        *part = parts[i];
        if (parts[i]->first[parts[i]->n_shards] == e->rows) return PA_OK;
        return pa_fail(err, PA_E_DATA, "%s: %s has %lld rows, its partition '%s' has %lld", f->path,
                       e->path, (long long)e->rows, e->cut_by,
                       (long long)parts[i]->first[parts[i]->n_shards]);
    }
    return pa_fail(err, PA_E_DATA, "%s: %s is cut by '%s', which is not there", f->path, e->path,
                   e->cut_by);
}

static pa_status put_even(const pa_result_file *f, const pa_entry *e, pa_store *s,
                          pa_store_array *a, pa_error *err)
{
    int64_t rank = pa_comm_rank(f->comm), size = pa_comm_size(f->comm);
    int64_t first = pa_even_share(e->rows, rank, size);
    int64_t until = pa_even_share(e->rows, rank + 1, size);
    *a = (pa_store_array){.first = first, .n = (size_t)(until - first)};
    return put_array(f, e, a->first, a->n, s, &a->data, err);
}

static pa_status put_owned(const pa_result_file *f, const pa_entry *e, size_t n_parts,
                           pa_partition *const parts[], pa_store *s, pa_store_array *a,
                           pa_error *err)
{
    const pa_partition *part = NULL;
    int rank = pa_comm_rank(f->comm);
    PA_TRY(check_array(f, e, err));
    PA_TRY(find_partition(f, e, n_parts, parts, &part, err));
    *a = (pa_store_array){.first = pa_first_row(part, rank), .n = pa_row_count(part, rank)};
    return pa_store_put_cut(s, e->spec.name, e->spec.type, part, rank, e->width, meaning_of(e),
                            &a->data, err);
}

/* Room everywhere; values of sliced arrays everywhere, of replicated ones on
 * rank 0 alone. */
static pa_status read_arrays(pa_result_file *f, const pa_entry *store, bool sliced, size_t n_parts,
                             pa_partition *const parts[], pa_store *s, pa_error *err)
{
    const pa_entry *e;
    for (size_t i = 0; (e = child(f, store, PA_ENTRY_ARRAY, i)) != NULL; i++) {
        pa_store_array a = {.n = (size_t)e->rows};
        if (e->sliced && !sliced) continue;
        if (e->sliced && e->cut_by)
            PA_TRY(put_owned(f, e, n_parts, parts, s, &a, err));
        else if (e->sliced)
            PA_TRY(put_even(f, e, s, &a, err));
        else
            PA_TRY(put_array(f, e, 0, a.n, s, &a.data, err));
        if (e->sliced || pa_comm_rank(f->comm) == 0)
            PA_TRY(pa_entry_read(f, e, a.first, a.n, a.data, err));
    }
    return PA_OK;
}

static pa_status start_store(const pa_result_file *f, const pa_entry *e, const char *name,
                             pa_store *s, pa_error *err)
{
    if (!e) return missing(f, "store", name, err);
    if (strlen(name) >= sizeof s->name) {
        return pa_fail(err, PA_E_DATA, "%s: %s is not a store", f->path, e->path);
    }
    pa_store_init(s, name, (int32_t)e->version);
    s->round = e->round;
    s->complete = e->complete;
    return PA_OK;
}

static pa_status read_store(pa_result_file *file, const char *store, bool sliced, size_t n_parts,
                            pa_partition *const parts[], pa_store *s, pa_error *err)
{
    *s = (pa_store){0};
    const pa_entry *e = store_entry(file, store);
    pa_status st = start_store(file, e, store, s, err);
    if (st == PA_OK) st = read_arrays(file, e, sliced, n_parts, parts, s, err);
    st = pa_agree(file->comm, st, err);
    for (size_t i = 0; st == PA_OK && i < s->n_arrays; i++) {
        const pa_store_array *a = s->arrays + i;
        size_t bytes = a->n * a->width * pa_type_size(a->type, a->bytes);
        if (a->spread == PA_REPLICATED) pa_broadcast(file->comm, a->data, bytes, 0);
    }
    if (st != PA_OK) pa_store_free(s);
    return st;
}

pa_status pa_result_read_store(pa_result_file *file, const char *store, size_t n_parts,
                               pa_partition *const parts[], pa_store *s, pa_error *err)
{
    return read_store(file, store, true, n_parts, parts, s, err);
}

pa_status pa_result_read_replicated(pa_result_file *file, const char *store, pa_store *s,
                                    pa_error *err)
{
    return read_store(file, store, false, 0, NULL, s, err);
}

/* ---- texts ---- */

static pa_status read_text(const pa_result_file *f, const char *name, char **text, pa_error *err)
{
    const pa_entry *e = pa_entry_find(f, name, "", PA_ENTRY_TEXT);
    if (!e || !e->plain || e->n_dims != 0 || e->spec.type != PA_BYTES) {
        return missing(f, "text", name, err);
    }
    PA_TRY(PA_NEW(*text, e->row_bytes + 1, err));
    return pa_entry_read(f, e, 0, 1, *text, err);
}

pa_status pa_result_text(pa_result_file *file, const char *name, char **text, pa_error *err)
{
    *text = NULL;
    pa_status st = pa_agree(file->comm, read_text(file, name, text, err), err);
    if (st != PA_OK) {
        pa_free(*text);
        *text = NULL;
    }
    return st;
}
