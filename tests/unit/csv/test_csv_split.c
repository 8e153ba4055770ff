/* Fields by an index of the signs, beside the way that reads byte by byte. */
#include <stdlib.h>
#include <string.h>

#include "csv_twin.h"
#include "paraudit/csv/csv_parts.h"
#include "paraudit/csv/kernels.h"
#include "unit.h"

enum { N_FIELDS = 3, LONGEST = 40 };

static const pa_csv_signs signs[] = {
    {',', '"', '\0', false}, {';', '"', '\\', false}, {'|', '\0', '\0', false}};
enum { N_SIGNS = sizeof signs / sizeof *signs };

/* Signs more often than letters. */
static size_t draw_text(uint64_t *state, char text[LONGEST])
{
    static const char bytes[] = ",,,;;;||\"\"\"\"\"\n\n\r\\abc";
    size_t n = below(state, LONGEST + 1);
    for (size_t i = 0; i < n; i++) text[i] = bytes[below(state, sizeof bytes - 1)];
    return n;
}

/* What the quick way finds at text + begin, where a line begins. */
static size_t split_quickly(const pa_csv_signs *s, const char *text, size_t n, size_t begin,
                            pa_csv_field field[N_FIELDS], size_t *end)
{
    uint16_t mark[LONGEST + 64], line[LONGEST + 64];
    pa_csv_marks marks = {.at = mark, .line = line};
    pa_csv_best_kernels()->index(s, text, n, &marks);
    size_t k = 0;
    while (k < marks.n && mark[k] < begin) k++;
    size_t used = pa_csv_split_marks(s, text, begin, mark + k, marks.n - k, field, N_FIELDS);
    *end = used ? mark[k + used - 1] : 0;
    return used;
}

/* Without what the quick way leaves to the other. */
static bool is_simple(const pa_csv_signs *s, const char *text, const pa_record_seen *seen,
                      const pa_csv_field field[N_FIELDS])
{
    bool simple = seen->lines == 1 && seen->ends;
    for (int i = 0; i < N_FIELDS; i++) {
        bool within = field[i].text >= text && field[i].text <= text + seen->body;
        simple &= within && !(s->quote && memchr(field[i].text, s->quote, field[i].length));
    }
    return simple && !(s->escape && memchr(text, s->escape, seen->body));
}

static bool agree(const pa_csv_signs *s, const char *text, size_t n, size_t begin, int64_t *quick)
{
    const pa_record_rule rule = {.signs = *s, .n_fields = N_FIELDS, .longest = LONGEST};
    pa_csv_field slow[N_FIELDS], fast[N_FIELDS];
    char scratch[LONGEST];
    pa_record_seen seen;
    size_t end;
    size_t used = split_quickly(s, text, n, begin, fast, &end);
    pa_record_verdict v =
        pa_record_judge(&rule, text + begin, n - begin, true, scratch, slow, N_FIELDS, &seen);
    if (v != PA_RECORD_GOOD || !is_simple(s, text + begin, &seen, slow)) return used == 0;
    bool same = used > 0 && end == begin + seen.body;
    for (int i = 0; same && i < N_FIELDS; i++)
        same = fast[i].text == slow[i].text && fast[i].length == slow[i].length;
    *quick += same;
    return same;
}

