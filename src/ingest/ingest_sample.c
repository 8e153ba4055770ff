#include "paraudit/ingest/sample.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ingest_look.h"
#include "paraudit/base/array.h"
#include "paraudit/base/stop.h"
#include "paraudit/files/input.h"
#include "paraudit/ingest/tally.h"
#include "paraudit/table/partition.h"

/* So many places, that each week of some years of rows in order of time has one; HEAD: bytes of a
 * place in which its first record is looked for. */
enum { PLACES = 1024, MOST_PLACE = 4 << 20, LEAST_PLACE = 16 << 10, HEAD = 64 << 10 };
/* Rows that are read before those of accounts that are not drawn are taken out. */
enum { THIN_ROWS = 100000 };
/* Accounts are drawn in so many parts. */
enum { PARTS = 1 << 20 };

typedef struct {
    pa_ingest_work w;
    const pa_sample_wish *wish;
    pa_sample *sample;
    pa_text_window text;
    pa_tally accounts, merchants;
    size_t thinned;    /* rows that have been, and stay */
    double all_bytes;  /* of all files */
    double read, left; /* bytes of the file at hand: rows that were parsed have; all */
    bool names;        /* of accounts, and not of rows */
} sampler;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- what is kept ---- */

/* kept: by code of an account. */
static void draw_accounts(const pa_intern *accounts, double share, int8_t kept[])
{
    int32_t limit = (int32_t)(share * PARTS + 0.5);
    for (size_t i = 0; i < accounts->n; i++) {
        size_t from = accounts->start[i];
        kept[i] = pa_shard_of(accounts->bytes + from, accounts->start[i + 1] - from, PARTS) < limit;
    }
}

/* Takes out rows of the file that have come since the last time, whose accounts are not drawn. */
static pa_status thin(sampler *s, int32_t file, pa_error *err)
{
    pa_csv_intake *p = &s->w.parser;
    int8_t *kept = NULL, *gone = NULL;
    size_t n_gone = 0;
    pa_status st;
    PA_GOTO(PA_NEW(kept, p->accounts.n, err));
    PA_GOTO(PA_NEW(gone, p->rows.n, err));
    draw_accounts(&p->accounts, s->wish->account_share, kept);
    for (size_t i = s->thinned; i < p->rows.n; i++) {
        gone[i] = !kept[p->rows.account[i]];
        n_gone += (size_t)gone[i];
    }
    PA_GOTO(pa_ingest_drop(p, gone, n_gone, err));
    s->w.rows[file] -= (int64_t)n_gone;
    s->thinned = p->rows.n;
out:
    pa_free(kept);
    pa_free(gone);
    return st;
}

static pa_status tally(sampler *s, size_t from, pa_error *err)
{
    const pa_csv_intake *p = &s->w.parser;
    size_t n = p->rows.n - from;
    if (s->names) PA_TRY(pa_tally_add(&s->accounts, &p->accounts, n, p->rows.account + from, err));
    return pa_tally_add(&s->merchants, &p->merchants, n, p->rows.merchant + from, err);
}

/* ---- places ---- */

static void begin_place(sampler *s, int32_t file, const pa_text_start *start)
{
    pa_csv_intake *p = &s->w.parser;
    pa_csv_set_layout(p, &s->w.inputs.file[file].layout);
    p->file = file;
    p->at = start->begin;
    p->line = start->line;
    p->state = start->state;
    p->lost = false;
    p->by_reason = (pa_reject_counts){.within = 0};
    p->amounts = (pa_amount_tally){0};
    p->lone = p->rounded = (pa_csv_example){0};
}

static void count_place(sampler *s, int32_t file, size_t before)
{
    pa_csv_intake *p = &s->w.parser;
    pa_file_amounts *a = s->w.amounts + file;
    s->w.rows[file] += (int64_t)(p->rows.n - before);
    for (int k = 0; k < PA_REJECT_N; k++) s->w.rejected[file].n[k] += p->by_reason.n[k];
    s->w.rejected[file].within += p->by_reason.within;
    s->sample->n_read += (int64_t)(p->rows.n - before) + pa_rejects_in_all(&p->by_reason);
    pa_look_add_amounts(&a->tally, &p->amounts);
    a->tally.rounded += p->amounts.rounded;
    if (a->lone.line == 0) a->lone = p->lone;
    if (a->rounded.line == 0) a->rounded = p->rounded;
}

/* As the second pass of an ingest reads a piece. end: of what is packed, in its bytes as they lie
 * on the disk. */
