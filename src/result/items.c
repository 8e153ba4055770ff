#include "items.h"
#include "paraudit/base/exact.h"
#include "paraudit/base/stop.h"
#include "paraudit/files/trailer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ATTRIBUTE = 32768 }; /* HDF5 takes less than 64 KiB */

/* Words with slashes between them. No blank, because lines of the content
 * digest are cut at one; no ".", which HDF5 reads as the group itself. */
static bool valid_name(const char *name, bool slashes)
{
    size_t part = 0;
    for (const char *c = name;; c++) {
        if (*c == '/' || *c == '\0') {
            if (part == 0 || (part == 1 && c[-1] == '.')) return false;
            if (*c == '\0') return true;
            if (!slashes) return false;
            part = 0;
        } else if ((unsigned char)*c <= ' ') {
            return false;
        } else {
            part++;
        }
    }
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* folder may be "", so that paths start with one slash. */
static pa_status keep_path(pa_items *list, const char *folder, const char *group, const char *name,
                           const char **path, pa_error *err)
{
    pa_buffer text = {0};
    pa_status st =
        pa_buffer_printf(&text, err, "%s/%s%s%s", folder, group, name ? "/" : "", name ? name : "");
    if (st == PA_OK) st = pa_strings_keep(&list->names, text.data, text.length, path, err);
    pa_buffer_free(&text);
    return st;
}

static pa_status add_item(pa_items *list, const char *folder, const char *group, const char *name,
                          pa_item item, pa_error *err)
{
    if (!valid_name(group, true) || (name && !valid_name(name, false))) {
        return pa_fail(err, PA_E_BUG, "the result has no place for the name '%s%s%s'", group,
                       name ? "/" : "", name ? name : "");
    }
    PA_TRY(keep_path(list, folder, group, name, &item.path, err));
    if (item.type == PA_BYTES && item.bytes < 1) {
        return pa_fail(err, PA_E_BUG, "%s: strings of no length", item.path);
    }
    item.name = last_part(item.path);
    list->items[list->n++] = item;
    return PA_OK;
}

/* Room was made for one slice a table and one an item. */
static size_t add_slice(pa_items *list, pa_slice slice)
{
    list->slices[list->n_slices] = slice;
    return list->n_slices++;
}

static size_t slice_of_table(pa_items *list, const pa_table *t)
{
    return add_slice(
        list, (pa_slice){
                  .path = t->name, .first = t->first_row, .n = t->n_rows, .n_global = t->n_global});
}

static pa_item item_of_column(const pa_table *t, size_t i, size_t slice)
{
    const pa_column *c = t->columns[i];
    return (pa_item){.kind = "column",
                     .column = &c->spec,
                     .position = (int64_t)i,
                     .type = c->spec.type,
                     .bytes = c->spec.width,
                     .n_dims = 1,
                     .rows = t->n_global,
                     .width = 1,
                     .data = c->data,
                     .slice = slice};
}

static pa_status add_table(pa_items *list, const pa_table *t, pa_error *err)
{
    pa_group *group = list->groups + list->n_groups++;
    group->table = t;
    PA_TRY(keep_path(list, "", t->name, NULL, &group->path, err));
    size_t first = list->n, slice = slice_of_table(list, t);
    for (size_t i = 0; i < t->n_columns; i++) {
        pa_item item = item_of_column(t, i, slice);
        item.scale = (int64_t)first;
        PA_TRY(add_item(list, "", t->name, t->columns[i]->spec.name, item, err));
    }
    return PA_OK;
}

static pa_status add_list(pa_items *list, const pa_table *t, pa_error *err)
{
    if (t->n_columns != 1 || strcmp(t->columns[0]->spec.name, last_part(t->name)) != 0) {
        return pa_fail(err, PA_E_BUG, "list '%s' needs one column '%s'", t->name,
                       last_part(t->name));
    }
    pa_item item = item_of_column(t, 0, slice_of_table(list, t));
    item.kind = "list";
    item.scale = (int64_t)list->n;
    return add_item(list, "", t->name, NULL, item, err);
}

static pa_status add_store(pa_items *list, const pa_store *s, pa_error *err)
{
    pa_group *group = list->groups + list->n_groups++;
    group->store = s;
    PA_TRY(keep_path(list, "/models", s->name, NULL, &group->path, err));
    for (size_t i = 0; i < s->n_arrays; i++) {
        const pa_store_array *a = s->arrays + i;
        pa_slice slice = {.path = a->name,
                          .first = a->first,
                          .n = a->n,
                          .n_global = a->n_global,
                          .replicated = a->spread == PA_REPLICATED};
        pa_item item = {.kind = "array",
                        .array = a,
                        .position = (int64_t)i,
                        .scale = -1,
                        .type = a->type,
                        .bytes = a->bytes,
                        .n_dims = a->width == 1 ? 1 : 2,
                        .rows = a->n_global,
                        .width = a->width,
                        .data = a->data,
                        .slice = add_slice(list, slice)};
        PA_TRY(add_item(list, "/models", s->name, a->name, item, err));
    }
    return PA_OK;
}

/* An empty text is stored as one zero byte: HDF5 has no string of length 0. */
static pa_status add_text(pa_items *list, const pa_named_text *t, pa_error *err)
{
    size_t n = strlen(t->text);
    if (n > INT32_MAX) return pa_fail(err, PA_E_BUG, "text '%s' is too long", t->name);
    pa_item item = {.kind = "text",
                    .text = t,
                    .scale = -1,
                    .type = PA_BYTES,
                    .bytes = n ? (int)n : 1,
                    .rows = 1,
                    .width = 1,
                    .data = t->text,
                    .slice = add_slice(list, (pa_slice){.n_global = 1, .replicated = true})};
    return add_item(list, "", t->name, NULL, item, err);
}

static pa_status check_attributes(const pa_result *c, pa_error *err)
{
    for (size_t i = 0; i < c->n_attributes; i++) {
        const pa_attribute *a = c->attributes + i;
        bool ours = !strcmp(a->name, "schema_version") || !strcmp(a->name, "content_digest");
        bool twice = false;
        for (size_t k = 0; k < i; k++) twice |= strcmp(a->name, c->attributes[k].name) == 0;
        if (ours || twice || !valid_name(a->name, false)) {
            return pa_fail(err, PA_E_BUG, "root attribute '%s' is not free", a->name);
        }
        if (a->text && strlen(a->text) > MAX_ATTRIBUTE) {
            return pa_fail(err, PA_E_BUG, "root attribute '%s' is too long", a->name);
        }
    }
    return PA_OK;
}

static size_t count_items(const pa_result *c)
{
    size_t n = c->n_lists + c->n_texts;
    for (size_t i = 0; i < c->n_tables; i++) n += c->tables[i]->n_columns;
    for (size_t i = 0; i < c->n_stores; i++) n += c->stores[i]->n_arrays;
    return n;
}

static pa_status list_content(const pa_result *c, pa_items *list, pa_error *err)
{
    PA_TRY(PA_NEW(list->items, count_items(c), err));
    PA_TRY(PA_NEW(list->groups, c->n_tables + c->n_stores, err));
    PA_TRY(PA_NEW(list->slices, c->n_tables + count_items(c), err));
    PA_TRY(check_attributes(c, err));
    for (size_t i = 0; i < c->n_tables; i++) PA_TRY(add_table(list, c->tables[i], err));
    for (size_t i = 0; i < c->n_lists; i++) PA_TRY(add_list(list, c->lists[i], err));
    for (size_t i = 0; i < c->n_stores; i++) PA_TRY(add_store(list, c->stores[i], err));
    for (size_t i = 0; i < c->n_texts; i++) PA_TRY(add_text(list, c->texts + i, err));
    return PA_OK;
}

typedef struct {
    const char *path;
    size_t item;
} named;

static int path_order(const void *a, const void *b)
{
    return strcmp(((const named *)a)->path, ((const named *)b)->path);
}

static pa_status sort_paths(pa_items *list, pa_error *err)
{
    named *order = NULL;
    PA_TRY(PA_NEW(list->by_path, list->n, err));
    PA_TRY(PA_NEW(order, list->n + list->n_groups, err));
    for (size_t i = 0; i < list->n; i++) order[i] = (named){list->items[i].path, i};
    qsort(order, list->n, sizeof *order, path_order);
    for (size_t i = 0; i < list->n; i++) list->by_path[i] = order[i].item;

    size_t n = list->n;
    for (size_t i = 0; i < list->n_groups; i++) order[n++] = (named){list->groups[i].path, 0};
    qsort(order, n, sizeof *order, path_order);
    pa_status st = PA_OK;
    for (size_t i = 1; i < n && st == PA_OK; i++) {
        if (strcmp(order[i - 1].path, order[i].path) == 0) {
            st = pa_fail(err, PA_E_BUG, "the result has %s twice", order[i].path);
        }
    }
    pa_free(order);
    return st;
}

/* ---- what must be the same on all ranks ---- */

/* NULL: as an empty text. */
static pa_status say(pa_buffer *b, const char *text, pa_error *err)
{
    return pa_buffer_add(b, text ? text : "", text ? strlen(text) + 1 : 1, err);
}

static pa_status say_numbers(pa_buffer *b, size_t n, const int64_t number[], pa_error *err)
{
    return pa_buffer_add(b, number, n * sizeof *number, err);
}

static pa_status describe_spec(pa_buffer *b, const pa_column_spec *s, pa_error *err)
{
    const char *const text[] = {s->unit,   s->meaning, s->stage,    s->codes,
                                s->family, s->words,   s->yields_to};
    const int64_t number[] = {(int64_t)s->role, s->flags, (int64_t)s->direction};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) PA_TRY(say(b, text[i], err));
    return say_numbers(b, 3, number, err);
}

