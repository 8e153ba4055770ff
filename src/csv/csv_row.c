/* One record to one row. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "csv_quick.h"
#include "paraudit/base/calendar.h"
#include "paraudit/base/text.h"
#include "paraudit/base/words.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/label_words.h"

enum { DIGITS_MOST = 20, NUMBER_MOST = 64 };

/* Names that may have to be cut. */
enum { CUT_ID, CUT_ACCOUNT, CUT_MERCHANT, CUT_CODED, N_CUT = CUT_CODED + PA_CSV_N_CODED };

/* What is found in a record before anything of it is kept. */
typedef struct {
    pa_csv_field id, account, merchant, coded[PA_CSV_N_CODED];
    pa_csv_fault fault;
    pa_csv_remarks remarks;
    pa_csv_name_kind id_kind; /* of a text id */
    bool slash;               /* in a part of the account */
    char digits[DIGITS_MOST]; /* an id */
    char own[PA_CSV_NAME_BYTES];
    char time[64]; /* the parts of a time, for a message */
    char cut[N_CUT][PA_CSV_NAME_BYTES];
} found_row;

static pa_reject_reason find_id(const pa_csv_intake *p, const pa_csv_record *r, found_row *row,
                                int64_t *tx)
{
    int32_t column = p->layout.tx;
    if (column < 0) return PA_REJECT_N; /* numbered by its place */
    row->fault.value = row->id = pa_csv_field_at(r, column);
    if (p->rows.has.text_ids) { /* what is wrong with it is said in its turn */
        row->id_kind = pa_csv_clean_name(&p->missing, &row->id, row->cut[CUT_ID]);
        if (row->id_kind == PA_CSV_NAME_CUT)
            pa_csv_remark_long(&row->remarks, "transaction id", row->fault.value);
        return PA_REJECT_N;
    }
    if (pa_csv_digits(row->id.text, row->id.length, tx)) return PA_REJECT_N;
    row->id = pa_csv_clean(row->id);
    return pa_parse_i64(row->id.text, row->id.length, tx) ? PA_REJECT_N : PA_REJECT_TX;
}

static pa_csv_name_kind find_new_name(const pa_csv_words *missing, const pa_intern *known,
                                      pa_csv_field *name, char cut[PA_CSV_NAME_BYTES],
                                      int32_t *code)
{
    pa_csv_name_kind kind = pa_csv_clean_name(missing, name, cut);
    if (kind == PA_CSV_NAME_GOOD || kind == PA_CSV_NAME_CUT)
        *code = pa_intern_find(known, name->text, name->length);
    return kind;
}

/* A name that is known was cleaned and checked when it was new, so most are looked up
 * and nothing else. *code: -1 of a new one. */
static inline pa_csv_name_kind find_name(const pa_csv_intake *p, const pa_intern *known,
                                         pa_csv_field *name, char cut[PA_CSV_NAME_BYTES],
                                         int32_t *code)
{
    *code = pa_intern_find(known, name->text, name->length);
    return *code >= 0 ? PA_CSV_NAME_GOOD : find_new_name(&p->missing, known, name, cut, code);
}

/* The parts with '/' between them, in p->joined, which has the room. clean: without blanks
 * and words for nothing. Empty where all parts are. */
static pa_csv_field join_account(pa_csv_intake *p, const pa_csv_record *r, bool clean, bool *slash)
{
    const pa_csv_layout *l = &p->layout;
    bool empty = true;
    p->joined.length = 0;
    *slash = false;
    for (int32_t i = 0; i < l->n_account; i++) {
        pa_csv_field part = pa_csv_field_at(r, l->account[i]);
        if (clean) part = pa_csv_is_missing(p, part) ? (pa_csv_field){"", 0} : pa_csv_clean(part);
        if (i > 0) p->joined.data[p->joined.length++] = '/';
        memcpy(p->joined.data + p->joined.length, part.text, part.length);
        p->joined.length += part.length;
        empty &= part.length == 0;
        *slash |= memchr(part.text, '/', part.length) != NULL;
    }
    return (pa_csv_field){p->joined.data, empty ? 0 : p->joined.length};
}

