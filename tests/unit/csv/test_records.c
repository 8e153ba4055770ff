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

static pa_records new_records(const pa_record_rule *rule, size_t longest, pa_buffer *heard)
{
    return (pa_records){.rule = rule,
                        .longest = longest,
                        .name = "x",
                        .file = 1,
                        .take = note,
                        .taker = heard,
                        .line = 1};
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
        if (end == size && used == 0) return pa_fail(err, PA_E_BUG, "no progress");
    }
    return PA_OK;
}

/* In three pieces that know of each other what a scan says. */
static pa_status feed_cut(const pa_record_rule *rule, const char *text, const size_t cut[4],
                          size_t step, size_t longest, pa_buffer *heard, pa_error *err)
{
    pa_csv_scan scan = pa_csv_scan_start;
    pa_records r = new_records(rule, longest, heard);
    for (int i = 0; i < 3; i++) {
        r.state = (pa_csv_state)scan.to[PA_CSV_RECORD];
        r.line = 1 + scan.newlines;
        PA_TRY(feed(&r, text, cut[3], cut[i], cut[i + 1], step, err));
        rule->scan(&scan, text + cut[i], cut[i + 1] - cut[i]);
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
        line += text[i] == '\n';
        if (inside && quote && i + 1 < n && text[i + 1] == '"') {
            i++; /* a quote sign */
        } else if (quote && (inside || field)) {
            inside = !inside;
        } else if (!inside && text[i] == '\n') {
            size_t length = i - from - (i > from && text[i - 1] == '\r');
            note(heard, first, text + from, length, NULL);
            from = i + 1;
            first = line;
        }
        field = !inside && !quote && (text[i] == ',' || text[i] == '\n');
    }
    if (from < n) note(heard, first, text + from, n - from - (text[n - 1] == '\r'), NULL);
}

enum { MOST = 60 };

/* Quotes are closed in the end: what is not is an error. */
static size_t draw_text(uint64_t seed, char text[MOST + 2])
{
    static const char signs[] = "ab,,\"\"\n\n\r";
    size_t n = pa_draw_below(seed, PA_DRAW_TEST, 1, 0, MOST);
    for (size_t i = 0; i < n; i++)
        text[i] = signs[pa_draw_below(seed, PA_DRAW_TEST, 2, i, sizeof signs - 1)];
    if (pa_csv_after(PA_CSV_RECORD, text, n) == PA_CSV_QUOTED) text[n++] = '"';
    return n;
}

static bool same(const pa_buffer *a, const pa_buffer *b)
{
    return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

static void test_drawn_texts_are_split_whatever_the_cuts(void)
{
    static const pa_record_rule *const rules[] = {&pa_line_rule, &pa_csv_rule};
    int failed = 0, unlike = 0;
    for (uint64_t seed = 0; seed < 4000; seed++) {
        char text[MOST + 2];
        size_t n = draw_text(seed, text);
        size_t cut[4] = {0, pa_draw_below(seed, PA_DRAW_TEST, 3, 0, n + 1), 0, n};
        cut[2] = cut[1] + pa_draw_below(seed, PA_DRAW_TEST, 3, 1, n - cut[1] + 1);
        for (int quotes = 0; quotes < 2; quotes++) {
            pa_buffer heard = {0}, expected = {0};
            pa_error err = {0};
            twin(quotes, text, n, &expected);
            failed +=
                feed_cut(rules[quotes], text, cut, 1 + seed % 9, MOST + 2, &heard, &err) != PA_OK;
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
    pa_records r = new_records(rule, 100, &heard);
    size_t n = strlen(text);
    bool good = feed(&r, text, n, 0, n, 1, &err) == PA_OK;
    pa_buffer_add(&heard, "", 1, NULL);
    good = good && strcmp(heard.data, expected) == 0;
    pa_buffer_free(&heard);
    return good;
}

static void test_rules_differ_by_what_a_quote_is(void)
{
    CU_ASSERT(hears(&pa_csv_rule, "1 2\n\"3\n4\",5\r\n\n6", "1:1 2|2:\"3\n4\",5|4:|5:6|"));
    CU_ASSERT(hears(&pa_line_rule, "1 2\n\"3\n4\",5\r\n\n6", "1:1 2|2:\"3|3:4\",5|4:|5:6|"));
    CU_ASSERT(hears(&pa_line_rule, "", ""));
    CU_ASSERT(hears(&pa_line_rule, "\n", "1:|"));
}

static bool says(const pa_record_rule *rule, const char *text, int64_t line, const char *message)
{
    static const size_t steps[] = {100000, 1};
    bool good = true;
    for (int i = 0; i < 2; i++) {
        pa_buffer heard = {0};
        pa_error err = {0};
        size_t n = strlen(text);
        pa_records r = new_records(rule, 8, &heard);
        good = good && feed(&r, text, n, 0, n, steps[i], &err) == PA_E_DATA && err.line == line &&
               err.file == 1 && strcmp(err.message, message) == 0;
        pa_buffer_free(&heard);
    }
    return good;
}

static void test_records_without_an_end_are_told(void)
{
    CU_ASSERT(hears(&pa_csv_rule, "1\n1234567\n", "1:1|2:1234567|"));
    CU_ASSERT(says(&pa_csv_rule, "1\n12345678\n", 2,
                   "x:2: the row is longer than 8 bytes: is a quote not closed?"));
    CU_ASSERT(says(&pa_line_rule, "1\n\n123456789", 3, "x:3: the row is longer than 8 bytes"));
    CU_ASSERT(says(&pa_csv_rule, "1\n\"\n2", 2,
                   "x:2: a quote that is opened in this row is never closed"));
}

static const pa_test tests[] = {
    {"drawn texts are split whatever the cuts", test_drawn_texts_are_split_whatever_the_cuts},
    {"rules differ by what a quote is", test_rules_differ_by_what_a_quote_is},
    {"records without an end are told", test_records_without_an_end_are_told},
};
PA_TEST_MAIN("records", tests)
