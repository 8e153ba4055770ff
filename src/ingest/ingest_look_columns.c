/* How the wanted columns were found, for people. */
#include <stdio.h>
#include <string.h>

#include "ingest_look.h"
#include "paraudit/base/array.h"
#include "paraudit/base/grid.h"
#include "paraudit/csv/csv_parts.h"

enum { SAMPLED = 100, NAMED = 6, BLOCKS = 5 };

/* The columns of a file, and of each the first value that is not empty. */
typedef struct {
    size_t n;
    const char **name;
    pa_buffer names;
    char (*value)[PA_CSV_EXCERPT];
    bool *used;
} columns;

static void free_columns(columns *c)
{
    pa_free(c->name);
    pa_free(c->value);
    pa_free(c->used);
    pa_buffer_free(&c->names);
}

static void take_values(void *taker, const pa_csv_field field[])
{
    columns *c = taker;
    for (size_t i = 0; i < c->n; i++) {
        pa_csv_field f = pa_csv_clean(field[i]);
        if (!*c->value[i] && f.length > 0) pa_csv_excerpt(f, c->value[i]);
    }
}

static pa_status read_columns(const pa_csv_layout *l, const pa_stretch *p, columns *c,
                              pa_error *err)
{
    c->n = (size_t)l->n_fields;
    PA_TRY(PA_NEW(c->name, c->n, err));
    PA_TRY(PA_NEW(c->value, c->n, err));
    PA_TRY(PA_NEW(c->used, c->n, err));
    PA_TRY(pa_csv_column_names(p->text, l, &c->names, err));
    const char *name = c->names.data;
    for (size_t i = 0; i < c->n; i++, name += strlen(name) + 1) c->name[i] = name;
    return pa_csv_sample(l, p->text + p->begin, p->n - p->begin, p->last, false, SAMPLED,
                         take_values, c, err);
}

/* ---- the lines ---- */

/* "columns 1 'Date', 2 'Time'" and "such as ...". */
static pa_status add_found(columns *c, const char *named, const int32_t at[], size_t n, pa_grid *g,
                           pa_error *err)
{
    pa_buffer found = {0}, such = {0};
    pa_status st = pa_buffer_printf(&found, err, "-> column%s", n == 1 ? "" : "s");
    for (size_t i = 0; i < n && st == PA_OK; i++) {
        size_t k = (size_t)at[i];
        char name[PA_CSV_EXCERPT];
        c->used[k] = true;
        if (i == NAMED) st = pa_buffer_printf(&found, err, " ... %zu in all", n);
        if (i >= NAMED) continue;
        pa_csv_excerpt((pa_csv_field){c->name[k], strlen(c->name[k])}, name);
        st = pa_buffer_printf(&found, err, "%s %zu%s%s%s", i ? "," : "", k + 1, named ? " '" : "",
                              named ? name : "", named ? "'" : "");
        if (st == PA_OK && *c->value[k])
            st = pa_buffer_printf(&such, err, "%s%s", such.length ? ", " : "such as ", c->value[k]);
    }
    if (st == PA_OK) st = pa_grid_add(g, found.data, err);
    if (st == PA_OK) st = pa_grid_add(g, such.length ? such.data : "", err);
    pa_buffer_free(&found);
    pa_buffer_free(&such);
    return st;
}

typedef struct {
    const pa_config *config;
    const pa_csv_layout *layout;
    columns *columns;
    pa_grid grid;
} finder;

/* What was wanted and where it is; of what is neither wanted nor there nothing is said. */
static pa_status tell(finder *f, const char *name, const int32_t at[], size_t n, const char *none,
                      pa_error *err)
{
    char key[64];
    pa_buffer wanted = {0};
    snprintf(key, sizeof key, "input.%s", name);
    const char *text = pa_config_text(f->config, key);
    if (n == 0 && !none) return PA_OK;
    pa_status st = pa_buffer_printf(&wanted, err, "= %s", text);
    if (st == PA_OK) st = pa_grid_add(&f->grid, key, err);
    if (st == PA_OK) st = pa_grid_add(&f->grid, wanted.data, err);
    pa_buffer_free(&wanted);
    if (st == PA_OK && n > 0)
        return add_found(f->columns, f->layout->head_length > 0 ? "" : NULL, at, n, &f->grid, err);
    if (st == PA_OK) st = pa_grid_add(&f->grid, none, err);
    return st == PA_OK ? pa_grid_add(&f->grid, "", err) : st;
}