static pa_csv_name_kind find_joined(pa_csv_intake *p, const pa_csv_record *r, found_row *row,
                                    int32_t *code)
{
    row->account = join_account(p, r, false, &row->slash);
    *code = pa_intern_find(&p->accounts, row->account.text, row->account.length);
    if (*code >= 0) return PA_CSV_NAME_GOOD;
    row->account = join_account(p, r, true, &row->slash);
    return find_new_name(NULL, &p->accounts, &row->account, row->cut[CUT_ACCOUNT], code);
}

static pa_csv_field in_digits(int64_t v, char text[DIGITS_MOST])
{
    char *end = text + DIGITS_MOST, *t = end;
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--t = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    if (v < 0) *--t = '-';
    return (pa_csv_field){t, (size_t)(end - t)};
}

/* A row that is its own account is called by its id; a text that is no good as one is
 * rejected for that. */
static pa_csv_field name_by_id(const pa_csv_intake *p, found_row *row, int64_t tx)
{
    if (!p->rows.has.text_ids) return in_digits(tx, row->digits);
    bool good = row->id_kind == PA_CSV_NAME_GOOD || row->id_kind == PA_CSV_NAME_CUT;
    return good ? row->id : (pa_csv_field){"", 0};
}

static pa_reject_reason own_account(const pa_csv_intake *p, found_row *row, int64_t tx,
                                    int32_t *code)
{
    if (!p->own_accounts) return PA_REJECT_NO_ACCOUNT;
    row->account = pa_csv_own_account(name_by_id(p, row, tx), row->own);
    *code = pa_intern_find(&p->accounts, row->account.text, row->account.length);
    row->remarks.what |= PA_CSV_OWN_ACCOUNT;
    return PA_REJECT_N;
}

static pa_reject_reason find_account(pa_csv_intake *p, const pa_csv_record *r, found_row *row,
                                     int64_t tx, int32_t *code)
{
    const pa_csv_layout *l = &p->layout;
    pa_csv_name_kind kind;
    *code = -1;
    if (l->n_account == 0) return row->account = name_by_id(p, row, tx), PA_REJECT_N;
    if (l->n_account == 1) {
        row->account = pa_csv_field_at(r, l->account[0]);
        kind = find_name(p, &p->accounts, &row->account, row->cut[CUT_ACCOUNT], code);
    } else {
        kind = find_joined(p, r, row, code);
    }
    if (kind == PA_CSV_NAME_GOOD) return PA_REJECT_N;
    if (kind == PA_CSV_NAME_EMPTY) return own_account(p, row, tx, code);
    if (kind == PA_CSV_NAME_NO_TEXT) return PA_REJECT_ACCOUNT_TEXT;
    pa_csv_remark_long(&row->remarks, "account",
                       l->n_account == 1 ? pa_csv_field_at(r, l->account[0])
                                         : (pa_csv_field){p->joined.data, p->joined.length});
    return PA_REJECT_N;
}

/* The name of those without one is known once a row had none; as a word for nothing it is
 * none as well. */
static inline bool is_no_merchant(const pa_csv_intake *p, pa_csv_field name)
{
    return name.length == pa_csv_no_merchant.length &&
           memcmp(name.text, pa_csv_no_merchant.text, name.length) == 0 &&
           pa_csv_words_hold(&p->missing, name.text, name.length);
}

static pa_reject_reason find_merchant(const pa_csv_intake *p, const pa_csv_record *r,
                                      found_row *row, int32_t *code)
{
    if (p->layout.merchant < 0) return PA_REJECT_N;
    row->merchant = pa_csv_field_at(r, p->layout.merchant);
    switch (find_name(p, &p->merchants, &row->merchant, row->cut[CUT_MERCHANT], code)) {
    case PA_CSV_NAME_GOOD:
        if (is_no_merchant(p, row->merchant)) row->remarks.what |= PA_CSV_NO_MERCHANT;
        break;
    case PA_CSV_NAME_CUT:
        pa_csv_remark_long(&row->remarks, "merchant", pa_csv_field_at(r, p->layout.merchant));
        break;
    case PA_CSV_NAME_EMPTY:
        row->merchant = pa_csv_no_merchant;
        row->remarks.what |= PA_CSV_NO_MERCHANT;
        break;
    case PA_CSV_NAME_NO_TEXT:
        return PA_REJECT_MERCHANT_TEXT;
    }
    return PA_REJECT_N;
}

