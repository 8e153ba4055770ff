#include "paraudit/table/store.h"

#include <stdio.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/table/table.h"

enum { ARRAY_NAME = sizeof((pa_store_array *)0)->name };

static void copy_text(char *to, size_t room, const char *text)
{
    PA_ASSERT(strlen(text) < room);
    snprintf(to, room, "%s", text);
}

void pa_store_init(pa_store *s, const char *name, int32_t version)
{
    *s = (pa_store){.version = version};
    copy_text(s->name, sizeof s->name, name);
}

size_t pa_store_array_bytes(const pa_store_array *a)
{
    return a->n * a->width * pa_type_size(a->type, a->bytes);
}

static void free_data(const pa_store_array *a)
{
    if (a->release)
        a->release(a->data, pa_store_array_bytes(a));
    else
        pa_free(a->data);
}

void pa_store_lend(pa_store *s, size_t i, void *data, void (*release)(void *data, size_t bytes))
{
    pa_store_array *a = s->arrays + i;
    free_data(a);
    a->data = data;
    a->release = release;
}

void pa_store_free(pa_store *s)
{
    for (size_t i = 0; i < s->n_arrays; i++) free_data(s->arrays + i);
    pa_free(s->arrays);
    *s = (pa_store){0};
}

static pa_store_array *find(const pa_store *s, const char *name)
{
    for (size_t i = 0; i < s->n_arrays; i++) {
        if (strcmp(s->arrays[i].name, name) == 0) return s->arrays + i;
    }
    return NULL;
}

/* The array of that name, emptied, or a new one. */
static pa_store_array *place_for(pa_store *s, const char *name, pa_error *err)
{
    pa_store_array *a = find(s, name);
    if (a) {
        free_data(a);
    } else {
        if (s->n_arrays == s->room) {
            pa_store_array *arrays = pa_realloc(s->arrays, s->room + 8, sizeof *arrays, err);
            if (!arrays) return NULL;
            s->arrays = arrays;
            s->room += 8;
        }
        a = s->arrays + s->n_arrays++;
    }
    *a = (pa_store_array){0};
    copy_text(a->name, sizeof a->name, name);
    return a;
}

static void prefix_name(const char *prefix, const char *name, char out[ARRAY_NAME])
{
    int length = snprintf(out, ARRAY_NAME, "%s%s", prefix, name);
    PA_ASSERT(length < ARRAY_NAME);
}

void pa_store_set_aside(pa_store *s, const char *prefix)
{
    for (size_t i = 0; i < s->n_arrays; i++) {
        char name[sizeof s->arrays->name];
        prefix_name(prefix, s->arrays[i].name, name);
        memcpy(s->arrays[i].name, name, sizeof name);
    }
}

/* Under another name, with all else that an array is. */
static pa_status add_array(pa_store *s, const char *name, const pa_store_array *array,
                           pa_store_array **added, pa_error *err)
{
    pa_store_array *a = place_for(s, name, err);
    if (!a) return PA_E_MEMORY;
    char kept[sizeof a->name];
    memcpy(kept, a->name, sizeof kept);
    *a = *array;
    memcpy(a->name, kept, sizeof kept);
    *added = a;
    return PA_OK;
}

pa_status pa_store_take(pa_store *s, pa_store *from, const char *prefix, pa_error *err)
{
    while (from->n_arrays > 0) {
        const pa_store_array *last = from->arrays + from->n_arrays - 1;
        pa_store_array *added;
        char name[sizeof last->name];
        prefix_name(prefix, last->name, name);
        PA_TRY(add_array(s, name, last, &added, err));
        from->n_arrays--;
    }
    return PA_OK;
}

static void leave_alone(void *data, size_t bytes)
{
    (void)data;
    (void)bytes;
}

pa_status pa_store_view(const pa_store *s, const char *prefix, pa_store *view, pa_error *err)
{
    size_t length = strlen(prefix);
    pa_status st = PA_OK;
    pa_store_init(view, s->name, s->version);
    view->complete = true;
    for (size_t i = 0; st == PA_OK && i < s->n_arrays; i++) {
        const pa_store_array *from = s->arrays + i;
        pa_store_array *added;
        if (strncmp(from->name, prefix, length) != 0) continue;
        st = add_array(view, from->name + length, from, &added, err);
        if (st == PA_OK) added->release = leave_alone;
    }
    if (st != PA_OK) pa_store_free(view);
    return st;
}

