#include "paraudit/ingest/look.h"

#include <string.h>

#include "ingest_look.h"
#include "paraudit/base/array.h"
#include "paraudit/files/files.h"

void pa_look_free(pa_look *look)
{
    pa_buffer *texts[] = {&look->files, &look->columns, &look->rows_as, &look->rejects,
                          &look->notes};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) pa_buffer_free(texts[i]);
    pa_free(look->file);
    pa_strings_free(&look->names);
    *look = (pa_look){0};
}

/* ---- stretches as files of the work ---- */

static pa_status name_stretch(const pa_stretch *p, const pa_input *f, pa_look *look,
                              const char **name, pa_error *err)
{
    char bytes[32];
    pa_buffer text = {0};
    pa_bytes_text((int64_t)p->n, bytes);
    pa_status st = pa_buffer_printf(&text, err, "%s, last %s", f->name, bytes);
    if (st == PA_OK) st = pa_strings_keep(&look->names, text.data, text.length, name, err);
    pa_buffer_free(&text);
    return st;
}

/* Only lines of HDF5 are known at the end of a file. */
static pa_status spread_files(const pa_stretches *s, pa_look *look, pa_inputs *in, pa_error *err)
{
    pa_input *file;
    PA_TRY(PA_NEW(file, s->n, err));
    pa_status st = PA_OK;
    for (size_t i = 0; i < s->n && st == PA_OK; i++) {
        const pa_stretch *p = s->part + i;
        file[i] = in->file[p->source];
        bool second = i > 0 && p->source == s->part[i - 1].source;
        if (second && p->text) st = name_stretch(p, in->file + p->source, look, &file[i].name, err);
    }
    if (st != PA_OK) {
        pa_free(file);
        return st;
    }
    pa_free(in->file);
    in->file = file;
    in->n = s->n;
    return PA_OK;
}

/* ---- rows ---- */

static pa_status parse_stretch(pa_ingest_work *w, pa_stretch *p, int32_t file, pa_log *log,
                               pa_error *err)
{
    pa_csv_intake *parser = &w->parser;
    pa_csv_set_layout(parser, &w->inputs.file[file].layout);
    parser->file = file;
    parser->at = p->at + (int64_t)p->begin;
    parser->line = p->line;
    parser->state = PA_CSV_RECORD;
    parser->lost = false;
    parser->by_reason = (pa_reject_counts){.within = 0};
    parser->amounts = (pa_amount_tally){0};
    parser->lone = parser->rounded = (pa_csv_example){0};
    if (p->text) {
        size_t n = p->n - p->begin;
        return pa_csv_parse(parser, p->text + p->begin, n, n, p->last, &p->used, err);
    }
    const pa_progress progress = {log, 0, p->piece.end - p->piece.begin, p->piece.end};
    return pa_ingest_h5_parse(&w->inputs, &p->piece, w->read, progress, parser, err);
}

static pa_status parse(pa_ingest_work *w, pa_stretches *s, pa_log *log, pa_error *err)
{
    pa_csv_intake *parser = &w->parser;
    for (size_t i = 0; i < s->n; i++) {
        pa_stretch *p = s->part + i;
        int64_t before = (int64_t)parser->rows.n;
        PA_TRY(parse_stretch(w, p, (int32_t)i, log, err));
        w->rows[i] = (int64_t)parser->rows.n - before;
        w->rejected[i] = parser->by_reason;
        w->amounts[i] = (pa_file_amounts){parser->amounts, parser->lone, parser->rounded};
        p->n_rows = w->rows[i] + pa_rejects_in_all(&w->rejected[i]);
    }
    return PA_OK;
}

/* ---- amounts ---- */

void pa_look_add_amounts(pa_amount_tally *to, const pa_amount_tally *t)
{
    for (int k = 0; k < 2; k++) {
        to->decimal[k] += t->decimal[k];
        to->lone[k] += t->lone[k];
    }
    to->even += t->even;
    to->n += t->n;
}

