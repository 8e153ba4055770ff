#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/draw.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/matrix_csv.h"
#include "unit.h"

/* ---- numbers ---- */

static float float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static bool reads(const char *text, float expected)
{
    float v = -7;
    return pa_parse_float(text, strlen(text), &v) && memcmp(&v, &expected, sizeof v) == 0;
}

static bool refuses(const char *text, float why)
{
    float v = -7;
    return !pa_parse_float(text, strlen(text), &v) && v == why;
}

static void test_numbers_are_read(void)
{
    CU_ASSERT(reads("0", 0.0f));
    CU_ASSERT(reads("-0", -0.0f));
    CU_ASSERT(reads("+17", 17.0f));
    CU_ASSERT(reads("-.5", -0.5f));
    CU_ASSERT(reads("5.", 5.0f));
    CU_ASSERT(reads("1e3", 1000.0f));
    CU_ASSERT(reads("1.5E-3", 0.0015f));
    CU_ASSERT(reads("2e+2", 200.0f));
    CU_ASSERT(reads("0000000000000000000000000000042.000000000000000000000000", 42.0f));
    CU_ASSERT(reads("340282346638528859811704183484516925440", FLT_MAX));
    CU_ASSERT(reads("16777217.000000001", 16777218.0f)); /* the nearest double is 16777217 */
    CU_ASSERT(reads("1e-50", 0.0f));
    CU_ASSERT(reads("1e-45", float_of(1)));
    CU_ASSERT(reads("0e999999999999999999999", 0.0f));
    CU_ASSERT(reads("1e-999999999999999999999", 0.0f));
}

