/* CSV text, whole and in pieces. The first line of an input says how (see
 * `plan`), the rest is the file: header and records. What must hold: pieces cut
 * anywhere, handed over in buffers of any size, give the rows and rejects of the
 * whole; each record is a row or a reject; and every line of the
 * text is in a row, in what a reject spans, or empty. */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "paraudit/base/calendar.h"
#include "paraudit/csv/csv.h"

/* By place in the first line, as digits: 0 is the first choice, and what a byte
 * that is not there means. */
typedef struct {
    const uint8_t *byte;
    size_t n;
} control;

enum {
    NAMES,
    MAX_RECORD,
    BUFFER,
    PIECE,
    TIME_FORM,
    TEXT_IDS,
    WORDS,
    SIGNS,
    MAX_LINES,
    LAYOUT,
    AMOUNTS
};

/* How the signs of the rows are known. */
enum {
    SIGNS_OF_ROWS, /* the header has commas, the rows what SIGNS says */
    SIGNS_SEEN,    /* as the file shows, and the form of times, too */
    SIGNS_SAID,
    N_LAYOUTS
};

static size_t pick(const control *c, size_t place, size_t n)
{
    return place < c->n ? (uint8_t)(c->byte[place] - '0') % n : 0;
}

static const pa_csv_names name_sets[] = {
    {.tx = "tx",
     .account = "account",
     .merchant = "merchant",
     .time = "time",
     .amount = "amount",
     .amount_form = {'.', 2}},
    {.tx = "tx",
     .account = "account",
     .merchant = "merchant",
     .time = "time",
     .amount = "amount",
     .amount_form = {'.', 2},
     .label = "label"},
    {.tx = "t",
     .account = "a",
     .merchant = "m",
     .time = "d",
     .amount = "x",
     .amount_form = {'.', 2},
     .label = "y"},
    {.account = "a,b",
     .time = "year,month,day,clock",
     .amount = "x",
     .amount_form = {'.', 2},
     .label = "y|z"},
    {.tx = "t|tx",
     .account = "a",
     .merchant = "m",
     .time = "d,c",
     .amount = "x",
     .amount_form = {'.', 2},
     .label = "y|",
     .label_time = "u|",
     .coded = {"category|", "channel|", "currency|", "country|"},
     .place = {"home_lat|", "home_lon|", "merchant_lat|", "merchant_lon|"},
     .numeric = "V*,n"},
    {.time = "Time",
     .amount = "Amount",
     .amount_form = {'.', 2},
     .label = "Class",
     .numeric = "V*"},
    {.tx = "tx|",
     .account = "account",
     .merchant = "merchant",
     .time = "time",
     .amount = "in - out",
     .amount_form = {'.', 2},
     .sign = "s|"},
    {.account = "1", .time = "2", .amount = "3", .amount_form = {'.', 2}}, /* no header */
    {.account = "account#1", .merchant = "account#2", .time = "time", .amount = "a\\,\\|b|amount"},
};

/* A small one makes long records out of short inputs. */
static const size_t max_records[] = {1 << 20, 90, 30, 1, 400, 20000};
/* Bytes added to the buffer at a time, and bytes of a piece; 0: all there are. */
static const size_t steps[] = {0, 1, 2, 7, 64, 300, 16384};

static const pa_csv_signs sign_sets[] = {{',', '"', 0, false},    {';', '"', 0, false},
                                         {'\t', '\'', 0, false},  {'|', 0, 0, false},
                                         {',', '"', '\\', false}, {',', '"', 0, true}};
static const int64_t max_lines[] = {100, 1, 2, 3, 0};
static const pa_amount_form amount_forms[] = {{'.', 2}, {',', 2}, {'\0', 2}, {'.', 0}, {'\0', 8}};

/* Words for nothing, for labels, and rows that are their own accounts. */
static void set_words(pa_csv_intake *p, size_t which)
{
    static const char *const missing[] = {"", "NULL, \\N, N/A, nan", "0, -1", "a"};
    static const char *const fraud[] = {"", "", "-1, 2.0", "x"};
    static const char *const genuine[] = {"", "", "1", "y"};
    pa_error err = {0};
    p->own_accounts = which % 2;
    PA_ASSERT(pa_csv_words_add(&p->missing, missing[which], &err) == PA_OK);
    PA_ASSERT(pa_csv_words_add(&p->debit, "debit, D, -", &err) == PA_OK);
    PA_ASSERT(pa_csv_words_add(&p->credit, "credit, C, +", &err) == PA_OK);
    PA_ASSERT(pa_csv_label_words_set(&p->label_words, fraud[which], genuine[which], "?",
                                     &p->missing, &err) == PA_OK);
}