static pa_status parse_text(sampler *s, int32_t file, const pa_text_start *start, int64_t end,
                            pa_error *err)
{
    const pa_text_file f = pa_input_text(&s->w.inputs, file);
    bool packed = pa_text_is_stream(&f);
    int64_t last = packed ? INT64_MAX : end;
    pa_csv_intake *p = &s->w.parser;
    pa_text_window *w = &s->text;
    pa_status st = pa_window_open(w, &f, start->begin, err);
    for (bool more = true; st == PA_OK && more;) {
        size_t used;
        PA_GOTO(pa_stop_poll(err));
        PA_GOTO(pa_window_read(w, last, err));
        PA_GOTO(pa_csv_parse(p, w->buffer, w->n, pa_window_own(w, last), w->ended, &used, err));
        pa_window_drop(w, used);
        more = ((packed ? pa_window_done(w) : w->at) < end || p->lost) && !w->ended;
    }
    s->read += packed ? (double)pa_window_done(w) : (double)(w->at - start->begin);
    if (packed && !w->ended) s->sample->beginnings = true;
out:
    pa_window_close(w);
    return st;
}

static pa_status read_place(sampler *s, int32_t file, const pa_text_start *start, int64_t end,
                            pa_error *err)
{
    size_t before = s->w.parser.rows.n;
    double began = cpu_seconds();
    begin_place(s, file, start);
    if (s->w.inputs.file[file].kind == PA_INPUT_H5) {
        const pa_piece piece = {.file = file, .begin = start->begin, .end = end};
        const pa_progress progress = {NULL, 0, end - start->begin, end};
        s->read += (double)(end - start->begin);
        PA_TRY(pa_ingest_h5_parse(&s->w.inputs, &piece, s->w.read, progress, &s->w.parser, err));
    } else
        PA_TRY(parse_text(s, file, start, end, err));
    s->sample->parse_seconds += cpu_seconds() - began;
    count_place(s, file, before);
    PA_TRY(tally(s, before, err));
    return s->w.parser.rows.n - s->thinned < THIN_ROWS ? PA_OK : thin(s, file, err);
}

/* Where the first good record begins at or behind byte `at`; *found is false where none does.
 * Lines are counted on from the bytes before, so that no two rows have the same one. */
static pa_status find_start(sampler *s, int32_t file, int64_t at, pa_text_start *start, bool *found,
                            pa_error *err)
{
    const pa_input *f = s->w.inputs.file + file;
    pa_stretch p = {.source = file, .at = at};
    int64_t n = f->size - at < HEAD ? f->size - at : HEAD;
    int fd = -1;
    PA_TRY(pa_open_input(f->path, file + 1, &fd, err));
    pa_status st = pa_look_read_new(&s->w.inputs, file, fd, at, (size_t)n, &p.text, &p.n, err);
    close(fd);
    PA_TRY(st);
    st = pa_look_find_start(&f->layout, &p, err);
    if (st == PA_OK) {
        size_t signs = p.begin;
        if (f->by_table) {
            signs = 0;
            for (size_t i = 0; i < p.begin; i++) signs += ((unsigned char)p.text[i] & 0xc0) != 0x80;
        }
        *found = p.begin < p.n;
        *start = (pa_text_start){at + (int64_t)signs, at + p.line, PA_CSV_RECORD};
    }
    pa_free(p.text);
    return st;
}

/* ---- files ---- */

static pa_text_start first_row(const pa_input *f)
{
    if (f->kind == PA_INPUT_H5) return (pa_text_start){0, 1, PA_CSV_RECORD};
    return (pa_text_start){f->layout.length, 1 + f->layout.newlines, PA_CSV_RECORD};
}

static pa_status read_at_places(sampler *s, int32_t file, int64_t bytes, pa_error *err)
{
    const pa_input *f = s->w.inputs.file + file;
    pa_text_start start = first_row(f);
    int64_t first = start.begin, length = bytes / PLACES;
    if (length > MOST_PLACE) length = MOST_PLACE;
    if (length < LEAST_PLACE) length = LEAST_PLACE;
    int64_t n = bytes / length, last = f->size - length;
    if (n < 2) n = 2;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = first + (int64_t)((double)(last - first) * (double)i / (double)(n - 1));
        bool found = true;
        start.begin = at;
        if (i > 0 && f->kind != PA_INPUT_H5) PA_TRY(find_start(s, file, at, &start, &found, err));
        if (found && start.begin < at + length)
            PA_TRY(read_place(s, file, &start, at + length, err));
    }
    return PA_OK;
}

static double rows_of(const sampler *s, int32_t file, double n_read)
{
    const pa_input *f = s->w.inputs.file + file;
    if (f->kind == PA_INPUT_H5) return (double)f->rows;
    return s->read > 0 && s->read < s->left ? n_read * s->left / s->read : n_read;
}

