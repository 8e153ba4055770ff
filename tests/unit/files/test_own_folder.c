#include "paraudit/files/own_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/files.h"
#include "unit.h"

static char base[] = "/tmp/paraudit-own-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[4][256];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", base, name);
    return path[next];
}

static int mode_of(const char *name)
{
    struct stat s;
    return lstat(path_of(name), &s) == 0 ? (int)(s.st_mode & 07777) : -1;
}

static bool is_there(const char *name)
{
    return mode_of(name) >= 0;
}

static void put(const char *name, const char *text)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_write_file(path_of(name), text, strlen(text), &err), PA_OK);
}

/* A folder with our mark; fd -1 where it could not be made. One at a time. */
static pa_own_folder made(const char *name)
{
    static char path[256];
    pa_error err = {0};
    pa_own_folder f = {.fd = -1};
    snprintf(path, sizeof path, "%s/%s", base, name);
    CU_ASSERT_EQUAL(pa_own_folder_make(path, &f, &err), PA_OK);
    return f;
}

static void remove_all(const char *name)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", path_of(name));
    CU_ASSERT_EQUAL(system(command), 0);
}

static void expect_refusal(const char *name, const char *why)
{
    pa_own_folder f;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_own_folder_make(path_of(name), &f, &err), PA_E_CREATE);
    CU_ASSERT_EQUAL(f.fd, -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, why));
    err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_own_folder_open(path_of(name), &f, &err), PA_E_CREATE);
    CU_ASSERT_EQUAL(f.fd, -1);
}

static void test_modes_do_not_depend_on_the_umask(void)
{
    static const mode_t masks[] = {0, 022, 077, 0777};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        pa_error err = {0};
        mode_t before = umask(masks[i]);
        pa_own_folder f = made("f");
        CU_ASSERT_EQUAL(pa_own_file_write(&f, "1.txt", "one", 3, &err), PA_OK);
        umask(before);
        CU_ASSERT_EQUAL(mode_of("f"), 0700);
        CU_ASSERT_EQUAL(mode_of("f/.paraudit"), 0600);
        CU_ASSERT_EQUAL(mode_of("f/1.txt"), 0600);
        pa_own_folder_close(&f);
        remove_all("f");
    }
}

static void test_a_file_of_others_is_closed_to_others(void)
{
    pa_error err = {0};
    pa_own_folder f = made("f");
    put("f/1.txt", "one");
    CU_ASSERT_EQUAL(chmod(path_of("f/1.txt"), 0666), 0);
    CU_ASSERT_EQUAL(pa_own_file_close_to_others(&f, "1.txt", &err), PA_OK);
    CU_ASSERT_EQUAL(mode_of("f/1.txt"), 0600);
    put("outside", "o");
    int open_to_all = chmod(path_of("outside"), 0666);
    CU_ASSERT_EQUAL(open_to_all, 0);
    CU_ASSERT_EQUAL(symlink(path_of("outside"), path_of("f/link")), 0);
    CU_ASSERT_EQUAL(pa_own_file_close_to_others(&f, "link", &err), PA_E_CREATE);
    CU_ASSERT_EQUAL(mode_of("outside"), 0666);
    pa_own_folder_close(&f);
    remove_all("f");
    remove_all("outside");
}

static void test_what_bears_no_mark_is_refused(void)
{
    CU_ASSERT_EQUAL(mkdir(path_of("theirs"), 0755), 0);
    put("theirs/000001.h5", "theirs");
    expect_refusal("theirs", "no mark");
    CU_ASSERT(is_there("theirs/000001.h5") && !is_there("theirs/.paraudit"));
    CU_ASSERT_EQUAL(mode_of("theirs"), 0755);
    remove_all("theirs");
}

static void test_a_mark_that_is_a_link_is_none(void)
{
    CU_ASSERT_EQUAL(mkdir(path_of("theirs"), 0755), 0);
    CU_ASSERT_EQUAL(symlink("/etc/passwd", path_of("theirs/.paraudit")), 0);
    expect_refusal("theirs", "no mark");
    remove_all("theirs");
}

static void test_links_and_files_are_refused(void)
{
    pa_own_folder f = made("f");
    pa_own_folder_close(&f);
    CU_ASSERT_EQUAL(symlink("f", path_of("link")), 0);
    expect_refusal("link", "is a link");
    put("file", "");
    expect_refusal("file", "is not a folder");
    remove_all("f");
    remove_all("link");
    remove_all("file");
}