static pa_status describe_item(pa_buffer *b, const pa_item *i, pa_error *err)
{
    const int64_t number[] = {(int64_t)i->type, i->bytes, i->n_dims, i->rows, (int64_t)i->width};
    PA_TRY(say(b, i->path, err));
    PA_TRY(say(b, i->kind, err));
    PA_TRY(say_numbers(b, 5, number, err));
    if (i->column) PA_TRY(describe_spec(b, i->column, err));
    if (i->text) PA_TRY(say(b, i->text->text, err));
    if (i->array) {
        const int64_t spread = (int64_t)i->array->spread;
        PA_TRY(say_numbers(b, 1, &spread, err));
        PA_TRY(say(b, i->array->meaning, err));
        PA_TRY(say(b, i->array->cut_by, err));
    }
    return PA_OK;
}

static pa_status describe_group(pa_buffer *b, const pa_group *g, pa_error *err)
{
    PA_TRY(say(b, g->path, err));
    if (g->table) {
        PA_TRY(say_numbers(b, 1, &g->table->n_global, err));
        PA_TRY(say(b, g->table->meaning, err));
        return say(b, g->table->cut_by ? g->table->cut_by->name : NULL, err);
    }
    const int64_t number[] = {g->store->version, g->store->round, g->store->complete};
    return say_numbers(b, 3, number, err);
}

