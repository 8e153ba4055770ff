/* What the first rows and the last ones show, for people: files, rows, rejects. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ingest_look.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/grid.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/files/files.h"

/* ---- files ---- */

/* An estimate of rows is good for three digits. */
static int64_t rounded(double rows)
{
    int64_t n = (int64_t)(rows + 0.5), unit = 1;
    while (n / unit >= 1000) unit *= 10;
    return (n + unit / 2) / unit * unit;
}

/* How much of a file that was. */
static void tell_rows(const pa_look_file *l, char text[112])
{
    int64_t n = l->n_first + l->n_last, all = rounded(l->rows);
    if (l->whole) {
        snprintf(text, 112, "%" PRId64 " row%s, all looked at", n, n == 1 ? "" : "s");
    } else if (l->ends) {
        snprintf(text, 112,
                 "about %" PRId64 " rows, the first %" PRId64 " and the last %" PRId64 " looked at",
                 all, l->n_first, l->n_last);
    } else {
        snprintf(text, 112, "about %" PRId64 " rows, the first %" PRId64 " looked at", all,
                 l->n_first);
    }
}

/* Of many files the first ones; those of one form that follow each other have it once. */
pa_status pa_look_files(const pa_inputs *in, const pa_stretches *s, pa_look *look, pa_error *err)
{
    enum { MOST = 20 };
    pa_buffer form = {0}, before = {0};
    pa_status st = PA_OK;
    for (size_t i = 0; i < s->n && st == PA_OK && s->part[i].source < MOST; i++) {
        if (i > 0 && s->part[i].source == s->part[i - 1].source) continue;
        const pa_look_file *l = look->file + s->part[i].source;
        char rows[112], bytes[32];
        tell_rows(l, rows);
        pa_bytes_text(l->size, bytes);
        st = pa_ingest_describe(in->file + i, true, &form, err);
        if (st != PA_OK) break;
        bool same =
            form.length == before.length && memcmp(form.data, before.data, form.length) == 0;
        st = pa_buffer_printf(&look->files, err, "  %s: %s, %s\n", l->name, bytes, rows);
        if (st == PA_OK && !same)
            st = pa_buffer_printf(&look->files, err, "      %.*s\n", (int)form.length, form.data);
        pa_buffer swap = before;
        before = form;
        form = swap;
    }
    pa_buffer_free(&form);
    pa_buffer_free(&before);
    if (st != PA_OK || look->n_files <= MOST) return st;
    return pa_buffer_printf(&look->files, err, "  and %zu more files: %" PRId64 " rows in all\n",
                            look->n_files - MOST, rounded(look->rows));
}

/* ---- rows ---- */

enum { FIRST_ROWS = 3, LAST_ROWS = 2, MOST_NUMBERS = 4 };

static pa_status add_text(pa_grid *g, const char *text, size_t n, pa_error *err)
{
    char shown[PA_CSV_EXCERPT];
    pa_csv_excerpt((pa_csv_field){text, n}, shown);
    return pa_grid_add(g, shown, err);
}

static pa_status add_name(pa_grid *g, const pa_intern *names, int32_t code, pa_error *err)
{
    if (code < 0) return pa_grid_add(g, "", err);
    return add_text(g, names->bytes + names->start[code],
                    names->start[code + 1] - names->start[code], err);
}

static pa_status add_amount(pa_grid *g, int64_t minor, int32_t decimals, pa_error *err)
{
    char text[48];
    size_t at = sizeof text - 1;
    uint64_t size = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
    text[at] = '\0';
    for (int32_t i = 0; i <= decimals || size > 0; i++, size /= 10) {
        if (i == decimals && i > 0) text[--at] = '.';
        text[--at] = (char)('0' + size % 10);
    }
    if (minor < 0) text[--at] = '-';
    return pa_grid_add(g, text + at, err);
}

static pa_status add_number(pa_grid *g, double v, pa_error *err)
{
    char text[32];
    if (isnan(v)) return pa_grid_add(g, "", err);
    snprintf(text, sizeof text, "%.7g", v);
    return pa_grid_add(g, text, err);
}

static pa_status add_time(pa_grid *g, int64_t time, pa_error *err)
{
    char text[PA_TIME_TEXT] = "";
    if (time != INT64_MIN) pa_format_time(time, text);
    return pa_grid_add(g, text, err);
}

/* Columns of numbers that are shown: the first ones. */
static int32_t numbers_shown(const pa_csv_batch *b)
{
    return b->has.n_numeric < MOST_NUMBERS ? b->has.n_numeric : MOST_NUMBERS;
}

