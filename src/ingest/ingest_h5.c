/* HDF5 files of our own layout as inputs: a result of an earlier audit, or a
 * file that somebody wrote with the same tables.
 *
 *     transactions/   tx account merchant time amount_minor label, and as far as
 *                     they are there tx_id category channel currency country
 *                     home_lat home_lon merchant_lat merchant_lon label_time input_*
 *     accounts/id merchants/id categories/category categories/channel ...
 *
 * Each rank reads for itself, through the plain POSIX driver: a damaged file then
 * leaves nobody waiting. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "ingest_h5_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/exact.h"

static pa_status describe_columns(const pa_h5_source *s, pa_csv_columns *has, pa_buffer *numeric,
                                  pa_error *err)
{
    static const char prefix[] = "transactions/input_";
    *has = (pa_csv_columns){.text_ids = s->text_id.id != 0,
                            .label_time = s->whole[PA_H5_LABEL_TIME].id != 0,
                            .n_numeric = (int32_t)s->n_numeric};
    for (int i = 0; i < PA_CSV_N_CODED; i++) has->coded[i] = s->whole[PA_H5_CODED + i].id != 0;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) has->place[i] = s->place[i].id != 0;
    for (size_t i = 0; i < s->n_numeric; i++) {
        const char *name = s->numeric[i].path + sizeof prefix - 1;
        PA_TRY(pa_buffer_add(numeric, name, strlen(name) + 1, err));
    }
    return PA_OK;
}

pa_status pa_ingest_h5_inspect(pa_inputs *in, int32_t file, pa_csv_columns *has, pa_buffer *numeric,
                               pa_error *err)
{
    pa_h5_source s;
    pa_status st = pa_h5_open_source(in, file, &s, err);
    in->file[file].layout = (pa_csv_layout){0};
    in->file[file].rows = s.whole[PA_H5_TX].rows;
    if (st == PA_OK) st = pa_h5_check_unit(&s, in->decimals, err);
    if (st == PA_OK) st = describe_columns(&s, has, numeric, err);
    has->decimals = in->decimals;
    pa_h5_close_source(&s);
    return st;
}

static pa_csv_field name_of(const pa_h5_source *s, const pa_h5_slice *c, int dictionary, size_t i)
{
    const pa_h5_names *r = &c->dictionary[dictionary];
    if (!r->of_row || r->of_row[i] < 0) return (pa_csv_field){"", 0};
    return pa_h5_text_at(r->names, s->dictionary[dictionary].width, (size_t)r->of_row[i]);
}

/* What is wrong with a row, and the value that is. text: room for a number. */
typedef struct {
    pa_reject_reason reason;
    pa_csv_field value;
    size_t which; /* of the coded columns, places or numbers */
    char text[32];
} fault;

static bool say(fault *f, pa_reject_reason reason, pa_csv_field value)
{
    f->reason = reason;
    f->value = value;
    return true;
}

static bool say_number(fault *f, pa_reject_reason reason, int64_t number)
{
    int n = snprintf(f->text, sizeof f->text, "%lld", (long long)number);
    return say(f, reason, (pa_csv_field){f->text, (size_t)n});
}

static bool say_real(fault *f, pa_reject_reason reason, double number)
{
    int n = snprintf(f->text, sizeof f->text, "%.9g", number);
    return say(f, reason, (pa_csv_field){f->text, (size_t)n});
}

static bool bad_time(int64_t t)
{
    return t < PA_TIME_MIN || t > PA_TIME_MAX;
}