static void test_marks_tell_what_bytes_tell(void)
{
    uint64_t state = 20240611;
    int64_t wrong = 0, quick = 0;
    for (int i = 0; i < 300000; i++) {
        char text[LONGEST];
        size_t n = draw_text(&state, text), begin = 0;
        const pa_csv_signs *s = &signs[below(&state, N_SIGNS)];
        if (below(&state, 2)) {
            while (begin < n && text[begin] != '\n') begin++;
            begin += begin < n;
        }
        if (begin < n) wrong += !agree(s, text, n, begin, &quick);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(quick > 3000);
}

static void test_quotes_around_fields_are_taken_off(void)
{
    static const char text[] = "\"a,b\",,\"\"\r\n";
    pa_csv_field f[N_FIELDS];
    size_t end;
    CU_ASSERT_EQUAL(split_quickly(&signs[0], text, sizeof text - 1, 0, f, &end), 8);
    CU_ASSERT(f[0].text == text + 1 && f[0].length == 3);
    CU_ASSERT(f[1].length == 0);
    CU_ASSERT(f[2].length == 0);
    CU_ASSERT(text[end] == '\r');
}

/* ---- samples of a text ---- */

/* Rows as most are, quoted ones, broken ones and short ones; some are long. */
static void draw_rows(uint64_t *state, pa_buffer *text, size_t bytes)
{
    static const char *const rows[] = {"1,2018-07-25,12.50\n",
                                       "\"a\",\"b,b\",\"\"\r\n",
                                       "a,\"b \"\"b\"\"\",c\n",
                                       "a,b\n",
                                       "\n",
                                       ",,\r",
                                       "\"a\"b,c,d\n",
                                       "a,\"b\nb\",c\n",
                                       "1,2,3\n"};
    static const char filler[] = "01234567890123456789012345678901234567890123456789";
    while (text->length < bytes) {
        const char *row = rows[below(state, sizeof rows / sizeof *rows)];
        for (size_t n = below(state, 200) ? 0 : below(state, 500); n > 0; n--)
            add(text, filler, sizeof filler - 1);
        add(text, row, strlen(row));
    }
}

static void keep_fields(void *taker, const pa_csv_field field[])
{
    for (int i = 0; i < N_FIELDS; i++) {
        add(taker, field[i].text, field[i].length);
        add(taker, "", 1);
    }
}

/* Byte by byte. */
static void sample_slowly(const pa_csv_layout *l, const pa_buffer *text, bool last, bool within,
                          size_t most, pa_buffer *kept)
{
    const pa_record_rule rule = {
        .signs = l->signs, .n_fields = N_FIELDS, .longest = text->length, .most_lines = 100};
    pa_record_walk walk = {&rule, within ? PA_CSV_PLAIN : PA_CSV_RECORD, 1, within};
    pa_buffer scratch = {0};
    pa_error err = {0};
    if (pa_buffer_reserve(&scratch, text->length + 1, &err) != PA_OK) abort();
    for (size_t i = 0; i < text->length && most > 0;) {
        pa_csv_field field[N_FIELDS];
        pa_record_seen seen;
        pa_record_verdict v = pa_record_step(&walk, text->data + i, text->length - i, last,
                                             scratch.data, field, N_FIELDS, &seen);
        if (v == PA_RECORD_MORE) break;
        if (v == PA_RECORD_GOOD) keep_fields(kept, field);
        most -= v == PA_RECORD_GOOD;
        i += seen.length;
    }
    pa_buffer_free(&scratch);
}

static void test_a_sample_has_the_rows_that_are_good(void)
{
    uint64_t state = 7;
    int wrong = 0;
    const pa_csv_layout l = {.signs = signs[0], .n_fields = N_FIELDS};
    for (int i = 0; i < 300; i++) {
        pa_buffer text = {0}, slow = {0}, fast = {0};
        pa_error err = {0};
        bool last = below(&state, 2), within = below(&state, 2);
        size_t most = below(&state, 2) ? SIZE_MAX : below(&state, 3000);
        draw_rows(&state, &text, below(&state, 80000));
        text.length -= text.length > 9 ? below(&state, 9) : 0;
        sample_slowly(&l, &text, last, within, most, &slow);
        CU_ASSERT_EQUAL(
            pa_csv_sample(&l, text.data, text.length, last, within, most, keep_fields, &fast, &err),
            PA_OK);
        bool same = fast.length == slow.length;
        wrong += !same || (same && slow.length && memcmp(fast.data, slow.data, slow.length) != 0);
        pa_buffer_free(&text);
        pa_buffer_free(&slow);
        pa_buffer_free(&fast);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static const pa_test tests[] = {
    {"marks tell what bytes tell", test_marks_tell_what_bytes_tell},
    {"quotes around fields are taken off", test_quotes_around_fields_are_taken_off},
    {"a sample has the rows that are good", test_a_sample_has_the_rows_that_are_good},
};
PA_TEST_MAIN("csv_split", tests)
