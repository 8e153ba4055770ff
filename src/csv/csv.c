#include "paraudit/csv/csv.h"

#include "paraudit/csv/csv_parts.h"

/* Text that is indexed at a time: the places fit the first-level cache. */
enum { CHUNK = 16384 };

const char *const pa_csv_coded_names[PA_CSV_N_CODED] = {"category", "channel", "currency",
                                                        "country"};
const char *const pa_csv_place_names[PA_CSV_N_PLACES] = {"home_lat", "home_lon", "merchant_lat",
                                                         "merchant_lon"};
const char pa_csv_time_forms[] =
    "auto|seconds|milliseconds|hours|days|yyyymmdd|dd/mm/yyyy|mm/dd/yyyy";

pa_csv_columns pa_csv_columns_of(const pa_csv_layout *l, bool text_ids)
{
    pa_csv_columns has = {.text_ids = text_ids && l->tx >= 0,
                          .label_time = l->label_time >= 0,
                          .n_numeric = l->n_numeric};
    for (int i = 0; i < PA_CSV_N_CODED; i++) has.coded[i] = l->coded[i] >= 0;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) has.place[i] = l->place[i] >= 0;
    return has;
}

static pa_status take_split(pa_csv_intake *p, const char *record, size_t n, pa_error *err)
{
    size_t room = (size_t)p->layout.n_fields;
    p->scratch.length = p->fields.length = 0;
    PA_TRY(pa_buffer_reserve(&p->scratch, n + 1, err));
    PA_TRY(pa_buffer_reserve(&p->fields, room * sizeof(pa_csv_field), err));
    pa_csv_field *field = (pa_csv_field *)(void *)p->fields.data;
    size_t found = pa_csv_split(record, n, p->scratch.data, field, room);
    if (found != room) {
        bool blank = found == 1 && pa_csv_trimmed(field[0]).length == 0;
        const pa_csv_fault fault = {blank ? PA_REJECT_BLANK : PA_REJECT_FIELDS, {record, 0}, found};
        return pa_csv_reject_row(p, p->line, &fault, err);
    }
    const pa_csv_record r = {.text = record, .field = field};
    return pa_csv_take_row(p, p->line, &r, err);
}

/* One whole record of any kind, with its line end if it has one. */
static pa_status take_record(pa_csv_intake *p, const char *record, size_t n, bool open,
                             pa_error *err)
{
    if (n > p->max_record || open) {
        bool is_long = n > p->max_record;
        const pa_csv_fault fault = {
            is_long ? PA_REJECT_LONG_RECORD : PA_REJECT_OPEN_QUOTE, {record, 0}, 0};
        return pa_csv_reject_row(p, p->line, &fault, err);
    }
    size_t length = pa_csv_trim_line_end(record, n);
    return length ? take_split(p, record, length, err) : PA_OK;
}

/* The record at text. *used is 0 where more text is needed to judge it. */
static pa_status parse_one(pa_csv_intake *p, const char *text, size_t n, bool last, size_t *used,
                           pa_error *err)
{
    pa_csv_state state = PA_CSV_RECORD;
    size_t length = pa_csv_record_end(&state, text, n);
    bool whole = state == PA_CSV_RECORD || last;
    *used = 0;
    if (!whole && length <= p->max_record) return PA_OK;
    PA_TRY(take_record(p, text, length, state == PA_CSV_QUOTED, err));
    p->line += pa_csv_newlines(text, length);
    p->state = last ? PA_CSV_RECORD : state; /* the rest of one that is too long is skipped */
    *used = length;
    return PA_OK;
}

/* A record of exactly n_fields fields in one line without a quote? Where there
 * is only one field an empty line would look so, too. */
static bool is_plain(const char *text, const uint16_t mark[], size_t n_fields)
{
    for (size_t k = 0; k + 1 < n_fields; k++) {
        if (text[mark[k]] != ',') return false;
    }
    return n_fields > 1 && text[mark[n_fields - 1]] == '\n';
}