static pa_reject_reason find_amount(pa_csv_intake *p, const pa_csv_record *r, found_row *row,
                                    int64_t *minor)
{
    pa_csv_field f = pa_csv_field_at(r, p->layout.amount);
    if (p->plain_amounts && pa_csv_hundredths(f, minor)) {
        row->fault.value = f;
        return pa_csv_check_amount(*minor);
    }
    return pa_csv_find_amount(p, r, &row->fault, &row->remarks, minor);
}

/* Of 2018-07-25: other dates of ten signs have their days elsewhere. */
static void remember_month(pa_csv_intake *p, const char *date, int64_t first_second)
{
    bool year_first = date[4] == date[7] && (date[4] == '-' || date[4] == '/' || date[4] == '.');
    unsigned day = year_first ? pa_csv_day_in(date) : 0;
    if (day == 0) return;
    uint64_t text = pa_load8(date);
    pa_csv_month *m = &p->month[pa_csv_month_slot(text)];
    unsigned known = m->text == text && m->days > 28 ? m->days : 28;
    *m = (pa_csv_month){text, first_second - (int64_t)day * PA_DAY_SECONDS,
                        day > known ? day : known};
}

static bool find_joined_time(pa_csv_intake *p, const pa_csv_record *r, found_row *row,
                             int64_t *seconds)
{
    const pa_csv_layout *l = &p->layout;
    pa_csv_field part[PA_CSV_MOST_PARTS];
    for (int32_t i = 0; i < l->n_time; i++) part[i] = pa_csv_field_at(r, l->time[i]);
    if (pa_csv_join_time(p, part, l->n_time, seconds)) return true;
    size_t n = 0;
    for (int32_t i = 0; i < l->n_time && n < sizeof row->time; i++) {
        size_t room = sizeof row->time - n;
        size_t length = part[i].length < room ? part[i].length : room;
        memcpy(row->time + n, part[i].text, length);
        n += length;
        if (i + 1 < l->n_time && n < sizeof row->time) row->time[n++] = ' ';
    }
    row->fault.value = (pa_csv_field){row->time, n};
    return false;
}

/* Files run along the calendar or from account to account, so most rows are of a month that
 * was met. They are remembered only where times are one column of any form. */
static bool find_time(pa_csv_intake *p, const pa_csv_record *r, found_row *row, int64_t *seconds)
{
    if (p->layout.n_time != 1) return find_joined_time(p, r, row, seconds);
    pa_csv_field f = pa_csv_field_at(r, p->layout.time[0]);
    if (pa_csv_known_time(p->month, f, seconds) && (!p->zone || pa_csv_leave_zone(p, seconds)))
        return true;
    pa_written_time time;
    row->fault.value = f;
    if (!pa_csv_read_time(p, f, &time, seconds)) return false;
    bool plain = f.length == 19 && (f.text[10] == ' ' || f.text[10] == 'T');
    int32_t clock = plain && p->time.kind == PA_TIME_AUTO ? pa_csv_clock(f.text + 11) : -1;
    if (clock >= 0) remember_month(p, f.text, time.local - clock);
    return true;
}

/* False and no; or fraud and not, which only both together can mean. */
static unsigned letter_of(char c)
{
    return (c | 32) == 'f' ? PA_CSV_LABEL_F : (c | 32) == 'n' ? PA_CSV_LABEL_N : 0;
}

static int8_t read_label(const pa_csv_intake *p, pa_csv_field f, found_row *row)
{
    int8_t read = pa_csv_read_label(&p->label_words, &p->missing, f.text, f.length);
    bool usual = p->label_words.fraud.text.length + p->label_words.genuine.text.length == 0;
    if (usual && read == 0 && f.length == 1) row->remarks.what |= letter_of(*f.text);
    if (read == 0 || read == 1) return read;
    row->remarks.what |= PA_CSV_UNKNOWN_LABEL;
    if (read == PA_CSV_LABEL_ODD) {
        row->remarks.what |= PA_CSV_ODD_LABEL;
        row->remarks.label = f;
    }
    return -1;
}

