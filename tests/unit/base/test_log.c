#include "paraudit/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

/* A log in a folder of its own, with standard error caught beside it. */
typedef struct {
    char folder[40], path[60], err_path[60];
    char text[8192], err_text[8192];
    int saved_stderr;
    pa_log *log;
} log_test;

static void begin(log_test *t, bool quiet, double progress_seconds, const char *before)
{
    pa_error err = {0};
    strcpy(t->folder, "/tmp/paraudit-log-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(t->folder));
    snprintf(t->path, sizeof t->path, "%s/log.txt", t->folder);
    snprintf(t->err_path, sizeof t->err_path, "%s/err.txt", t->folder);
    FILE *file = before ? fopen(t->path, "w") : NULL;
    if (file) {
        fputs(before, file);
        fclose(file);
    }
    fflush(stderr);
    t->saved_stderr = dup(STDERR_FILENO);
    file = fopen(t->err_path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    dup2(fileno(file), STDERR_FILENO);
    fclose(file);
    CU_ASSERT_EQUAL(pa_log_open(t->path, quiet, progress_seconds, &t->log, &err), PA_OK);
}

static void slurp(const char *path, char *text, size_t room)
{
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
    unlink(path);
}

/* Closes the log and leaves what was written in text and err_text. */
static void finish(log_test *t)
{
    pa_log_close(t->log);
    fflush(stderr);
    dup2(t->saved_stderr, STDERR_FILENO);
    close(t->saved_stderr);
    slurp(t->path, t->text, sizeof t->text);
    slurp(t->err_path, t->err_text, sizeof t->err_text);
    rmdir(t->folder);
}

static int count_lines(const char *text)
{
    int n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* Line i, behind its time, without its end. */
static const char *line_of(const log_test *t, int i, char out[400])
{
    const char *at = t->text;
    for (; i > 0 && at; i--) at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    const char *rest = at ? strchr(at, ' ') : NULL;
    if (!rest) return strcpy(out, "");
    snprintf(out, 400, "%.*s", (int)strcspn(rest + 1, "\n"), rest + 1);
    return out;
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static void test_event_is_one_line_with_its_time(void)
{
    log_test t = {0};
    char line[400];
    begin(&t, true, 0, NULL);
    pa_log_event(t.log, "stage", "name=%s rows=%d", "features", 12);
    pa_log_event(t.log, "end", "%s", "");
    pa_log_event(t.log, "odd", "a=%s", "1\nb\t\x1b[2K");
    finish(&t);
    CU_ASSERT_EQUAL(count_lines(t.text), 3);
    CU_ASSERT_STRING_EQUAL(line_of(&t, 0, line), "event=stage name=features rows=12");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 1, line), "event=end");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 2, line), "event=odd a=1 b  [2K");
    CU_ASSERT_STRING_EQUAL(t.err_text, "");
    int year, month, day, hour, minute, second, length = 0;
    sscanf(t.text, "time=%4d-%2d-%2dT%2d:%2d:%2dZ event%n", &year, &month, &day, &hour, &minute,
           &second, &length);
    CU_ASSERT_EQUAL(length, 31);
}

static void test_resumed_job_goes_on_in_its_log(void)
{
    log_test t = {0};
    begin(&t, true, 0, "time=1 event=first\ntime=2 event=cut of");
    pa_log_event(t.log, "second", "a=1");
    finish(&t);
    CU_ASSERT_EQUAL(count_lines(t.text), 3);
    CU_ASSERT(strncmp(t.text, "time=1 event=first\ntime=2 event=cut of\ntime=", 44) == 0);
    begin(&t, true, 0, "time=1 event=first\n");
    pa_log_event(t.log, "second", "a=1");
    finish(&t);
    CU_ASSERT_EQUAL(count_lines(t.text), 2);
}

static void test_values_with_blanks_are_quoted(void)
{
    char out[40];
    CU_ASSERT_STRING_EQUAL(pa_log_quote("tx.csv", out, sizeof out), "tx.csv");
    CU_ASSERT_STRING_EQUAL(pa_log_quote("", out, sizeof out), "\"\"");
    CU_ASSERT_STRING_EQUAL(pa_log_quote("my tx.csv", out, sizeof out), "\"my tx.csv\"");
    CU_ASSERT_STRING_EQUAL(pa_log_quote("a=b", out, sizeof out), "\"a=b\"");
    CU_ASSERT_STRING_EQUAL(pa_log_quote("say \"x\"\n\\", out, sizeof out),
                           "\"say \\\"x\\\"\\n\\\\\"");
}

