#include "paraudit/base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "paraudit/base/array.h"
#include "paraudit/base/escape.h"

struct pa_log {
    FILE *file; /* NULL: none, or given up */
    bool quiet;
    double interval;  /* seconds between progress lines */
    double last_line; /* of progress; monotonic clock, as is all below */
    char stage[64];   /* whose speed is being measured */
    double stage_start;
    int64_t done_at_start;
    int64_t done_before;
};

/* The wall clock may be set while a job runs; time left is measured on this one. */
static double monotonic_seconds(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

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

pa_status pa_log_open(const char *path, bool quiet, double progress_seconds, pa_log **log,
                      pa_error *err)
{
    *log = NULL;
    pa_log *made = NULL;
    PA_TRY(PA_NEW(made, 1, err));
    made->quiet = quiet;
    made->interval = progress_seconds;
    made->last_line = monotonic_seconds();
    if (path) {
        made->file = fopen(path, "a+");
        if (!made->file) {
            pa_fail(err, PA_E_CREATE, "%s: cannot write the log: %s", path, strerror(errno));
            pa_free(made);
            return PA_E_CREATE;
        }
        end_last_line(made->file);
    }
    *log = made;
    return PA_OK;
}

void pa_log_close(pa_log *log)
{
    if (!log) return;
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

static void write_line(pa_log *log, const char *event, char *rest)
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

void pa_log_event(pa_log *log, const char *event, const char *format, ...)
{
    if (!log || !log->file) return;
    va_list args;
    va_start(args, format);
    char *rest = formatted(format, args);
    va_end(args);
    if (rest) write_line(log, event, rest);
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
            write_line(log, "say", line.data);
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

/* A stage that starts, or starts again (a second fit), is measured afresh. */
static void follow_stage(pa_log *log, const char *stage, int64_t done, double now)
{
    bool same = strncmp(log->stage, stage, sizeof log->stage - 1) == 0;
    if (!same || done < log->done_before) {
        snprintf(log->stage, sizeof log->stage, "%s", stage);
        log->stage_start = now;
        log->done_at_start = done;
    }
    log->done_before = done;
}

/* Seconds at the stage's own mean speed so far; -1 while nothing is known. */
static double seconds_left(const pa_log *log, int64_t done, int64_t total, double now)
{
    double steps = (double)(done - log->done_at_start);
    double elapsed = now - log->stage_start;
    if (done >= total) return 0.0;
    return steps > 0.0 && elapsed > 0.0 ? elapsed / steps * (double)(total - done) : -1.0;
}

/* 42 s, 3 min 20 s, 2 h 05 min. */
static void duration_text(double seconds, char *out, size_t room)
{
    int64_t s = seconds < 1e15 ? (int64_t)ceil(seconds) : (int64_t)1e15;
    if (s < 60) {
        snprintf(out, room, "%" PRId64 " s", s);
    } else if (s < 3600) {
        snprintf(out, room, "%" PRId64 " min %02" PRId64 " s", s / 60, s % 60);
    } else {
        snprintf(out, room, "%" PRId64 " h %02" PRId64 " min", s / 3600, s / 60 % 60);
    }
}

static void tell_progress(pa_log *log, int64_t done, int64_t total, double left)
{
    double percent = 100.0 * (double)done / (double)total;
    char eta[40] = "", words[64] = "", stage[80], duration[40];
    if (left >= 0.0) {
        duration_text(left, duration, sizeof duration);
        snprintf(eta, sizeof eta, " eta_seconds=%.0f", ceil(left));
        snprintf(words, sizeof words, ", %s left", duration);
    }
    if (!log->quiet) fprintf(stderr, "%s: %.1f %%%s\n", log->stage, percent, words);
    pa_log_event(log, "progress", "stage=%s done=%" PRId64 " total=%" PRId64 " percent=%.1f%s",
                 pa_log_quote(log->stage, stage, sizeof stage), done, total, percent, eta);
}

void pa_log_progress(pa_log *log, const char *stage, int64_t done, int64_t total)
{
    if (!log || total <= 0) return;
    double now = monotonic_seconds();
    follow_stage(log, stage, done, now);
    if (now - log->last_line < log->interval) return;
    log->last_line = now;
    tell_progress(log, done, total, seconds_left(log, done, total, now));
}