/* Nearly all labels are 0 or 1. */
static inline int8_t find_label(const pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    if (p->layout.label < 0) return -1;
    pa_csv_field f = pa_csv_field_at(r, p->layout.label);
    bool plain = f.length == 1 && (*f.text == '0' || *f.text == '1') && !p->label_words.digits;
    return plain ? (int8_t)(*f.text - '0') : read_label(p, f, row);
}

static pa_reject_reason find_label_time(pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    int64_t *time = &p->rows.label_time[p->rows.n];
    *time = INT64_MIN;
    if (p->layout.label_time < 0) return PA_REJECT_N;
    row->fault.value = pa_csv_trimmed(pa_csv_field_at(r, p->layout.label_time));
    if (pa_csv_is_gap(p, row->fault.value)) return PA_REJECT_N;
    return pa_csv_read_label_time(p, row->fault.value, time) ? PA_REJECT_N : PA_REJECT_LABEL_TIME;
}

/* The code of Namibia is among the words for nothing. */
static bool is_namibia(size_t coded, pa_csv_field f)
{
    f = pa_csv_clean(f);
    return coded == PA_CSV_COUNTRY && pa_is_word(f.text, f.length, "na");
}

/* row->coded: the new names. */
static pa_reject_reason find_coded(pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    for (size_t i = 0; i < PA_CSV_N_CODED; i++) {
        if (!p->rows.has.coded[i]) continue;
        int32_t *code = &p->rows.coded[i][p->rows.n];
        *code = -1;
        row->coded[i].length = 0;
        if (p->layout.coded[i] < 0) continue;
        pa_csv_field f = pa_csv_field_at(r, p->layout.coded[i]), name = f;
        pa_csv_name_kind kind = find_name(p, &p->coded[i], &name, row->cut[CUT_CODED + i], code);
        if (kind == PA_CSV_NAME_EMPTY && is_namibia(i, f))
            kind = find_new_name(NULL, &p->coded[i], &name, row->cut[CUT_CODED + i], code);
        if (kind == PA_CSV_NAME_CUT) pa_csv_remark_long(&row->remarks, pa_csv_coded_names[i], f);
        if (*code >= 0 || kind == PA_CSV_NAME_EMPTY) continue;
        row->coded[i] = name;
        if (kind != PA_CSV_NAME_NO_TEXT) continue;
        row->fault.value = name;
        row->fault.which = i;
        return PA_REJECT_CODED;
    }
    return PA_REJECT_N;
}

static pa_reject_reason find_places(pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    static const double most[PA_CSV_N_PLACES] = {[PA_CSV_HOME_LAT] = 90,
                                                 [PA_CSV_HOME_LON] = 180,
                                                 [PA_CSV_MERCHANT_LAT] = 90,
                                                 [PA_CSV_MERCHANT_LON] = 180};
    for (size_t i = 0; i < PA_CSV_N_PLACES; i++) {
        if (!p->rows.has.place[i]) continue;
        double *degrees = &p->rows.place[i][p->rows.n];
        *degrees = (double)NAN;
        if (p->layout.place[i] < 0) continue;
        pa_csv_field f = pa_csv_trimmed(pa_csv_field_at(r, p->layout.place[i]));
        if (pa_csv_is_gap(p, f)) continue;
        char text[NUMBER_MOST];
        pa_csv_field number = pa_csv_with_point(f, text, sizeof text);
        bool read = pa_parse_double(number.text, number.length, degrees);
        if (read && fabs(*degrees) <= most[i]) continue;
        row->fault.value = f;
        row->fault.which = i;
        return PA_REJECT_PLACE;
    }
    return PA_REJECT_N;
}

