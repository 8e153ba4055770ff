#include "changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/base/array.h"
#include "unit.h"

enum { MOST = 12, TRIALS = 2000 };

static const char *const names[] = {"a", "b", "b.csv", "c"};
static const char *const values[] = {"0", "1", "2"};

static size_t draw(pa_named list[MOST])
{
    size_t n = (size_t)rand() % (MOST + 1);
    for (size_t i = 0; i < n; i++) list[i] = (pa_named){names[rand() % 4], values[rand() % 3]};
    return n;
}

static size_t count_of(size_t n, const pa_named list[], const char *name, const char *value)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += strcmp(list[i].name, name) == 0 && (!value || strcmp(list[i].value, value) == 0);
    return found;
}

static size_t count_state(size_t n, const pa_change changes[], const char *name, const char *state)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += strcmp(changes[i].name, name) == 0 && strcmp(pa_state_of(changes + i), state) == 0;
    return found;
}

/* Counted name by name: as many are the same as both lists have; of the rest as many are changed as
 * both have of the name. */
static void check_name(const char *name, size_t n_before, const pa_named before[], size_t n_now,
                       const pa_named now[], size_t n, const pa_change changes[])
{
    size_t same = 0, b = count_of(n_before, before, name, NULL),
           w = count_of(n_now, now, name, NULL);
    for (size_t v = 0; v < 3; v++) {
        size_t x = count_of(n_before, before, name, values[v]),
               y = count_of(n_now, now, name, values[v]);
        same += x < y ? x : y;
    }
    size_t changed = (b < w ? b : w) - same;
    CU_ASSERT_EQUAL(count_state(n, changes, name, "same"), same);
    CU_ASSERT_EQUAL(count_state(n, changes, name, "changed"), changed);
    CU_ASSERT_EQUAL(count_state(n, changes, name, "gone"), b - same - changed);
    CU_ASSERT_EQUAL(count_state(n, changes, name, "new"), w - same - changed);
}

static void test_changes_are_those_that_are_counted(void)
{
    srand(1);
    for (int trial = 0; trial < TRIALS; trial++) {
        pa_named before[MOST] = {0}, now[MOST] = {0}, b[MOST], w[MOST];
        pa_change changes[2 * MOST];
        size_t n_before = draw(before), n_now = draw(now);
        memcpy(b, before, sizeof b);
        memcpy(w, now, sizeof w);
        size_t n = pa_find_changes(n_before, b, n_now, w, changes);
        for (size_t i = 0; i < 4; i++)
            check_name(names[i], n_before, before, n_now, now, n, changes);
        for (size_t i = 1; i < n; i++)
            CU_ASSERT_TRUE(strcmp(changes[i - 1].name, changes[i].name) <= 0);
    }
}

static void test_keys_of_a_configuration_have_their_sections(void)
{
    static const char text[] = "[alerts]\nper_day = 7\nperiod =\n\n[input]\nfiles = \"a = b\"\n";
    pa_strings pool = {0};
    pa_named *keys = NULL;
    size_t n = 0;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_list_keys(text, &pool, &keys, &n, &err), PA_OK);
    CU_ASSERT_EQUAL_FATAL(n, 3);
    CU_ASSERT_STRING_EQUAL(keys[0].name, "alerts.per_day");
    CU_ASSERT_STRING_EQUAL(keys[0].value, "7");
    CU_ASSERT_STRING_EQUAL(keys[1].name, "alerts.period");
    CU_ASSERT_STRING_EQUAL(keys[1].value, "");
    CU_ASSERT_STRING_EQUAL(keys[2].name, "input.files");
    CU_ASSERT_STRING_EQUAL(keys[2].value, "\"a = b\"");
    pa_free(keys);
    pa_strings_free(&pool);
}

static void test_no_text_has_no_keys(void)
{
    pa_strings pool = {0};
    pa_named *keys = NULL;
    size_t n = 1;
    pa_error err = {0};
    CU_ASSERT_EQUAL_FATAL(pa_list_keys("", &pool, &keys, &n, &err), PA_OK);
    CU_ASSERT_EQUAL(n, 0);
    pa_free(keys);
    pa_strings_free(&pool);
}

int main(void)
{
    static const pa_test tests[] = {
        {"changes are those that are counted", test_changes_are_those_that_are_counted},
        {"keys of a configuration have their sections",
         test_keys_of_a_configuration_have_their_sections},
        {"no text has no keys", test_no_text_has_no_keys},
    };
    return pa_run_tests("changes", tests, sizeof tests / sizeof *tests);
}
