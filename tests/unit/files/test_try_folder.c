#include "paraudit/files/try_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/files/files.h"
#include "unit.h"

static char base[] = "/tmp/paraudit-try-XXXXXX";

static void path_of(const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", base, name);
}

static bool is_there(const char *name)
{
    char path[256];
    path_of(name, path);
    return access(path, F_OK) == 0;
}

static pa_status try_it(const char *name, pa_folder_tried *tried, pa_error *err)
{
    char path[256];
    path_of(name, path);
    *err = (pa_error){0};
    return pa_try_folder(path, tried, err);
}

static void test_nothing_is_left_of_folders_that_were_not_there(void)
{
    static const char *const names[] = {"a", "a/b/c", "a//b/", "a/./b"};
    pa_folder_tried tried;
    pa_error err;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CU_ASSERT_EQUAL(try_it(names[i], &tried, &err), PA_OK);
        CU_ASSERT(tried.is_new && tried.left > 0);
        CU_ASSERT(!is_there("a") && access(base, F_OK) == 0);
    }
}

static void test_what_was_there_stays(void)
{
    pa_folder_tried tried;
    pa_error err;
    char path[256];
    int lock;
    path_of("old", path);
    CU_ASSERT_EQUAL(mkdir(path, 0777), 0);
    CU_ASSERT_EQUAL(try_it("old", &tried, &err), PA_OK);
    CU_ASSERT(!tried.is_new && is_there("old") && !is_there("old/.lock"));
    CU_ASSERT_EQUAL(pa_lock_folder(path, &lock, &err), PA_OK);
    CU_ASSERT_EQUAL(try_it("old", &tried, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "another paraudit job is writing here"));
    pa_unlock_folder(&lock);
    CU_ASSERT(is_there("old/.lock"));
    CU_ASSERT_EQUAL(try_it("old", &tried, &err), PA_OK);
    CU_ASSERT(is_there("old/.lock"));
    CU_ASSERT_EQUAL(try_it("old/new", &tried, &err), PA_OK);
    CU_ASSERT(is_there("old") && !is_there("old/new"));
    path_of("old/.lock", path);
    unlink(path);
    path_of("old", path);
    rmdir(path);
}

static void test_a_file_is_no_folder(void)
{
    pa_folder_tried tried;
    pa_error err = {0};
    char path[256];
    path_of("file", path);
    CU_ASSERT_EQUAL(pa_write_file(path, "x", 1, &err), PA_OK);
    CU_ASSERT_EQUAL(try_it("file", &tried, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "exists and is not a folder"));
    CU_ASSERT_EQUAL(try_it("file/deeper", &tried, &err), PA_E_CREATE);
    CU_ASSERT(is_there("file"));
    unlink(path);
}

static const pa_test tests[] = {
    {"nothing is left of folders that were not there",
     test_nothing_is_left_of_folders_that_were_not_there},
    {"what was there stays", test_what_was_there_stays},
    {"a file is no folder", test_a_file_is_no_folder},
};

int main(void)
{
    if (!mkdtemp(base)) return 1;
    int rc = pa_run_tests("try_folder", tests, sizeof tests / sizeof *tests);
    rmdir(base);
    return rc;
}
