#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"
#include "paraudit/base/rights.h"

static void utc_now(char out[32])
{
    time_t now = time(NULL);
    struct tm tm = {0};
    gmtime_r(&now, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* A job that was killed may have left half a line. */
static void end_last_line(FILE *file)
{
    if (fseek(file, -1, SEEK_END) == 0 && fgetc(file) != '\n') {
        fseek(file, 0, SEEK_END);
        fputc('\n', file);
    }
    fseek(file, 0, SEEK_END);
}

/* For reading and appending, made where it is not there. No link is followed, and no pipe is
 * waited for. */
static FILE *open_file(const char *path)
{
    int how = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = open(path, how | O_CREAT | O_EXCL, 0600);
    struct stat s;
    if (fd >= 0 && fchmod(fd, pa_file_mode()) != 0) errno = 0; /* as it was mounted */
    if (fd < 0 && errno == EEXIST) fd = open(path, how);
    if (fd < 0) return NULL;
    bool fits = fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISCHR(s.st_mode));
    FILE *file = fits ? fdopen(fd, "a+") : NULL;
    if (file) return file;
    close(fd);
    errno = EEXIST;
    return NULL;
}

pa_status pa_log_open(const char *path, bool quiet, double progress_seconds, pa_log **log,
                      pa_error *err)
{
    *log = NULL;
    pa_log *made = NULL;
    PA_TRY(PA_NEW(made, 1, err));
    made->quiet = quiet;
    made->interval = progress_seconds;
    if (path) {
        made->file = open_file(path);
        if (!made->file) {
            pa_fail(err, PA_E_CREATE, "%s: cannot write the log: %s", path, strerror(errno));
            pa_free(made);
            return PA_E_CREATE;
        }
        end_last_line(made->file);
    }
    pa_log_open_progress(made);
    *log = made;
    return PA_OK;
}

void pa_log_close(pa_log *log)
{
    if (!log) return;
    pa_log_close_progress(log);
    if (log->file) fclose(log->file);
    pa_free(log);
}

/* A log that cannot be written must not stop a job of hours: say so once. */
static void give_up_file(pa_log *log)
{
    fprintf(stderr, "paraudit: the log cannot be written any more: %s\n", strerror(errno));
    fclose(log->file);
    log->file = NULL;
}

/* Control characters would break the line. */
static void flatten(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (*c < 0x20 || *c == 0x7f) *c = ' ';
    }
}

void pa_log_write_line(pa_log *log, const char *event, char *rest)
{
    if (!log->file) return;
    char now[32];
    pa_buffer shown = {0};
    utc_now(now);
    flatten(rest);
    if (pa_escape(&shown, rest, strlen(rest), false, NULL) == PA_OK) {
        const char *blank = *rest ? " " : "";
        int n = fprintf(log->file, "time=%s event=%s%s%s\n", now, event, blank, shown.data);
        if (n <= 0 || fflush(log->file) != 0) give_up_file(log);
    }
    pa_buffer_free(&shown);
}

/* NULL where memory is short: then the line is lost, and the job goes on. */
static char *formatted(const char *format, va_list args)
{
    pa_buffer text = {0};
    return pa_buffer_vprintf(&text, NULL, format, args) == PA_OK ? text.data : NULL;
}

static void write_safely(pa_log *log, const char *event, char *rest)
{
    pthread_mutex_lock(&log->mutex);
    pa_log_write_line(log, event, rest);
    pthread_mutex_unlock(&log->mutex);
}

void pa_log_event(pa_log *log, const char *event, const char *format, ...)
{
    if (!log) return;
    va_list args;
    va_start(args, format);
    char *rest = formatted(format, args);
    va_end(args);
    if (rest) write_safely(log, event, rest);
    pa_free(rest);
}

static bool is_plain(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
        if (*c <= ' ' || *c == '"' || *c == '=' || *c == '\\' || *c == 0x7f) return false;
    }
    return *value != '\0';
}

const char *pa_log_quote(const char *value, char *out, size_t room)
{
    PA_ASSERT(room >= 3);
    if (is_plain(value) && strlen(value) < room) return strcpy(out, value);
    size_t n = 0;
    out[n++] = '"';
    for (const char *c = value; *c; c++) {
        const char *escape = *c == '\n' ? "\\n" : *c == '"' ? "\\\"" : *c == '\\' ? "\\\\" : NULL;
        size_t length = escape ? 2 : 1;
        if (n + length + 2 > room) break;
        memcpy(out + n, escape ? escape : c, length);
        n += length;
    }
    memcpy(out + n, "\"", 2);
    return out;
}

static void tell(pa_log *log, bool quiet, const char *text)
{
    size_t room = 2 * strlen(text) + 3; /* every character may need an escape */
    char *quoted = pa_alloc(room, 1, NULL);
    if (!quiet) fprintf(stderr, "%s\n", text);
    if (quoted) {
        pa_log_quote(text, quoted, room);
        pa_buffer line = {0};
        if (pa_buffer_printf(&line, NULL, "text=%s", quoted) == PA_OK) {
            write_safely(log, "say", line.data);
        }
        pa_buffer_free(&line);
    }
    pa_free(quoted);
}

static void say(pa_log *log, bool quiet, const char *format, va_list args)
{
    char *text = formatted(format, args);
    pa_buffer shown = {0};
    if (text && pa_escape(&shown, text, strlen(text), true, NULL) == PA_OK)
        tell(log, quiet, shown.data);
    pa_buffer_free(&shown);
    pa_free(text);
}

void pa_log_say(pa_log *log, const char *format, ...)
{
    if (!log) return;
    va_list args;
    va_start(args, format);
    say(log, log->quiet, format, args);
    va_end(args);
}

void pa_log_warn(pa_log *log, const char *format, ...)
{
    if (!log) return;
    va_list args;
    va_start(args, format);
    say(log, false, format, args);
    va_end(args);
}