static void test_what_is_no_number_is_told_from_what_does_not_fit(void)
{
    static const char *const texts[] = {"",      "-",     "+",    ".",     "e3",  "1e",  "1e+",
                                        " 1",    "1 ",    "1,5",  "0x1p3", "nan", "inf", "--1",
                                        "1.2.3", "1e5.0", "1e3x", "abc",   "1f",  "1_0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) CU_ASSERT(refuses(texts[i], 0.0f));
    CU_ASSERT(refuses("1e39", INFINITY));
    CU_ASSERT(refuses("-1e39", -INFINITY));
    CU_ASSERT(refuses("340282356779733661637539395458142568448", INFINITY));
    CU_ASSERT(refuses("1e999999999999999999999", INFINITY));
}

/* strtof rounds once, from all digits. */
static int unlike_the_library(const char *text)
{
    return !reads(text, strtof(text, NULL));
}

static void test_numbers_are_those_of_the_library(void)
{
    int unlike = 0;
    for (uint64_t i = 0; i < 40000; i++) {
        char text[80];
        double u = pa_uniform(5, PA_DRAW_TEST, 0, i), v = pa_uniform(5, PA_DRAW_TEST, 1, i);
        snprintf(text, sizeof text, "%.*e", (int)(i % 21), (u - 0.5) * pow(10, 60 * v - 25));
        unlike += isfinite(strtof(text, NULL)) && unlike_the_library(text);
        snprintf(text, sizeof text, "%.*f", (int)(i % 12), (u - 0.5) * pow(10, 12 * v));
        unlike += unlike_the_library(text);
    }
    CU_ASSERT_EQUAL(unlike, 0);
}

/* Between two floats, and just beside the middle: a double cannot hold the last
 * digit, so rounding twice would go wrong. */
static void test_middles_of_two_floats_are_rounded_once(void)
{
    int unlike = 0;
    for (uint64_t i = 0; i < 3000; i++) {
        uint32_t bits = 0x30000000u + (uint32_t)pa_draw_below(6, PA_DRAW_TEST, 0, i, 0x1f000000u);
        double middle = ((double)float_of(bits) + (double)float_of(bits + 1)) / 2;
        char text[200];
        int n = snprintf(text, sizeof text - 2, "%.80f", middle);
        unlike += unlike_the_library(text);
        text[n] = '1', text[n + 1] = '\0';
        unlike += unlike_the_library(text);
        snprintf(text, sizeof text, "%.17g", nextafter(middle, i % 2 ? 0 : 1e30));
        unlike += unlike_the_library(text);
    }
    for (uint64_t i = 0; i < 500; i++) { /* floats of fewer bits than others */
        uint32_t bits = (uint32_t)pa_draw_below(6, PA_DRAW_TEST, 1, i, 0x01000000u);
        double middle = ((double)float_of(bits) + (double)float_of(bits + 1)) / 2;
        char text[200];
        snprintf(text, sizeof text, "%.160e", middle);
        unlike += unlike_the_library(text);
        snprintf(text, sizeof text, "%.20e", middle);
        unlike += unlike_the_library(text);
    }
    CU_ASSERT_EQUAL(unlike, 0);
}

/* ---- rows, against a slow twin ---- */

enum { MOST_ROWS = 60, COLUMNS = 4 };

/* What a drawn file says. Columns: a, no"te, y, b, c, d; no"te is skipped. */
typedef struct {
    size_t n_rows;
    float value[MOST_ROWS][COLUMNS];
    uint8_t label[MOST_ROWS];
    char text[MOST_ROWS * 200 + 200];
    size_t length;
} drawn_file;

static uint64_t draw(uint64_t seed, uint64_t *step, uint64_t n)
{
    return pa_draw_below(seed, PA_DRAW_TEST, 9, (*step)++, n);
}

static void add(drawn_file *f, const char *text)
{
    size_t n = strlen(text);
    memcpy(f->text + f->length, text, n);
    f->length += n;
}

static void add_number(drawn_file *f, uint64_t seed, uint64_t *step, const char *number)
{
    char text[80];
    static const char *const form[] = {"%s", "%s", "%s", "\"%s\"", " %s\t", "\" %s\""};
    snprintf(text, sizeof text, form[draw(seed, step, 6)], number);
    add(f, text);
}

static void draw_row(drawn_file *f, uint64_t seed, uint64_t *step, const char *line_end)
{
    static const char *const notes[] = {
        "", "x", "\"a, b\"", "\"two\nlines\r\n\n\"", "\"a \"\"q\"\"\"", "5\" ok"};
    char number[COLUMNS][40];
    size_t r = f->n_rows++;
    for (int c = 0; c < COLUMNS; c++) {
        double v = (double)draw(seed, step, 2000000) / 1000 - 1000;
        snprintf(number[c], sizeof *number, "%.*f", (int)draw(seed, step, 5), v);
        f->value[r][c] = strtof(number[c], NULL);
    }
    f->label[r] = (uint8_t)draw(seed, step, 2);
    add_number(f, seed, step, number[0]);
    add(f, ",");
    add(f, notes[draw(seed, step, 6)]);
    add(f, ",");
    add_number(f, seed, step, f->label[r] ? (draw(seed, step, 2) ? "1" : "1.0") : "0");
    for (int c = 1; c < COLUMNS; c++) {
        add(f, ",");
        add_number(f, seed, step, number[c]);
    }
    if (line_end) add(f, line_end);
}

static void draw_file(uint64_t seed, drawn_file *f)
{
    uint64_t step = 0, n_rows = draw(seed, &step, MOST_ROWS);
    const char *line_end = draw(seed, &step, 2) ? "\r\n" : "\n";
    bool last_ends = draw(seed, &step, 2);
    f->n_rows = f->length = 0;
    if (draw(seed, &step, 2)) add(f, "\xef\xbb\xbf");
    if (draw(seed, &step, 3) == 0) add(f, line_end);
    add(f, " a ,\"no\"\"te\",y,b,\"c\",d");
    add(f, line_end);
    for (uint64_t r = 0; r < n_rows; r++) {
        if (draw(seed, &step, 9) == 0) add(f, line_end);
        draw_row(f, seed, &step, r + 1 < n_rows || last_ends ? line_end : NULL);
    }
}

static const char *const note[] = {"no\"te"};
static const pa_matrix_names without_note = {.label = "y", .skip = note, .n_skip = 1};

static pa_status read_header(const char *text, size_t n, const pa_matrix_names *names,
                             pa_csv_head *head, pa_matrix_header *h, pa_error *err)
{
    PA_TRY(pa_csv_find_head(text, n, true, &pa_csv_commas, 1, "m.csv", head, err));
    return pa_matrix_read_header(text + head->begin, head->length, head->line, "m.csv", names, h,
                                 err);
}

/* Feeds text[from .. to) as one piece, at most `step` further bytes at a time. */
static pa_status parse_piece(pa_records *r, const char *text, size_t size, size_t from, size_t to,
                             size_t step, pa_error *err)
{
    size_t at = from, end = from;
    while (at < to) {
        size_t used;
        end = end + step < size ? end + step : size;
        /* A copy of its own, so that a sanitizer sees what lies behind it. */
        char *window = malloc(end - at);
        memcpy(window, text + at, end - at);
        pa_status st = pa_records_split(r, window, end - at, to - at, end == size, &used, err);
        free(window);
        PA_TRY(st);
        at += used;
        if (end < at) end = at;
        if (end == size && used == 0) return pa_fail(err, PA_E_BUG, "no progress");
    }
    return PA_OK;
}

/* The whole file cut at `cut`, read in two pieces that know nothing of each other
 * but the state. */
static pa_status parse_cut(const char *text, size_t size, size_t cut, size_t step,
                           const pa_matrix_names *names, pa_matrix_header *h,
                           pa_matrix_rows part[2], pa_error *err)
{
    pa_csv_head head;
    PA_TRY(read_header(text, size, names, &head, h, err));
    size_t begin = (size_t)head.end;
    if (cut < begin) cut = begin;
    const pa_record_rule rule = {.signs = pa_csv_commas, .n_fields = h->n_fields, .longest = 1000};
    pa_record_walk walk = {&rule, PA_CSV_RECORD, 1 + head.newlines, false};
    pa_records r = {.walk = walk, .name = "m.csv", .file = 1, .take = pa_matrix_take};
    part[0] = part[1] = (pa_matrix_rows){.header = h};
    r.taker = &part[0];
    PA_TRY(parse_piece(&r, text, size, begin, cut, step, err));
    r.taker = &part[1];
    while (begin < cut) {
        pa_record_seen seen;
        pa_record_step(&walk, text + begin, size - begin, true, NULL, NULL, 0, &seen);
        begin += seen.length;
    }
    r.walk = walk;
    return parse_piece(&r, text, size, begin, size, step, err);
}

static size_t count_unlike(const drawn_file *f, const pa_matrix_rows part[2])
{
    size_t unlike = part[0].n + part[1].n != f->n_rows, row = 0;
    for (int p = 0; p < 2; p++) {
        for (size_t i = 0; i < part[p].n && row < f->n_rows; i++, row++) {
            unlike += part[p].label[i] != f->label[row];
            for (int c = 0; c < COLUMNS; c++) unlike += part[p].column[c][i] != f->value[row][c];
        }
    }
    return unlike;
}

static void test_drawn_files_are_read_whatever_the_cut(void)
{
    static drawn_file f;
    size_t unlike = 0, failed = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        draw_file(seed, &f);
        size_t stride = seed < 10 ? 1 : 13;
        for (size_t cut = seed % stride; cut <= f.length; cut += stride) {
            pa_error err = {0};
            pa_matrix_header h = {0};
            pa_matrix_rows part[2] = {{0}, {0}};
            failed += parse_cut(f.text, f.length, cut, 1 + (seed + cut) % 97, &without_note, &h,
                                part, &err) != PA_OK;
            unlike += count_unlike(&f, part);
            pa_matrix_rows_free(&part[0]);
            pa_matrix_rows_free(&part[1]);
            pa_matrix_header_free(&h);
        }
    }
    CU_ASSERT_EQUAL(failed, 0);
    CU_ASSERT_EQUAL(unlike, 0);
}