/* Takes the plain record at text + begin; returns its end. */
static pa_status take_plain(pa_csv_intake *p, const char *text, size_t *begin, uint16_t mark[],
                            pa_error *err)
{
    uint16_t *newline = &mark[p->layout.n_fields - 1];
    size_t end = (size_t)*newline + 1;
    if (end - *begin > p->max_record) {
        PA_TRY(take_record(p, text + *begin, end - *begin, false, err));
    } else {
        const pa_csv_record r = {.text = text, .mark = mark};
        /* The carriage return of a DOS line belongs to no field. */
        bool dos = text[end - 2] == '\r';
        *newline -= dos;
        PA_TRY(pa_csv_take_row(p, p->line, &r, err));
        *newline += dos;
    }
    p->line++;
    *begin = end;
    return PA_OK;
}

static void fetch_name(const pa_intern *known, pa_csv_field name)
{
    if (name.length <= PA_CSV_NAME_BYTES) pa_intern_prefetch(known, name.text, name.length);
}

/* Large dictionaries do not fit the caches: the names of the record behind this
 * one are fetched while it is read. Whether it is a plain one is not asked. */
static void fetch_names(const pa_csv_intake *p, const char *text, const uint16_t mark[])
{
    const pa_csv_layout *l = &p->layout;
    const pa_csv_record r = {.text = text, .mark = mark};
    if (l->n_account == 1) fetch_name(&p->accounts, pa_csv_field_at(&r, l->account[0]));
    if (l->merchant >= 0) fetch_name(&p->merchants, pa_csv_field_at(&r, l->merchant));
}

/* Records that begin in the first `chunk` of n bytes, before own. Most take the
 * short way over the marks; the others are looked at byte by byte. *used: bytes
 * done with; 0 where more text is needed. */
static pa_status parse_chunk(pa_csv_intake *p, const char *text, size_t chunk, size_t n, size_t own,
                             bool last, size_t *used, pa_error *err)
{
    uint16_t marks[CHUNK + 65], *mark = marks + 1;
    marks[0] = UINT16_MAX; /* one before the text, modulo 2^16 */
    size_t n_marks = pa_csv_index(text, chunk, mark);
    size_t n_fields = (size_t)p->layout.n_fields;
    size_t begin = 0, k = 0;
    bool fetch = pa_intern_is_large(&p->accounts) || pa_intern_is_large(&p->merchants);
    if (own > chunk) own = chunk;
    while (begin < own && p->state == PA_CSV_RECORD) {
        bool enough = k + n_fields <= n_marks;
        if (enough && is_plain(text, mark + k, n_fields)) {
            if (fetch && k + 2 * n_fields <= n_marks) fetch_names(p, text, mark + k + n_fields);
            PA_TRY(take_plain(p, text, &begin, mark + k, err));
            k += n_fields;
            continue;
        }
        /* Cut by the end of the chunk, perhaps: it begins the next one. Not so in the first
         * half: below a header of many columns short lines would each have a chunk indexed. */
        if (!enough && begin > chunk / 2) break;
        size_t step;
        PA_TRY(parse_one(p, text + begin, n - begin, last, &step, err));
        if (step == 0) break;
        begin += step;
        while (k < n_marks && mark[k] < begin) k++;
    }
    *used = begin;
    return PA_OK;
}

static bool has_more(const pa_csv_intake *p)
{
    const pa_csv_columns *has = &p->rows.has;
    PA_ASSERT(has->n_numeric <= p->layout.n_numeric);
    PA_ASSERT(!has->text_ids || p->layout.tx >= 0);
    bool more = has->text_ids || has->label_time || has->n_numeric > 0 || p->layout.n_account > 1;
    for (int i = 0; i < PA_CSV_N_CODED; i++) more |= has->coded[i];
    for (int i = 0; i < PA_CSV_N_PLACES; i++) more |= has->place[i];
    return more;
}

pa_status pa_csv_parse(pa_csv_intake *p, const char *text, size_t n, size_t own, bool last,
                       size_t *used, pa_error *err)
{
    size_t i = 0;
    *used = 0;
    p->more = has_more(p);
    if (own > n) own = n;
    while (i < n) {
        size_t step;
        if (p->state != PA_CSV_RECORD) {
            step = pa_csv_record_end(&p->state, text + i, n - i);
            p->line += pa_csv_newlines(text + i, step);
        } else if (i >= own) {
            break;
        } else {
            size_t chunk = n - i < CHUNK ? n - i : CHUNK;
            PA_TRY(parse_chunk(p, text + i, chunk, n - i, own - i, last, &step, err));
        }
        if (step == 0) break;
        i += step;
        *used = i;
    }
    return PA_OK;
}