static pa_status tell_one(finder *f, const char *name, int32_t at, const char *none, pa_error *err)
{
    return tell(f, name, &at, at >= 0, none, err);
}

static pa_status tell_all(finder *f, pa_error *err)
{
    const pa_csv_layout *l = f->layout;
    const int32_t amount[2] = {l->amount, l->less};
    PA_TRY(tell_one(f, "tx", l->tx, "-> none: files and lines are the ids", err));
    PA_TRY(tell(f, "account", l->account, (size_t)l->n_account,
                "-> none: each row is its own account", err));
    PA_TRY(tell_one(f, "merchant", l->merchant, "-> none: there are no merchants", err));
    PA_TRY(tell(f, "time", l->time, (size_t)l->n_time, NULL, err));
    PA_TRY(tell(f, "amount", amount, l->less >= 0 ? 2 : 1, NULL, err));
    PA_TRY(tell_one(f, "sign", l->sign, NULL, err));
    PA_TRY(tell_one(f, "label", l->label, "-> none: nothing can be judged", err));
    PA_TRY(tell_one(f, "label_time", l->label_time, NULL, err));
    for (int i = 0; i < PA_CSV_N_CODED; i++)
        PA_TRY(tell_one(f, pa_csv_coded_names[i], l->coded[i], NULL, err));
    for (int i = 0; i < PA_CSV_N_PLACES; i++)
        PA_TRY(tell_one(f, pa_csv_place_names[i], l->place[i], NULL, err));
    return tell(f, "numeric", l->numeric, (size_t)l->n_numeric, NULL, err);
}

static pa_status tell_unused(const columns *c, pa_buffer *text, pa_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        char name[PA_CSV_EXCERPT];
        if (c->used[i] || !*c->name[i] || n++ >= 2 * NAMED) continue;
        pa_csv_excerpt((pa_csv_field){c->name[i], strlen(c->name[i])}, name);
        PA_TRY(pa_buffer_printf(text, err, "%s%s", n == 1 ? "  not read: " : ", ", name));
    }
    if (n > 2 * NAMED) PA_TRY(pa_buffer_printf(text, err, " and %zu more", n - 2 * NAMED));
    return n > 0 ? pa_buffer_printf(text, err, "\n") : PA_OK;
}

static pa_status print_block(const pa_config *config, const pa_input *in, columns *c,
                             pa_buffer *text, pa_error *err)
{
    finder f = {config, &in->layout, c, {.n_columns = 4}};
    pa_status st = tell_all(&f, err);
    if (st == PA_OK) st = pa_buffer_printf(text, err, "columns of %s\n", in->name);
    if (st == PA_OK) st = pa_grid_print(&f.grid, "  ", text, err);
    if (st == PA_OK) st = tell_unused(c, text, err);
    pa_grid_free(&f.grid);
    return st;
}

static bool is_same(const pa_buffer *a, const pa_buffer *b)
{
    return a->length == b->length && a->length > 0 && memcmp(a->data, b->data, a->length) == 0;
}

/* A file with the columns of the one before has nothing new. */
pa_status pa_look_columns(const pa_config *config, const pa_inputs *in, const pa_stretches *s,
                          pa_look *look, pa_error *err)
{
    pa_buffer before = {0};
    pa_status st = PA_OK;
    int blocks = 0;
    for (size_t i = 0; i < s->n && st == PA_OK && blocks < BLOCKS; i++) {
        const pa_input *f = in->file + s->part[i].source;
        columns c = {0};
        bool again = i > 0 && s->part[i].source == s->part[i - 1].source;
        if (again || f->kind == PA_INPUT_H5) continue;
        st = read_columns(&f->layout, &s->part[i], &c, err);
        if (st == PA_OK && !is_same(&c.names, &before)) {
            st = print_block(config, f, &c, &look->columns, err);
            blocks++;
        }
        pa_buffer swap = before;
        before = c.names;
        c.names = swap;
        free_columns(&c);
    }
    pa_buffer_free(&before);
    return st;
}