static void set_up(pa_csv_intake *p, const control *c, const pa_csv_layout *layout)
{
    *p = (pa_csv_intake){.layout = *layout, .keep_rejects = 1 << 20};
    p->max_record = max_records[pick(c, MAX_RECORD, sizeof max_records / sizeof *max_records)];
    pa_csv_set_layout(p, layout);
    p->max_field_lines = max_lines[pick(c, MAX_LINES, sizeof max_lines / sizeof *max_lines)];
    p->line = 1 + layout->newlines;
    p->rows.has = pa_csv_columns_of(layout, layout->tx >= 0 && pick(c, TEXT_IDS, 2));
    set_words(p, pick(c, WORDS, 4));
}

/* Parses the records of text[begin .. end). Every call sees a block of exactly
 * the bytes it may read. */
static void parse_piece(pa_csv_intake *p, const char *text, size_t n, size_t begin, size_t end,
                        size_t step)
{
    pa_error err = {0};
    size_t have = begin;
    while (begin < end || (p->lost && begin < n)) {
        size_t used, own = begin < end ? end - begin : 0;
        have = n - have > step ? have + step : n;
        char *exact = pa_alloc(have - begin, 1, &err);
        PA_ASSERT(exact);
        memcpy(exact, text + begin, have - begin);
        PA_ASSERT(pa_csv_parse(p, exact, have - begin, own, have == n, &used, &err) == PA_OK);
        pa_free(exact);
        PA_ASSERT(used <= have - begin);
        bool more_is_of_use =
            used > 0 || own == 0 || p->lost || (have < n && have - begin <= p->max_record);
        PA_ASSERT(more_is_of_use);
        begin += used;
        if (have < begin) have = begin;
    }
}

/* A walk over records, with a parser of its own to ask. */
typedef struct {
    pa_csv_intake asked;
    pa_record_rule rule;
    pa_record_walk walk;
} walker;

static void start_walk(walker *w, const control *c, const pa_csv_layout *layout)
{
    pa_error err = {0};
    set_up(&w->asked, c, layout);
    PA_ASSERT(pa_csv_reserve(&w->asked.rows, 1, &err) == PA_OK);
    w->rule = pa_csv_rule_of(&w->asked);
    w->walk = (pa_record_walk){&w->rule, PA_CSV_RECORD, 1 + layout->newlines, false};
}

/* From where the reader of the whole comes to. */
static void parse_in_pieces(pa_csv_intake *p, const control *c, const char *text, size_t n)
{
    size_t step = steps[pick(c, BUFFER, sizeof steps / sizeof *steps)];
    size_t piece = steps[pick(c, PIECE, sizeof steps / sizeof *steps)], at = 0;
    walker w;
    start_walk(&w, c, &p->layout);
    for (size_t begin = 0, end; begin < n; begin = end) {
        end = piece && n - begin > piece ? begin + piece : n;
        while (at < n && (at < begin || !pa_record_walk_is_at_start(&w.walk))) {
            pa_record_seen seen;
            pa_record_verdict v =
                pa_record_step(&w.walk, text + at, n - at, true, NULL, NULL, 0, &seen);
            PA_ASSERT(v != PA_RECORD_MORE);
            at += seen.length;
        }
        p->state = PA_CSV_RECORD;
        p->lost = false;
        p->line = w.walk.line;
        if (at < end) parse_piece(p, text, n, at, end, step ? step : n);
    }
    pa_csv_intake_free(&w.asked);
}

static bool same(const void *a, const void *b, size_t n, size_t size)
{
    return n == 0 || !a || memcmp(a, b, n * size) == 0;
}

static bool same_names(const pa_intern *a, const pa_intern *b)
{
    if (a->n != b->n) return false;
    return a->n == 0 || (same(a->start, b->start, a->n + 1, sizeof *a->start) &&
                         same(a->bytes, b->bytes, a->start[a->n], 1));
}

