#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amount_twin.h"
#include "paraudit/base/draw.h"
#include "paraudit/base/text.h"
#include "paraudit/csv/amount.h"
#include "paraudit/csv/csv.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const pa_amount_form point = {'.', 2}, open_form = {0, 2};

/* ---- drawn texts ---- */

static uint64_t draw(uint64_t id, uint64_t *step, uint64_t n)
{
    return pa_draw_below(9, PA_DRAW_TEST, id, (*step)++, n);
}

/* Pieces in a row, up to 12: few are amounts, most nearly. */
static void draw_soup(uint64_t id, const char *const pieces[], size_t n, char *text)
{
    uint64_t step = 0, length = 1 + draw(id, &step, 12);
    *text = '\0';
    for (uint64_t i = 0; i < length; i++) strcat(text, pieces[draw(id, &step, n)]);
}

/* Soups mostly have two signs too many: here each part of an amount is there or not. */
static void draw_dish(uint64_t id, char *text)
{
    static const char *const before[] = {"",  "",     "",  "",    "",  "-",  "(",
                                         "$", "EUR ", " ", "kr.", "+", "R$ "};
    static const char *const behind[] = {"",  "",   "",     "",    "",   "",       "-",
                                         ")", "kr", " usd", " CR", "dr", NBSP EURO};
    static const char *const runs[] = {
        "0", "1", "12", "34", "402", "125", "000", "5", "1234", "999999999999999999", ""};
    static const char *const signs[] = {".", ",", ".", ",", " ", "'", QUOTE, NBSP, "e", "E-"};
    uint64_t step = 0, n = draw(id, &step, 5);
    strcpy(text, before[draw(id, &step, COUNT(before))]);
    strcat(text, before[draw(id, &step, COUNT(before))]);
    strcat(text, runs[draw(id, &step, COUNT(runs))]);
    uint64_t sign = draw(id, &step, COUNT(signs));
    for (uint64_t i = 0; i < n; i++) {
        if (draw(id, &step, 3) == 0) sign = draw(id, &step, COUNT(signs));
        strcat(text, signs[sign]);
        strcat(text, draw(id, &step, 3) ? "402" : runs[draw(id, &step, COUNT(runs))]);
    }
    strcat(text, behind[draw(id, &step, COUNT(behind))]);
    strcat(text, behind[draw(id, &step, COUNT(behind))]);
}

/* True where it is an amount. */
static bool check_against_twin(pa_amount_form form, const char *text)
{
    pa_amount_tally t = {0}, u = {0};
    int64_t minor = -7, slow = -7;
    pa_amount_verdict v = read_bytes(form, text, strlen(text), &minor, &t);
    pa_amount_verdict w = twin_read(&form, text, &slow, &u);
    if (v != w || minor != slow || memcmp(&t, &u, sizeof t) != 0) {
        printf("'%s' with '%c' %d: verdict %d, %" PRId64 "; slowly %d, %" PRId64 "\n", text,
               form.decimal ? form.decimal : '?', form.decimals, (int)v, minor, (int)w, slow);
        CU_FAIL("the slow reader reads otherwise");
    }
    return v == PA_AMOUNT_READ;
}

static void test_drawn_texts_are_read_as_by_the_slow_reader(void)
{
    static const char *const pieces[] = {
        "0",   "1",     "2",   "5",         "9",  "12", "402",  "000", "125", "34", ".",
        ",",   ".",     ",",   " ",         "'",  NBSP, NARROW, THIN,  QUOTE, "-",  "+",
        MINUS, EN_DASH, "(",   ")",         "$",  EURO, POUND,  RUPEE, "US$", "R$", "EUR",
        "usd", "kr",    "Rs.", "z\xc5\x82", "CR", "dr", "e",    "E",   "\t",  "R"};
    int n_read = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        char text[TWIN_MOST];
        pa_amount_form form = {".,"[i % 3], (int32_t)(i % 9)}; /* '.', ',', '\0' */
        if (i % 2)
            draw_soup(i, pieces, COUNT(pieces), text);
        else
            draw_dish(i, text);
        n_read += check_against_twin(form, text);
    }
    CU_ASSERT(n_read > 20000);
}

