/* The job's log: key=value lines to a file, progress to people.
 *
 * Only rank 0 holds an open log; every call is a no-op on a NULL or closed one,
 * so that callers need not ask who they are. */
#ifndef PARAUDIT_BASE_LOG_H
#define PARAUDIT_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

typedef struct pa_log pa_log;

/* path: appended to (a resumed job goes on in its log); NULL: no file. quiet:
 * nothing to standard error. Progress lines come at most every
 * `progress_seconds`, the first one so long after this call. PA_E_CREATE where
 * the file cannot be opened; a file that cannot be written later is given up
 * with one line on standard error, and the job goes on. */
pa_status pa_log_open(const char *path, bool quiet, double progress_seconds, pa_log **log,
                      pa_error *err);
void pa_log_close(pa_log *log);

/* value for use after `key=`: as it stands, or in double quotes where it is empty
 * or holds blanks, quotes, '=' or backslashes (\" \\ and \n inside). Written
 * to out, at most room bytes (room >= 3; longer values are cut), and returned:
 *     pa_log_event(log, "open", "path=%s", pa_log_quote(path, q, sizeof q)); */
const char *pa_log_quote(const char *value, char *out, size_t room);

/* One line: time=2018-07-25T12:00:00Z event=EVENT and the formatted rest, which
 * is key=value text. Flushed. Control characters become blanks, and what else steers a
 * terminal or turns direction is written out (base/escape.h). */
void pa_log_event(pa_log *log, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says how far a stage is: a line with per cent and the time left (ETA, from the
 * stage's mean speed since its first call), to the file and to standard error,
 * at the bounded rate. done and total in the stage's own unit. Cheap enough to
 * be called for every piece of work. */
void pa_log_progress(pa_log *log, const char *stage, int64_t done, int64_t total);

/* Text for people on standard error, unless quiet; also a log line. Escaped in both but
 * for newlines and tabs: names in it are those of the input. */
void pa_log_say(pa_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for what nobody should miss: also where it is quiet. */
void pa_log_warn(pa_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
