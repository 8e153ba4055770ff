/* HDF5 files of our own layout as inputs: a result of an earlier audit, or a
 * file that somebody wrote with the same tables.
 *
 *     transactions/   tx account merchant time amount_minor label, and as far as
 *                     they are there tx_id category channel currency country kind
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
#include "paraudit/base/stop.h"

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

enum { CUT_ID, CUT_ACCOUNT, CUT_MERCHANT, CUT_CODED, N_CUT = CUT_CODED + PA_CSV_N_CODED };

/* The names of a row as they are kept, and what is wrong with it. */
typedef struct {
    pa_csv_field id, account, merchant, coded[PA_CSV_N_CODED];
    pa_csv_remarks remarks;
    bool is_own; /* the account is called by the id */
    int8_t label;
    pa_reject_reason reason;
    pa_csv_field value; /* what the reason is about */
    size_t which;       /* of the coded columns, places or numbers */
    char text[32];      /* a number */
    char own[PA_CSV_NAME_BYTES], cut[N_CUT][PA_CSV_NAME_BYTES];
} found_row;

static bool say(found_row *f, pa_reject_reason reason, pa_csv_field value)
{
    f->reason = reason;
    f->value = value;
    return true;
}

static pa_csv_field in_digits(found_row *f, int64_t number)
{
    int n = snprintf(f->text, sizeof f->text, "%lld", (long long)number);
    return (pa_csv_field){f->text, (size_t)n};
}

static bool say_number(found_row *f, pa_reject_reason reason, int64_t number)
{
    return say(f, reason, in_digits(f, number));
}

static bool say_real(found_row *f, pa_reject_reason reason, double number)
{
    int n = snprintf(f->text, sizeof f->text, "%.9g", number);
    return say(f, reason, (pa_csv_field){f->text, (size_t)n});
}

static bool bad_time(int64_t t)
{
    return t < PA_TIME_MIN || t > PA_TIME_MAX;
}

/* Words for nothing are a matter of text files. */
static pa_csv_name_kind clean(found_row *f, pa_csv_field *name, int cut, const char *what)
{
    pa_csv_field whole = *name;
    pa_csv_name_kind kind = pa_csv_clean_name(NULL, name, f->cut[cut]);
    if (kind == PA_CSV_NAME_CUT) pa_csv_remark_long(&f->remarks, what, whole);
    return kind;
}

static bool bad_id(const pa_h5_source *s, const pa_h5_slice *c, size_t i, found_row *f)
{
    if (!c->text_id) return false;
    f->id = pa_h5_text_at(c->text_id, s->text_id.width, i);
    pa_csv_name_kind kind = clean(f, &f->id, CUT_ID, "transaction id");
    if (kind == PA_CSV_NAME_EMPTY) return say(f, PA_REJECT_EMPTY_TX, f->id);
    return kind == PA_CSV_NAME_NO_TEXT && say(f, PA_REJECT_TX_TEXT, f->id);
}

static bool bad_account(const pa_h5_source *s, const pa_h5_slice *c, size_t i,
                        const pa_csv_intake *p, found_row *f)
{
    f->account = name_of(s, c, PA_H5_ACCOUNTS, i);
    pa_csv_name_kind kind = clean(f, &f->account, CUT_ACCOUNT, "account");
    f->is_own = kind == PA_CSV_NAME_EMPTY && p->own_accounts;
    if (f->is_own) {
        f->account =
            pa_csv_own_account(c->text_id ? f->id : in_digits(f, c->whole[PA_H5_TX][i]), f->own);
        f->remarks.what |= PA_CSV_OWN_ACCOUNT;
        return false;
    }
    if (kind == PA_CSV_NAME_EMPTY) return say(f, PA_REJECT_NO_ACCOUNT, f->account);
    return kind == PA_CSV_NAME_NO_TEXT && say(f, PA_REJECT_ACCOUNT_TEXT, f->account);
}

static bool bad_merchant(const pa_h5_source *s, const pa_h5_slice *c, size_t i, found_row *f)
{
    f->merchant = name_of(s, c, PA_H5_MERCHANTS, i);
    pa_csv_name_kind kind = clean(f, &f->merchant, CUT_MERCHANT, "merchant");
    if (kind == PA_CSV_NAME_EMPTY) {
        f->merchant = pa_csv_no_merchant;
        f->remarks.what |= PA_CSV_NO_MERCHANT;
    }
    return kind == PA_CSV_NAME_NO_TEXT && say(f, PA_REJECT_MERCHANT_TEXT, f->merchant);
}

/* -1, 0 and 1 are what a result of ours has; what others mean may be configured. */
static void find_label(const pa_csv_intake *p, int64_t label, found_row *f)
{
    f->label = (int8_t)(label == 0 || label == 1 ? label : -1);
    if (label == 0 || label == 1) return;
    f->remarks.what |= PA_CSV_UNKNOWN_LABEL;
    if (label == -1) return;
    f->remarks.label = in_digits(f, label);
    int8_t read = pa_csv_read_label(&p->label_words, &p->missing, f->remarks.label.text,
                                    f->remarks.label.length);
    if (read == PA_CSV_LABEL_ODD) {
        f->remarks.what |= PA_CSV_ODD_LABEL;
    } else {
        f->label = read;
        if (read >= 0) f->remarks.what &= ~(unsigned)PA_CSV_UNKNOWN_LABEL;
    }
}

