#include "paraudit/embed/sequence_file.h"

#include <stdbool.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/intern.h"
#include "paraudit/base/sort.h"
#include "paraudit/base/utf8.h"

/* What takes the lines. Items are numbered as they come. */
typedef struct {
    pa_sequence_file *f;
    const char *name; /* of the file */
    pa_intern items;
    int64_t *count;
    size_t room_count;
} taker;

/* ---- lines ---- */

static pa_status make_room(pa_sequence_file *f, size_t items, pa_error *err)
{
    size_t used = f->start ? f->start[f->here.n] : 0;
    size_t n = f->here.n + 1 + items / PA_SEQUENCE_PIECE;
    bool first = !f->start;
    PA_TRY(PA_ROOM(f->start, f->room_start, n + 1, err));
    PA_TRY(PA_ROOM(f->id, f->room_id, n, err));
    if (first) f->start[0] = 0;
    return PA_ROOM(f->item, f->room_item, used + items, err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* n: PA_ITEM_NAME_BYTES at most. */
static bool is_utf8(const char *text, size_t n)
{
    char name[PA_ITEM_NAME_BYTES + 1] = {0};
    memcpy(name, text, n);
    for (size_t at = 0; at < n;) {
        int length = pa_utf8_length(name + at);
        if (length == 0) return false;
        at += (size_t)length;
    }
    return true;
}

static pa_status check_name(const taker *t, int64_t line, const char *text, size_t n, pa_error *err)
{
    if (n > PA_ITEM_NAME_BYTES)
        return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%lld: a name of %zu bytes: at most %d",
                          t->name, (long long)line, n, PA_ITEM_NAME_BYTES);
    if (is_utf8(text, n)) return PA_OK;
    return pa_fail_at(err, PA_E_DATA, 1, line, "%s:%lld: a name is no UTF-8", t->name,
                      (long long)line);
}

static pa_status count_item(taker *t, int32_t code, pa_error *err)
{
    if ((size_t)code >= t->room_count) {
        size_t room = t->room_count * 2 + 1024;
        int64_t *count = pa_realloc(t->count, room, sizeof *count, err);
        if (!count) return PA_E_MEMORY;
        memset(count + t->room_count, 0, (room - t->room_count) * sizeof *count);
        t->count = count;
        t->room_count = room;
    }
    t->count[code]++;
    return PA_OK;
}

static pa_status take_item(taker *t, int64_t line, const char *text, size_t n, int32_t *code,
                           pa_error *err)
{
    *code = pa_intern_find(&t->items, text, n);
    if (*code < 0) {
        PA_TRY(check_name(t, line, text, n, err));
        PA_TRY(pa_intern_add(&t->items, text, n, code, err));
    }
    return count_item(t, *code, err);
}

/* Items up to `at` are a sequence: piece 0, 1, ... of a line. */
static void end_sequence(pa_sequence_file *f, int64_t line, uint64_t piece, size_t at)
{
    enum { LINE_BITS = 44 };
    f->id[f->here.n] = piece << LINE_BITS | (uint64_t)line;
    f->start[++f->here.n] = at;
}

static pa_status take_line(void *of, int64_t line, const char *text, size_t n, pa_error *err)
{
    taker *t = of;
    pa_sequence_file *f = t->f;
    const char *end = text + n;
    PA_TRY(make_room(f, n / 2 + 1, err));
    size_t at = f->start[f->here.n], n_before = f->here.n;
    if (line == 1 && n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3; /* a byte order mark */
    for (;;) {
        while (text < end && is_blank(*text)) text++;
        if (text == end) break;
        const char *name = text;
        while (text < end && !is_blank(*text)) text++;
        PA_TRY(take_item(t, line, name, (size_t)(text - name), &f->item[at], err));
        if (at - f->start[f->here.n] == PA_SEQUENCE_PIECE)
            end_sequence(f, line, f->here.n - n_before, at);
        at++;
    }
    if (at == f->start[n_before]) return PA_OK;
    f->n_long += f->here.n > n_before;
    end_sequence(f, line, f->here.n - n_before, at);
    f->n_lines++;
    return PA_OK;
}

/* ---- names of all ranks ---- */

/* Adds those of all ranks, the lowest first, with their counts. */
static pa_status add_all(const int64_t count[], size_t n, const char *bytes, taker *all,
                         pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = (size_t)count[2 * i + 1];
        int32_t code;
        PA_TRY(pa_intern_add(&all->items, bytes, length, &code, err));
        PA_TRY(count_item(all, code, err));
        all->count[code] += count[2 * i] - 1;
        bytes += length;
    }
    return PA_OK;
}

/* The items of all ranks, which everybody knows then. */
static pa_status share_items(pa_comm *comm, const taker *own, taker *all, pa_error *err)
{
    int64_t *head = NULL;
    void *heads = NULL, *bytes = NULL;
    size_t n_heads = 0, n_bytes = 0, n = own->items.n;
    PA_AGREE(comm, PA_NEW(head, 2 * n, err), err);
    for (size_t i = 0; i < n; i++) {
        head[2 * i] = own->count[i];
        head[2 * i + 1] = (int64_t)(own->items.start[i + 1] - own->items.start[i]);
    }
    pa_status st = pa_gather_all(comm, head, 2 * n * sizeof *head, &heads, &n_heads, err);
    if (st == PA_OK)
        st = pa_gather_all(comm, own->items.bytes, n ? own->items.start[n] : 0, &bytes, &n_bytes,
                           err);
    if (st == PA_OK)
        st = pa_agree(comm, add_all(heads, n_heads / 2 / sizeof *head, bytes, all, err), err);
    pa_free(head);
    pa_free(heads);
    pa_free(bytes);
    return st;
}

/* Items that are met often enough, those met most first, then by name. */
static pa_status order_items(const taker *all, int64_t min_count, uint32_t order[], size_t *n_kept,
                             pa_error *err)
{
    size_t n = all->items.n;
    uint32_t *by_name = NULL, *by_count = NULL;
    uint64_t *key = NULL;
    pa_status st;
    *n_kept = 0;
    PA_GOTO(PA_NEW(by_name, n, err));
    PA_GOTO(PA_NEW(by_count, n, err));
    PA_GOTO(PA_NEW(key, n, err));
    PA_GOTO(pa_sort_names(n, all->items.start, all->items.bytes, by_name, err));
    for (size_t i = 0; i < n; i++) key[i] = ~(uint64_t)all->count[by_name[i]];
    PA_GOTO(pa_sort_u64(n, key, by_count, err));
    for (size_t i = 0; i < n; i++) {
        uint32_t code = by_name[by_count[i]];
        if (all->count[code] >= min_count) order[(*n_kept)++] = code;
    }
out:
    pa_free(by_name);
    pa_free(by_count);
    pa_free(key);
    return st;
}

static pa_status name_items(const taker *all, size_t n, const uint32_t order[], pa_sequence_file *f,
                            pa_error *err)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        at += all->items.start[order[i] + 1] - all->items.start[order[i]];
    f->names.n = n;
    PA_TRY(PA_NEW(f->names.start, n + 1, err));
    PA_TRY(PA_NEW(f->names.bytes, at, err));
    PA_TRY(PA_NEW(f->count, n, err));
    at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t from = all->items.start[order[i]], length = all->items.start[order[i] + 1] - from;
        memcpy(f->names.bytes + at, all->items.bytes + from, length);
        at += length;
        f->names.start[i + 1] = at;
        f->count[i] = all->count[order[i]];
    }
    return PA_OK;
}