/* The same checks as for the fields of a record, in the same order. */
static bool bad_input(const pa_h5_source *s, const pa_h5_slice *c, size_t i, fault *f)
{
    if (c->text_id) {
        pa_csv_field id = pa_h5_text_at(c->text_id, s->text_id.width, i);
        pa_reject_reason reason = pa_csv_check_name(id, PA_REJECT_EMPTY_TX);
        if (reason != PA_REJECT_N) return say(f, reason, id);
    }
    pa_csv_field account = name_of(s, c, PA_H5_ACCOUNTS, i),
                 merchant = name_of(s, c, PA_H5_MERCHANTS, i);
    pa_reject_reason reason = pa_csv_check_name(account, PA_REJECT_NO_ACCOUNT);
    if (reason != PA_REJECT_N) return say(f, reason, account);
    reason = pa_csv_check_name(merchant, PA_REJECT_NO_MERCHANT);
    if (reason != PA_REJECT_N) return say(f, reason, merchant);
    if (bad_time(c->whole[PA_H5_TIME][i]))
        return say_number(f, PA_REJECT_TIME, c->whole[PA_H5_TIME][i]);
    int64_t minor = c->whole[PA_H5_AMOUNT][i], label = c->whole[PA_H5_LABEL][i];
    if (minor < -PA_CSV_AMOUNT_MOST || minor > PA_CSV_AMOUNT_MOST) {
        return say_number(f, PA_REJECT_AMOUNT_RANGE, minor);
    }
    if (label < -1 || label > 1) return say_number(f, PA_REJECT_LABEL, label);
    if (!c->whole[PA_H5_LABEL_TIME]) return false;
    int64_t known = c->whole[PA_H5_LABEL_TIME][i];
    return known != INT64_MIN && bad_time(known) && say_number(f, PA_REJECT_LABEL_TIME, known);
}

static bool bad_extra(const pa_h5_source *s, const pa_h5_slice *c, size_t i, fault *f)
{
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        f->which = (size_t)k;
        pa_csv_field name = name_of(s, c, PA_H5_CATEGORIES + k, i);
        pa_reject_reason reason = pa_csv_check_name(name, PA_REJECT_NO_ACCOUNT);
        bool given = c->dictionary[PA_H5_CATEGORIES + k].of_row && name.length > 0;
        if (given && reason != PA_REJECT_N) return say(f, PA_REJECT_CODED, name);
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        f->which = (size_t)k;
        bool latitude = k == PA_CSV_HOME_LAT || k == PA_CSV_MERCHANT_LAT;
        double v = c->place[k] ? c->place[k][i] : 0;
        if (fabs(v) > (latitude ? 90 : 180)) return say_real(f, PA_REJECT_PLACE, v);
    }
    for (size_t k = 0; k < s->n_numeric; k++) {
        double v = c->numeric[k][i];
        f->which = k;
        if (fabs(v) > (double)FLT_MAX) return say_real(f, PA_REJECT_NUMERIC, v);
    }
    return false;
}

static pa_status intern(const pa_h5_source *s, pa_h5_slice *c, int dictionary, size_t i,
                        pa_intern *table, int32_t *code, pa_error *err)
{
    pa_h5_names *r = &c->dictionary[dictionary];
    pa_csv_field name = name_of(s, c, dictionary, i);
    *code = -1;
    if (name.length == 0) return PA_OK;
    int32_t *known = &r->interned[r->of_row[i]];
    if (*known < 0) PA_TRY(pa_intern_add(table, name.text, name.length, known, err));
    *code = *known;
    return PA_OK;
}

static pa_status add_extra(const pa_h5_source *s, pa_h5_slice *c, size_t i, pa_csv_intake *p,
                           pa_error *err)
{
    pa_csv_batch *b = &p->rows;
    size_t row = b->n;
    if (b->has.text_ids) {
        pa_csv_field id = pa_h5_text_at(c->text_id, s->text_id.width, i);
        PA_TRY(pa_buffer_add(&b->id_bytes, id.text, id.length, err));
        b->id_length[row] = (uint8_t)id.length;
        b->tx[row] = (int64_t)(XXH3_64bits(id.text, id.length) & INT64_MAX);
    }
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        if (!b->has.coded[k]) continue;
        PA_TRY(intern(s, c, PA_H5_CATEGORIES + k, i, &p->coded[k], &b->coded[k][row], err));
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        if (b->has.place[k]) b->place[k][row] = c->place[k][i];
    }
    for (int32_t k = 0; k < b->has.n_numeric; k++) {
        double v = c->numeric[k][i];
        b->numeric[k][row] = isnan(v) ? NAN : (float)v; /* one NaN for all */
    }
    if (b->has.label_time) b->label_time[row] = c->whole[PA_H5_LABEL_TIME][i];
    b->line[row] = c->first + (int64_t)i + 1;
    return PA_OK;
}

