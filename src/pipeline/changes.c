#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"

/* ---- pairs ---- */

static int by_name_and_value(const void *a, const void *b)
{
    const pa_named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->value, y->value);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const pa_named *)a)->name, ((const pa_named *)b)->name);
}

static int order_texts(const char *a, const char *b)
{
    if (!a || !b) return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int in_order(const void *a, const void *b)
{
    const pa_change *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order == 0) order = order_texts(x->before, y->before);
    return order ? order : order_texts(x->now, y->now);
}

/* Two sorted lists; what is paired goes to `changes`, what is not stays in them. */
typedef struct {
    pa_named *before, *now;
    size_t n_before, n_now;
    pa_change *changes;
    size_t n;
} lists;

static void add(lists *l, const char *name, const char *before, const char *now)
{
    l->changes[l->n++] = (pa_change){.name = name, .before = before, .now = now};
}

static void pair(lists *l, int (*compare)(const void *, const void *))
{
    size_t i = 0, j = 0, left_before = 0, left_now = 0;
    while (i < l->n_before || j < l->n_now) {
        int order = i == l->n_before ? 1 : j == l->n_now ? -1 : compare(l->before + i, l->now + j);
        if (order == 0) {
            add(l, l->now[j].name, l->before[i].value, l->now[j].value);
            i++, j++;
        } else if (order < 0)
            l->before[left_before++] = l->before[i++];
        else
            l->now[left_now++] = l->now[j++];
    }
    l->n_before = left_before;
    l->n_now = left_now;
}

size_t pa_find_changes(size_t n_before, pa_named before[], size_t n_now, pa_named now[],
                       pa_change changes[])
{
    lists l = {before, now, n_before, n_now, changes, 0};
    qsort(before, n_before, sizeof *before, by_name_and_value);
    qsort(now, n_now, sizeof *now, by_name_and_value);
    pair(&l, by_name_and_value);
    pair(&l, by_name);
    for (size_t i = 0; i < l.n_before; i++) add(&l, before[i].name, before[i].value, NULL);
    for (size_t j = 0; j < l.n_now; j++) add(&l, now[j].name, NULL, now[j].value);
    qsort(changes, l.n, sizeof *changes, in_order);
    return l.n;
}

const char *pa_state_of(const pa_change *c)
{
    if (!c->before) return "new";
    if (!c->now) return "gone";
    return strcmp(c->before, c->now) == 0 ? "same" : "changed";
}

/* ---- keys ---- */

/* "name =" or "name = value" below [section]. */
static pa_status keep_key(const char *section, size_t section_length, const char *line,
                          size_t length, pa_strings *pool, pa_named *key, pa_error *err)
{
    pa_buffer name = {0};
    const char *equals = memchr(line, '=', length);
    size_t named = equals ? (size_t)(equals - line) : length;
    const char *value = equals ? equals + 1 : line + length;
    while (named > 0 && line[named - 1] == ' ') named--;
    if (*value == ' ') value++;
    pa_status st =
        pa_buffer_printf(&name, err, "%.*s.%.*s", (int)section_length, section, (int)named, line);
    if (st == PA_OK) st = pa_strings_keep(pool, name.data, name.length, &key->name, err);
    if (st == PA_OK)
        st = pa_strings_keep(pool, value, (size_t)(line + length - value), &key->value, err);
    pa_buffer_free(&name);
    return st;
}

static pa_status fill_keys(const char *text, pa_strings *pool, pa_named keys[], size_t *n,
                           pa_error *err)
{
    const char *section = text;
    size_t section_length = 0, length;
    for (const char *line = text; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        if (length == 0) continue;
        if (*line == '[') {
            section = line + 1;
            section_length = strcspn(section, "]\n");
            continue;
        }
        PA_TRY(keep_key(section, section_length, line, length, pool, keys + *n, err));
        ++*n;
    }
    return PA_OK;
}

pa_status pa_list_keys(const char *text, pa_strings *pool, pa_named **keys, size_t *n,
                       pa_error *err)
{
    size_t lines = 1;
    for (const char *c = text; *c; c++) lines += *c == '\n';
    *n = 0;
    PA_TRY(PA_NEW(*keys, lines, err));
    pa_status st = fill_keys(text, pool, *keys, n, err);
    if (st == PA_OK) return PA_OK;
    pa_free(*keys);
    *keys = NULL;
    return st;
}
