/* Signals belong to the process: each case runs in one of its own. */
#include "paraudit/base/stop.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* How a process of its own ends that runs `body`: its exit code, 0 where the body found
 * all as it should be, or -1 times the signal that ended it. */
static int ends(int (*body)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) _exit(body());
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int asked_by(int signal_number, const char *message)
{
    pa_error err = {0};
    pa_stop_on_signals();
    raise(signal_number);
    pa_stop_allow(true);
    bool asked = pa_stop_signal() == signal_number && pa_stop_poll(&err) == PA_E_AGAIN;
    return asked && strcmp(err.message, message) == 0 ? 0 : 1;
}

static int term(void)
{
    return asked_by(SIGTERM, "stopped by SIGTERM");
}
static int hup(void)
{
    return asked_by(SIGHUP, "stopped by SIGHUP");
}
static int usr1(void)
{
    return asked_by(SIGUSR1, "stopped by SIGUSR1");
}
static int interrupt(void)
{
    return asked_by(SIGINT, "stopped by SIGINT");
}

static void test_each_of_four_signals_asks_for_a_stop(void)
{
    CU_ASSERT_EQUAL(ends(term), 0);
    CU_ASSERT_EQUAL(ends(hup), 0);
    CU_ASSERT_EQUAL(ends(usr1), 0);
    CU_ASSERT_EQUAL(ends(interrupt), 0);
}

static int not_allowed(void)
{
    pa_error err = {0};
    pa_stop_on_signals();
    raise(SIGTERM);
    if (pa_stop_poll(&err) != PA_OK) return 1;
    pa_stop_allow(true);
    if (pa_stop_poll(&err) != PA_E_AGAIN) return 2;
    pa_stop_allow(false);
    return pa_stop_poll(&err) == PA_OK ? 0 : 3;
}

static void test_loops_go_on_until_a_stop_is_allowed(void)
{
    CU_ASSERT_EQUAL(ends(not_allowed), 0);
}

static int interrupted_twice(void)
{
    pa_stop_on_signals();
    raise(SIGINT);
    raise(SIGINT);
    return 0;
}

static int terminated_often(void)
{
    pa_stop_on_signals();
    for (int i = 0; i < 3; i++) raise(SIGTERM);
    raise(SIGINT);
    return 0;
}

static void test_a_second_interrupt_ends_the_process(void)
{
    CU_ASSERT_EQUAL(ends(interrupted_twice), -SIGINT);
    CU_ASSERT_EQUAL(ends(terminated_often), 0);
}

static int under_nohup(void)
{
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    pa_stop_on_signals();
    raise(SIGHUP);
    raise(SIGINT);
    if (pa_stop_signal() != 0) return 1;
    raise(SIGTERM);
    return pa_stop_signal() == SIGTERM ? 0 : 2;
}

static void test_what_is_ignored_stays_ignored(void)
{
    CU_ASSERT_EQUAL(ends(under_nohup), 0);
}

static void tell(void *context)
{
    pa_stop_learn(*(const int *)context);
}

static int told(void)
{
    pa_error err = {0};
    int signal_number = 0;
    pa_stop_ask(tell, &signal_number);
    signal_number = SIGHUP;
    if (pa_stop_poll(&err) != PA_OK || pa_stop_signal() != 0) return 1; /* nobody may stop */
    pa_stop_allow(true);
    signal_number = 0;
    if (pa_stop_poll(&err) != PA_OK) return 2;
    signal_number = SIGUSR1;
    if (pa_stop_poll(&err) != PA_E_AGAIN) return 3;
    pa_stop_learn(0);
    return strcmp(pa_stop_name(), "SIGUSR1") == 0 ? 0 : 4;
}

static void test_a_loop_hears_of_signals_elsewhere(void)
{
    CU_ASSERT_EQUAL(ends(told), 0);
}

static const pa_test tests[] = {
    {"each of four signals asks for a stop", test_each_of_four_signals_asks_for_a_stop},
    {"loops go on until a stop is allowed", test_loops_go_on_until_a_stop_is_allowed},
    {"a second interrupt ends the process", test_a_second_interrupt_ends_the_process},
    {"what is ignored stays ignored", test_what_is_ignored_stays_ignored},
    {"a loop hears of signals elsewhere", test_a_loop_hears_of_signals_elsewhere},
};
PA_TEST_MAIN("stop", tests)