/* All of it behind each other. */
static pa_status describe(pa_buffer *b, const pa_result *c, const pa_items *list, pa_error *err)
{
    for (size_t i = 0; i < c->n_attributes; i++) {
        PA_TRY(pa_content_attribute(b, c->attributes + i, err));
    }
    for (size_t i = 0; i < list->n_groups; i++) PA_TRY(describe_group(b, list->groups + i, err));
    for (size_t i = 0; i < list->n; i++) PA_TRY(describe_item(b, list->items + i, err));
    return PA_OK;
}

/* Metadata that differs between ranks would leave them in different collective
 * calls, or other bytes in the file: found here instead. made: what came of the list. */
static pa_status check_alike(pa_comm *comm, pa_status made, const char mine[PA_DIGEST_TEXT],
                             pa_error *err)
{
    void *all;
    size_t bytes;
    PA_TRY(pa_gather_all_if(comm, made, mine, PA_DIGEST_TEXT, &all, &bytes, err));
    const char *digest = all;
    int other = 1, size = pa_comm_size(comm);
    while (other < size && strcmp(digest, digest + (size_t)other * PA_DIGEST_TEXT) == 0) other++;
    pa_free(all);
    if (other == size) return PA_OK;
    return pa_fail(err, PA_E_BUG, "ranks 0 and %d disagree on what to write", other);
}

/* first and n of all slices of all ranks, by rank, then slice. */
static pa_status gather_slices(pa_comm *comm, pa_status st, const pa_items *list, int64_t **all,
                               pa_error *err)
{
    int64_t *mine = NULL;
    if (st == PA_OK) st = PA_NEW(mine, 2 * list->n_slices, err);
    for (size_t k = 0; st == PA_OK && k < list->n_slices; k++) {
        mine[2 * k] = list->slices[k].first;
        mine[2 * k + 1] = (int64_t)list->slices[k].n;
    }
    void *block = NULL;
    size_t bytes = 0;
    st = pa_gather_all_if(comm, st, mine, 2 * list->n_slices * sizeof *mine, &block, &bytes, err);
    pa_free(mine);
    *all = block;
    return st;
}