/* ---- what is wrong with a file ---- */

/* Whether the text, in one piece and then byte by byte, gives this message. */
static bool says(const char *text, const pa_matrix_names *names, int64_t line, const char *message)
{
    static const size_t steps[] = {100000, 1};
    bool good = true;
    for (int i = 0; i < 2; i++) {
        pa_error err = {0};
        pa_matrix_header h = {0};
        pa_matrix_rows part[2] = {{0}, {0}};
        pa_status st =
            parse_cut(text, strlen(text), strlen(text) / 2, steps[i], names, &h, part, &err);
        bool same =
            st != PA_OK && st == err.status && err.line == line && !strcmp(err.message, message);
        if (!same) printf("\n    got %d %lld '%s'\n", (int)st, (long long)err.line, err.message);
        good = good && same;
        pa_matrix_rows_free(&part[0]);
        pa_matrix_rows_free(&part[1]);
        pa_matrix_header_free(&h);
    }
    return good;
}

#define GAP_REMEDY "fill it, take the row out, or leave the column out by --skip"
#define NO_LABEL "is no label: 0 or 1, false or true, no or yes, genuine or fraud"

static void test_bad_rows_are_answered_with_line_and_column(void)
{
    static const pa_matrix_names names = {.label = "y"};
    CU_ASSERT(says("a,y\n1,0\nabc,0\n", &names, 3, "m.csv:3: column 'a': 'abc' is not a number"));
    CU_ASSERT(says("a,y\n1,0\n\n ,0\n", &names, 4,
                   "m.csv:4: column 'a': the cell is empty: " GAP_REMEDY));
    CU_ASSERT(says("a,y\n1,\n", &names, 2,
                   "m.csv:2: column 'y': the cell is empty: every row needs its label"));
    CU_ASSERT(says("a,y\nNaN,0\n", &names, 2, "m.csv:2: column 'a': 'NaN' is a gap: " GAP_REMEDY));
    CU_ASSERT(says("a,y\n-nan,0\n", &names, 2, "m.csv:2: column 'a': '-nan' is not finite"));
    CU_ASSERT(
        says("a,y\n-Infinity,0\n", &names, 2, "m.csv:2: column 'a': '-Infinity' is not finite"));
    CU_ASSERT(says("a,y\n1e39,0\n", &names, 2,
                   "m.csv:2: column 'a': '1e39' is too large for a 32-bit float"));
    CU_ASSERT(says("a,y\n1,2\n", &names, 2, "m.csv:2: column 'y': '2' " NO_LABEL));
    CU_ASSERT(says("a,y\n1,nan\n", &names, 2, "m.csv:2: column 'y': 'nan' " NO_LABEL));
    CU_ASSERT(
        says("a,y\n1,1\n1,-1\n", &names, 3,
             "m.csv:3: column 'y': '-1' is no label: where 1 and -1 stand for normal and odd, "
             "write 0 and 1"));
    CU_ASSERT(says("a,y\n1\n", &names, 2, "m.csv:2: 1 fields, where the header has 2"));
    CU_ASSERT(says("a,y\n1,0,\"2\"\n", &names, 2, "m.csv:2: 3 fields, where the header has 2"));
    CU_ASSERT(says("a,y\n1,0\n1,\"0\n1,0\n", &names, 3,
                   "m.csv:3: a quote that is opened in this row is never closed"));
    CU_ASSERT(
        says("a,y\n\"1\n\n\",0\n5,x\n", &names, 2, "m.csv:2: column 'a': '1?\?' is not a number"));
}