static void test_long_values_are_cut_to_the_room(void)
{
    static const char value[] = "ab\"cd\\ef gh\nij\"\"\"";
    int wrong = 0;
    for (size_t room = 3; room < 40; room++) {
        char out[48];
        memset(out, '#', sizeof out);
        size_t length = strlen(pa_log_quote(value, out, room));
        wrong += length >= room || out[room] != '#';
        wrong += out[0] != '"' || out[length - 1] != '"';
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_say_reaches_people_and_the_file(void)
{
    log_test t = {0};
    char line[400];
    begin(&t, false, 0, NULL);
    pa_log_say(t.log, "NOTE: rank %d holds \"most\"\nrows", 5);
    finish(&t);
    CU_ASSERT_STRING_EQUAL(t.err_text, "NOTE: rank 5 holds \"most\"\nrows\n");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 0, line),
                           "event=say text=\"NOTE: rank 5 holds \\\"most\\\"\\nrows\"");
    begin(&t, true, 0, NULL);
    pa_log_say(t.log, "quiet");
    finish(&t);
    CU_ASSERT_STRING_EQUAL(t.err_text, "");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 0, line), "event=say text=quiet");
}

static void test_progress_has_per_cent_and_time_left(void)
{
    log_test t = {0};
    char line[400];
    double eta = -1;
    begin(&t, false, 0, NULL);
    pa_log_progress(t.log, "fit", 0, 1000000);
    pause_ms(20);
    pa_log_progress(t.log, "fit", 10, 1000000);
    pa_log_progress(t.log, "fit", 1000000, 1000000);
    pa_log_progress(t.log, "fit", 0, 0);
    finish(&t);
    CU_ASSERT_EQUAL(count_lines(t.text), 3);
    CU_ASSERT_STRING_EQUAL(line_of(&t, 0, line),
                           "event=progress stage=fit done=0 total=1000000 percent=0.0");
    /* At least 20 ms for 10 of a million: at least 1999 s are left. */
    CU_ASSERT_EQUAL(sscanf(line_of(&t, 1, line),
                           "event=progress stage=fit done=10 total=1000000 percent=0.0 "
                           "eta_seconds=%lf",
                           &eta),
                    1);
    CU_ASSERT(eta >= 1999);
    CU_ASSERT_STRING_EQUAL(line_of(&t, 2, line), "event=progress stage=fit done=1000000 "
                                                 "total=1000000 percent=100.0 eta_seconds=0");
    CU_ASSERT_EQUAL(count_lines(t.err_text), 3);
    CU_ASSERT(strncmp(t.err_text, "fit: 0.0 %\nfit: 0.0 %, ", 23) == 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(t.err_text, " left\nfit: 100.0 %, 0 s left\n"));
    CU_ASSERT_PTR_NULL(strpbrk(t.err_text, "\r\x1b"));
}

static void test_names_of_the_input_steer_no_terminal(void)
{
    log_test t = {0};
    char line[400];
    begin(&t, false, 0, NULL);
    pa_log_say(t.log, "first\n%s",
               "x\x1b[2K\xe2\x80\xae"
               "y");
    pa_log_event(t.log, "odd", "a=%s", "\xe2\x80\xae\xc2\x9b");
    finish(&t);
    CU_ASSERT_STRING_EQUAL(t.err_text, "first\nx\\x1b[2K\\u202ey\n");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 0, line),
                           "event=say text=\"first\\nx\\\\x1b[2K\\\\u202ey\"");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 1, line), "event=odd a=\\u202e\\x9b");
}

static void test_stage_that_starts_again_is_measured_afresh(void)
{
    log_test t = {0};
    char line[400];
    begin(&t, true, 0, NULL);
    pa_log_progress(t.log, "fit", 50, 100);
    pa_log_progress(t.log, "fit", 20, 100);
    pa_log_progress(t.log, "apply all", 30, 100);
    finish(&t);
    CU_ASSERT_STRING_EQUAL(line_of(&t, 1, line),
                           "event=progress stage=fit done=20 total=100 percent=20.0");
    CU_ASSERT_STRING_EQUAL(line_of(&t, 2, line),
                           "event=progress stage=\"apply all\" done=30 total=100 percent=30.0");
}

static void test_progress_is_rate_limited_over_all_stages(void)
{
    log_test t = {0};
    begin(&t, false, 3600, NULL);
    for (int i = 0; i <= 1000; i++) pa_log_progress(t.log, i % 2 ? "fit" : "apply", i, 1000);
    pa_log_event(t.log, "end", "%s", "");
    finish(&t);
    CU_ASSERT_EQUAL(count_lines(t.text), 1);
    CU_ASSERT_STRING_EQUAL(t.err_text, "");
}

/* Where nothing is counted a thread of the log's own speaks up. */
static void test_part_that_says_nothing_is_told_of(void)
{
    static const pa_eta_part parts[] = {{"sort", 3}, {"write it", 1}};
    log_test t = {0};
    char line[400];
    begin(&t, false, 3600, NULL);
    pa_log_foresee(t.log, 2, parts);
    pa_log_part(t.log, "sort");
    pause_ms(900);
    pause_ms(900);
    pa_log_part(t.log, "write it");
    pa_log_progress(t.log, "write it", 1, 2);
    finish(&t);
    CU_ASSERT_STRING_EQUAL(line_of(&t, 0, line), "event=progress stage=sort job_percent=0.0");
    CU_ASSERT(count_lines(t.text) >= 1);
    CU_ASSERT(strncmp(t.err_text, " 0 %: sort\n", 11) == 0);
}

