#include "paraudit/base/paths.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static void expect_below(const char *folder, const char *paths, const char *expected)
{
    pa_buffer to = {0};
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_buffer_printf(&to, &err, "files="), PA_OK);
    CU_ASSERT_EQUAL(pa_paths_below(folder, paths, &to, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(to.data + strlen("files="), expected);
    pa_buffer_free(&to);
}

static void test_paths_are_told_apart(void)
{
    const char *at = " ,a.csv,\tb\\ c-*.csv  d\\";
    CU_ASSERT_EQUAL(pa_paths_next(&at), strlen("a.csv"));
    CU_ASSERT_EQUAL(strncmp(at, "a.csv", 5), 0);
    at += 5;
    CU_ASSERT_EQUAL(pa_paths_next(&at), strlen("b\\ c-*.csv"));
    at += strlen("b\\ c-*.csv");
    CU_ASSERT_EQUAL(pa_paths_next(&at), strlen("d\\"));
    at += strlen("d\\");
    CU_ASSERT_EQUAL(pa_paths_next(&at), 0);
}

static void test_relative_paths_move_below_a_folder(void)
{
    expect_below("jobs", "a.csv, /b/c-*.csv\td\\ e ../f",
                 "jobs/a.csv /b/c-*.csv jobs/d\\ e jobs/../f");
    expect_below("/", "a.csv", "/a.csv");
    expect_below("/data/", "a.csv", "/data/a.csv");
    expect_below("", "a.csv,  b.csv", "a.csv,  b.csv");
    expect_below("jobs", " ", "");
}

static void test_the_name_of_a_folder_is_no_pattern(void)
{
    expect_below("my jobs [old], *?\\", "a*.csv", "my\\ jobs\\ \\[old\\]\\,\\ \\*\\?\\\\/a*.csv");
}

static void test_paths_become_absolute(void)
{
    pa_buffer to = {0};
    pa_error err = {0};
    char here[500], expected[2000];
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof here));
    CU_ASSERT_EQUAL(pa_paths_absolute("a.csv, /b/c-*.csv\td\\ e", &to, &err), PA_OK);
    snprintf(expected, sizeof expected, "%s/a.csv /b/c-*.csv %s/d\\ e", here, here);
    CU_ASSERT_STRING_EQUAL(to.data, expected);
    pa_buffer_free(&to);
}

static const pa_test tests[] = {
    {"paths are told apart", test_paths_are_told_apart},
    {"relative paths move below a folder", test_relative_paths_move_below_a_folder},
    {"the name of a folder is no pattern", test_the_name_of_a_folder_is_no_pattern},
    {"paths become absolute", test_paths_become_absolute},
};

PA_TEST_MAIN("paths", tests)
