#include "paraudit/csv/csv.h"

#include "csv_block.h"
#include "paraudit/csv/csv_parts.h"

/* Text that is indexed at a time: the places fit the first-level cache. */
enum { CHUNK = 16384 };

const char *const pa_csv_coded_names[PA_CSV_N_CODED] = {"category", "channel", "currency",
                                                        "country", "kind"};
const char *const pa_csv_place_names[PA_CSV_N_PLACES] = {"home_lat", "home_lon", "merchant_lat",
                                                         "merchant_lon"};

pa_csv_columns pa_csv_columns_of(const pa_csv_layout *l, bool text_ids)
{
    pa_csv_columns has = {.text_ids = text_ids && l->tx >= 0,
                          .decimals = l->amount_form.decimals,
                          .label_time = l->label_time >= 0,
                          .n_numeric = l->n_numeric};
    for (int i = 0; i < PA_CSV_N_CODED; i++) has.coded[i] = l->coded[i] >= 0;
    for (int i = 0; i < PA_CSV_N_PLACES; i++) has.place[i] = l->place[i] >= 0;
    return has;
}

/* The quick way is open to amounts of one column, in hundredths behind a point, none of
 * which may stand for nothing. */
static bool has_plain_amounts(const pa_csv_intake *p)
{
    const pa_csv_layout *l = &p->layout;
    return l->amount_form.decimal == '.' && l->amount_form.decimals == 2 && l->less < 0 &&
           l->sign < 0 && !p->missing.number;
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

/* ---- records, one way or the other ---- */

/* A line of several in a record is asked about: it is split anew. */
static bool is_row(const void *asker, const char *line, size_t n)
{
    pa_csv_intake *p = (pa_csv_intake *)(uintptr_t)asker;
    size_t room = (size_t)p->layout.n_fields;
    pa_error err;
    p->inner.length = 0;
    if (pa_buffer_reserve(&p->inner, room * sizeof(pa_csv_field) + n + 1, &err) != PA_OK) {
        return false;
    }
    pa_csv_field *field = (pa_csv_field *)(void *)p->inner.data;
    char *scratch = p->inner.data + room * sizeof *field;
    if (pa_csv_split(&p->layout.signs, line, n, scratch, field, room) != room) return false;
    const pa_csv_record r = {.text = line, .field = field};
    p->more = has_more(p);
    return pa_csv_is_row(p, &r);
}

pa_record_rule pa_csv_rule_of(const pa_csv_intake *p)
{
    return (pa_record_rule){.signs = p->layout.signs,
                            .n_fields = (size_t)p->layout.n_fields,
                            .longest = p->max_record,
                            .most_lines = p->max_field_lines,
                            .is_row = is_row,
                            .asker = p};
}

static pa_status take_good(pa_csv_intake *p, int64_t line, const char *record, size_t length,
                           const pa_csv_field field[], pa_error *err)
{
    const pa_csv_record r = {.text = record, .field = field, .length = length};
    return pa_csv_take_row(p, line, &r, err);
}

static bool is_blank(const char *record, size_t n)
{
    return pa_csv_trimmed((pa_csv_field){record, n}).length == 0;
}

static pa_status reject_record(pa_csv_intake *p, int64_t line, const char *record,
                               pa_record_verdict v, const pa_record_seen *seen, pa_error *err)
{
    static const pa_reject_reason reason[] = {
        [PA_RECORD_FIELDS] = PA_REJECT_FIELDS,      [PA_RECORD_LONG] = PA_REJECT_LONG_RECORD,
        [PA_RECORD_OPEN] = PA_REJECT_OPEN_QUOTE,    [PA_RECORD_BEHIND] = PA_REJECT_BEHIND_QUOTE,
        [PA_RECORD_LINES] = PA_REJECT_FIELD_LINES,  [PA_RECORD_MANY_FIELDS] = PA_REJECT_FIELDS,
        [PA_RECORD_ROWS] = PA_REJECT_ROWS_IN_FIELD,
    };
    bool blank = seen->n_fields == 1 && v == PA_RECORD_FIELDS && is_blank(record, seen->body);
    const pa_csv_fault fault = {blank ? PA_REJECT_BLANK : reason[v], {record, 0}, seen->n_fields};
    bool whole = seen->length <= p->max_record; /* of a longer line some is here */
    uint32_t kinds = blank || !whole ? 0 : pa_csv_kinds_of_line(p, record, seen->body);
    return pa_csv_reject_row(p, line, &fault, kinds, err);
}

/* Up to the last line of what was seen now, the last reject's or behind it. */
static void extend_reject(pa_csv_intake *p, int64_t line, const pa_record_seen *seen)
{
    int64_t last = line + seen->lines - 1;
    if (seen->length == 0) return;
    if (p->n_kept > 0 && (int64_t)p->n_kept == p->n_rejected) p->rejects[p->n_kept - 1].last = last;
    pa_csv_reject *example = p->n_examples > 0 ? &p->examples[p->n_examples - 1] : NULL;
    if (example && example->file == p->file && example->line == p->last_reject)
        example->last = last;
}

/* One step of any kind. *used is 0 where more text is needed, and where nothing but the
 * state changes; *more tells these apart. */
static pa_status parse_one(pa_csv_intake *p, const pa_record_rule *rule, const char *text, size_t n,
                           bool last, size_t *used, bool *more, pa_error *err)
{
    size_t room = (size_t)p->layout.n_fields, line_bytes = n < rule->longest ? n : rule->longest;
    PA_TRY(pa_buffer_reserve(&p->scratch, line_bytes + 1, err));
    PA_TRY(pa_buffer_reserve(&p->fields, room * sizeof(pa_csv_field), err));
    pa_csv_field *field = (pa_csv_field *)(void *)p->fields.data;
    pa_record_walk walk = {rule, p->state, p->line, p->lost};
    pa_record_seen seen = {0};
    bool was_lost = p->lost;
    int64_t line = p->line;
    pa_record_verdict v = pa_record_step(&walk, text, n, last, p->scratch.data, field, room, &seen);
    p->state = walk.state;
    p->lost = walk.lost;
    *used = seen.length;
    *more = v == PA_RECORD_MORE;
    if (was_lost) extend_reject(p, line, &seen);
    p->by_reason.within += seen.row_like;
    int64_t rejected = p->n_rejected;
    if (v == PA_RECORD_GOOD) PA_TRY(take_good(p, line, text, seen.body, field, err));
    bool bad = v == PA_RECORD_FIELDS || pa_record_is_broken(v);
    if (bad) PA_TRY(reject_record(p, line, text, v, &seen, err));
    if (p->n_rejected > rejected) extend_reject(p, line, &seen);
    p->line = walk.line; /* until here it is that of the record, for examples */
    return PA_OK;
}

/* A record of exactly n_fields fields in one line without a quote? Where there
 * is only one field an empty line would look so, too. */
static bool is_plain(const char *text, char separator, const uint16_t mark[], size_t n_fields)
{
    for (size_t k = 0; k + 1 < n_fields; k++) {
        if (text[mark[k]] != separator) return false;
    }
    char end = text[mark[n_fields - 1]];
    return n_fields > 1 && (end == '\n' || end == '\r');
}

/* The record at text + begin, if the marks are enough to tell its fields. Returns how many
 * of them it takes, or 0. */
static size_t find_fields(const pa_csv_intake *p, const char *text, size_t begin,
                          const uint16_t mark[], size_t n_marks, pa_csv_record *r)
{
    const pa_csv_signs *signs = &p->layout.signs;
    size_t n_fields = (size_t)p->layout.n_fields;
    *r = (pa_csv_record){.text = text, .mark = mark};
    if (is_plain(text, signs->separator, mark, n_fields)) return n_fields;
    pa_csv_field *field = (pa_csv_field *)(void *)p->fields.data;
    r->field = field;
    return pa_csv_split_marks(signs, text, begin, mark, n_marks, field, n_fields);
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
 * done with; *more: further text is needed. */
static pa_status parse_chunk(pa_csv_intake *p, const pa_record_rule *rule, const char *text,
                             size_t chunk, size_t n, size_t own, bool last, size_t *used,
                             bool *more, pa_error *err)
{
    uint16_t places[CHUNK + 65], lines[CHUNK + 64], *mark = places + 1;
    pa_csv_marks marks = {.at = mark, .line = lines};
    places[0] = UINT16_MAX; /* one before the text, modulo 2^16 */
    PA_TRY(pa_buffer_reserve(&p->fields, rule->n_fields * sizeof(pa_csv_field), err));
    p->kernels->index(&rule->signs, text, chunk, &marks);
    size_t n_fields = rule->n_fields, n_marks = marks.n;
    pa_csv_walk w = {text, n, own < chunk ? own : chunk, rule->longest, &marks, 0, 0, 0};
    bool blocks = pa_csv_fits_blocks(p);
    bool fetch = pa_intern_is_large(&p->accounts) || pa_intern_is_large(&p->merchants);
    while (w.begin < w.own && p->state == PA_CSV_RECORD && !p->lost && !*more) {
        size_t begin = w.begin, k = w.k;
        if (blocks) PA_TRY(pa_csv_take_block(p, &w, err));
        if (w.begin > begin) continue;
        bool enough = k + n_fields <= n_marks;
        pa_csv_record r;
        size_t width = enough ? find_fields(p, text, begin, mark + k, n_marks - k, &r) : 0;
        if (width > 0) {
            size_t at = mark[k + width - 1], ends = pa_csv_line_end(text, n, at);
            if (ends > 0 && at + ends - begin <= rule->longest) {
                w.k += width + ends - 1;
                if (fetch && w.k + n_fields <= n_marks) fetch_names(p, text, mark + w.k);
                PA_TRY(pa_csv_take_row(p, p->line, &r, err));
                p->line++;
                w.begin = at + ends;
                continue;
            }
        }
        /* Cut by the end of the chunk, perhaps: it begins the next one. Not so in the first
         * half: below a header of many columns short lines would each have a chunk indexed. */
        if (!enough && begin > chunk / 2) break;
        size_t step;
        PA_TRY(parse_one(p, rule, text + begin, n - begin, last, &step, more, err));
        w.begin += step;
        while (w.k < n_marks && mark[w.k] < w.begin) w.k++;
    }
    *used = w.begin;
    return PA_OK;
}

pa_status pa_csv_parse(pa_csv_intake *p, const char *text, size_t n, size_t own, bool last,
                       size_t *used, pa_error *err)
{
    const pa_record_rule rule = pa_csv_rule_of(p);
    const int64_t at = p->at;
    bool more = false;
    *used = 0;
    p->text = text;
    if (!p->kernels) p->kernels = pa_csv_best_kernels();
    p->more = has_more(p);
    p->plain_amounts = has_plain_amounts(p);
    PA_TRY(pa_csv_reserve(&p->rows, p->rows.n + 1, err));
    for (size_t i = 0, step; i < n && !more; *used = i += step) {
        bool within = p->state != PA_CSV_RECORD || p->lost;
        if (!within && i >= own) break;
        if (within) {
            PA_TRY(parse_one(p, &rule, text + i, n - i, last, &step, &more, err));
        } else {
            size_t chunk = n - i < CHUNK ? n - i : CHUNK;
            PA_TRY(parse_chunk(p, &rule, text + i, chunk, n - i, own - i, last, &step, &more, err));
        }
    }
    p->at = at + (int64_t)*used;
    return PA_OK;
}