static void test_a_long_row_is_answered_before_it_is_read(void)
{
    static const char message[] =
        "m.csv:3: the row is longer than 1000 bytes: is a quote not closed?";
    char text[3000];
    pa_error err = {0};
    pa_matrix_header h = {0};
    pa_matrix_rows part[2] = {{0}, {0}};
    memset(text, '0', sizeof text);
    memcpy(text, "a\n1\n", 4);
    CU_ASSERT_EQUAL(parse_cut(text, 1004, 500, 7, &(pa_matrix_names){0}, &h, part, &err), PA_OK);
    CU_ASSERT_EQUAL(part[0].n + part[1].n, 2);
    pa_matrix_rows_free(&part[0]);
    pa_matrix_rows_free(&part[1]);
    pa_matrix_header_free(&h);
    text[1005] = text[2999] = '\0';
    CU_ASSERT(says(text, &(pa_matrix_names){0}, 3, message));
    text[1005] = '0';
    CU_ASSERT(says(text, &(pa_matrix_names){0}, 3, message));
}

static void test_bad_headers_are_answered(void)
{
    static const char *const skip[] = {"a,b"};
    static const pa_matrix_names label = {.label = "y"}, all = {.skip = skip, .n_skip = 1},
                                 both = {.label = "b", .skip = skip, .n_skip = 1}, none = {0};
    CU_ASSERT(says("", &none, 0,
                   "m.csv: the file is empty: a line with the names of the columns is expected"));
    CU_ASSERT(says("\n\n", &none, 0,
                   "m.csv: the file is empty: a line with the names of the columns is expected"));
    CU_ASSERT(
        says("\n\na,b\n", &label, 3, "m.csv:3: no column 'y' (--label); the columns are a, b"));
    CU_ASSERT(says("a,yy\n", &(pa_matrix_names){.label = "yyy"}, 1,
                   "m.csv:1: no column 'yyy' (--label): did you mean 'yy'?"));
    CU_ASSERT(
        says("a,y,b,y\n", &label, 1, "m.csv:1: two columns are named 'y': --label 2 or --label 4"));
    CU_ASSERT(says("a,b\n", &all, 1,
                   "m.csv:1: there is no column with a name but the label and what is skipped"));
    CU_ASSERT(says("a,b,c\n", &both, 0, "column 'b' is named by --label and by --skip"));
    CU_ASSERT(says(",,\n", &none, 1,
                   "m.csv:1: there is no column with a name but the label and what is skipped"));
    CU_ASSERT(says("a,b\n", &(pa_matrix_names){.label = "3"}, 1,
                   "m.csv:1: no column '3' (--label); the columns are a, b"));
    CU_ASSERT(says("a,b\n", &(pa_matrix_names){.label = "0"}, 1,
                   "m.csv:1: no column '0' (--label); the columns are a, b"));
    CU_ASSERT(says("\"a\nb", &none, 1,
                   "m.csv:1: the line with the names of the columns does not end within 4 bytes"));
}