/* The same checks as for the fields of a record, in the same order. */
static bool bad_input(const pa_h5_source *s, const pa_h5_slice *c, size_t i, const pa_csv_intake *p,
                      found_row *f)
{
    if (bad_id(s, c, i, f) || bad_account(s, c, i, p, f) || bad_merchant(s, c, i, f)) return true;
    if (bad_time(c->whole[PA_H5_TIME][i]))
        return say_number(f, PA_REJECT_TIME, c->whole[PA_H5_TIME][i]);
    int64_t minor = c->whole[PA_H5_AMOUNT][i];
    if (minor < -PA_CSV_AMOUNT_MOST || minor > PA_CSV_AMOUNT_MOST) {
        return say_number(f, PA_REJECT_AMOUNT_RANGE, minor);
    }
    if (!c->whole[PA_H5_LABEL_TIME]) return false;
    int64_t known = c->whole[PA_H5_LABEL_TIME][i];
    return known != INT64_MIN && bad_time(known) && say_number(f, PA_REJECT_LABEL_TIME, known);
}

static bool bad_extra(const pa_h5_source *s, const pa_h5_slice *c, size_t i, found_row *f)
{
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        f->which = (size_t)k;
        f->coded[k] = name_of(s, c, PA_H5_CATEGORIES + k, i);
        pa_csv_name_kind kind = clean(f, &f->coded[k], CUT_CODED + k, pa_csv_coded_names[k]);
        if (kind == PA_CSV_NAME_NO_TEXT) return say(f, PA_REJECT_CODED, f->coded[k]);
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
        if (isnan(v)) f->remarks.what |= PA_CSV_GAP;
    }
    return false;
}

/* known: where the code is remembered; NULL: nowhere. */
static pa_status intern(pa_csv_field name, int32_t *known, pa_intern *table, int32_t *code,
                        pa_error *err)
{
    *code = known ? *known : -1;
    if (*code < 0) PA_TRY(pa_intern_add(table, name.text, name.length, code, err));
    if (known) *known = *code;
    return PA_OK;
}

static int32_t *known_code(pa_h5_slice *c, int dictionary, size_t i)
{
    const pa_h5_names *r = &c->dictionary[dictionary];
    return &r->interned[r->of_row[i]];
}

static pa_status add_extra(pa_h5_slice *c, size_t i, const found_row *f, pa_csv_intake *p,
                           pa_error *err)
{
    pa_csv_batch *b = &p->rows;
    size_t row = b->n;
    if (b->has.text_ids) {
        PA_TRY(pa_buffer_add(&b->id_bytes, f->id.text, f->id.length, err));
        b->id_length[row] = (uint8_t)f->id.length;
        b->tx[row] = (int64_t)(XXH3_64bits(f->id.text, f->id.length) & INT64_MAX);
    }
    for (int k = 0; k < PA_CSV_N_CODED; k++) {
        if (!b->has.coded[k]) continue;
        b->coded[k][row] = -1;
        if (f->coded[k].length == 0) continue;
        PA_TRY(intern(f->coded[k], known_code(c, PA_H5_CATEGORIES + k, i), &p->coded[k],
                      &b->coded[k][row], err));
    }
    for (int k = 0; k < PA_CSV_N_PLACES; k++) {
        if (b->has.place[k]) b->place[k][row] = c->place[k][i];
    }
    for (int32_t k = 0; k < b->has.n_numeric; k++) {
        double v = c->numeric[k][i]; /* of all that are no number one stands in the result */
        b->numeric[k][row] = isnan(v) ? (float)NAN : (float)v;
    }
    if (b->has.label_time) b->label_time[row] = c->whole[PA_H5_LABEL_TIME][i];
    b->line[row] = c->first + (int64_t)i + 1;
    return PA_OK;
}

static pa_status add_row(const pa_h5_source *s, pa_h5_slice *c, size_t i, pa_csv_intake *p,
                         pa_error *err)
{
    found_row f;
    int64_t line = c->first + (int64_t)i + 1;
    f.remarks.what = 0;
    if (bad_input(s, c, i, p, &f) || bad_extra(s, c, i, &f)) {
        pa_csv_fault found = {f.reason, f.value, f.which};
        return pa_csv_reject_row(p, line, &found, 0, err);
    }
    pa_csv_batch *b = &p->rows;
    size_t row = b->n;
    PA_TRY(intern(f.account, f.is_own ? NULL : known_code(c, PA_H5_ACCOUNTS, i), &p->accounts,
                  &b->account[row], err));
    PA_TRY(intern(f.merchant, known_code(c, PA_H5_MERCHANTS, i), &p->merchants, &b->merchant[row],
                  err));
    b->tx[row] = c->whole[PA_H5_TX][i];
    PA_TRY(add_extra(c, i, &f, p, err));
    b->time[row] = c->whole[PA_H5_TIME][i];
    b->amount_minor[row] = c->whole[PA_H5_AMOUNT][i];
    find_label(p, c->whole[PA_H5_LABEL][i], &f);
    b->label[row] = f.label;
    if (f.remarks.what) PA_TRY(pa_csv_keep_remarks(p, line, &f.remarks, err));
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

static pa_status parse_rows(pa_h5_source *s, int64_t first, int64_t end, size_t read,
                            pa_progress progress, pa_csv_intake *p, pa_error *err)
{
    pa_h5_slice c = {0};
    int64_t begin = first, bytes = progress.end - progress.done;
    size_t room = rows_at_once(s, read, end - first);
    pa_status st = pa_csv_reserve(&p->rows, p->rows.n + (size_t)(end - first), err);
    if (st == PA_OK) st = pa_h5_new_slice(s, room, &c, err);
    while (first < end && st == PA_OK) {
        size_t n = end - first < (int64_t)room ? (size_t)(end - first) : room;
        st = pa_stop_poll(err);
        if (st == PA_OK) st = pa_h5_read_slice(s, first, n, read, &c, err);
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