static pa_reject_reason find_numbers(pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    size_t n = (size_t)p->rows.has.n_numeric;
    /* Beside a comma that parts the fields it is in quotes, and parts thousands, perhaps. */
    bool commas = p->layout.signs.separator != ',';
    for (size_t i = 0; i < n; i++) {
        pa_csv_field f = pa_csv_trimmed(pa_csv_field_at(r, p->layout.numeric[i]));
        float *v = &p->rows.numeric[i][p->rows.n];
        char text[NUMBER_MOST];
        if (commas) f = pa_csv_with_point(f, text, sizeof text);
        if (!p->missing.number && pa_parse_float(f.text, f.length, v)) continue;
        if (pa_csv_is_missing(p, f)) {
            *v = (float)NAN;
            row->remarks.what |= PA_CSV_GAP;
            continue;
        }
        if (p->missing.number && pa_parse_float(f.text, f.length, v)) continue;
        row->fault.value = f;
        row->fault.which = i;
        return PA_REJECT_NUMERIC;
    }
    return PA_REJECT_N;
}

static pa_reject_reason check_id(found_row *row)
{
    row->fault.value = row->id;
    if (row->id_kind == PA_CSV_NAME_EMPTY) return PA_REJECT_EMPTY_TX;
    return row->id_kind == PA_CSV_NAME_NO_TEXT ? PA_REJECT_TX_TEXT : PA_REJECT_N;
}

/* What most inputs lack, in the order of the reasons. */
static pa_reject_reason find_more(pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    pa_reject_reason reason = PA_REJECT_N;
    const pa_csv_columns *has = &p->rows.has;
    if (has->label_time) reason = find_label_time(p, r, row);
    if (reason == PA_REJECT_N && has->text_ids) reason = check_id(row);
    if (reason == PA_REJECT_N && p->layout.n_account > 1 && row->slash) {
        row->fault.value = (pa_csv_field){p->joined.data, p->joined.length};
        reason = PA_REJECT_ACCOUNT_PART;
    }
    if (reason == PA_REJECT_N) reason = find_coded(p, r, row);
    if (reason == PA_REJECT_N) reason = find_places(p, r, row);
    if (reason == PA_REJECT_N) reason = find_numbers(p, r, row);
    return reason;
}

/* Checks all before anything is kept, so that the names of a rejected row do
 * not enter the dictionaries. */
/* Behind the separator that ends each row. */
static bool has_more_fields(const pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    row->fault.which = (size_t)p->layout.n_fields;
    return pa_csv_field_at(r, p->layout.n_fields - 1).length > 0;
}

static pa_reject_reason find_row(pa_csv_intake *p, const pa_csv_record *r, found_row *row)
{
    pa_csv_batch *b = &p->rows;
    size_t i = b->n;
    pa_reject_reason reason = find_id(p, r, row, &b->tx[i]);
    if (reason != PA_REJECT_N) return reason;
    reason = find_account(p, r, row, b->tx[i], &b->account[i]);
    if (reason != PA_REJECT_N) return row->fault.value = row->account, reason;
    reason = find_merchant(p, r, row, &b->merchant[i]);
    if (reason != PA_REJECT_N) return row->fault.value = row->merchant, reason;
    if (p->layout.trailing && has_more_fields(p, r, row)) return PA_REJECT_FIELDS;
    if (!find_time(p, r, row, &b->time[i])) return PA_REJECT_TIME;
    reason = find_amount(p, r, row, &b->amount_minor[i]);
    if (reason != PA_REJECT_N) return reason;
    b->label[i] = find_label(p, r, row);
    return p->more ? find_more(p, r, row) : PA_REJECT_N;
}

static pa_status number_row(const pa_csv_intake *p, int64_t line, int64_t *tx, pa_error *err)
{
    enum { LINE_BITS = 40, FILE_BITS = 23 };
    if (line >> LINE_BITS || p->file >> FILE_BITS) {
        return pa_fail_at(err, PA_E_DATA, p->file + 1, line,
                          "without transaction ids there may be 2^%d files of 2^%d lines: this is "
                          "line %" PRId64 " of file %d",
                          FILE_BITS, LINE_BITS, line, p->file + 1);
    }
    *tx = (int64_t)p->file << LINE_BITS | line;
    return PA_OK;
}

static pa_status keep_name(pa_intern *known, pa_csv_field name, int32_t *code, pa_error *err)
{
    return *code >= 0 ? PA_OK : pa_intern_add(known, name.text, name.length, code, err);
}