/* ---- names ---- */

static bool is_row(const char *line, const char *what)
{
    char message[300];
    snprintf(message, sizeof message,
             "m.csv:1: only %s, where a line with the names of the columns is expected: write one, "
             "or read this line as a row by --no-header",
             what);
    return says(line, &(pa_matrix_names){0}, 1, message);
}

static void test_a_row_is_no_header(void)
{
    static const char *const numbers[] = {"1.5,2,3\n", "50,62,81,0\n", "0,1,3\n",     "1,0\n",
                                          "2,3,4\n",   "-1,0,1\n",     "2010,2011\n", "0,1e0\n",
                                          ",5,7\n",    "\"5\", 7 \n",  "0.0,1.0\n"};
    static const char *const mixed[] = {"50,62,N\n", "True,5.1\n", "50,nan,81\n", "0,NULL,2\n",
                                        "1,0,y\n"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        CU_ASSERT(is_row(numbers[i], "numbers"));
    for (size_t i = 0; i < sizeof mixed / sizeof *mixed; i++)
        CU_ASSERT(is_row(mixed[i], "numbers and words that stand for values"));
}

static void test_headers_that_are_fine_are_read(void)
{
    static const struct {
        const char *text;
        size_t n_columns, n_nameless;
        bool is_counted;
    } headers[] = {
        {"0,1,2\n", 3, 0, true},
        {"1,2,3\n", 3, 0, true},
        {"0\n", 1, 0, true},
        {",0,1\n", 2, 1, true},
        {"Unnamed: 0,0,1,y\n", 3, 1, true},
        {"\n\"a\"", 1, 0, false},
        {"a,a,a\n", 3, 0, false},
        {"id,2011,2010\n", 3, 0, false},
        {"y,n\n", 2, 0, false},
        {" ,\"\",Unnamed: 0.1,a,\n", 1, 4, false},
        {"Unnamed: ,Unnamed: x,unnamed: 1\n", 3, 0, false},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        pa_error err = {0};
        pa_csv_head head;
        pa_matrix_header h = {0};
        CU_ASSERT_EQUAL(read_header(headers[i].text, strlen(headers[i].text), &(pa_matrix_names){0},
                                    &head, &h, &err),
                        PA_OK);
        CU_ASSERT_EQUAL(h.n_columns, headers[i].n_columns);
        CU_ASSERT_EQUAL(h.n_nameless, headers[i].n_nameless);
        CU_ASSERT_EQUAL(h.is_counted, headers[i].is_counted);
        pa_matrix_header_free(&h);
    }
}

/* The kinds of the columns of a header, by their first letters: f, l, s, n. */
static bool has_kinds(const char *text, const pa_matrix_names *names, const char *kinds)
{
    pa_error err = {0};
    pa_csv_head head;
    pa_matrix_header h = {0};
    bool good = read_header(text, strlen(text), names, &head, &h, &err) == PA_OK &&
                h.n_fields == strlen(kinds);
    for (size_t i = 0; good && i < h.n_fields; i++) good = "flsn"[h.kind[i]] == kinds[i];
    pa_matrix_header_free(&h);
    return good;
}

static void test_columns_are_called_by_name_then_by_place(void)
{
    static const char *const first[] = {"1,3"}, *const nameless[] = {"col1"};
    const pa_matrix_names places = {.label = "4", .skip = first, .n_skip = 1};
    const pa_matrix_names none = {.skip = nameless, .n_skip = 1};
    CU_ASSERT(has_kinds("a,b,c,d\n", &places, "sfsl"));
    CU_ASSERT(has_kinds(",b,c,y\n", &places, "sfsl"));
    CU_ASSERT(has_kinds("0,1,2,3,4\n", &places, "fsfsl")); /* names of pandas */
    CU_ASSERT(has_kinds("3,d,1,4\n", &places, "sfsl"));
    CU_ASSERT(has_kinds(",b,,d\n", &none, "sfnf"));
    CU_ASSERT(has_kinds("a,a,y,y\n", &(pa_matrix_names){.label = "4"}, "fffl"));
}

static void test_without_a_header_columns_are_called_by_place(void)
{
    static const char *const skip[] = {"col2"};
    static const char *const expected[] = {"col1", "col2", "col3", "col4"};
    const pa_matrix_names names = {.label = "4", .skip = skip, .n_skip = 1, .no_header = true};
    pa_error err = {0};
    pa_csv_head head;
    pa_matrix_header h = {0};
    CU_ASSERT(has_kinds("50,62,,0\n", &names, "fsfl"));
    CU_ASSERT_EQUAL(read_header("50,62,,0\n", 9, &names, &head, &h, &err), PA_OK);
    for (size_t i = 0; i < h.n_fields; i++) CU_ASSERT_STRING_EQUAL(h.name[i], expected[i]);
    CU_ASSERT_EQUAL(h.n_nameless, 0);
    pa_matrix_header_free(&h);
}

/* ---- columns without a name ---- */

/* first, first line, bad line (0: none) of the first column, which has no name. */
static bool counts(const char *text, int64_t first, int64_t first_line, int64_t bad_line)
{
    static const pa_matrix_names none = {0};
    pa_error err = {0};
    pa_matrix_header h = {0};
    pa_matrix_rows part[2] = {{0}, {0}};
    bool good = parse_cut(text, strlen(text), strlen(text), 5, &none, &h, part, &err) == PA_OK;
    if (good) {
        const pa_matrix_nameless *c = part[0].nameless;
        good = c->first == first && c->first_line == first_line &&
               c->bad_line == (bad_line ? bad_line : INT64_MAX);
    }
    pa_matrix_rows_free(&part[0]);
    pa_matrix_rows_free(&part[1]);
    pa_matrix_header_free(&h);
    return good;
}

static void test_columns_without_a_name_are_counts_or_empty(void)
{
    CU_ASSERT(counts(",a\n0,5\n1,5\n\n2,5\n", 0, 2, 0));
    CU_ASSERT(counts("Unnamed: 0,a\n\"1\",5\n 2 ,5\n", 1, 2, 0));
    CU_ASSERT(counts(",a\n800,5\n801,5\n", 800, 2, 0));
    CU_ASSERT(counts(",a\n,5\n ,5\n\"\",5\n", PA_MATRIX_BLANK, 2, 0));
    CU_ASSERT(counts(",a\n0,5\n2,5\n2,5\n", 0, 2, 3));
    CU_ASSERT(counts(",a\n0,5\n1,5\n1,5\n", 0, 2, 4));
    CU_ASSERT(counts(",a\n\n0,5\n,5\n", 0, 3, 4));
    CU_ASSERT(counts(",a\n,5\n0,5\n", PA_MATRIX_BLANK, 2, 3));
    CU_ASSERT(counts(",a\nx,5\nx,5\n", PA_MATRIX_NO_COUNT, 2, 2));
    CU_ASSERT(counts(",a\n-1,5\n0,5\n", PA_MATRIX_NO_COUNT, 2, 2));
    CU_ASSERT(counts(",a\n0.0,5\n1.0,5\n", PA_MATRIX_NO_COUNT, 2, 2));
    CU_ASSERT(counts(",a\n9223372036854775807,5\n", PA_MATRIX_NO_COUNT, 2, 2));
}

/* ---- large numbers ---- */

/* A file of one column t. */
static void read_numbers(const char *text, pa_matrix_header *h, pa_matrix_rows *rows)
{
    static const pa_matrix_names none = {0};
    pa_error err = {0};
    pa_matrix_rows part[2];
    CU_ASSERT_EQUAL_FATAL(parse_cut(text, strlen(text), strlen(text), 9, &none, h, part, &err),
                          PA_OK);
    *rows = part[0];
    pa_matrix_rows_free(&part[1]);
}

static void free_numbers(pa_matrix_header *h, pa_matrix_rows *rows)
{
    pa_matrix_rows_free(rows);
    pa_matrix_header_free(h);
}

/* Seconds of a day in 2024, in more rows than the first room of an array has: all are
 * there when the first is taken away. */
static void test_seconds_are_told_apart_when_shifted(void)
{
    enum { N = 200 };
    char text[N * 12 + 10] = "t\n";
    for (int i = 0; i < N; i++) sprintf(text + strlen(text), "%d\n", 1704067200 + 7 * i);
    pa_matrix_header h;
    pa_matrix_rows rows;
    read_numbers(text, &h, &rows);
    pa_matrix_range range = pa_matrix_range_of(&rows, 0);
    CU_ASSERT(range.low == 1704067200.0 && range.high == 1704067200.0 + 7 * (N - 1));
    CU_ASSERT(range.n_rounded > N / 2 && range.n_rounded < N);
    CU_ASSERT(rows.column[0][0] == rows.column[0][1]);
    CU_ASSERT_EQUAL(pa_matrix_offset_of(&range), 1704067200.0);
    pa_matrix_rows_shift(&rows, 0, 1704067200.0);
    for (int i = 0; i < N; i++) CU_ASSERT(rows.column[0][i] == (float)(7 * i));
    range = pa_matrix_range_of(&rows, 0);
    CU_ASSERT(range.low == 0.0 && range.high == 7 * (N - 1) && range.n_rounded == 0);
    free_numbers(&h, &rows);
}

static void test_rests_belong_to_their_rows(void)
{
    pa_matrix_header h;
    pa_matrix_rows rows;
    read_numbers("t\n5.5\n16777217\n3\n-33554435.5\n16777216\n1e30\n", &h, &rows);
    CU_ASSERT_EQUAL(rows.n_rounded[0], 3);
    static const float rest[] = {0, 1, 0, 0.5f, 0};
    CU_ASSERT(rows.column[0][1] == 16777216.0f && rows.column[0][3] == -33554436.0f);
    for (size_t i = 0; i < 5; i++) CU_ASSERT(rows.rest[0][i] == rest[i]);
    free_numbers(&h, &rows);
}

static void test_what_is_of_no_use_is_not_shifted(void)
{
    static const struct {
        const char *text;
        double offset;
        int64_t n_rounded;
    } columns[] = {
        {"t\n1704067200\n1704067328\n", 0, 0}, /* floats as they are */
        {"t\n16777217\n1\n", 0, 1},            /* as far apart as large */
        {"t\n0.1\n0.3\n", 0, 0},               /* not so large */
        {"t\n16777217\n16777217\n", 16777217, 2},
        {"t\n1704067200.25\n1704067200.75\n", 1704067200, 2},
        {"t\n-1704067201\n-1704067207\n", -1704067207, 2},
        {"t\n40000001\n20000001\n", 20000001, 2},
        {"t\n40000003\n20000001\n", 0, 2},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        pa_matrix_header h;
        pa_matrix_rows rows;
        read_numbers(columns[i].text, &h, &rows);
        pa_matrix_range range = pa_matrix_range_of(&rows, 0);
        CU_ASSERT_EQUAL(range.n_rounded, columns[i].n_rounded);
        CU_ASSERT_EQUAL(pa_matrix_offset_of(&range), columns[i].offset);
        free_numbers(&h, &rows);
    }
}

/* What is still too large for 24 bits is counted. */
static void test_a_wide_column_stays_rounded(void)
{
    pa_matrix_header h;
    pa_matrix_rows rows;
    read_numbers("t\n1704067200\n1724067201\n1724067202\n", &h, &rows);
    pa_matrix_rows_shift(&rows, 0, 1704067200.0);
    CU_ASSERT_EQUAL(rows.n_rounded[0], 1);
    CU_ASSERT(rows.column[0][1] == 20000000.0f && rows.column[0][2] == 20000002.0f);
    CU_ASSERT_PTR_NULL(rows.rest[0]);
    free_numbers(&h, &rows);
}

static void test_true_and_false_are_numbers(void)
{
    pa_matrix_header h;
    pa_matrix_rows rows;
    read_numbers("t\nTrue\nfalse\nTRUE\n2\n", &h, &rows);
    CU_ASSERT(rows.column[0][0] == 1 && rows.column[0][1] == 0 && rows.column[0][2] == 1);
    free_numbers(&h, &rows);
    CU_ASSERT(
        says("a\nyes\n", &(pa_matrix_names){0}, 2, "m.csv:2: column 'a': 'yes' is not a number"));
}

static const pa_test tests[] = {
    {"numbers are read", test_numbers_are_read},
    {"what is no number is told from what does not fit",
     test_what_is_no_number_is_told_from_what_does_not_fit},
    {"numbers are those of the library", test_numbers_are_those_of_the_library},
    {"middles of two floats are rounded once", test_middles_of_two_floats_are_rounded_once},
    {"drawn files are read whatever the cut", test_drawn_files_are_read_whatever_the_cut},
    {"bad rows are answered with line and column", test_bad_rows_are_answered_with_line_and_column},
    {"a long row is answered before it is read", test_a_long_row_is_answered_before_it_is_read},
    {"bad headers are answered", test_bad_headers_are_answered},
    {"a row is no header", test_a_row_is_no_header},
    {"headers that are fine are read", test_headers_that_are_fine_are_read},
    {"columns are called by name then by place", test_columns_are_called_by_name_then_by_place},
    {"without a header columns are called by place",
     test_without_a_header_columns_are_called_by_place},
    {"columns without a name are counts or empty", test_columns_without_a_name_are_counts_or_empty},
    {"seconds are told apart when shifted", test_seconds_are_told_apart_when_shifted},
    {"rests belong to their rows", test_rests_belong_to_their_rows},
    {"what is of no use is not shifted", test_what_is_of_no_use_is_not_shifted},
    {"a wide column stays rounded", test_a_wide_column_stays_rounded},
    {"true and false are numbers", test_true_and_false_are_numbers},
};
PA_TEST_MAIN("matrix_csv", tests)