/* The names of the columns; those at the right are numbers. */
static pa_status add_titles(const pa_ingest_work *w, bool has_ids, pa_grid *g, pa_error *err)
{
    const pa_csv_batch *b = &w->parser.rows;
    const char *title[64] = {"row"};
    size_t n = 1;
    if (has_ids) title[n++] = "tx";
    title[n++] = "account";
    title[n++] = "merchant";
    title[n++] = "time (UTC)";
    g->right |= UINT64_C(1) << n;
    title[n++] = "amount";
    title[n++] = "label";
    if (b->has.label_time) title[n++] = "label known";
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        if (b->has.coded[k]) title[n++] = pa_csv_coded_names[k];
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        if (b->has.place[k]) g->right |= UINT64_C(1) << n, title[n++] = pa_csv_place_names[k];
    }
    const char *name = w->inputs.numeric.data;
    for (int32_t k = 0; k < numbers_shown(b); k++, name += strlen(name) + 1) {
        g->right |= UINT64_C(1) << n;
        title[n++] = name;
    }
    if (b->has.n_numeric > MOST_NUMBERS) title[n++] = "...";
    g->n_columns = n;
    for (size_t i = 0; i < n; i++) PA_TRY(add_text(g, title[i], strlen(title[i]), err));
    return PA_OK;
}

static pa_status add_id(const pa_csv_batch *b, size_t row, size_t id_at, pa_grid *g, pa_error *err)
{
    char text[32];
    if (b->has.text_ids) return add_text(g, b->id_bytes.data + id_at, b->id_length[row], err);
    snprintf(text, sizeof text, "%" PRId64, b->tx[row]);
    return pa_grid_add(g, text, err);
}

static pa_status add_further(const pa_csv_intake *p, size_t row, pa_grid *g, pa_error *err)
{
    const pa_csv_batch *b = &p->rows;
    if (b->has.label_time) PA_TRY(add_time(g, b->label_time[row], err));
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        if (b->has.coded[k]) PA_TRY(add_name(g, &p->coded[k], b->coded[k][row], err));
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        if (b->has.place[k]) PA_TRY(add_number(g, b->place[k][row], err));
    }
    for (int32_t k = 0; k < numbers_shown(b); k++)
        PA_TRY(add_number(g, (double)b->numeric[k][row], err));
    return b->has.n_numeric > MOST_NUMBERS ? pa_grid_add(g, "", err) : PA_OK;
}

/* A row that is its own account is named by its place in all files, which is not known here. */
static pa_status add_account(const pa_ingest_work *w, size_t row, pa_grid *g, pa_error *err)
{
    const pa_input *f = w->inputs.file;
    if (f->kind != PA_INPUT_H5 && f->layout.n_account == 0) return pa_grid_add(g, "its own", err);
    return add_name(g, &w->parser.accounts, w->parser.rows.account[row], err);
}

static pa_status add_row(const pa_ingest_work *w, const char *file, size_t row, size_t id_at,
                         bool has_ids, pa_grid *g, pa_error *err)
{
    static const char *const labels[] = {"unknown", "genuine", "fraud"};
    const pa_csv_intake *p = &w->parser;
    const pa_csv_batch *b = &p->rows;
    char place[32];
    pa_buffer text = {0};
    snprintf(place, sizeof place, ":%" PRId64, b->line[row]);
    pa_status st = pa_buffer_printf(&text, err, "%s%s", file, place);
    if (st == PA_OK) st = pa_grid_add(g, text.data, err);
    pa_buffer_free(&text);
    if (st == PA_OK && has_ids) st = add_id(b, row, id_at, g, err);
    PA_TRY(st);
    PA_TRY(add_account(w, row, g, err));
    PA_TRY(add_name(g, &p->merchants, b->merchant[row], err));
    PA_TRY(add_time(g, b->time[row], err));
    PA_TRY(add_amount(g, b->amount_minor[row], b->has.decimals, err));
    PA_TRY(pa_grid_add(g, labels[b->label[row] + 1], err));
    return add_further(p, row, g, err);
}

