#include "paraudit/files/temporary.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "paraudit/base/array.h"

/* A signal may come between any two writes: the list is made longer beside itself, and a
 * name counts when it is there. */
static char **volatile list;
static volatile size_t n_listed;
static size_t room;

static void remove_and_end(int signal_number)
{
    for (size_t i = 0; i < n_listed; i++) unlink(list[i]);
    signal(signal_number, SIG_DFL);
    raise(signal_number); /* held back until this handler returns */
}

void pa_end_on_signals(void)
{
    static const int ends[] = {SIGINT, SIGHUP, SIGTERM};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction action;
        if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN) continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = remove_and_end;
        sigfillset(&action.sa_mask);
        sigaction(ends[i], &action, NULL);
    }
}

static pa_status make_room(pa_error *err)
{
    if (n_listed < room) return PA_OK;
    char **shorter = list, **longer;
    size_t more = room + room / 2 + 16;
    PA_TRY(PA_NEW(longer, more, err));
    for (size_t i = 0; i < n_listed; i++) longer[i] = shorter[i];
    list = longer;
    room = more;
    pa_free(shorter);
    return PA_OK;
}

pa_status pa_temporary_add(const char *path, pa_error *err)
{
    for (size_t i = 0; i < n_listed; i++) {
        if (strcmp(list[i], path) == 0) return PA_OK;
    }
    char *name;
    size_t length = strlen(path);
    PA_TRY(make_room(err));
    PA_TRY(PA_NEW(name, length + 1, err));
    memcpy(name, path, length + 1);
    list[n_listed] = name;
    n_listed++;
    return PA_OK;
}