/* All that pa_parse_minor reads has the same value here. */
static void test_what_was_read_before_is_read_alike(void)
{
    static const char *const pieces[] = {"0",   "1",  "5", "9",   "12",      "402", "000",
                                         "125", "34", ".", ",",   ",402",    "$",   "-",
                                         "+",   "e",  "E", "e-2", "99999999"};
    int n_read = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        char text[TWIN_MOST];
        int64_t minor = -7, before = -7;
        draw_soup(i, pieces, COUNT(pieces), text);
        bool was_read = pa_parse_minor(text, strlen(text), &before);
        if (!was_read && before == 0) continue;
        /* But for 0,402, which is no 402. */
        const char *digit = text + strcspn(text, "0123456789");
        if (strncmp(digit, "0,", 2) == 0 && !strpbrk(digit + 2, ".,")) continue;
        n_read++;
        bool fits = was_read && before <= PA_CSV_AMOUNT_MOST && before >= -PA_CSV_AMOUNT_MOST;
        pa_amount_tally tally = {0};
        pa_amount_verdict v = read_bytes(point, text, strlen(text), &minor, &tally);
        bool same = v == (fits ? PA_AMOUNT_READ : PA_AMOUNT_RANGE) && minor == (fits ? before : 0);
        if (!same) printf("'%s' was read otherwise\n", text);
        CU_ASSERT(same);
    }
    CU_ASSERT(n_read > 20000);
}

/* ---- amounts written in drawn styles ---- */

typedef struct {
    pa_amount_form form;
    const char *group; /* "" for none */
    bool lakh;
    uint64_t sign, currency;
} style;

static style draw_style(uint64_t id)
{
    static const char *const groups[] = {"", "mark", " ", NBSP, NARROW, THIN, "'", QUOTE};
    uint64_t step = 0;
    style s = {.form = {".,"[draw(id, &step, 2)], (int32_t)draw(id, &step, 9)}};
    s.group = groups[draw(id, &step, COUNT(groups))];
    if (strcmp(s.group, "mark") == 0) s.group = s.form.decimal == '.' ? "," : ".";
    s.lakh = *s.group == ',' && draw(id, &step, 2);
    s.sign = draw(id, &step, 8);
    s.currency = draw(id, &step, 12);
    return s;
}

/* Where digits are left of a group's sign: `left` are to come. */
static bool is_cut(const style *s, size_t left)
{
    if (s->lakh) return left == 3 || (left > 3 && (left - 3) % 2 == 0);
    return left > 0 && left % 3 == 0;
}

static void write_number(const style *s, uint64_t size, char *out)
{
    char padded[40];
    const char *digits = padded;
    size_t decimals = (size_t)s->form.decimals, n;
    snprintf(padded, sizeof padded, "%020" PRIu64, size);
    for (n = strlen(digits); n > decimals + 1 && *digits == '0'; n--) digits++;
    size_t whole = n - decimals;
    for (size_t i = 0; i < whole; i++) {
        *out++ = digits[i];
        if (!is_cut(s, whole - i - 1)) continue;
        strcpy(out, s->group);
        out += strlen(s->group);
    }
    if (decimals > 0) *out++ = s->form.decimal;
    strcpy(out, digits + whole);
}

static void write_amount(const style *s, int64_t minor, char *text)
{
    static const char *const signs[8][2] = {{"-", ""},  {"", "-"},   {"(", ")"},   {MINUS, ""},
                                            {"- ", ""}, {"", " DR"}, {"Dr. ", ""}, {"", EN_DASH}};
    static const char *const currencies[12][2] = {
        {"", ""},           {"$", ""},   {"", EURO},   {"EUR ", ""},
        {"", NBSP "PLN"},   {"R$", ""},  {"Rs. ", ""}, {"", " kr"},
        {"", " z\xc5\x82"}, {RUPEE, ""}, {"CHF", ""},  {"US$ ", ""}};
    char number[120];
    write_number(s, minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, number);
    const char *const *sign = signs[s->sign], *const *currency = currencies[s->currency];
    const char *plus = s->sign == 5 ? " CR" : "";
    bool inside = s->sign % 2 == 0; /* the currency between sign and number, or outside */
    sprintf(text, "%s%s%s%s%s%s%s", inside ? "" : currency[0], minor < 0 ? sign[0] : "",
            inside ? currency[0] : "", number, inside ? currency[1] : "",
            minor < 0 ? sign[1] : plus, inside ? "" : currency[1]);
}

static int64_t draw_minor(uint64_t id, uint64_t *step)
{
    int64_t v = (int64_t)draw(id, step, (uint64_t)1 << draw(id, step, 54));
    return draw(id, step, 2) ? v : -v;
}

