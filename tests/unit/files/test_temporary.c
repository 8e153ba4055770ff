/* Signals belong to the process: each case ends one of its own. */
#include "paraudit/files/temporary.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "paraudit/files/files.h"
#include "unit.h"

enum { N_DRAFTS = 100 };

static char folder[] = "/tmp/paraudit-temporary-XXXXXX";

static void name(const char *what, int i, char path[256])
{
    snprintf(path, 256, "%s/%s%d", folder, what, i);
}

static bool is_there(const char *what, int i)
{
    char path[256];
    name(what, i, path);
    return access(path, F_OK) == 0;
}

/* Drafts of many files, of which the first got its right name. */
static void make_drafts(void)
{
    pa_error err = {0};
    for (int i = 0; i < N_DRAFTS; i++) {
        char path[256], draft[256];
        name("file", i, path);
        name("draft", i, draft);
        FILE *f = fopen(draft, "w");
        if (!f || fclose(f) != 0 || pa_temporary_add(draft, &err) != PA_OK) _exit(1);
        if (i == 0 && rename(draft, path) != 0) _exit(2);
    }
}

/* The signal that ended a process in the midst of its drafts; 0: it went on. */
static int ended_by(int signal_number, void (*before)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (before) before();
        pa_end_on_signals();
        make_drafts();
        raise(signal_number);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int n_drafts_there(void)
{
    int n = 0;
    for (int i = 0; i < N_DRAFTS; i++) n += is_there("draft", i);
    return n;
}

static void test_a_signal_takes_the_drafts_along(void)
{
    static const int ends[] = {SIGINT, SIGHUP, SIGTERM};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        CU_ASSERT_EQUAL(ended_by(ends[i], NULL), ends[i]);
        CU_ASSERT_EQUAL(n_drafts_there(), 0);
        CU_ASSERT(is_there("file", 0));
    }
}

static void ignore_hup(void)
{
    signal(SIGHUP, SIG_IGN);
}

static void test_what_is_ignored_ends_nothing(void)
{
    CU_ASSERT_EQUAL(ended_by(SIGHUP, ignore_hup), 0);
    CU_ASSERT_EQUAL(n_drafts_there(), N_DRAFTS - 1);
}

static const pa_test tests[] = {
    {"a signal takes the drafts along", test_a_signal_takes_the_drafts_along},
    {"what is ignored ends nothing", test_what_is_ignored_ends_nothing},
};

static void remove_files(void)
{
    for (int i = 0; i < N_DRAFTS; i++) {
        char path[256];
        name("draft", i, path);
        unlink(path);
        name("file", i, path);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    int rc = pa_run_tests("temporary", tests, sizeof tests / sizeof *tests);
    remove_files();
    return rc;
}