static pa_status add_row(const pa_h5_source *s, pa_h5_slice *c, size_t i, pa_csv_intake *p,
                         pa_error *err)
{
    fault f = {0};
    if (bad_input(s, c, i, &f) || bad_extra(s, c, i, &f)) {
        pa_csv_fault found = {f.reason, f.value, f.which};
        return pa_csv_reject_row(p, c->first + (int64_t)i + 1, &found, err);
    }
    pa_csv_batch *b = &p->rows;
    size_t row = b->n;
    PA_TRY(intern(s, c, PA_H5_ACCOUNTS, i, &p->accounts, &b->account[row], err));
    PA_TRY(intern(s, c, PA_H5_MERCHANTS, i, &p->merchants, &b->merchant[row], err));
    b->tx[row] = c->whole[PA_H5_TX][i];
    PA_TRY(add_extra(s, c, i, p, err));
    b->time[row] = c->whole[PA_H5_TIME][i];
    b->amount_minor[row] = c->whole[PA_H5_AMOUNT][i];
    b->label[row] = (int8_t)c->whole[PA_H5_LABEL][i];
    b->n++;
    return PA_OK;
}

/* The row that begins at a byte of the file, were its rows spread evenly. */
static int64_t row_at(const pa_input *f, int64_t byte)
{
    return (int64_t)((pa_i128)f->rows * byte / f->size);
}

/* What a row takes in a slice, its names among it. */
static size_t row_bytes(const pa_h5_source *s)
{
    size_t bytes = s->text_id.width + s->n_numeric * sizeof(double);
    for (int i = 0; i < PA_H5_N_WHOLE; i++) bytes += s->whole[i].id ? sizeof(int64_t) : 0;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) bytes += s->place[i].id ? sizeof(double) : 0;
    for (int i = 0; i < PA_H5_N_DICTIONARIES; i++) bytes += s->dictionary[i].width;
    return bytes;
}

/* Rows of one slice: about `read` bytes of them. */
static size_t rows_at_once(const pa_h5_source *s, size_t read, int64_t rows)
{
    size_t room = read / row_bytes(s);
    if (room == 0) room = 1;
    return (int64_t)room < rows ? room : (size_t)rows;
}

static pa_status parse_rows(const pa_h5_source *s, int64_t first, int64_t end, size_t read,
                            pa_progress progress, pa_csv_intake *p, pa_error *err)
{
    pa_h5_slice c = {0};
    int64_t begin = first, bytes = progress.end - progress.done;
    size_t room = rows_at_once(s, read, end - first);
    pa_status st = pa_csv_reserve(&p->rows, p->rows.n + (size_t)(end - first), err);
    if (st == PA_OK) st = pa_h5_new_slice(s, room, &c, err);
    while (first < end && st == PA_OK) {
        size_t n = end - first < (int64_t)room ? (size_t)(end - first) : room;
        st = pa_h5_read_slice(s, first, n, read, &c, err);
        for (size_t i = 0; i < n && st == PA_OK; i++) st = add_row(s, &c, i, p, err);
        first += (int64_t)n;
        pa_log_progress(progress.log, "ingest: parse",
                        progress.done + (int64_t)((pa_i128)bytes * (first - begin) / (end - begin)),
                        progress.total);
    }
    pa_h5_free_slice(s, &c);
    return st;
}

pa_status pa_ingest_h5_parse(const pa_inputs *in, const pa_piece *piece, size_t read,
                             pa_progress progress, pa_csv_intake *p, pa_error *err)
{
    const pa_input *f = &in->file[piece->file];
    pa_h5_source s;
    pa_status st = pa_h5_open_source(in, piece->file, &s, err);
    if (st == PA_OK && s.whole[PA_H5_TX].rows != f->rows) {
        st = pa_fail_at(err, PA_E_IO, s.ordinal, 0, "%s: changed while it was read", f->name);
    }
    if (st == PA_OK) {
        st = parse_rows(&s, row_at(f, piece->begin), row_at(f, piece->end), read, progress, p, err);
    }
    pa_h5_close_source(&s);
    return st;
}
