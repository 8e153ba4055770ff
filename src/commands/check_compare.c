/* What the files beside the first one show, where a key would mean all of them. */
#include <stdio.h>
#include <string.h>

#include "check_write.h"

enum { MOST_FILES = 32 };

/* Another file, as the first one was looked at. */
typedef struct {
    pa_first_text text;
    pa_csv_layout layout;
    pa_guess_columns columns;
} other;

static void set_odd(char odd[256], bool differs, const char *name)
{
    if (*odd || !differs) return;
    snprintf(odd, 256, "%s", name);
    for (char *c = odd; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    }
}

/* ---- encoding ---- */

static bool is_ascii(const pa_first_text *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if ((unsigned char)t->text[i] > 127) return false;
    }
    return true;
}

/* Windows-1252 has all the signs of Latin-1, and ASCII is both and UTF-8. */
static void compare_encoding(pa_guess *g, const pa_first_text *t)
{
    bool utf8 = !*t->encoding && !is_ascii(t), first_utf8 = !*g->encoding && !is_ascii(g->first);
    bool differs = (*g->encoding && utf8) || (*t->encoding && first_utf8);
    if (*g->encoding && *t->encoding && strcmp(g->encoding, t->encoding) != 0) {
        bool latin = strcmp(g->encoding, "latin1") == 0 || strcmp(t->encoding, "latin1") == 0;
        bool windows =
            strcmp(g->encoding, "windows-1252") == 0 || strcmp(t->encoding, "windows-1252") == 0;
        differs |= !latin || !windows;
        if (latin && windows) snprintf(g->encoding, sizeof g->encoding, "windows-1252");
    } else if (*t->encoding) {
        snprintf(g->encoding, sizeof g->encoding, "%s", t->encoding);
    }
    set_odd(g->odd.encoding, differs, *t->encoding && first_utf8 ? g->first->name : t->name);
}

/* ---- separator and quotes ---- */

static void compare_signs(pa_guess *g, const other *o)
{
    const pa_csv_signs *a = &g->layout.signs, *b = &o->layout.signs;
    set_odd(g->odd.separator, a->separator != b->separator, o->text.name);
    bool used = memchr(o->text.text, b->quote, o->text.n) != NULL;
    set_odd(g->odd.quote, a->quote != b->quote && used, o->text.name);
}

/* ---- amounts and times ---- */

/* The column that a role has in the first file, by its name; NULL: there is none. */
static const pa_guess_column *same_column(const pa_guess *g, const other *o, pa_guess_role role,
                                          const pa_guess_column **first)
{
    int32_t column = g->roles.column[role];
    if (column < 0) return NULL;
    *first = g->columns.column + column;
    for (size_t i = 0; i < o->columns.n; i++) {
        if (strcmp(o->columns.column[i].name, (*first)->name) == 0) return o->columns.column + i;
    }
    return NULL;
}

static char mark_of(const pa_guess_column *c)
{
    char mark;
    if (pa_amount_decimal(&c->tally, &mark) == PA_AMOUNT_SETTLED) return mark;
    return pa_amount_likely_decimal(&c->tally, 2);
}

/* Three digits behind the mark of amounts that have two elsewhere are thousands, or not. */
static bool has_other_mark(const pa_guess_column *a, const pa_guess_column *b)
{
    char first = mark_of(a), mark = mark_of(b);
    if (first == 0) return false;
    if (mark != 0) return mark != first && b->marked > 0;
    return b->tally.lone[first == ','] > 0 && a->decimals < 3;
}

static void compare_amounts(pa_guess *g, const other *o)
{
    static const pa_guess_role roles[] = {PA_GUESS_AMOUNT, PA_GUESS_CREDIT, PA_GUESS_DEBIT};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const pa_guess_column *a, *b = same_column(g, o, roles[i], &a);
        if (!b) continue;
        set_odd(g->odd.decimal, has_other_mark(a, b), o->text.name);
        if (b->decimals > g->decimals) g->decimals = b->decimals;
    }
}

static bool reads_day_and_month(const pa_time_sniffed *s)
{
    return s->verdict == PA_TIME_CLEAR &&
           (s->form.kind == PA_TIME_DD_MM_YYYY || s->form.kind == PA_TIME_MM_DD_YYYY);
}

/* Numbers that look like dates: what they may be is in the text. */
static bool are_same_times(const pa_time_sniffed *a, const pa_time_sniffed *b)
{
    static const char key[] = "input.time_format = ";
    if (b->verdict == PA_TIME_NONE) return true;
    if (b->verdict == PA_TIME_AMBIGUOUS) return reads_day_and_month(a);
    if (a->verdict != b->verdict) return false;
    if (a->verdict != PA_TIME_REFUSED) return a->form.kind == b->form.kind;
    const char *one = strstr(a->text, key), *two = strstr(b->text, key);
    return one && two && strcmp(one, two) == 0;
}

static void compare_times(pa_guess *g, const other *o)
{
    const pa_guess_column *a, *b = same_column(g, o, PA_GUESS_TIME, &a);
    if (b) set_odd(g->odd.time, !are_same_times(&a->time, &b->time), o->text.name);
}

/* ---- files ---- */

static pa_status compare_text(pa_guess *g, other *o, pa_error *err)
{
    const pa_first_text *t = &o->text;
    pa_error quiet = {0};
    compare_encoding(g, t);
    if (t->is_result || pa_guess_layout(t->text, t->n, t->last, 1, t->name, &o->layout, &quiet))
        return PA_OK;
    compare_signs(g, o);
    PA_TRY(pa_guess_columns_read(&o->layout, t->text, t->n, t->last, &o->columns, err));
    compare_amounts(g, o);
    compare_times(g, o);
    return PA_OK;
}

static pa_status compare_file(pa_guess *g, size_t file, size_t bytes, pa_error *err)
{
    other o = {.text = {.n = 0}};
    pa_error quiet = {0};
    pa_status st = PA_OK;
    if (pa_first_text_read(g->files, file, bytes, &o.text, &quiet) == PA_OK)
        st = compare_text(g, &o, err);
    pa_guess_columns_free(&o.columns);
    pa_first_text_free(&o.text);
    return st;
}

pa_status pa_guess_compare(pa_guess *g, size_t bytes, pa_error *err)
{
    size_t n = g->first->n_files, looked = n < MOST_FILES ? n : MOST_FILES;
    snprintf(g->encoding, sizeof g->encoding, "%s", g->first->encoding);
    for (size_t i = 1; i < looked; i++)
        PA_TRY(compare_file(g, i * (n - 1) / (looked - 1), bytes, err));
    return PA_OK;
}
