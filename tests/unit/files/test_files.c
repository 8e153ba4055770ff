#include "paraudit/base/rights.h"
#include "paraudit/files/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/base/strings.h"
#include "unit.h"

static char folder[] = "paraudit_files_XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void test_base_name_is_what_follows_the_last_slash(void)
{
    CU_ASSERT_STRING_EQUAL(pa_base_name("a/b/tx.csv"), "tx.csv");
    CU_ASSERT_STRING_EQUAL(pa_base_name("tx.csv"), "tx.csv");
    CU_ASSERT_STRING_EQUAL(pa_base_name("a/"), "");
}

static void test_folders_are_made_with_those_above(void)
{
    pa_error err = {0};
    struct stat s;
    CU_ASSERT_EQUAL(pa_make_folders(in_folder("a/b//c/"), &err), PA_OK);
    CU_ASSERT_EQUAL(pa_make_folders(in_folder("a/b/c"), &err), PA_OK);
    CU_ASSERT(stat(in_folder("a/b/c"), &s) == 0 && S_ISDIR(s.st_mode));
}

static void test_folder_in_place_of_a_file_is_refused(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_write_file(in_folder("plain"), "x", 1, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_make_folders(in_folder("plain"), &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "plain: exists and is not a folder"));
    pa_error below = {0};
    CU_ASSERT_EQUAL(pa_make_folders(in_folder("plain/b"), &below), PA_E_CREATE);
}

/* flock belongs to the open file, so a second open stands for a second job. */
static void test_second_job_does_not_get_the_lock(void)
{
    pa_error err = {0};
    char expected[200];
    int first = -1, second = -1;
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &first, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &second, &err), PA_E_CREATE);
    CU_ASSERT_EQUAL(second, -1);
    snprintf(expected, sizeof expected, "%s: another paraudit job is writing here", folder);
    CU_ASSERT_STRING_EQUAL(err.message, expected);
    pa_unlock_folder(&first);
    pa_error again = {0};
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &second, &again), PA_OK);
    pa_unlock_folder(&second);
    pa_unlock_folder(&second);
}

static void test_killed_job_leaves_no_lock(void)
{
    pa_error err = {0};
    pid_t child = fork();
    if (child == 0) {
        int lock = -1;
        pa_lock_folder(folder, &lock, &err);
        _exit(lock < 0);
    }
    int status = 0, lock = -1;
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &lock, &err), PA_OK);
    pa_unlock_folder(&lock);
}

static void test_lock_in_no_folder_names_it(void)
{
    pa_error err = {0};
    int lock = -1;
    CU_ASSERT_EQUAL(pa_lock_folder(in_folder("absent"), &lock, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "absent/.lock: No such file or directory"));
}

static void test_lock_is_no_link_and_no_pipe(void)
{
    pa_error err = {0};
    int lock = -1;
    unlink(in_folder(".lock"));
    CU_ASSERT_EQUAL(symlink("victim", in_folder(".lock")), 0);
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &lock, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "/.lock: is a link"));
    CU_ASSERT_EQUAL(unlink(in_folder(".lock")), 0);
    CU_ASSERT_NOT_EQUAL(access(in_folder("victim"), F_OK), 0);
    CU_ASSERT_EQUAL(mkfifo(in_folder(".lock"), 0600), 0);
    pa_error other = {0};
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &lock, &other), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(other.message, "/.lock: is there, and is not a file"));
    CU_ASSERT_EQUAL(unlink(in_folder(".lock")), 0);
}