static pa_status read_file(sampler *s, int32_t file, pa_error *err)
{
    const pa_input *f = s->w.inputs.file + file;
    const pa_text_start start = first_row(f);
    double share = (double)s->wish->bytes / s->all_bytes;
    int64_t bytes = (int64_t)(share * (double)f->size), n_read = s->sample->n_read;
    bool cut = f->kind == PA_INPUT_H5 || pa_input_is_cut(f);
    if (bytes < 2 * LEAST_PLACE) bytes = 2 * LEAST_PLACE;
    s->read = 0;
    s->left = (double)(pa_input_is_cut(f) ? f->size - start.begin : f->size);
    if (cut && bytes < f->size - start.begin) {
        s->sample->whole = false;
        PA_TRY(read_at_places(s, file, bytes, err));
    } else
        PA_TRY(read_place(s, file, &start, cut ? f->size : bytes, err));
    PA_TRY(thin(s, file, err));
    if (s->sample->beginnings) s->sample->whole = false;
    s->sample->rows += rows_of(s, file, (double)(s->sample->n_read - n_read));
    return PA_OK;
}

static pa_status read_files(sampler *s, pa_error *err)
{
    *s->sample = (pa_sample){.whole = true};
    s->thinned = 0;
    pa_tally_free(&s->accounts);
    pa_tally_free(&s->merchants);
    for (size_t i = 0; i < s->w.inputs.n; i++) PA_TRY(read_file(s, (int32_t)i, err));
    return PA_OK;
}

/* ---- all of it ---- */

static void sum_up(const pa_sample *all, const pa_tally *t, pa_sample_names *names)
{
    pa_tally_sum s = pa_tally_of(t, (double)all->n_read, all->rows);
    *names = (pa_sample_names){.all = s.all, .largest = s.largest};
    /* One beginning does not tell how rows stand: the largest may go on as it began. */
    if (all->beginnings)
        names->largest = pa_tally_of(t, (double)all->n_read, (double)all->n_read).largest;
    if (s.largest_code < 0) return;
    size_t from = t->names.start[s.largest_code], end = t->names.start[s.largest_code + 1];
    size_t n = end - from < sizeof names->name ? end - from : sizeof names->name - 1;
    memcpy(names->name, t->names.bytes + from, n);
}

static bool rows_name_accounts(const pa_inputs *in)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->file[i].kind == PA_INPUT_H5 || in->file[i].layout.n_account > 0) return true;
    return false;
}

static pa_status read_rows(pa_comm *comm, const pa_config *config, sampler *s, pa_error *err)
{
    bool again;
    PA_TRY(read_files(s, err));
    PA_TRY(pa_ingest_settle_amounts(comm, &s->w.inputs, s->w.amounts, &again, err));
    if (again) {
        PA_TRY(pa_ingest_begin_again(config, &s->w, err));
        PA_TRY(read_files(s, err));
    }
    sum_up(s->sample, &s->accounts, &s->sample->accounts);
    sum_up(s->sample, &s->merchants, &s->sample->merchants);
    if (!s->names) s->sample->accounts.all = s->sample->rows;
    return PA_OK;
}

static pa_status sample_all(pa_comm *comm, const pa_config *config, sampler *s, pa_ingest *g,
                            pa_error *err)
{
    pa_ingest_work *w = &s->w;
    PA_TRY(pa_ingest_open(comm, config, NULL, w, err));
    PA_TRY(pa_ingest_begin(comm, config, w, err));
    s->names = rows_name_accounts(&w->inputs);
    s->text.read = w->read;
    for (size_t i = 0; i < w->inputs.n; i++) s->all_bytes += (double)w->inputs.file[i].size;
    PA_TRY(read_rows(comm, config, s, err));
    w->part = "that were read of it";
    double began = cpu_seconds();
    PA_TRY(pa_ingest_sift(comm, w, g, err));
    s->sample->n_kept = (int64_t)w->parser.rows.n;
    PA_TRY(PA_NEW(w->file_digest, w->inputs.n, err));
    pa_status st = pa_ingest_finish(comm, config, NULL, NULL, NULL, w, g, err);
    s->sample->rows_seconds = cpu_seconds() - began;
    return st;
}

pa_status pa_ingest_sample(pa_comm *comm, const pa_config *config, const pa_sample_wish *wish,
                           pa_sample *sample, pa_ingest *g, pa_error *err)
{
    sampler s = {.wish = wish, .sample = sample};
    pa_ingest_init(g);
    pa_status st = sample_all(comm, config, &s, g, err);
    pa_window_free(&s.text);
    pa_tally_free(&s.accounts);
    pa_tally_free(&s.merchants);
    pa_ingest_free_work(&s.w);
    if (st != PA_OK) pa_ingest_free(g);
    return st;
}
