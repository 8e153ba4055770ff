/* Signals that ask a job to stop, and who listens. All of it belongs to the process, as
 * signals do, and every call is local. */
#ifndef PARAUDIT_BASE_STOP_H
#define PARAUDIT_BASE_STOP_H

#include <stdbool.h>

#include "paraudit/base/status.h"

/* INT, HUP, TERM and USR1 ask for a stop from here on, where they have ended the process;
 * a second INT ends it. INT and HUP stay ignored where they are: by nohup, or by a shell
 * for what runs behind it. */
void pa_stop_on_signals(void);

/* The number of the first signal that came, here or (pa_stop_learn) elsewhere; 0: none. */
int pa_stop_signal(void);
void pa_stop_learn(int signal_number);
const char *pa_stop_name(void); /* "SIGTERM" */

/* Whether a signal makes agreements (pa_agree) and long loops (pa_stop_poll) end with
 * PA_E_AGAIN; not at first. Whoever allows it can undo what such an end leaves half done.
 * Alike on all ranks. */
void pa_stop_allow(bool allowed);
bool pa_stop_allowed(void);

/* PA_E_AGAIN, with a message, where a signal came and a stop is allowed. For long loops,
 * some times a second or oftener: it is cheap. */
pa_status pa_stop_poll(pa_error *err);

/* What pa_stop_poll calls to hear of signals that came elsewhere; NULL: nothing. */
void pa_stop_ask(void (*others)(void *context), void *context);

#endif