/* Whether a file may have rows that tell what these do not. */
static pa_status leave_open(const pa_ingest_work *w, size_t i, const pa_csv_example *e,
                            pa_look *look, pa_error *err)
{
    PA_TRY(pa_buffer_printf(
        &look->notes, err,
        "amount '%s' (%s:%lld): is its %s the decimal mark, or does it part thousands? No row that "
        "was looked at tells; if no row of the file does, the audit stops: set input.decimal",
        e->text, w->inputs.file[i].name, (long long)e->line,
        memchr(e->text, '.', strlen(e->text)) ? "point" : "comma"));
    return pa_buffer_add(&look->notes, "", 1, err);
}

/* Both ends of a file tell of both. */
static pa_status join_amounts(pa_ingest_work *w, const pa_stretches *s, pa_look *look,
                              pa_error *err)
{
    for (size_t i = 0, next; i < s->n; i = next) {
        pa_amount_tally all = {0};
        const pa_csv_example *lone = NULL;
        size_t at = i;
        for (next = i; next < s->n && s->part[next].source == s->part[i].source; next++) {
            pa_look_add_amounts(&all, &w->amounts[next].tally);
            if (!lone && w->amounts[next].lone.line > 0) lone = &w->amounts[at = next].lone;
        }
        char mark;
        pa_amount_form *form = &w->inputs.file[i].layout.amount_form;
        bool open = w->inputs.file[i].kind != PA_INPUT_H5 && !form->decimal && lone &&
                    pa_amount_decimal(&all, &mark) == PA_AMOUNT_AMBIGUOUS &&
                    !pa_amount_likely_decimal(&all, form->decimals) &&
                    !look->file[s->part[i].source].whole;
        if (open) PA_TRY(leave_open(w, at, lone, look, err));
        for (size_t k = i; k < next; k++) {
            int64_t rounded = w->amounts[k].tally.rounded;
            w->amounts[k].tally = all;
            w->amounts[k].tally.rounded = rounded;
            if (open) w->inputs.file[k].layout.amount_form.decimal = all.lone[0] > 0 ? '.' : ',';
        }
    }
    return PA_OK;
}

/* What is told of a file is told once. */
static void tell_once(pa_ingest_work *w, const pa_stretches *s)
{
    for (size_t i = 1; i < s->n; i++) {
        if (s->part[i].source == s->part[i - 1].source) w->inputs.file[i].lone_marks = false;
    }
}

static pa_status read_rows(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest_work *w,
                           pa_stretches *s, pa_look *look, pa_error *err)
{
    bool again;
    PA_TRY(parse(w, s, log, err));
    PA_TRY(join_amounts(w, s, look, err));
    PA_TRY(pa_ingest_settle_amounts(comm, &w->inputs, w->amounts, &again, err));
    tell_once(w, s);
    if (!again) return PA_OK;
    PA_TRY(pa_ingest_begin_again(config, w, err));
    return parse(w, s, log, err);
}

/* ---- how many rows there are ---- */

static double rows_of(const pa_input *f, const pa_look_file *l, const pa_stretch part[], size_t n)
{
    double bytes = 0, rows = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += (double)part[i].used;
        rows += (double)part[i].n_rows;
    }
    if (f->kind == PA_INPUT_H5) return (double)f->rows;
    if (l->whole || bytes == 0) return rows;
    double text = l->rows > 0 ? l->rows : (double)(f->size - f->layout.length);
    double all = text * rows / bytes;
    return all > rows ? all : rows;
}

