#include "paraudit/ingest/tally.h"

#include <math.h>
#include <stdio.h>

#include "paraudit/base/draw.h"
#include "unit.h"

enum { NAMES = 50, PLACES = 20, ROWS = 400 };

/* Names "n0" ... in an order of the place's own, as a parser has them that meets them anew. */
static void add_place(pa_tally *t, size_t n, const int32_t name[])
{
    pa_error err = {0};
    pa_intern names = {0};
    int32_t code[ROWS];
    for (size_t i = 0; i < n; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "n%d", (int)name[i]);
        code[i] = -1;
        if (name[i] < 0) continue;
        CU_ASSERT_EQUAL(pa_intern_add(&names, text, (size_t)length, code + i, &err), PA_OK);
    }
    CU_ASSERT_EQUAL(pa_tally_add(t, &names, n, code, &err), PA_OK);
    pa_intern_free(&names);
}

static int32_t code_of(const pa_tally *t, int name)
{
    char text[16];
    int length = snprintf(text, sizeof text, "n%d", name);
    return pa_intern_find(&t->names, text, (size_t)length);
}

/* Each name counted by itself, over rows that are kept. */
static void test_counts_are_those_of_counting(void)
{
    static int32_t name[PLACES][ROWS];
    pa_tally t = {0};
    for (int p = 0; p < PLACES; p++) {
        for (int i = 0; i < ROWS; i++) {
            double u = pa_uniform(1, PA_DRAW_TEST, (uint64_t)p, (uint64_t)i);
            name[p][i] = u < 0.05 ? -1 : (int32_t)(u * u * NAMES);
        }
        add_place(&t, ROWS, name[p]);
    }
    for (int k = 0; k < NAMES; k++) {
        int64_t rows = 0;
        int32_t places = 0;
        for (int p = 0; p < PLACES; p++) {
            int64_t before = rows;
            for (int i = 0; i < ROWS; i++) rows += name[p][i] == k;
            places += rows > before;
        }
        int32_t code = code_of(&t, k);
        CU_ASSERT_TRUE((code >= 0) == (rows > 0));
        if (code < 0) continue;
        CU_ASSERT_EQUAL(t.rows[code], rows);
        CU_ASSERT_EQUAL(t.places[code], places);
    }
    pa_tally_free(&t);
}

/* Rows that stand by name: each place has names of its own. A twentieth of the rows was read. */
static void test_names_that_stand_together(void)
{
    pa_tally t = {0};
    for (int32_t p = 0; p < PLACES; p++) {
        int32_t name[ROWS];
        for (int32_t i = 0; i < ROWS; i++) name[i] = 10 * p + i * 10 / ROWS;
        if (p == 7)
            for (int32_t i = 0; i < 3 * ROWS / 10; i++) name[i] = 70;
        add_place(&t, ROWS, name);
    }
    double read = ROWS * PLACES;
    pa_tally_sum s = pa_tally_of(&t, read, 20 * read);
    CU_ASSERT_DOUBLE_EQUAL(s.all, 20.0 * (10 * PLACES - 2), 1e-6);
    CU_ASSERT_EQUAL(s.largest_code, code_of(&t, 70));
    CU_ASSERT_DOUBLE_EQUAL(s.largest, 0.3 * ROWS / (20 * read), 1e-12);
    pa_tally_free(&t);
}

/* Rows in order of time: each place has all names. */
static void test_names_that_stand_apart(void)
{
    pa_tally t = {0};
    for (int32_t p = 0; p < PLACES; p++) {
        int32_t name[ROWS];
        for (int32_t i = 0; i < ROWS; i++) name[i] = i % 4 == 0 ? 3 : i % NAMES;
        add_place(&t, ROWS, name);
    }
    double read = ROWS * PLACES;
    pa_tally_sum s = pa_tally_of(&t, read, 20 * read);
    CU_ASSERT_DOUBLE_EQUAL(s.all, (double)t.names.n, 1e-6);
    CU_ASSERT_EQUAL(s.largest_code, code_of(&t, 3));
    CU_ASSERT_DOUBLE_EQUAL(s.largest, (double)t.rows[s.largest_code] / read, 1e-12);
    pa_tally_free(&t);
}

static void test_nothing_says_nothing(void)
{
    pa_tally t = {0};
    static const int32_t none[2] = {-1, -1};
    add_place(&t, 2, none);
    pa_tally_sum s = pa_tally_of(&t, 2, 1000);
    CU_ASSERT_TRUE(s.all == 0 && s.largest == 0 && s.largest_code == -1);
    pa_tally_free(&t);
}

int main(void)
{
    static const pa_test tests[] = {
        {"counts are those of counting", test_counts_are_those_of_counting},
        {"names that stand together", test_names_that_stand_together},
        {"names that stand apart", test_names_that_stand_apart},
        {"nothing says nothing", test_nothing_says_nothing},
    };
    return pa_run_tests("tally", tests, sizeof tests / sizeof *tests);
}