/* The items here get their codes; those that have none go. */
static pa_status put_codes(const taker *own, const taker *all, size_t n, const uint32_t order[],
                           pa_sequence_file *f, pa_error *err)
{
    int32_t *code = NULL;
    size_t kept = 0;
    PA_TRY(PA_NEW(code, all->items.n, err));
    for (size_t i = 0; i < all->items.n; i++) code[i] = -1;
    for (size_t i = 0; i < n; i++) code[order[i]] = (int32_t)i;
    for (size_t i = 0, at = 0; i < f->here.n; i++) {
        for (; at < f->start[i + 1]; at++) {
            const pa_intern *t = &own->items;
            size_t from = t->start[f->item[at]], length = t->start[f->item[at] + 1] - from;
            int32_t c = code[pa_intern_find(&all->items, t->bytes + from, length)];
            if (c >= 0) f->item[kept++] = c;
        }
        f->start[i + 1] = kept;
    }
    pa_free(code);
    return PA_OK;
}

static pa_status code_items(const taker *own, const taker *all, int64_t min_count,
                            pa_sequence_file *f, pa_error *err)
{
    uint32_t *order = NULL;
    size_t n = 0;
    for (size_t i = 0; i < all->items.n; i++) f->n_tokens += all->count[i];
    PA_TRY(PA_NEW(order, all->items.n, err));
    pa_status st = order_items(all, min_count, order, &n, err);
    if (st == PA_OK) st = name_items(all, n, order, f, err);
    if (st == PA_OK) st = put_codes(own, all, n, order, f, err);
    f->n_rare = (int64_t)(all->items.n - n);
    f->n_rare_tokens = f->n_tokens;
    for (size_t i = 0; st == PA_OK && i < n; i++) f->n_rare_tokens -= f->count[i];
    pa_free(order);
    return st;
}