/* Another program's lock, with its process id say, is taken but not written to. */
static void test_mark_is_put_into_an_empty_lock_alone(void)
{
    pa_error err = {0};
    int lock = -1;
    char *bytes = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &lock, &err), PA_OK);
    CU_ASSERT(!pa_folder_is_marked(lock));
    CU_ASSERT_EQUAL(pa_mark_folder(folder, lock, &err), PA_OK);
    pa_unlock_folder(&lock);
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &lock, &err), PA_OK);
    CU_ASSERT(pa_folder_is_marked(lock));
    pa_unlock_folder(&lock);
    CU_ASSERT_EQUAL(pa_write_file(in_folder(".lock"), "4711", 4, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_lock_folder(folder, &lock, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_mark_folder(folder, lock, &err), PA_OK);
    CU_ASSERT(!pa_folder_is_marked(lock));
    pa_unlock_folder(&lock);
    CU_ASSERT_EQUAL(pa_read_file(in_folder(".lock"), &bytes, &n, &err), PA_OK);
    CU_ASSERT(n == 4 && memcmp(bytes, "4711", 4) == 0);
    pa_free(bytes);
    unlink(in_folder(".lock"));
}

static mode_t rights_of(const char *name)
{
    struct stat s = {0};
    CU_ASSERT_EQUAL(stat(in_folder(name), &s), 0);
    return s.st_mode & 0777;
}

static void test_what_is_made_is_private_whatever_the_umask(void)
{
    static const struct {
        mode_t umask;
        const char *mode;
        mode_t file, folder;
    } cases[] = {{0, "0600", 0600, 0700},
                 {022, "600", 0600, 0700},
                 {0277, "0600", 0600, 0700},
                 {077, "0640", 0640, 0750},
                 {0, "0644", 0644, 0755}};
    mode_t before = umask(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pa_error err = {0};
        int lock = -1;
        umask(cases[i].umask);
        CU_ASSERT_EQUAL(pa_set_output_mode("output.mode", cases[i].mode, &err), PA_OK);
        CU_ASSERT_EQUAL(pa_make_folders(in_folder("m/n"), &err), PA_OK);
        CU_ASSERT_EQUAL(pa_write_file(in_folder("m/t"), "x", 1, &err), PA_OK);
        CU_ASSERT_EQUAL(pa_lock_folder(in_folder("m"), &lock, &err), PA_OK);
        pa_unlock_folder(&lock);
        CU_ASSERT(rights_of("m") == cases[i].folder && rights_of("m/n") == cases[i].folder);
        CU_ASSERT(rights_of("m/t") == cases[i].file && rights_of("m/.lock") == cases[i].file);
        static const char *const names[] = {"m/.lock", "m/t", "m/n", "m"};
        for (size_t k = 0; k < 4; k++) CU_ASSERT_EQUAL(remove(in_folder(names[k])), 0);
    }
    umask(before);
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_set_output_mode("output.mode", "0600", &err), PA_OK);
    static const char *const bad[] = {"", "0620", "0400", "0700", "rw", "06000", "-600", "0x600"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_EQUAL(pa_set_output_mode("output.mode", bad[i], &err), PA_E_CONFIG);
    CU_ASSERT_EQUAL(pa_file_mode(), 0600);
}

static void test_folder_that_was_there_keeps_its_rights(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(mkdir(in_folder("m"), 0755), 0);
    CU_ASSERT_EQUAL(chmod(in_folder("m"), 0755), 0);
    CU_ASSERT_EQUAL(pa_make_folders(in_folder("m"), &err), PA_OK);
    CU_ASSERT_EQUAL(rights_of("m"), 0755);
    CU_ASSERT_EQUAL(rmdir(in_folder("m")), 0);
}

static void test_written_file_reads_back_and_replaces(void)
{
    pa_error err = {0};
    char *bytes = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(pa_write_file(in_folder("t"), "old text", 8, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_write_file(in_folder("t"), "new\0x", 5, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_read_file(in_folder("t"), &bytes, &n, &err), PA_OK);
    CU_ASSERT_EQUAL(n, 5);
    CU_ASSERT(bytes && memcmp(bytes, "new\0x", 6) == 0);
    CU_ASSERT_NOT_EQUAL(access(in_folder("t.paraudit.part"), F_OK), 0);
    int64_t size = 0;
    CU_ASSERT_EQUAL(pa_file_size(in_folder("t"), &size, &err), PA_OK);
    CU_ASSERT_EQUAL(size, 5);
    pa_free(bytes);
}

static void test_missing_file_is_no_input(void)
{
    pa_error err = {0};
    char *bytes = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(pa_read_file(in_folder("absent"), &bytes, &n, &err), PA_E_NO_INPUT);
    CU_ASSERT_PTR_NULL(bytes);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "absent: No such file or directory"));
    pa_error other = {0};
    CU_ASSERT_EQUAL(pa_file_size(folder, &(int64_t){0}, &other), PA_E_NO_INPUT);
}

static void test_file_in_no_folder_cannot_be_created(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_write_file(in_folder("absent/t"), "x", 1, &err), PA_E_CREATE);
    pa_error reserve = {0};
    CU_ASSERT_EQUAL(pa_reserve(in_folder("absent/t"), 1, &reserve), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(reserve.message, "absent/t: No such file"));
}

static void test_reservation_leaves_nothing_behind(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_reserve(in_folder("r"), 100000, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_reserve(in_folder("r"), 0, &err), PA_OK);
    CU_ASSERT_NOT_EQUAL(access(in_folder("r.paraudit.part"), F_OK), 0);
    CU_ASSERT_NOT_EQUAL(access(in_folder("r"), F_OK), 0);
}