/* Rows that follow the ranks: rank 0 first, no gap, none twice. */
static pa_status cut_slice(const pa_items *list, size_t k, const int64_t *all, int size,
                           int64_t cut[], pa_error *err)
{
    const pa_slice *s = list->slices + k;
    for (int r = 0; r < size; r++) {
        const int64_t *of_rank = all + 2 * ((size_t)r * list->n_slices + k);
        if (of_rank[1] > 0 && of_rank[0] != cut[r]) {
            return pa_fail(err, PA_E_BUG, "%s: rank %d starts at row %lld, %lld was its turn",
                           s->path, r, (long long)of_rank[0], (long long)cut[r]);
        }
        cut[r + 1] = cut[r] + of_rank[1];
    }
    if (cut[size] != s->n_global) {
        return pa_fail(err, PA_E_BUG, "%s: the ranks hold %lld rows of %lld", s->path,
                       (long long)cut[size], (long long)s->n_global);
    }
    return PA_OK;
}

/* What all ranks hold is shared out by whole blocks, so that digesting it
 * takes no messages. */
static void share_blocks(const pa_slice *s, int size, int64_t cut[])
{
    int64_t blocks = (s->n_global + PA_DIGEST_ROWS - 1) / PA_DIGEST_ROWS;
    for (int r = 1; r <= size; r++) {
        int64_t row = pa_even_share(blocks, r, size) * PA_DIGEST_ROWS;
        cut[r] = row < s->n_global ? row : s->n_global;
    }
}

static pa_status make_cuts(pa_comm *comm, pa_items *list, pa_error *err)
{
    size_t size = (size_t)pa_comm_size(comm), rank = (size_t)pa_comm_rank(comm);
    int64_t *all = NULL;
    pa_status st = PA_NEW(list->cuts, list->n_slices * (size + 1), err);
    st = gather_slices(comm, st, list, &all, err);
    for (size_t k = 0; st == PA_OK && k < list->n_slices; k++) {
        int64_t *cut = list->cuts + k * (size + 1);
        if (list->slices[k].replicated)
            share_blocks(list->slices + k, (int)size, cut);
        else
            st = cut_slice(list, k, all, (int)size, cut, err);
    }
    for (size_t i = 0; st == PA_OK && i < list->n; i++) {
        pa_item *item = list->items + i;
        item->cut = list->cuts + item->slice * (size + 1);
        if (list->slices[item->slice].replicated) {
            item->data =
                (const char *)item->data + (size_t)item->cut[rank] * pa_item_row_bytes(item);
        }
    }
    pa_free(all);
    return st;
}

static pa_status make_local(const pa_result *content, pa_items *list, char alike[PA_DIGEST_TEXT],
                            pa_error *err)
{
    PA_TRY(list_content(content, list, err));
    PA_TRY(sort_paths(list, err));
    pa_buffer text = {0};
    pa_status st = describe(&text, content, list, err);
    if (st == PA_OK) pa_digest_bytes(text.data ? text.data : "", text.length, alike);
    pa_buffer_free(&text);
    return st;
}

pa_status pa_items_make(pa_comm *comm, const pa_result *content, pa_items *list, pa_error *err)
{
    char alike[PA_DIGEST_TEXT] = "";
    *list = (pa_items){0};
    pa_status st = check_alike(comm, make_local(content, list, alike, err), alike, err);
    if (st == PA_OK) st = make_cuts(comm, list, err);
    if (st != PA_OK) pa_items_free(list);
    return st;
}

void pa_items_free(pa_items *list)
{
    for (size_t i = 0; i < list->n; i++) pa_row_digest_free(list->items[i].blocks);
    pa_free(list->items);
    pa_free(list->by_path);
    pa_free(list->groups);
    pa_free(list->slices);
    pa_free(list->cuts);
    pa_strings_free(&list->names);
    *list = (pa_items){0};
}

size_t pa_item_row_bytes(const pa_item *item)
{
    return pa_type_size(item->type, item->bytes) * item->width;
}