static void check_columns(const pa_csv_batch *a, const pa_csv_batch *b)
{
    size_t n = a->n;
    PA_ASSERT(a->n == b->n);
    PA_ASSERT(same(a->account, b->account, n, sizeof *a->account));
    PA_ASSERT(same(a->merchant, b->merchant, n, sizeof *a->merchant));
    PA_ASSERT(same(a->time, b->time, n, sizeof *a->time));
    PA_ASSERT(same(a->amount_minor, b->amount_minor, n, sizeof *a->amount_minor));
    PA_ASSERT(same(a->tx, b->tx, n, sizeof *a->tx));
    PA_ASSERT(same(a->line, b->line, n, sizeof *a->line));
    PA_ASSERT(same(a->label, b->label, n, sizeof *a->label));
    PA_ASSERT(same(a->label_time, b->label_time, n, sizeof *a->label_time));
    PA_ASSERT(same(a->id_length, b->id_length, n, sizeof *a->id_length));
    PA_ASSERT(a->id_bytes.length == b->id_bytes.length);
    PA_ASSERT(same(a->id_bytes.data, b->id_bytes.data, a->id_bytes.length, 1));
    for (int i = 0; i < PA_CSV_N_CODED; i++)
        PA_ASSERT(same(a->coded[i], b->coded[i], n, sizeof *a->coded[i]));
    for (int i = 0; i < PA_CSV_N_PLACES; i++)
        PA_ASSERT(same(a->place[i], b->place[i], n, sizeof *a->place[i]));
    for (int i = 0; i < (a->numeric && b->numeric ? a->has.n_numeric : 0); i++)
        PA_ASSERT(same(a->numeric[i], b->numeric[i], n, sizeof *a->numeric[i]));
}

static void check_remarks(const pa_csv_intake *a, const pa_csv_intake *b)
{
    PA_ASSERT(a->n_no_merchant == b->n_no_merchant && a->n_own_accounts == b->n_own_accounts);
    PA_ASSERT(a->n_long_names == b->n_long_names && a->first_long.line == b->first_long.line);
    PA_ASSERT(strcmp(a->first_long.what, b->first_long.what) == 0);
    PA_ASSERT(a->n_unknown_labels == b->n_unknown_labels);
    PA_ASSERT(memcmp(&a->amounts, &b->amounts, sizeof a->amounts) == 0);
    PA_ASSERT(a->lone.line == b->lone.line && strcmp(a->lone.text, b->lone.text) == 0);
    PA_ASSERT(a->rounded.line == b->rounded.line && strcmp(a->rounded.text, b->rounded.text) == 0);
    const pa_csv_odd_labels *x = &a->odd_labels, *y = &b->odd_labels;
    PA_ASSERT(x->n == y->n && x->n_words == y->n_words && x->more == y->more);
    PA_ASSERT(same(x->word, y->word, x->n_words, sizeof *x->word));
    PA_ASSERT(!a->gaps == !b->gaps);
    PA_ASSERT(same(a->gaps, b->gaps, (size_t)a->rows.has.n_numeric, sizeof *a->gaps));
}

static void check_same(const pa_csv_intake *a, const pa_csv_intake *b)
{
    check_columns(&a->rows, &b->rows);
    PA_ASSERT(same_names(&a->accounts, &b->accounts));
    PA_ASSERT(same_names(&a->merchants, &b->merchants));
    for (int i = 0; i < PA_CSV_N_CODED; i++) PA_ASSERT(same_names(&a->coded[i], &b->coded[i]));
    PA_ASSERT(a->n_rejected == b->n_rejected && a->n_kept == b->n_kept);
    PA_ASSERT(same(a->rejects, b->rejects, a->n_kept, sizeof *a->rejects));
    PA_ASSERT(a->first_line == b->first_line);
    PA_ASSERT(strcmp(a->first_reject, b->first_reject) == 0);
    check_remarks(a, b);
}

/* Names and values that the rest of the program relies on. */
static void check_names(const pa_intern *t)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t n = t->start[i + 1] - t->start[i];
        PA_ASSERT(n > 0 && n <= PA_CSV_NAME_BYTES);
    }
}

static void check_values(const pa_csv_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        PA_ASSERT(b->amount_minor[i] >= -PA_CSV_AMOUNT_MOST &&
                  b->amount_minor[i] <= PA_CSV_AMOUNT_MOST);
        PA_ASSERT(b->time[i] >= PA_TIME_MIN && b->time[i] <= PA_TIME_MAX);
        PA_ASSERT(b->label[i] >= -1 && b->label[i] <= 1);
    }
}

/* Every line is in a row, in the span of a reject, or empty. */
static void check_lines(const control *c, const pa_csv_intake *p, const char *text, size_t n)
{
    walker w;
    size_t reject = 0, rows = 0;
    start_walk(&w, c, &p->layout);
    for (size_t at = 0; at < n;) {
        pa_record_seen seen;
        int64_t line = w.walk.line;
        bool lost = w.walk.lost;
        pa_record_verdict v =
            pa_record_step(&w.walk, text + at, n - at, true, NULL, NULL, 0, &seen);
        at += seen.length;
        if (v == PA_RECORD_BLANK) continue;
        if (v == PA_RECORD_PASSED) {
            PA_ASSERT(seen.length == 0 || lost || w.walk.line == line || seen.lines == 1);
            if (seen.length > 0 && lost)
                PA_ASSERT(p->rejects[reject - 1].last >= line + seen.lines - 1);
            continue;
        }
        bool is_reject = reject < p->n_kept && p->rejects[reject].line == line;
        PA_ASSERT(v == PA_RECORD_GOOD || is_reject);
        if (is_reject) PA_ASSERT(p->rejects[reject].last >= line + seen.lines - 1);
        if (!is_reject) PA_ASSERT(rows < p->rows.n && p->rows.line[rows] == line);
        reject += is_reject;
        rows += !is_reject;
    }
    PA_ASSERT(reject == p->n_kept && rows == p->rows.n);
    pa_csv_intake_free(&w.asked);
}