/* The first rows and the last. */
static pa_status add_rows(const pa_ingest_work *w, bool has_ids, pa_grid *g, pa_error *err)
{
    const pa_csv_batch *b = &w->parser.rows;
    size_t file = 0, id_at = 0;
    int64_t left = w->rows[0];
    for (size_t row = 0; row < b->n; row++, left--) {
        while (left == 0) left = w->rows[++file];
        if (row < FIRST_ROWS || row + LAST_ROWS >= b->n)
            PA_TRY(add_row(w, w->inputs.file[file].name, row, id_at, has_ids, g, err));
        if (b->has.text_ids) id_at += b->id_length[row];
    }
    return PA_OK;
}

pa_status pa_look_rows(const pa_ingest_work *w, pa_look *look, pa_error *err)
{
    pa_grid g = {0};
    const pa_input *f = w->inputs.file;
    bool has_ids = f->kind == PA_INPUT_H5 || f->layout.tx >= 0;
    if (w->parser.rows.n == 0) return PA_OK;
    pa_status st = add_titles(w, has_ids, &g, err);
    if (st == PA_OK) st = add_rows(w, has_ids, &g, err);
    if (st == PA_OK) st = pa_grid_print(&g, "  ", &look->rows_as, err);
    pa_grid_free(&g);
    return st;
}

/* ---- rejects and labels ---- */

static const pa_csv_reject *first_of(const pa_csv_intake *p, int reason)
{
    const pa_csv_reject *first = NULL;
    for (size_t i = 0; i < p->n_examples; i++) {
        const pa_csv_reject *r = p->examples + i;
        if (r->reason != reason) continue;
        bool before =
            first && (r->file < first->file || (r->file == first->file && r->line < first->line));
        if (!first || before) first = r;
    }
    return first;
}

static pa_status tell_rejects(const pa_ingest_work *w, const pa_reject_counts *all, pa_buffer *text,
                              pa_error *err)
{
    pa_grid g = {.n_columns = 3, .right = 1};
    pa_status st = PA_OK;
    for (int k = 0; k < PA_REJECT_N && st == PA_OK; k++) {
        const pa_csv_reject *r = first_of(&w->parser, k);
        char n[24], place[400];
        if (all->n[k] == 0) continue;
        snprintf(n, sizeof n, "%" PRId64, all->n[k]);
        snprintf(place, sizeof place, "%s:%" PRId64 ": %s", r ? w->inputs.file[r->file].name : "",
                 r ? r->line : 0, r ? r->text : "");
        st = pa_grid_add(&g, n, err);
        if (st == PA_OK) st = pa_grid_add(&g, pa_reject_reason_names[k], err);
        if (st == PA_OK) st = pa_grid_add(&g, r ? place : "", err);
    }
    if (st == PA_OK) st = pa_grid_print(&g, "  ", text, err);
    pa_grid_free(&g);
    return st;
}

static pa_status tell_labels(const pa_ingest_work *w, pa_buffer *text, pa_error *err)
{
    enum { NAMED = 4 };
    const pa_csv_intake *p = &w->parser;
    const pa_csv_odd_labels *odd = &p->odd_labels;
    int64_t n[3] = {0};
    for (size_t i = 0; i < p->rows.n; i++) n[p->rows.label[i] + 1]++;
    PA_TRY(pa_buffer_printf(text, err,
                            "labels: %" PRId64 " fraud, %" PRId64 " genuine, %" PRId64 " unknown\n",
                            n[2], n[1], n[0]));
    for (size_t i = 0; i < odd->n_words && i < NAMED; i++) {
        const pa_csv_odd_label *o = odd->word + i;
        PA_TRY(pa_buffer_printf(text, err,
                                "  '%s' is no word for either (%" PRId64 " row%s, first %s:%" PRId64
                                "): input.label_fraud or input.label_genuine\n",
                                o->word, o->n, o->n == 1 ? "" : "s", w->inputs.file[o->file].name,
                                o->line));
    }
    return PA_OK;
}

pa_status pa_look_rejects(const pa_ingest_work *w, pa_look *look, pa_error *err)
{
    pa_reject_counts all = {.within = 0};
    int64_t n = (int64_t)w->parser.rows.n;
    for (size_t i = 0; i < w->inputs.n; i++) {
        for (int k = 0; k < PA_REJECT_N; k++) all.n[k] += w->rejected[i].n[k];
    }
    int64_t rejected = pa_rejects_in_all(&all);
    PA_TRY(pa_buffer_printf(&look->rejects, err,
                            "rejected: %" PRId64 " of the %" PRId64 " rows looked at\n", rejected,
                            n + rejected));
    if (rejected > 0) PA_TRY(tell_rejects(w, &all, &look->rejects, err));
    return tell_labels(w, &look->rejects, err);
}