pa_status pa_items_digest_mine(pa_comm *comm, pa_items *list, pa_error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        pa_item *item = list->items + i;
        PA_TRY(pa_stop_poll(err));
        PA_TRY(pa_row_digest_new(comm, item->cut, pa_item_row_bytes(item), item->data,
                                 PA_DIGEST_ROWS, &item->blocks, err));
        pa_row_digest_mine(item->blocks);
    }
    return PA_OK;
}

pa_status pa_items_digest_join(pa_comm *comm, pa_items *list, pa_error *err)
{
    pa_row_digest **digests = NULL;
    char(*hex)[PA_DIGEST_TEXT] = NULL;
    pa_status st = PA_NEW(digests, list->n, err);
    if (st == PA_OK) st = PA_NEW(hex, list->n, err);
    for (size_t i = 0; st == PA_OK && i < list->n; i++) digests[i] = list->items[i].blocks;
    st = pa_row_digests_join(comm, st, list->n, digests, hex, err);
    for (size_t i = 0; st == PA_OK && i < list->n; i++)
        memcpy(list->items[i].digest, hex[i], PA_DIGEST_TEXT);
    pa_free(digests);
    pa_free(hex);
    return st;
}

pa_status pa_content_line(pa_buffer *lines, const char *path, const char *digest, pa_error *err)
{
    PA_TRY(pa_buffer_add(lines, path, strlen(path), err));
    PA_TRY(pa_buffer_add(lines, " ", 1, err));
    PA_TRY(pa_buffer_add(lines, digest, strlen(digest), err));
    return pa_buffer_add(lines, "\n", 1, err);
}

pa_status pa_content_attribute(pa_buffer *lines, const pa_attribute *a, pa_error *err)
{
    if (a->text) return pa_buffer_printf(lines, err, "@%s=%s\n", a->name, a->text);
    return pa_buffer_printf(lines, err, "@%s=%lld\n", a->name, (long long)a->number);
}

int pa_attribute_order(const void *a, const void *b)
{
    return strcmp(((const pa_attribute *)a)->name, ((const pa_attribute *)b)->name);
}

/* Room for the metadata of a dataset or a group: object header, attributes,
 * its link, the reference from its scale. Measured: 1.6 KiB for a column with
 * short texts; the bound is checked in the tests. */
static int64_t header_bytes(const char *texts)
{
    return 4096 + (texts ? (int64_t)strlen(texts) : 0);
}

/* ... and for its values, with what is lost before the block at which they begin. */
static int64_t value_bytes(int64_t rows, size_t row_bytes)
{
    int64_t bytes = rows * (int64_t)row_bytes;
    return bytes < PA_LARGE ? bytes : bytes + PA_BLOCK;
}

static int64_t table_bytes(const pa_table *t)
{
    int64_t bytes = header_bytes(t->meaning);
    for (size_t i = 0; i < t->n_columns; i++) {
        const pa_column_spec *s = &t->columns[i]->spec;
        bytes +=
            header_bytes(s->meaning) + value_bytes(t->n_global, pa_type_size(s->type, s->width));
        bytes += s->words ? (int64_t)strlen(s->words) : 0;
    }
    return bytes;
}

static int64_t store_bytes(const pa_store *s)
{
    int64_t bytes = header_bytes(NULL);
    for (size_t i = 0; i < s->n_arrays; i++) {
        const pa_store_array *a = s->arrays + i;
        bytes += header_bytes(a->meaning) +
                 value_bytes(a->n_global, pa_type_size(a->type, a->bytes) * a->width);
    }
    return bytes;
}

int64_t pa_result_bytes(const pa_result *c)
{
    int64_t bytes = 16384;
    for (size_t i = 0; i < c->n_attributes; i++) bytes += header_bytes(c->attributes[i].text);
    for (size_t i = 0; i < c->n_tables; i++) bytes += table_bytes(c->tables[i]);
    for (size_t i = 0; i < c->n_lists; i++) bytes += table_bytes(c->lists[i]);
    for (size_t i = 0; i < c->n_stores; i++) bytes += store_bytes(c->stores[i]);
    for (size_t i = 0; i < c->n_texts; i++) bytes += header_bytes(c->texts[i].text);
    if (bytes >= PA_LARGE) bytes += PA_BLOCK; /* the headers may be large themselves */
    return bytes + pa_trailer_bytes(bytes);
}
