#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "paraudit/base/draw.h"
#include "paraudit/csv/records.h"
#include "unit.h"

/* What a taker has heard, one record behind the other: "LINE:RECORD|". */
static pa_status note(void *taker, int64_t line, const char *record, size_t n, pa_error *err)
{
    pa_buffer *heard = taker;
    PA_TRY(pa_buffer_printf(heard, err, "%lld:", (long long)line));
    PA_TRY(pa_buffer_add(heard, record, n, err));
    return pa_buffer_add(heard, "|", 1, err);
}

static pa_records new_records(const pa_record_rule *rule, pa_buffer *heard)
{
    return (pa_records){
        .walk = {.rule = rule, .line = 1}, .name = "x", .file = 1, .take = note, .taker = heard};
}

/* Feeds text[from .. to) as one piece, at most `step` further bytes at a time. */
static pa_status feed(pa_records *r, const char *text, size_t size, size_t from, size_t to,
                      size_t step, pa_error *err)
{
    for (size_t at = from, end = from, used; at < to; at += used) {
        end = end + step < size ? end + step : size;
        /* A copy of its own, so that a sanitizer sees what lies behind it. */
        char *window = malloc(end - at + 1);
        memcpy(window, text + at, end - at);
        pa_status st = pa_records_split(r, window, end - at, to - at, end == size, &used, err);
        free(window);
        PA_TRY(st);
        if (end < at + used) end = at + used;
        if (end == size && used == 0) return pa_fail(err, PA_E_BUG, "no progress");
    }
    return PA_OK;
}

/* Where the reader of the whole text comes to at or behind byte `begin`. */
static size_t start_at(pa_records *r, const char *text, size_t n, size_t begin)
{
    size_t i = 0;
    r->walk = (pa_record_walk){r->walk.rule, PA_CSV_RECORD, 1, false};
    while (i < n && (i < begin || !pa_record_walk_is_at_start(&r->walk))) {
        pa_record_seen seen;
        pa_record_step(&r->walk, text + i, n - i, true, NULL, NULL, 0, &seen);
        i += seen.length;
    }
    return i;
}

/* In three pieces, each from where the reader of the whole comes to. */
static pa_status feed_cut(const pa_record_rule *rule, const char *text, const size_t cut[4],
                          size_t step, pa_buffer *heard, pa_error *err)
{
    pa_records r = new_records(rule, heard);
    for (int i = 0; i < 3; i++) {
        size_t from = start_at(&r, text, cut[3], cut[i]);
        if (from < cut[i + 1]) PA_TRY(feed(&r, text, cut[3], from, cut[i + 1], step, err));
    }
    return PA_OK;
}

/* Only lines: pieces need nothing but the state and the line that scans of those before
 * them give. */
static pa_status feed_scanned(const pa_record_rule *rule, const char *text, const size_t cut[4],
                              size_t step, pa_buffer *heard, pa_error *err)
{
    pa_csv_scan scan = pa_csv_scan_start;
    pa_records r = new_records(rule, heard);
    for (int i = 0; i < 3; i++) {
        r.walk.state = (pa_csv_state)scan.to[PA_CSV_RECORD];
        r.walk.line = 1 + scan.line_ends;
        PA_TRY(feed(&r, text, cut[3], cut[i], cut[i + 1], step, err));
        pa_csv_scan_add(&scan, &rule->signs, text + cut[i], cut[i + 1] - cut[i]);
    }
    return PA_OK;
}

/* The slow way: byte by byte over the whole text. */
static void twin(bool quotes, const char *text, size_t n, pa_buffer *heard)
{
    size_t from = 0;
    int64_t line = 1, first = 1;
    bool inside = false, field = true;
    for (size_t i = 0; i < n; i++) {
        bool quote = quotes && text[i] == '"';
        bool over = text[i] == '\n' || (text[i] == '\r' && (i + 1 == n || text[i + 1] != '\n'));
        line += over;
        if (inside && quote && i + 1 < n && text[i + 1] == '"') {
            i++; /* a quote sign */
        } else if (quote && (inside || field)) {
            inside = !inside;
        } else if (!inside && over) {
            size_t length = i - from - (text[i] == '\n' && i > from && text[i - 1] == '\r');
            note(heard, first, text + from, length, NULL);
            from = i + 1;
            first = line;
        }
        field = !inside && !quote && (text[i] == ',' || text[i] == '\n' || text[i] == '\r');
    }
    if (from < n) note(heard, first, text + from, n - from, NULL);
}

