#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "paraudit/base/array.h"
#include "paraudit/files/draft.h"
#include "paraudit/files/files.h"
#include "unit.h"

static char folder[] = "/tmp/paraudit-draft-XXXXXX";
static char path[100], part[100], victim[100];

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0) abort();
}

static bool holds(const char *name, const char *text)
{
    char *bytes = NULL;
    size_t n = 0;
    bool same = pa_read_file(name, &bytes, &n, NULL) == PA_OK && strcmp(bytes, text) == 0;
    pa_free(bytes);
    return same;
}

static bool is_there(const char *name)
{
    struct stat s;
    return lstat(name, &s) == 0;
}

/* A whole life: what stands under the name then. */
static pa_status write_one(const char *text, bool replace, pa_error *err)
{
    pa_draft d;
    *err = (pa_error){0};
    PA_TRY(pa_draft_make(path, &d, err));
    CU_ASSERT(is_there(part));
    CU_ASSERT(pa_write_at(d.fd, text, strlen(text), 0));
    pa_status st = pa_draft_keep(&d, replace, err);
    pa_draft_drop(&d);
    return st;
}

static void test_draft_takes_its_name(void)
{
    pa_error err;
    CU_ASSERT_EQUAL(write_one("one", false, &err), PA_OK);
    CU_ASSERT(holds(path, "one") && !is_there(part));
    CU_ASSERT_EQUAL(write_one("two", false, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(err.message, "/out: is there already, and has come from elsewhere: move it away"));
    CU_ASSERT(holds(path, "one") && !is_there(part));
    CU_ASSERT_EQUAL(write_one("three", true, &err), PA_OK);
    CU_ASSERT(holds(path, "three") && !is_there(part));
    unlink(path);
}

/* A child ends without dropping it, as a killed job. */
static void test_what_a_killed_job_left_goes(void)
{
    pa_error err;
    pid_t child = fork();
    if (child == 0) {
        pa_draft d;
        _exit(pa_draft_make(path, &d, &err) == PA_OK && pa_write_at(d.fd, "much", 4, 0) ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CU_ASSERT(status == 0 && holds(part, "much"));
    CU_ASSERT_EQUAL(write_one("new", false, &err), PA_OK);
    CU_ASSERT(holds(path, "new") && !is_there(part));
    unlink(path);
}

static void test_draft_of_a_job_that_runs_stays(void)
{
    pa_error err = {0};
    pa_draft first, second;
    CU_ASSERT_EQUAL(pa_draft_make(path, &first, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_draft_make(path, &second, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "/out.paraudit.part: another paraudit job is"));
    CU_ASSERT_EQUAL(pa_draft_keep(&first, false, &err), PA_OK);
    CU_ASSERT(is_there(path));
    unlink(path);
}

static void refused(void)
{
    pa_error err;
    CU_ASSERT_EQUAL(write_one("new", true, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, part));
    if (!strstr(err.message, "is there, and no file that paraudit has left"))
        CU_FAIL("another message");
    CU_ASSERT(is_there(part) && holds(victim, "precious") && !is_there(path));
    CU_ASSERT(unlink(part) == 0 || rmdir(part) == 0);
}

/* part -> victim; part = victim; part a pipe, a folder, of another user. */
static void test_what_somebody_put_there_stays(void)
{
    put(victim, "precious");
    CU_ASSERT_EQUAL(symlink(victim, part), 0);
    refused();
    CU_ASSERT_EQUAL(symlink("/nowhere/at/all", part), 0);
    refused();
    CU_ASSERT_EQUAL(link(victim, part), 0);
    refused();
    CU_ASSERT_EQUAL(mkfifo(part, 0600), 0);
    refused();
    CU_ASSERT_EQUAL(mkdir(part, 0700), 0);
    refused();
    put(part, "theirs");
    if (chown(part, 12345, (gid_t)-1) == 0)
        refused();
    else
        unlink(part);
    unlink(victim);
}

/* Taken away, and another put into its place: that one is not given the name. */
static void test_another_file_does_not_become_the_result(void)
{
    pa_error err = {0};
    pa_draft d;
    CU_ASSERT_EQUAL(pa_draft_make(path, &d, &err), PA_OK);
    unlink(part);
    put(part, "foreign");
    CU_ASSERT_EQUAL(pa_draft_keep(&d, true, &err), PA_E_IO);
    pa_draft_drop(&d);
    CU_ASSERT(holds(part, "foreign") && !is_there(path));
    unlink(part);
}

/* One rule at the end of a life: what stands under the name then. */
static pa_status write_beside(const char *text, const pa_standing *standing, pa_error *err)
{
    pa_draft d;
    *err = (pa_error){0};
    PA_TRY(pa_draft_make(path, &d, err));
    CU_ASSERT(pa_write_at(d.fd, text, strlen(text), 0));
    pa_status st = pa_draft_keep_beside(&d, standing, err);
    pa_draft_drop(&d);
    return st;
}

static void test_what_was_noted_gives_way_and_what_came_meanwhile_does_not(void)
{
    pa_error err;
    pa_standing standing = {0};
    CU_ASSERT_EQUAL(write_beside("one", &standing, &err), PA_OK);
    pa_standing_note(&standing, path);
    CU_ASSERT_EQUAL(write_beside("two", &standing, &err), PA_OK);
    CU_ASSERT(holds(path, "two"));
    /* The one that was noted is gone. */
    CU_ASSERT_EQUAL(write_beside("three", &standing, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "/out: is there already"));
    CU_ASSERT(holds(path, "two") && !is_there(part));
    /* The same bytes are no loss; a part of them is. */
    CU_ASSERT_EQUAL(write_beside("two", &standing, &err), PA_OK);
    CU_ASSERT_EQUAL(write_beside("twofold", &standing, &err), PA_E_CREATE);
    CU_ASSERT_EQUAL(write_beside("tw", &standing, &err), PA_E_CREATE);
    standing.any = true;
    CU_ASSERT_EQUAL(write_beside("four", &standing, &err), PA_OK);
    CU_ASSERT_EQUAL(write_beside("five", NULL, &err), PA_OK);
    CU_ASSERT(holds(path, "five") && !is_there(part));
    unlink(path);
}

/* Noted, and written again by somebody in its place. */
static void test_what_was_changed_since_does_not_give_way(void)
{
    pa_error err;
    pa_standing standing = {0};
    put(path, "ours");
    pa_standing_note(&standing, path);
    put(path, "more than ours");
    CU_ASSERT_EQUAL(write_beside("new", &standing, &err), PA_E_CREATE);
    CU_ASSERT(holds(path, "more than ours"));
    unlink(path);
}

/* path -> victim, which holds what is written. */
static void test_a_link_does_not_give_way(void)
{
    pa_error err;
    const pa_standing standing = {0};
    put(victim, "same");
    CU_ASSERT_EQUAL(symlink(victim, path), 0);
    CU_ASSERT_EQUAL(write_beside("same", &standing, &err), PA_E_CREATE);
    CU_ASSERT(unlink(path) == 0 && holds(victim, "same"));
    unlink(victim);
}

static void test_a_file_is_known_by_how_it_begins(void)
{
    put(path, "time=1\n");
    CU_ASSERT(pa_file_begins_with(path, "time=", 5) && pa_file_begins_with(path, "", 0));
    CU_ASSERT(!pa_file_begins_with(path, "tide=", 5) && !pa_file_begins_with(path, "time=1\n ", 8));
    CU_ASSERT_EQUAL(link(path, victim), 0);
    CU_ASSERT(!pa_file_begins_with(path, "time=", 5));
    unlink(path);
    CU_ASSERT(!pa_file_begins_with(path, "", 0));
    CU_ASSERT_EQUAL(symlink(victim, path), 0);
    CU_ASSERT(!pa_file_begins_with(path, "time=", 5));
    unlink(path);
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    CU_ASSERT(!pa_file_begins_with(path, "time=", 5));
    unlink(path);
    unlink(victim);
}

/* Nothing there; left by us, or by nobody that is known; linked. */
static void test_what_is_in_the_way_is_known_before(void)
{
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_draft_check(path, false, &err), PA_OK);
    put(part, "left");
    CU_ASSERT_EQUAL(pa_draft_check(path, true, &err), PA_OK);
    CU_ASSERT_EQUAL(pa_draft_check(path, false, &err), PA_E_CREATE);
    CU_ASSERT(holds(part, "left"));
    CU_ASSERT_EQUAL(link(part, victim), 0);
    err = (pa_error){0};
    CU_ASSERT_EQUAL(pa_draft_check(path, true, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "is there, and no file that paraudit has left"));
    unlink(part);
    unlink(victim);
}

static void test_way_leads_to_the_file_itself(void)
{
    pa_error err = {0};
    pa_draft d;
    char way[64];
    put(victim, "precious");
    CU_ASSERT_EQUAL(pa_draft_make(path, &d, &err), PA_OK);
    pa_draft_way(&d, way);
    rename(part, path);
    CU_ASSERT_EQUAL(symlink(victim, part), 0);
    put(way, "mine");
    CU_ASSERT(holds(path, "mine") && holds(victim, "precious"));
    pa_draft_drop(&d);
    CU_ASSERT(is_there(part));
    unlink(part);
    unlink(path);
    unlink(victim);
}

static const pa_test tests[] = {
    {"draft takes its name", test_draft_takes_its_name},
    {"what a killed job left goes", test_what_a_killed_job_left_goes},
    {"draft of a job that runs stays", test_draft_of_a_job_that_runs_stays},
    {"what somebody put there stays", test_what_somebody_put_there_stays},
    {"another file does not become the result", test_another_file_does_not_become_the_result},
    {"way leads to the file itself", test_way_leads_to_the_file_itself},
    {"what was noted gives way and what came meanwhile does not",
     test_what_was_noted_gives_way_and_what_came_meanwhile_does_not},
    {"what was changed since does not give way", test_what_was_changed_since_does_not_give_way},
    {"a link does not give way", test_a_link_does_not_give_way},
    {"a file is known by how it begins", test_a_file_is_known_by_how_it_begins},
    {"what is in the way is known before", test_what_is_in_the_way_is_known_before},
};

int main(void)
{
    if (!mkdtemp(folder)) return 2;
    snprintf(path, sizeof path, "%s/out", folder);
    snprintf(part, sizeof part, "%s/out.paraudit.part", folder);
    snprintf(victim, sizeof victim, "%s/victim", folder);
    int code = pa_run_tests("draft", tests, sizeof tests / sizeof *tests);
    rmdir(folder);
    return code;
}
