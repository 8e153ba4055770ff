/* The job's log: key=value lines to a file, progress to people.
 *
 * Only rank 0 holds an open log; every call is a no-op on a NULL or closed one,
 * so that callers need not ask who they are. */
#ifndef PARAUDIT_BASE_LOG_H
#define PARAUDIT_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef struct pa_log pa_log;

/* path: appended to (a resumed job goes on in its log); NULL: no file. quiet:
 * nothing to standard error. Progress lines come at most every
 * `progress_seconds`. */
pa_status pa_log_open(const char *path, bool quiet, double progress_seconds, pa_log **log,
                      pa_error *err);
void pa_log_close(pa_log *log);

/* One line: time=2018-07-25T12:00:00Z event=EVENT and the formatted rest, which
 * is key=value text. Flushed. */
void pa_log_event(pa_log *log, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says how far a stage is: a line with per cent and the time left (ETA), to the
 * file and to standard error, at the bounded rate. done and total in the
 * stage's own unit. */
void pa_log_progress(pa_log *log, const char *stage, int64_t done, int64_t total);

/* Text for people on standard error, unless quiet; also a log line. */
void pa_log_say(pa_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