static void check_file(const control *c, const pa_csv_layout *layout, const char *text, size_t n)
{
    pa_csv_intake whole, cut;
    pa_error err = {0};
    size_t used;
    set_up(&whole, c, layout);
    set_up(&cut, c, layout);
    PA_ASSERT(pa_csv_parse(&whole, text, n, n, true, &used, &err) == PA_OK && used == n);
    parse_in_pieces(&cut, c, text, n);
    check_same(&whole, &cut);
    check_values(&whole.rows);
    check_names(&whole.accounts);
    check_names(&whole.merchants);
    for (int i = 0; i < PA_CSV_N_CODED; i++) check_names(&whole.coded[i]);
    check_lines(c, &whole, text, n);
    pa_csv_intake_free(&whole);
    pa_csv_intake_free(&cut);
}

/* ---- the layout ---- */

enum { MOST_TIMES = 200 };

typedef struct {
    int32_t column;
    size_t n;
    pa_csv_field field[MOST_TIMES];
    pa_buffer text; /* what the fields hold: there is room for all of the file */
} time_sample;

static void take_time(void *taker, const pa_csv_field field[])
{
    time_sample *s = taker;
    pa_csv_field f = field[s->column];
    char *to = s->text.data + s->text.length;
    memcpy(to, f.text, f.length);
    s->text.length += f.length;
    s->field[s->n++] = (pa_csv_field){to, f.length};
}

/* The form that the first times show. */
static void see_times(pa_csv_layout *l, const char *rows, size_t n)
{
    time_sample s = {.column = l->time[0]};
    pa_time_sniffed shown;
    pa_error err = {0};
    PA_ASSERT(pa_buffer_reserve(&s.text, n + 1, &err) == PA_OK);
    PA_ASSERT(pa_csv_sample(l, rows, n, true, false, MOST_TIMES, take_time, &s, &err) == PA_OK);
    pa_time_sniff(s.field, s.n, &l->time_form, &shown);
    if (shown.verdict == PA_TIME_CLEAR) l->time_form = shown.form;
    pa_buffer_free(&s.text);
}

/* False where there is no header. */
static bool lay_out(const control *c, const char *text, size_t n, pa_csv_layout *l)
{
    pa_csv_names names = name_sets[pick(c, NAMES, sizeof name_sets / sizeof *name_sets)];
    const pa_csv_signs *signs = &sign_sets[pick(c, SIGNS, sizeof sign_sets / sizeof *sign_sets)];
    size_t how = pick(c, LAYOUT, N_LAYOUTS);
    pa_error err = {0};
    names.amount_form = amount_forms[pick(c, AMOUNTS, sizeof amount_forms / sizeof *amount_forms)];
    names.time_form.kind = (int32_t)pick(c, TIME_FORM, PA_TIME_BY_PATTERN);
    names.time_form.start = 1532476800;
    if (how == SIGNS_SAID) {
        names.separator = signs->separator;
        names.quote = signs->quote;
        names.escape = signs->escape;
        names.no_quote = signs->quote == '\0';
    }
    pa_status st = pa_csv_header(text, n, true, &names, 1, "x.csv", l, &err);
    PA_ASSERT(st == PA_OK || (st == PA_E_DATA && *err.message));
    if (st != PA_OK) return false;
    PA_ASSERT((l->length > 0 || l->head_length == 0) && (size_t)l->length <= n);
    PA_ASSERT(l->newlines <= pa_csv_line_ends(text, (size_t)l->length));
    if (how == SIGNS_OF_ROWS) l->signs = *signs;
    if (how == SIGNS_SEEN) see_times(l, text + l->length, n - (size_t)l->length);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    if (!end) return -1;
    control c = {data, (size_t)(end - data)};
    const char *text = (const char *)end + 1;
    size_t n = size - c.n - 1;
    pa_csv_layout layout = {0};
    if (!lay_out(&c, text, n, &layout)) return 0;
    check_file(&c, &layout, text + layout.length, n - (size_t)layout.length);
    return 0;
}