static pa_status put(pa_store *s, const pa_store_array *shape, const char *name,
                     const char *meaning, void **data, pa_error *err)
{
    PA_ASSERT(shape->type != PA_BYTES || shape->width == 1);
    size_t size = pa_type_size(shape->type, shape->bytes);
    void *values = pa_alloc(shape->n, size * shape->width, err);
    if (!values) return PA_E_MEMORY;
    pa_store_array *a;
    if (add_array(s, name, shape, &a, err) != PA_OK) {
        pa_free(values);
        return PA_E_MEMORY;
    }
    copy_text(a->meaning, sizeof a->meaning, meaning);
    a->data = values;
    if (data) *data = values;
    return PA_OK;
}

pa_status pa_store_put(pa_store *s, const char *name, pa_type type, size_t n, size_t width,
                       const char *meaning, void **data, pa_error *err)
{
    pa_store_array shape = {
        .type = type, .spread = PA_REPLICATED, .n = n, .n_global = (int64_t)n, .width = width};
    return put(s, &shape, name, meaning, data, err);
}

pa_status pa_store_put_names(pa_store *s, const char *name, size_t n, int32_t bytes,
                             const char *meaning, void **data, pa_error *err)
{
    pa_store_array shape = {.type = PA_BYTES,
                            .bytes = bytes,
                            .spread = PA_REPLICATED,
                            .n = n,
                            .n_global = (int64_t)n,
                            .width = 1};
    return put(s, &shape, name, meaning, data, err);
}

pa_status pa_store_put_slice(pa_store *s, const char *name, pa_type type, int64_t first, size_t n,
                             int64_t n_global, size_t width, const char *meaning, void **data,
                             pa_error *err)
{
    pa_store_array shape = {.type = type,
                            .spread = PA_SLICED,
                            .first = first,
                            .n = n,
                            .n_global = n_global,
                            .width = width};
    return put(s, &shape, name, meaning, data, err);
}

pa_status pa_store_put_cut(pa_store *s, const char *name, pa_type type, const pa_partition *cut_by,
                           int32_t rank, size_t width, const char *meaning, void **data,
                           pa_error *err)
{
    pa_store_array shape = {.type = type,
                            .spread = PA_SLICED,
                            .first = pa_first_row(cut_by, rank),
                            .n = pa_row_count(cut_by, rank),
                            .n_global = cut_by->first[cut_by->n_shards],
                            .width = width};
    copy_text(shape.cut_by, sizeof shape.cut_by, cut_by->name);
    return put(s, &shape, name, meaning, data, err);
}

const pa_store_array *pa_store_find(const pa_store *s, const char *name)
{
    return find(s, name);
}

pa_status pa_store_get(const pa_store *s, const char *name, pa_type type, const void **data,
                       size_t *n, pa_error *err)
{
    const pa_store_array *a = find(s, name);
    if (!a) return pa_fail(err, PA_E_DATA, "model '%s' lacks its array '%s'", s->name, name);
    if (a->type != type) {
        return pa_fail(err, PA_E_DATA, "model '%s': array '%s' is of another type", s->name, name);
    }
    *data = a->data;
    if (n) *n = a->n;
    return PA_OK;
}

uint64_t pa_store_checksum(const pa_store *s, int32_t rank)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n_arrays; i++) {
        const pa_store_array *a = s->arrays + i;
        if (a->spread == PA_REPLICATED && rank != 0) continue;
        size_t size = pa_type_size(a->type, a->bytes);
        pa_column c = {.spec = {.name = a->name, .type = a->type, .width = a->bytes},
                       .data = a->data};
        pa_column *columns[] = {&c};
        pa_table values = {.first_row = a->first * (int64_t)a->width,
                           .n_rows = size ? a->n * a->width : 0,
                           .columns = columns,
                           .n_columns = 1};
        sum += pa_table_checksum(&values, 0);
    }
    return sum;
}