enum { MOST = 60 };

/* Texts whose quotes are closed, and nothing behind them: what is not is an error. */
static size_t draw_text(uint64_t seed, char text[MOST + 2])
{
    static const char *const fields[] = {"a",     "b",      "",          "5\"",      "\"\"",
                                         "\"a\"", "\"\n\"", "\"\r\n,\"", "\"x\"\"\""};
    static const char *const behind[] = {",", ",", "\n", "\r\n", "\r", "\n\n", "\r\r\n"};
    size_t n = 0, most = pa_draw_below(seed, PA_DRAW_TEST, 1, 0, MOST - 10);
    for (uint64_t i = 0; n < most; i++) {
        const char *f = fields[pa_draw_below(seed, PA_DRAW_TEST, 2, i, 9)];
        const char *e = behind[pa_draw_below(seed, PA_DRAW_TEST, 4, i, 7)];
        n += (size_t)sprintf(text + n, "%s%s", f, e);
    }
    while (n > 0 && pa_draw_below(seed, PA_DRAW_TEST, 5, n, 2) && strchr("\n\r,", text[n - 1])) n--;
    return n;
}

static bool same(const pa_buffer *a, const pa_buffer *b)
{
    return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

static const pa_record_rule lines = {.signs = {0}, .longest = 100};
static const pa_record_rule quoted = {.signs = {',', '"', 0, false}, .longest = 100};

static void test_drawn_texts_are_split_whatever_the_cuts(void)
{
    static const pa_record_rule *const rules[] = {&lines, &quoted};
    int failed = 0, unlike = 0;
    for (uint64_t seed = 0; seed < 4000; seed++) {
        char text[MOST + 20];
        size_t n = draw_text(seed, text);
        size_t cut[4] = {0, pa_draw_below(seed, PA_DRAW_TEST, 3, 0, n + 1), 0, n};
        cut[2] = cut[1] + pa_draw_below(seed, PA_DRAW_TEST, 3, 1, n - cut[1] + 1);
        for (int way = 0; way < 2; way++) {
            pa_buffer heard = {0}, expected = {0};
            pa_error err = {0};
            const pa_record_rule *rule = rules[way > 0];
            bool scanned = way == 0;
            twin(way > 0, text, n, &expected);
            failed += (scanned ? feed_scanned(rule, text, cut, 1 + seed % 9, &heard, &err)
                               : feed_cut(rule, text, cut, 1 + seed % 9, &heard, &err)) != PA_OK;
            unlike += !same(&heard, &expected);
            pa_buffer_free(&heard);
            pa_buffer_free(&expected);
        }
    }
    CU_ASSERT_EQUAL(failed, 0);
    CU_ASSERT_EQUAL(unlike, 0);
}

static bool hears(const pa_record_rule *rule, const char *text, const char *expected)
{
    pa_buffer heard = {0};
    pa_error err = {0};
    pa_records r = new_records(rule, &heard);
    size_t n = strlen(text);
    bool good = feed(&r, text, n, 0, n, 1, &err) == PA_OK;
    pa_buffer_add(&heard, "", 1, NULL);
    good = good && strcmp(heard.data, expected) == 0;
    pa_buffer_free(&heard);
    return good;
}

static void test_rules_differ_by_what_a_quote_is(void)
{
    CU_ASSERT(hears(&quoted, "1 2\n\"3\n4\",5\r\n\n6", "1:1 2|2:\"3\n4\",5|4:|5:6|"));
    CU_ASSERT(hears(&lines, "1 2\n\"3\n4\",5\r\n\n6", "1:1 2|2:\"3|3:4\",5|4:|5:6|"));
    CU_ASSERT(hears(&lines, "", ""));
    CU_ASSERT(hears(&lines, "\n", "1:|"));
    CU_ASSERT(hears(&lines, "1\r2\r\r3", "1:1|2:2|3:|4:3|"));
    CU_ASSERT(hears(&quoted, "1\n\x1a", "1:1|2:|"));
}

static bool says(const pa_record_rule *rule, const char *text, int64_t line, const char *message)
{
    static const size_t steps[] = {100000, 1};
    bool good = true;
    for (int i = 0; i < 2; i++) {
        pa_buffer heard = {0};
        pa_error err = {0};
        size_t n = strlen(text);
        pa_record_rule eight = *rule;
        eight.longest = 8;
        eight.most_lines = 3;
        pa_records r = new_records(&eight, &heard);
        good = good && feed(&r, text, n, 0, n, steps[i], &err) == PA_E_DATA && err.line == line &&
               err.file == 1 && strcmp(err.message, message) == 0;
        pa_buffer_free(&heard);
    }
    return good;
}

static void test_broken_records_are_told(void)
{
    CU_ASSERT(hears(&quoted, "1\n1234567\n", "1:1|2:1234567|"));
    CU_ASSERT(says(&quoted, "1\n12345678\n", 2,
                   "x:2: the row is longer than 8 bytes: is a quote not closed?"));
    CU_ASSERT(says(&lines, "1\n\n123456789", 3, "x:3: the row is longer than 8 bytes"));
    CU_ASSERT(
        says(&quoted, "1\n\"\n2", 2, "x:2: a quote that is opened in this row is never closed"));
    CU_ASSERT(says(&quoted, "1\n\"2\"2\n", 2, "x:2: text follows a closing quote in this row"));
    CU_ASSERT(says(&quoted, "1\n\"\r\r\n\n\"\n", 2,
                   "x:2: a quoted field of this row takes more than 3 lines"));
}

/* What rules of other signs make of a record. */
static void test_fields_are_told_apart_by_their_signs(void)
{
    static const struct {
        pa_csv_signs signs;
        const char *text, *fields;
    } cases[] = {
        {{',', '"', 0, true}, " \"a\" , \"b,c\"\"\",  d ,e\"\n", "a|b,c\"|  d |e\"|"},
        {{',', '"', 0, false}, "a,\"b\",\"c\"\"\",d\"e,\n", "a|b|c\"|d\"e||"},
        {{';', '"', 0, false}, "a,b;\"c;d\"\r\n", "a,b|c;d|"},
        {{'\t', '\'', 0, false}, "'a''\t'\t\"b\"\r", "a'\t|\"b\"|"},
        {{',', 0, 0, false}, "\"a,b\"", "\"a|b\"|"},
        {{',', '"', '\\', false}, "\"a\\\"\",b\\,c\\\\,\\\"d\n", "a\"|b,c\\|\"d|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pa_record_rule rule = {.signs = cases[i].signs, .longest = 100};
        char scratch[100], joined[100] = "";
        pa_csv_field field[10];
        pa_record_seen seen;
        const char *text = cases[i].text;
        CU_ASSERT_EQUAL(pa_record_judge(&rule, text, strlen(text), true, scratch, field, 10, &seen),
                        PA_RECORD_GOOD);
        CU_ASSERT_EQUAL(seen.length, strlen(text));
        for (size_t k = 0; k < seen.n_fields && k < 10; k++) {
            strncat(joined, field[k].text, field[k].length);
            strcat(joined, "|");
        }
        CU_ASSERT_STRING_EQUAL(joined, cases[i].fields);
    }
}

static const pa_test tests[] = {
    {"drawn texts are split whatever the cuts", test_drawn_texts_are_split_whatever_the_cuts},
    {"rules differ by what a quote is", test_rules_differ_by_what_a_quote_is},
    {"broken records are told", test_broken_records_are_told},
    {"fields are told apart by their signs", test_fields_are_told_apart_by_their_signs},
};
PA_TEST_MAIN("records", tests)