static pa_status keep_more(pa_csv_intake *p, const found_row *row, pa_error *err)
{
    pa_csv_batch *b = &p->rows;
    for (int i = 0; i < PA_CSV_N_CODED; i++) {
        if (!b->has.coded[i] || row->coded[i].length == 0) continue;
        PA_TRY(keep_name(&p->coded[i], row->coded[i], &b->coded[i][b->n], err));
    }
    if (!b->has.text_ids) return PA_OK;
    b->tx[b->n] = (int64_t)(XXH3_64bits(row->id.text, row->id.length) & INT64_MAX);
    b->id_length[b->n] = (uint8_t)row->id.length;
    return pa_buffer_add(&b->id_bytes, row->id.text, row->id.length, err);
}

static pa_status keep_merchant(pa_csv_intake *p, pa_csv_field name, int32_t *code, pa_error *err)
{
    if (p->layout.merchant >= 0) return keep_name(&p->merchants, name, code, err);
    return pa_intern_add(&p->merchants, pa_csv_no_merchant.text, pa_csv_no_merchant.length, code,
                         err);
}

/* Room for an account of parts, however long. */
static pa_status reserve_joined(pa_csv_intake *p, const pa_csv_record *r, pa_error *err)
{
    size_t n = 0;
    for (int32_t i = 0; i < p->layout.n_account; i++)
        n += pa_csv_field_at(r, p->layout.account[i]).length + 1;
    p->joined.length = 0;
    return pa_buffer_reserve(&p->joined, n, err);
}

static inline pa_status reserve_row(pa_csv_batch *b, pa_error *err)
{
    return b->n < b->room ? PA_OK : pa_csv_reserve(b, b->n + b->n / 2 + 64, err);
}

bool pa_csv_is_row(pa_csv_intake *p, const pa_csv_record *r)
{
    found_row row;
    pa_error err;
    if (reserve_row(&p->rows, &err) != PA_OK) return false;
    if (p->layout.n_account > 1 && reserve_joined(p, r, &err) != PA_OK) return false;
    row.remarks.what = 0;
    /* What is asked is not counted. */
    const pa_amount_tally amounts = p->amounts;
    const pa_csv_example lone = p->lone, rounded = p->rounded;
    /* Nor does the answer hang on the decimal mark, which may be settled in between. */
    const char decimal = p->layout.amount_form.decimal;
    const bool plain = p->plain_amounts;
    p->layout.amount_form.decimal = '\0';
    p->plain_amounts = false;
    bool good = find_row(p, r, &row) == PA_REJECT_N;
    p->layout.amount_form.decimal = decimal;
    p->plain_amounts = plain;
    p->amounts = amounts;
    p->lone = lone;
    p->rounded = rounded;
    return good;
}

/* Also of a row with another fault it counts which label is lost with it. */
static pa_status reject(pa_csv_intake *p, int64_t line, const pa_csv_record *r, found_row *row,
                        pa_error *err)
{
    const pa_csv_fault fault = row->fault;
    return pa_csv_reject_record(p, line, &fault, r, find_label(p, r, row), err);
}

pa_status pa_csv_take_row(pa_csv_intake *p, int64_t line, const pa_csv_record *r, pa_error *err)
{
    pa_csv_batch *b = &p->rows;
    found_row row;
    PA_TRY(reserve_row(b, err));
    if (p->layout.tx < 0) PA_TRY(number_row(p, line, &b->tx[b->n], err));
    if (p->layout.n_account > 1) PA_TRY(reserve_joined(p, r, err));
    row.remarks.what = 0;
    row.fault.reason = find_row(p, r, &row);
    if (row.fault.reason != PA_REJECT_N) return reject(p, line, r, &row, err);
    PA_TRY(keep_name(&p->accounts, row.account, &b->account[b->n], err));
    PA_TRY(keep_merchant(p, row.merchant, &b->merchant[b->n], err));
    if (b->line) b->line[b->n] = line;
    if (p->more) PA_TRY(keep_more(p, &row, err));
    if (row.remarks.what) PA_TRY(pa_csv_keep_remarks(p, line, &row.remarks, err));
    b->n++;
    return PA_OK;
}
