/* A matrix of numbers as CSV, whole and in pieces. The first line of an input
 * says how, as digits: names, longest row, bytes of a buffer, bytes of a piece.
 * What must hold: pieces cut anywhere give the numbers of the whole, or the same
 * first fault; the numbers are those of the C library. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/matrix_csv.h"

enum { NAMES, LONGEST, BUFFER, PIECE, N_CONTROL };

typedef struct {
    uint8_t byte[N_CONTROL];
} plan;

static size_t pick(const plan *p, size_t place, size_t n)
{
    return (uint8_t)(p->byte[place] - '0') % n;
}

static const char *const skipped[] = {"id,note", "x"};
static const pa_matrix_names name_sets[] = {
    {0}, {.label = "y"}, {.label = "y", .skip = skipped, .n_skip = 2}, {.no_header = true}};
enum { N_NAME_SETS = sizeof name_sets / sizeof *name_sets };
static const size_t longest[] = {16 << 20, 1, 20, 300};
static const size_t steps[] = {1 << 20, 1, 2, 7, 64, 300, 16384};

/* Every call sees a block of exactly the bytes it may read. */
static pa_status parse_piece(pa_records *r, const char *text, size_t n, size_t begin, size_t end,
                             size_t step, pa_error *err)
{
    pa_status st = PA_OK;
    size_t have = begin;
    while (begin < end && st == PA_OK) {
        size_t used = 0;
        have = n - have > step ? have + step : n;
        char *exact = pa_alloc(have - begin, 1, err);
        PA_ASSERT(exact);
        memcpy(exact, text + begin, have - begin);
        st = pa_records_split(r, exact, have - begin, end - begin, have == n, &used, err);
        pa_free(exact);
        if (st != PA_OK) break;
        PA_ASSERT(used <= have - begin);
        bool more_is_of_use = used > 0 || (have < n && have - begin <= r->walk.rule->longest);
        PA_ASSERT(more_is_of_use);
        begin += used;
        if (have < begin) have = begin;
    }
    return st;
}

static pa_status parse(const plan *p, const pa_matrix_header *header, const pa_csv_head *head,
                       const char *text, size_t n, bool cut, pa_matrix_rows *rows, pa_error *err)
{
    size_t step = cut ? steps[pick(p, BUFFER, 7)] : n, piece = cut ? steps[pick(p, PIECE, 7)] : n;
    pa_status st = PA_OK;
    *rows = (pa_matrix_rows){.header = header};
    const pa_record_rule rule = {.signs = pa_csv_commas,
                                 .n_fields = header->n_fields,
                                 .longest = longest[pick(p, LONGEST, 4)]};
    pa_records r = {
        .walk = {.rule = &rule}, .name = "x.csv", .file = 1, .take = pa_matrix_take, .taker = rows};
    pa_record_walk walk = {&rule, PA_CSV_RECORD, 1 + head->newlines, false};
    for (size_t begin = 0, end, at = 0; begin < n && st == PA_OK; begin = end) {
        end = n - begin > piece ? begin + piece : n;
        while (at < n && (at < begin || !pa_record_walk_is_at_start(&walk))) {
            pa_record_seen seen;
            pa_record_step(&walk, text + at, n - at, true, NULL, NULL, 0, &seen);
            at += seen.length;
        }
        r.walk = walk;
        if (at < end) st = parse_piece(&r, text, n, at, end, step, err);
    }
    return st;
}

static void check_same(const pa_matrix_rows *a, const pa_matrix_rows *b)
{
    PA_ASSERT(a->n == b->n);
    for (size_t c = 0; a->n && c < a->header->n_columns; c++) {
        PA_ASSERT(memcmp(a->column[c], b->column[c], a->n * sizeof **a->column) == 0);
        for (size_t i = 0; i < a->n; i++) PA_ASSERT(isfinite(a->column[c][i]));
        PA_ASSERT(a->n_rounded[c] == b->n_rounded[c]);
        PA_ASSERT(!a->rest[c] == !b->rest[c]);
        PA_ASSERT(!a->rest[c] || memcmp(a->rest[c], b->rest[c], a->n * sizeof **a->rest) == 0);
    }
    for (size_t k = 0; a->n && k < a->header->n_nameless; k++)
        PA_ASSERT(memcmp(a->nameless + k, b->nameless + k, sizeof *a->nameless) == 0);
    PA_ASSERT(!a->n || !a->header->has_label || memcmp(a->label, b->label, a->n) == 0);
}

static void check_rows(const plan *p, const pa_matrix_header *header, const pa_csv_head *head,
                       const char *text, size_t n)
{
    pa_matrix_rows whole, cut;
    pa_error err = {0}, other = {0};
    pa_status st = parse(p, header, head, text, n, false, &whole, &err);
    PA_ASSERT(parse(p, header, head, text, n, true, &cut, &other) == st);
    PA_ASSERT(st == PA_OK || st == PA_E_DATA);
    PA_ASSERT(err.line == other.line && strcmp(err.message, other.message) == 0);
    if (st == PA_OK) check_same(&whole, &cut);
    pa_matrix_rows_free(&whole);
    pa_matrix_rows_free(&cut);
}

/* Cells of the text as numbers. */
static void check_number(const char *text, size_t n)
{
    char copy[64], *end;
    float v, expected;
    if (n == 0 || n >= sizeof copy || memchr(text, '\0', n)) return;
    memcpy(copy, text, n);
    copy[n] = '\0';
    expected = strtof(copy, &end);
    bool ok = pa_parse_float(text, n, &v);
    bool is_number = *end == '\0' && copy[strspn(copy, "0123456789+-.eE")] == '\0';
    PA_ASSERT(is_number ? v == expected && ok == !isinf(v) : !ok);
}

static void check_numbers(const char *text, size_t n)
{
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i < n && text[i] != ',' && text[i] != '\n') continue;
        check_number(text + from, i - from);
        from = i + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plan p = {"0000"};
    const uint8_t *end = memchr(data, '\n', size);
    if (!end) return -1;
    size_t length = (size_t)(end - data);
    memcpy(p.byte, data, length < N_CONTROL ? length : N_CONTROL);
    const char *text = (const char *)end + 1;
    size_t n = size - length - 1;
    pa_csv_head head = {0};
    pa_matrix_header header = {0};
    pa_error err = {0};
    check_numbers(text, n);
    pa_status st = pa_csv_find_head(text, n, true, &pa_csv_commas, 1, "x.csv", &head, &err);
    if (st == PA_OK) {
        PA_ASSERT(head.begin + head.length <= n && head.end > 0 && (size_t)head.end <= n);
        st = pa_matrix_read_header(text + head.begin, head.length, head.line, "x.csv",
                                   &name_sets[pick(&p, NAMES, N_NAME_SETS)], &header, &err);
    }
    PA_ASSERT(st == PA_OK || (st == PA_E_DATA && *err.message));
    if (st != PA_OK) return 0;
    check_rows(&p, &header, &head, text + head.end, n - (size_t)head.end);
    pa_matrix_header_free(&header);
    return 0;
}