/* One time left of the whole, which only falls, though the second part is slower. */
static void test_time_left_of_the_job_never_rises(void)
{
    static const pa_eta_part parts[] = {{"read", 1}, {"fit", 1}};
    log_test t = {0};
    begin(&t, true, 0, NULL);
    pa_log_foresee(t.log, 2, parts);
    for (int p = 0; p < 2; p++) {
        pa_log_part(t.log, parts[p].name);
        for (int i = 1; i <= 10; i++) {
            pause_ms(p ? 12 : 2);
            pa_log_progress(t.log, parts[p].name, i, 10);
        }
    }
    finish(&t);
    double left = 1e300, share = 0;
    int n = 0;
    for (const char *at = t.text; (at = strstr(at, "job_percent=")); n++, at++) {
        double s = strtod(at + 12, NULL);
        const char *eta = strstr(at, "eta_seconds="), *end = strchr(at, '\n');
        CU_ASSERT(s >= share);
        share = s;
        if (!eta || eta > end) continue;
        CU_ASSERT(strtod(eta + 12, NULL) <= left);
        left = strtod(eta + 12, NULL);
    }
    CU_ASSERT(n >= 20 && left < 1e300);
}

static void test_closed_or_absent_log_is_no_error(void)
{
    pa_log *log = NULL;
    pa_error err = {0};
    pa_log_event(NULL, "x", "a=%d", 1);
    pa_log_progress(NULL, "x", 1, 2);
    pa_log_say(NULL, "x");
    pa_log_close(NULL);
    CU_ASSERT_EQUAL(pa_log_open(NULL, true, 0, &log, &err), PA_OK);
    pa_log_event(log, "x", "a=%d", 1);
    pa_log_progress(log, "x", 1, 2);
    pa_log_say(log, "x");
    pa_log_close(log);
}

static void test_log_that_cannot_be_opened_is_an_error(void)
{
    pa_log *log = NULL;
    pa_error err = {0};
    CU_ASSERT_EQUAL(pa_log_open("/absent/log.txt", true, 0, &log, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NULL(log);
    CU_ASSERT_STRING_EQUAL(err.message,
                           "/absent/log.txt: cannot write the log: No such file or directory");
}

/* /dev/full: a disk without room. */
static void test_log_without_room_is_given_up_once(void)
{
    log_test t = {0};
    pa_log *full = NULL;
    pa_error err = {0};
    begin(&t, true, 0, NULL);
    CU_ASSERT_EQUAL(pa_log_open("/dev/full", true, 0, &full, &err), PA_OK);
    pa_log_event(full, "a", "b=%d", 1);
    pa_log_event(full, "a", "b=%d", 2);
    pa_log_close(full);
    finish(&t);
    CU_ASSERT_STRING_EQUAL(t.err_text, "paraudit: the log cannot be written any more: No space "
                                       "left on device\n");
}

/* log.txt -> victim, and a pipe that nobody reads. */
static void test_log_is_no_link_and_no_pipe(void)
{
    char folder[] = "/tmp/paraudit-log-XXXXXX", path[64], victim[64];
    pa_error err = {0}, other = {0};
    pa_log *log = NULL;
    if (!mkdtemp(folder)) abort();
    snprintf(path, sizeof path, "%s/log.txt", folder);
    snprintf(victim, sizeof victim, "%s/victim", folder);
    CU_ASSERT_EQUAL(symlink(victim, path), 0);
    CU_ASSERT_EQUAL(pa_log_open(path, true, 0, &log, &err), PA_E_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "log.txt: cannot write the log: "));
    CU_ASSERT_NOT_EQUAL(access(victim, F_OK), 0);
    unlink(path);
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    CU_ASSERT_EQUAL(pa_log_open(path, true, 0, &log, &other), PA_E_CREATE);
    unlink(path);
    rmdir(folder);
}

static const pa_test tests[] = {
    {"log is no link and no pipe", test_log_is_no_link_and_no_pipe},
    {"event is one line with its time", test_event_is_one_line_with_its_time},
    {"resumed job goes on in its log", test_resumed_job_goes_on_in_its_log},
    {"values with blanks are quoted", test_values_with_blanks_are_quoted},
    {"names of the input steer no terminal", test_names_of_the_input_steer_no_terminal},
    {"long values are cut to the room", test_long_values_are_cut_to_the_room},
    {"say reaches people and the file", test_say_reaches_people_and_the_file},
    {"progress has per cent and time left", test_progress_has_per_cent_and_time_left},
    {"stage that starts again is measured afresh", test_stage_that_starts_again_is_measured_afresh},
    {"progress is rate limited over all stages", test_progress_is_rate_limited_over_all_stages},
    {"part that says nothing is told of", test_part_that_says_nothing_is_told_of},
    {"time left of the job never rises", test_time_left_of_the_job_never_rises},
    {"closed or absent log is no error", test_closed_or_absent_log_is_no_error},
    {"log that cannot be opened is an error", test_log_that_cannot_be_opened_is_an_error},
    {"log without room is given up once", test_log_without_room_is_given_up_once},
};
PA_TEST_MAIN("log", tests)