static void count_files(const pa_ingest_work *w, const pa_stretches *s, pa_look *look)
{
    look->whole = look->ends = true;
    for (size_t i = 0, n; i < s->n; i += n) {
        pa_look_file *l = look->file + s->part[i].source;
        n = 1;
        while (i + n < s->n && s->part[i + n].source == s->part[i].source) n++;
        l->n_first = s->part[i].n_rows;
        l->n_last = n > 1 ? s->part[i + 1].n_rows : 0;
        l->rows = rows_of(w->inputs.file + i, l, s->part + i, n);
        look->rows += l->rows;
        look->whole &= l->whole;
        look->ends &= l->ends;
    }
}

/* Rows lie in the order of the stretches. */
static void find_times(const pa_ingest_work *w, const pa_stretches *s, pa_look *look)
{
    const int64_t *time = w->parser.rows.time;
    for (size_t i = 0; i < s->n; i++) {
        pa_look_file *l = look->file + s->part[i].source;
        for (int64_t k = 0; k < w->rows[i]; k++, time++, l->n_kept++) {
            if (l->n_kept == 0 || *time < l->earliest) l->earliest = *time;
            if (l->n_kept == 0 || *time > l->latest) l->latest = *time;
        }
    }
}

/* ---- all of it ---- */

static pa_status open_files(const pa_inputs *in, pa_look *look, pa_error *err)
{
    PA_TRY(PA_NEW(look->file, in->n, err));
    look->n_files = in->n;
    for (size_t i = 0; i < in->n; i++) {
        look->file[i].size = in->file[i].size;
        PA_TRY(pa_strings_keep(&look->names, in->file[i].name, strlen(in->file[i].name),
                               &look->file[i].name, err));
    }
    return PA_OK;
}

/* A stretch that ends in a record which is longer says nothing of the file. */
static pa_status check_rows(const pa_look *look, pa_error *err)
{
    for (size_t i = 0; i < look->n_files; i++) {
        const pa_look_file *l = look->file + i;
        if (l->whole || l->n_first > 0) continue;
        return pa_fail(err, PA_E_DATA,
                       "%s: no row ends in the bytes that were looked at (--bytes): take more",
                       l->name);
    }
    return PA_OK;
}

static pa_status look_at(pa_comm *comm, const pa_config *config, pa_log *log, size_t bytes,
                         pa_ingest_work *w, pa_stretches *s, pa_look *look, pa_ingest *g,
                         pa_error *err)
{
    PA_TRY(pa_ingest_open(comm, config, log, w, err));
    PA_TRY(open_files(&w->inputs, look, err));
    PA_TRY(pa_look_read(&w->inputs, bytes, look, s, err));
    PA_TRY(pa_look_columns(config, &w->inputs, s, look, err));
    PA_TRY(spread_files(s, look, &w->inputs, err));
    PA_TRY(pa_ingest_begin(comm, config, w, err));
    pa_status st = read_rows(comm, config, log, w, s, look, err);
    count_files(w, s, look);
    if (st == PA_OK) st = check_rows(look, err);
    PA_TRY(pa_look_files(&w->inputs, s, look, err));
    PA_TRY(st);
    w->part = look->whole ? NULL : "that were looked at";
    st = pa_ingest_sift(comm, w, g, err);
    find_times(w, s, look);
    PA_TRY(pa_look_rows(w, look, err));
    PA_TRY(pa_look_rejects(w, look, err));
    PA_TRY(st);
    PA_TRY(PA_NEW(w->file_digest, w->inputs.n, err));
    return pa_ingest_finish(comm, config, log, NULL, NULL, w, g, err);
}

pa_status pa_ingest_look(pa_comm *comm, const pa_config *config, pa_log *log, size_t bytes,
                         pa_look *look, pa_ingest *g, pa_error *err)
{
    pa_ingest_work w = {0};
    pa_stretches s = {0};
    *look = (pa_look){0};
    pa_ingest_init(g);
    pa_status st = look_at(comm, config, log, bytes, &w, &s, look, g, err);
    pa_ingest_free_work(&w);
    pa_stretches_free(&s);
    if (st != PA_OK) pa_ingest_free(g);
    return st;
}