/* 200 books in drawn styles, 200 amounts in each: the form gives all of them back. Read
 * with the mark left open, they never say the wrong mark, and those that tell are right. */
static void test_written_amounts_are_read_back(void)
{
    int settled = 0, ambiguous = 0;
    for (uint64_t book = 0; book < 200; book++) {
        style s = draw_style(book);
        pa_amount_tally all = {0};
        uint64_t step = 100;
        for (int i = 0; i < 200; i++) {
            char text[200];
            int64_t minor = draw_minor(book, &step), v = -7;
            write_amount(&s, minor, text);
            pa_amount_tally none = {0};
            CU_ASSERT_EQUAL(read_bytes(s.form, text, strlen(text), &v, &none), PA_AMOUNT_READ);
            CU_ASSERT_EQUAL(v, minor);
            CU_ASSERT_EQUAL(none.rounded, 0);
            int64_t lone = all.lone[0] + all.lone[1];
            pa_amount_form open = {0, s.form.decimals};
            read_bytes(open, text, strlen(text), &v, &all);
            if (all.lone[0] + all.lone[1] == lone) CU_ASSERT_EQUAL(v, minor);
        }
        char decimal;
        pa_amount_finding finding = pa_amount_decimal(&all, &decimal);
        CU_ASSERT(finding != PA_AMOUNT_CONTRADICTORY);
        if (finding == PA_AMOUNT_SETTLED) CU_ASSERT_EQUAL(decimal, s.form.decimal);
        settled += finding == PA_AMOUNT_SETTLED;
        ambiguous += finding == PA_AMOUNT_AMBIGUOUS;
    }
    CU_ASSERT(settled > 100);
    CU_ASSERT(settled + ambiguous < 200); /* whole units without groups say nothing */
}

/* Amounts below a million in whole units with groups, or in thousandths from 1 on. */
static void test_books_of_lone_marks_are_ambiguous(void)
{
    static const style styles[] = {{.form = {',', 0}, .group = "."},
                                   {.form = {'.', 0}, .group = ","},
                                   {.form = {'.', 3}, .group = ""},
                                   {.form = {',', 3}, .group = ""}};
    for (size_t k = 0; k < COUNT(styles); k++) {
        pa_amount_tally all = {0};
        uint64_t step = 0;
        for (int i = 0; i < 300; i++) {
            char text[200];
            int64_t v;
            write_amount(&styles[k], 1000 + (int64_t)draw(k, &step, 999000), text);
            read_bytes(open_form, text, strlen(text), &v, &all);
        }
        char decimal;
        CU_ASSERT_EQUAL(pa_amount_decimal(&all, &decimal), PA_AMOUNT_AMBIGUOUS);
        CU_ASSERT_EQUAL(all.lone[0] + all.lone[1], 300);
    }
}

/* Any bytes: nothing beyond them is read, and what is no amount is 0. */
static void test_garbage_is_answered(void)
{
    static const char usual[] = "0123456789.,'-+()$eECRDr \t\xc2\xa0\xe2\x80\x99\xaf\x82\xc5";
    for (uint64_t i = 0; i < 100000; i++) {
        char text[24];
        uint64_t step = 0, n = draw(i, &step, sizeof text);
        for (uint64_t k = 0; k < n; k++)
            text[k] = i % 2 ? (char)draw(i, &step, 256) : usual[draw(i, &step, sizeof usual - 1)];
        pa_amount_tally tally = {0};
        int64_t minor = -7;
        pa_amount_form form = {".,"[i % 3], (int32_t)(i % 9)};
        pa_amount_verdict v = read_bytes(form, text, n, &minor, &tally);
        CU_ASSERT(v == PA_AMOUNT_READ || minor == 0);
        CU_ASSERT(minor <= PA_CSV_AMOUNT_MOST && minor >= -PA_CSV_AMOUNT_MOST);
    }
}

static const pa_test tests[] = {
    {"drawn texts are read as by the slow reader", test_drawn_texts_are_read_as_by_the_slow_reader},
    {"what was read before is read alike", test_what_was_read_before_is_read_alike},
    {"written amounts are read back", test_written_amounts_are_read_back},
    {"books of lone marks are ambiguous", test_books_of_lone_marks_are_ambiguous},
    {"garbage is answered", test_garbage_is_answered},
};
PA_TEST_MAIN("amount_drawn", tests)