/* A file, nothing, a link to a device, a pipe, a folder. */
static void test_a_file_of_ours_is_opened_as_a_file(void)
{
    int fd = -1;
    bool there = false;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_open_own(in_folder("own"), &there, &fd, &err), PA_OK);
    CU_ASSERT(!there && fd < 0);
    CU_ASSERT_EQUAL(pa_write_file(in_folder("own"), "x", 1, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_open_own(in_folder("own"), &there, &fd, &err), PA_OK);
    CU_ASSERT(there && fd >= 0);
    close(fd);
    for (int kind = 0; kind < 3; kind++) {
        remove(in_folder("own"));
        int made = kind == 0   ? symlink("/dev/zero", in_folder("own"))
                   : kind == 1 ? mkfifo(in_folder("own"), 0600)
                               : mkdir(in_folder("own"), 0700);
        CU_ASSERT_EQUAL(made, 0);
        CU_ASSERT_EQUAL(pa_open_own(in_folder("own"), &there, &fd, &err), PA_E_NO_INPUT);
        CU_ASSERT(there && fd < 0);
    }
    remove(in_folder("own"));
}

static void test_more_than_there_is_cannot_be_reserved(void)
{
    pa_error err = {0};
    int64_t left = 0;
    CU_ASSERT_EQUAL(pa_space_left(in_folder("r"), &left, &err), PA_OK);
    CU_ASSERT(left > 0);
    CU_ASSERT_EQUAL(pa_reserve(in_folder("r"), INT64_MAX / 2, &err), PA_E_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "r: needs 4.0 EiB"));
    CU_ASSERT_NOT_EQUAL(access(in_folder("r.paraudit.part"), F_OK), 0);
}

static void test_bytes_are_said_in_words(void)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } cases[] = {{0, "0 bytes"},
                 {1023, "1023 bytes"},
                 {1536, "1.5 KiB"},
                 {(int64_t)412 << 20, "412 MiB"},
                 {((int64_t)1 << 30) - 1, "1.0 GiB"},
                 {INT64_MAX, "8.0 EiB"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        pa_bytes_text(cases[i].bytes, text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
    }
}

static void test_kept_strings_stay_where_they_are(void)
{
    pa_error err = {0};
    pa_strings pool = {0};
    const char *kept[3000];
    char text[24];
    int wrong = 0;
    for (int i = 0; i < 3000; i++) {
        int n = snprintf(text, sizeof text, "name %d", i);
        wrong += pa_strings_keep(&pool, text, (size_t)n, kept + i, &err) != PA_OK;
    }
    for (int i = 0; i < 3000; i++) {
        snprintf(text, sizeof text, "name %d", i);
        wrong += strcmp(text, kept[i]) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    char *large = malloc(100001);
    memset(large, 'x', 100000);
    large[100000] = '\0';
    const char *copy = NULL;
    CU_ASSERT_EQUAL(pa_strings_keep(&pool, large, 100000, &copy, &err), PA_OK);
    CU_ASSERT_STRING_EQUAL(copy, large);
    CU_ASSERT_EQUAL(pa_strings_keep(&pool, NULL, 0, &copy, &err), PA_OK);
    CU_ASSERT_PTR_NULL(copy);
    free(large);
    pa_strings_free(&pool);
}

static const pa_test tests[] = {
    {"base name is what follows the last slash", test_base_name_is_what_follows_the_last_slash},
    {"folders are made with those above", test_folders_are_made_with_those_above},
    {"folder in place of a file is refused", test_folder_in_place_of_a_file_is_refused},
    {"second job does not get the lock", test_second_job_does_not_get_the_lock},
    {"killed job leaves no lock", test_killed_job_leaves_no_lock},
    {"lock in no folder names it", test_lock_in_no_folder_names_it},
    {"lock is no link and no pipe", test_lock_is_no_link_and_no_pipe},
    {"mark is put into an empty lock alone", test_mark_is_put_into_an_empty_lock_alone},
    {"what is made is private whatever the umask", test_what_is_made_is_private_whatever_the_umask},
    {"folder that was there keeps its rights", test_folder_that_was_there_keeps_its_rights},
    {"written file reads back and replaces", test_written_file_reads_back_and_replaces},
    {"missing file is no input", test_missing_file_is_no_input},
    {"file in no folder cannot be created", test_file_in_no_folder_cannot_be_created},
    {"reservation leaves nothing behind", test_reservation_leaves_nothing_behind},
    {"a file of ours is opened as a file", test_a_file_of_ours_is_opened_as_a_file},
    {"more than there is cannot be reserved", test_more_than_there_is_cannot_be_reserved},
    {"bytes are said in words", test_bytes_are_said_in_words},
    {"kept strings stay where they are", test_kept_strings_stay_where_they_are},
};

static void remove_folder(void)
{
    static const char *const names[] = {"a/b/c", "a/b", "a", "plain", "t", ".lock", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) remove(in_folder(names[i]));
}

int main(void)
{
    if (!mkdtemp(folder)) return 2;
    int code = pa_run_tests("files", tests, sizeof tests / sizeof *tests);
    remove_folder();
    return code;
}
