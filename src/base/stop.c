#include "paraudit/base/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t came;
static bool is_allowed;
static void (*ask_others)(void *context);
static void *asked_with;

static void remember(int signal_number)
{
    if (came == 0) came = signal_number;
}

static bool is_ignored(int signal_number)
{
    struct sigaction action;
    return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void watch(int signal_number, int flags)
{
    struct sigaction action = {0};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART | flags;
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

void pa_stop_on_signals(void)
{
    watch(SIGUSR1, 0);
    watch(SIGTERM, 0);
    if (!is_ignored(SIGHUP)) watch(SIGHUP, 0);
    /* Who presses the keys again will not wait. */
    if (!is_ignored(SIGINT)) watch(SIGINT, (int)SA_RESETHAND);
}

int pa_stop_signal(void)
{
    return (int)came;
}

void pa_stop_learn(int signal_number)
{
    if (signal_number != 0) came = signal_number;
}

const char *pa_stop_name(void)
{
    switch (came) {
    case SIGUSR1:
        return "SIGUSR1";
    case SIGTERM:
        return "SIGTERM";
    case SIGHUP:
        return "SIGHUP";
    case SIGINT:
        return "SIGINT";
    default:
        return "a signal";
    }
}

void pa_stop_allow(bool allowed)
{
    is_allowed = allowed;
}

bool pa_stop_allowed(void)
{
    return is_allowed;
}

pa_status pa_stop_poll(pa_error *err)
{
    if (!is_allowed) return PA_OK;
    if (came == 0 && ask_others) ask_others(asked_with);
    return came == 0 ? PA_OK : pa_fail(err, PA_E_AGAIN, "stopped by %s", pa_stop_name());
}

void pa_stop_ask(void (*others)(void *context), void *context)
{
    ask_others = others;
    asked_with = context;
}
