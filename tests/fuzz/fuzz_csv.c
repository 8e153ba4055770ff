/* CSV text, whole and in pieces. The first line of an input says how (see
 * `plan`), the rest is the file: header and records. What must hold: pieces cut
 * anywhere, handed over in buffers of any size, give the rows and rejects of the
 * whole; each record is a row or a reject; scans compose to the states walked. */
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

enum { NAMES, MAX_RECORD, BUFFER, PIECE, TIME_FORM, TEXT_IDS, WORDS };

static size_t pick(const control *c, size_t place, size_t n)
{
    return place < c->n ? (uint8_t)(c->byte[place] - '0') % n : 0;
}

static const pa_csv_names name_sets[] = {
    {.tx = "tx", .account = "account", .merchant = "merchant", .time = "time", .amount = "amount"},
    {.tx = "tx",
     .account = "account",
     .merchant = "merchant",
     .time = "time",
     .amount = "amount",
     .label = "label"},
    {.tx = "t", .account = "a", .merchant = "m", .time = "d", .amount = "x", .label = "y"},
    {.account = "a,b", .time = "year,month,day,clock", .amount = "x", .label = "y|z"},
    {.tx = "t|tx",
     .account = "a",
     .merchant = "m",
     .time = "d,c",
     .amount = "x",
     .label = "y|",
     .label_time = "u|",
     .coded = {"category|", "channel|", "currency|", "country|"},
     .place = {"home_lat|", "home_lon|", "merchant_lat|", "merchant_lon|"},
     .numeric = "V*,n"},
    {.time = "Time", .amount = "Amount", .label = "Class", .numeric = "V*"},
};

/* A small one makes long records out of short inputs. */
static const size_t max_records[] = {1 << 20, 90, 30, 1, 400, 20000};
/* Bytes added to the buffer at a time, and bytes of a piece; 0: all there are. */
static const size_t steps[] = {0, 1, 2, 7, 64, 300, 16384};

/* Words for nothing, for labels, and rows that are their own accounts. */
static void set_words(pa_csv_intake *p, size_t which)
{
    static const char *const missing[] = {"", "NULL, \\N, N/A, nan", "0, -1", "a"};
    static const char *const fraud[] = {"", "", "-1, 2.0", "x"};
    static const char *const genuine[] = {"", "", "1", "y"};
    pa_error err = {0};
    p->own_accounts = which % 2;
    PA_ASSERT(pa_csv_words_add(&p->missing, missing[which], &err) == PA_OK);
    PA_ASSERT(pa_csv_label_words_set(&p->label_words, fraud[which], genuine[which], "?",
                                     &p->missing, &err) == PA_OK);
}

static void set_up(pa_csv_intake *p, const control *c, const pa_csv_layout *layout)
{
    *p = (pa_csv_intake){.layout = *layout, .keep_rejects = 1 << 20};
    p->max_record = max_records[pick(c, MAX_RECORD, sizeof max_records / sizeof *max_records)];
    p->time_form = (pa_csv_time_form)pick(c, TIME_FORM, PA_CSV_TIME_MM_DD_YYYY + 1);
    p->time_start = 1532476800;
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
    while (begin < end) {
        size_t used;
        have = n - have > step ? have + step : n;
        char *exact = pa_alloc(have - begin, 1, &err);
        PA_ASSERT(exact);
        memcpy(exact, text + begin, have - begin);
        PA_ASSERT(pa_csv_parse(p, exact, have - begin, end - begin, have == n, &used, &err) ==
                  PA_OK);
        pa_free(exact);
        PA_ASSERT(used <= have - begin);
        bool more_is_of_use = used > 0 || (have < n && have - begin <= p->max_record);
        PA_ASSERT(more_is_of_use);
        begin += used;
        if (have < begin) have = begin;
    }
}

static void parse_in_pieces(pa_csv_intake *p, const control *c, const char *text, size_t n)
{
    size_t step = steps[pick(c, BUFFER, sizeof steps / sizeof *steps)];
    size_t piece = steps[pick(c, PIECE, sizeof steps / sizeof *steps)];
    pa_csv_scan scan = pa_csv_scan_start;
    for (size_t begin = 0, end; begin < n; begin = end) {
        end = piece && n - begin > piece ? begin + piece : n;
        p->state = (pa_csv_state)scan.to[PA_CSV_RECORD];
        p->line = 1 + p->layout.newlines + scan.newlines;
        PA_ASSERT(p->state == pa_csv_after(PA_CSV_RECORD, text, begin));
        PA_ASSERT(scan.newlines == pa_csv_newlines(text, begin));
        parse_piece(p, text, n, begin, end, step ? step : n);
        pa_csv_scan_add(&scan, text + begin, end - begin);
    }
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
    for (int i = 0; i < (a->numeric ? a->has.n_numeric : 0); i++)
        PA_ASSERT(same(a->numeric[i], b->numeric[i], n, sizeof *a->numeric[i]));
}

static void check_remarks(const pa_csv_intake *a, const pa_csv_intake *b)
{
    PA_ASSERT(a->n_no_merchant == b->n_no_merchant && a->n_own_accounts == b->n_own_accounts);
    PA_ASSERT(a->n_long_names == b->n_long_names && a->first_long.line == b->first_long.line);
    PA_ASSERT(strcmp(a->first_long.what, b->first_long.what) == 0);
    PA_ASSERT(a->n_unknown_labels == b->n_unknown_labels);
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

static bool is_blank(const char *record, size_t n)
{
    return (n == 1 && (*record == '\n' || *record == '\r')) ||
           (n == 2 && record[0] == '\r' && record[1] == '\n');
}

/* Records, one at a time; their lines are those of the rejects. */
static int64_t count_records(const pa_csv_intake *p, const char *text, size_t n)
{
    int64_t records = 0, line = 1 + p->layout.newlines;
    size_t reject = 0;
    for (size_t i = 0, length; i < n; i += length) {
        pa_csv_state state = PA_CSV_RECORD;
        length = pa_csv_record_end(&state, text + i, n - i);
        PA_ASSERT(length > 0);
        bool is_reject = reject < p->n_kept && p->rejects[reject].line == line;
        reject += is_reject;
        bool short_enough = length <= p->max_record;
        records += !is_blank(text + i, length) || !short_enough;
        PA_ASSERT(short_enough || is_reject);
        line += pa_csv_newlines(text + i, length);
    }
    PA_ASSERT(reject == p->n_kept);
    return records;
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
    PA_ASSERT(count_records(&whole, text, n) == (int64_t)whole.rows.n + whole.n_rejected);
    pa_csv_intake_free(&whole);
    pa_csv_intake_free(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    if (!end) return -1;
    control c = {data, (size_t)(end - data)};
    const char *text = (const char *)end + 1;
    size_t n = size - c.n - 1;
    const pa_csv_names *names = &name_sets[pick(&c, NAMES, sizeof name_sets / sizeof *name_sets)];
    pa_csv_layout layout = {0};
    pa_error err = {0};
    pa_status st = pa_csv_header(text, n, true, names, 1, "x.csv", &layout, &err);
    PA_ASSERT(st == PA_OK || (st == PA_E_DATA && *err.message));
    if (st != PA_OK) return 0;
    PA_ASSERT(layout.length > 0 && (size_t)layout.length <= n);
    PA_ASSERT(layout.newlines == pa_csv_newlines(text, (size_t)layout.length));
    check_file(&c, &layout, text + layout.length, n - (size_t)layout.length);
    return 0;
}