static pa_status share_and_code(pa_comm *comm, const taker *own, int64_t min_count,
                                pa_sequence_file *f, pa_error *err)
{
    taker all = {0};
    pa_status st = share_items(comm, own, &all, err);
    if (st == PA_OK) st = pa_agree(comm, code_items(own, &all, min_count, f, err), err);
    if (st == PA_OK) pa_sum_i64(comm, &f->n_lines, 1);
    if (st == PA_OK) pa_sum_i64(comm, &f->n_long, 1);
    if (st == PA_OK && all.items.n == 0)
        st = pa_fail(err, PA_E_DATA, "%s: there is no sequence: no line has an item", own->name);
    else if (st == PA_OK && f->names.n == 0)
        st = pa_fail(err, PA_E_DATA, "%s: none of %zu items is met %lld times", own->name,
                     all.items.n, (long long)min_count);
    pa_intern_free(&all.items);
    pa_free(all.count);
    return st;
}

/* ---- */

pa_status pa_sequence_file_read(pa_comm *comm, const char *path, const pa_text_io *io,
                                int64_t min_count, pa_sequence_file *f, pa_error *err)
{
    pa_text_source source;
    *f = (pa_sequence_file){0};
    PA_TRY(pa_source_open(comm, path, io, &source, err));
    taker own = {.f = f, .name = source.file.name};
    const pa_record_rule rule = {.signs = pa_line_signs, .longest = io->longest};
    pa_status st = pa_agree(comm, make_room(f, 0, err), err);
    if (st == PA_OK) st = pa_source_read(&source, &rule, take_line, &own, err);
    if (st == PA_OK) st = share_and_code(comm, &own, min_count, f, err);
    f->here.id = f->id;
    f->here.start = f->start;
    f->here.item = f->item;
    pa_intern_free(&own.items);
    pa_free(own.count);
    if (st != PA_OK) pa_sequence_file_free(f);
    return st;
}

void pa_sequence_file_free(pa_sequence_file *f)
{
    pa_names_free(&f->names);
    pa_free(f->count);
    pa_free(f->id);
    pa_free(f->start);
    pa_free(f->item);
    *f = (pa_sequence_file){0};
}

int32_t pa_sequence_file_find(const pa_sequence_file *f, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < f->names.n; i++) {
        size_t from = f->names.start[i];
        if (f->names.start[i + 1] - from == length &&
            memcmp(f->names.bytes + from, name, length) == 0)
            return (int32_t)i;
    }
    return -1;
}