static void test_an_empty_folder_is_taken_and_none_is_none(void)
{
    pa_own_folder f;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_own_folder_open(path_of("f"), &f, &err), PA_OK);
    CU_ASSERT(f.fd == -1 && !is_there("f"));
    CU_ASSERT_EQUAL(mkdir(path_of("f"), 0755), 0);
    CU_ASSERT_EQUAL(pa_own_folder_open(path_of("f"), &f, &err), PA_OK);
    CU_ASSERT(f.fd == -1 && !is_there("f/.paraudit"));
    f = made("f");
    CU_ASSERT(f.fd >= 0 && is_there("f/.paraudit"));
    CU_ASSERT_EQUAL(mode_of("f"), 0700);
    pa_own_folder_remove(&f);
    CU_ASSERT(f.fd == -1 && !is_there("f"));
}

static void test_a_job_killed_at_its_mark_is_no_foreigner(void)
{
    CU_ASSERT_EQUAL(mkdir(path_of("f"), 0700), 0);
    put("f/.paraudit.part", "");
    pa_own_folder f = made("f");
    pa_own_folder_remove(&f);
    CU_ASSERT(!is_there("f"));
}

static void test_foreign_files_keep_folder_and_mark(void)
{
    pa_own_folder f = made("f");
    put("f/notes.txt", "theirs");
    pa_own_folder_remove(&f);
    CU_ASSERT(is_there("f/notes.txt") && is_there("f/.paraudit"));
    remove_all("f");
}

/* f/1.txt.part -> outside: what a neighbour may have planted. */
static void test_a_planted_draft_is_not_followed(void)
{
    char *text = NULL;
    size_t n = 0;
    pa_error err = {0};
    pa_own_folder f = made("f");
    put("outside", "untouched");
    CU_ASSERT_EQUAL(symlink(path_of("outside"), path_of("f/1.txt.part")), 0);
    CU_ASSERT_EQUAL(pa_own_file_write(&f, "1.txt", "one", 3, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_read_file(path_of("outside"), &text, &n, &err), PA_OK);
    CU_ASSERT(n == 9 && memcmp(text, "untouched", 9) == 0);
    pa_free(text);
    CU_ASSERT_EQUAL(pa_own_file_size(&f, "1.txt"), 3);
    pa_own_folder_close(&f);
    remove_all("f");
    remove_all("outside");
}

static void test_only_plain_files_of_bounded_size_are_read(void)
{
    char *text = NULL;
    size_t n = 0;
    pa_error err = {0};
    pa_own_folder f = made("f");
    put("f/1.txt", "one");
    CU_ASSERT_EQUAL(symlink("1.txt", path_of("f/link")), 0);
    CU_ASSERT_EQUAL(mkfifo(path_of("f/pipe"), 0600), 0);
    CU_ASSERT_EQUAL(pa_own_file_read(&f, "1.txt", 3, &text, &n, &err), PA_OK);
    CU_ASSERT(n == 3 && strcmp(text, "one") == 0);
    pa_free(text);
    static const char *const bad[] = {"link", "pipe", ".", "none"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(pa_own_file_read(&f, bad[i], 99, &text, &n, &err), PA_E_NO_INPUT);
        CU_ASSERT_EQUAL(pa_own_file_size(&f, bad[i]), -1);
    }
    CU_ASSERT_EQUAL(pa_own_file_read(&f, "1.txt", 2, &text, &n, &err), PA_E_NO_INPUT);
    pa_own_folder_close(&f);
    remove_all("f");
}

static void count(const char *name, void *to)
{
    CU_ASSERT(name[0] != '.');
    ++*(int *)to;
}

static void test_a_visit_passes_over_dots(void)
{
    int n = 0;
    pa_own_folder f = made("f"), none = {.fd = -1};
    put("f/a", "");
    put("f/b", "");
    pa_own_folder_visit(&f, count, &n);
    pa_own_folder_visit(&none, count, &n);
    CU_ASSERT_EQUAL(n, 2);
    pa_own_folder_close(&f);
    remove_all("f");
}

int main(void)
{
    static const pa_test tests[] = {
        {"modes do not depend on the umask", test_modes_do_not_depend_on_the_umask},
        {"a file of others is closed to others", test_a_file_of_others_is_closed_to_others},
        {"what bears no mark is refused", test_what_bears_no_mark_is_refused},
        {"a mark that is a link is none", test_a_mark_that_is_a_link_is_none},
        {"links and files are refused", test_links_and_files_are_refused},
        {"an empty folder is taken and none is none",
         test_an_empty_folder_is_taken_and_none_is_none},
        {"a job killed at its mark is no foreigner", test_a_job_killed_at_its_mark_is_no_foreigner},
        {"foreign files keep folder and mark", test_foreign_files_keep_folder_and_mark},
        {"a planted draft is not followed", test_a_planted_draft_is_not_followed},
        {"only plain files of bounded size are read",
         test_only_plain_files_of_bounded_size_are_read},
        {"a visit passes over dots", test_a_visit_passes_over_dots},
    };
    if (!mkdtemp(base)) return 2;
    int failed = pa_run_tests("own_folder", tests, sizeof tests / sizeof *tests);
    if (rmdir(base) != 0) failed = 1;
    return failed;
}
