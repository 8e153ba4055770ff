/* How far the job is, told at a bounded rate: by who works, and where nothing is heard of
 * the work by a thread that does nothing else. */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "log_parts.h"
#include "paraudit/base/array.h"

/* A part gets a line once it runs so long; the pulse looks so often. */
static const double worth_a_line = 1.0, beat = 0.25;
/* Short jobs are told of more often: lines stand so much of the time so far apart. */
static const double spacing = 0.05;

double pa_log_clock(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void begin_step(pa_log_step *s, const char *name, int64_t done, double now)
{
    *s = (pa_log_step){.since = now, .done_at_start = done};
    snprintf(s->name, sizeof s->name, "%s", name);
}

/* A step that starts, or starts again (a second fit), is measured afresh. */
static void follow_step(pa_log *log, const char *name, int64_t done, int64_t total, double now)
{
    pa_log_step *s = &log->step;
    bool same = strncmp(s->name, name, sizeof s->name - 1) == 0;
    if (!same || done < s->done) begin_step(s, name, done, now);
    s->done = done;
    s->total = total;
}

/* Seconds at the step's own mean speed so far; -1 while nothing is known. */
static double step_left(const pa_log_step *s, double now)
{
    double steps = (double)(s->done - s->done_at_start), elapsed = now - s->since;
    if (s->total > 0 && s->done >= s->total) return 0.0;
    return steps > 0.0 && elapsed > 0.0 ? elapsed / steps * (double)(s->total - s->done) : -1.0;
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

/* "37 %, 1 min 20 s left: iforest 40.0 %". Of a job that foresaw nothing the step alone. */
static void tell_people(const pa_log *log, double share, double left)
{
    const pa_log_step *s = &log->step;
    char of_step[32] = "", duration[40] = "", until[64] = "";
    if (s->total > 0)
        snprintf(of_step, sizeof of_step, " %.1f %%", 100.0 * (double)s->done / (double)s->total);
    if (left >= 0.0) {
        duration_text(left, duration, sizeof duration);
        snprintf(until, sizeof until, ", %s left", duration);
    }
    if (log->eta.n > 0) {
        fprintf(stderr, "%2.0f %%%s: %s%s\n", floor(100.0 * share), until, s->name, of_step);
    } else {
        fprintf(stderr, "%s:%s%s\n", s->name, of_step, until);
    }
}

static void tell_file(pa_log *log, double share, double left)
{
    const pa_log_step *s = &log->step;
    char name[80], of_step[96] = "", of_job[40] = "", eta[40] = "", line[320];
    if (s->total > 0) {
        snprintf(of_step, sizeof of_step, " done=%" PRId64 " total=%" PRId64 " percent=%.1f",
                 s->done, s->total, 100.0 * (double)s->done / (double)s->total);
    }
    if (log->eta.n > 0) snprintf(of_job, sizeof of_job, " job_percent=%.1f", 100.0 * share);
    if (left >= 0.0) snprintf(eta, sizeof eta, " eta_seconds=%.0f", ceil(left));
    pa_log_quote(s->name, name, sizeof name);
    snprintf(line, sizeof line, "stage=%s%s%s%s", name, of_step, of_job, eta);
    pa_log_write_line(log, "progress", line);
}

static void tell(pa_log *log, double now)
{
    bool job = log->eta.n > 0;
    double left = job ? pa_eta_left(&log->eta, now) : step_left(&log->step, now);
    double share = job ? pa_eta_done(&log->eta, now) : 0;
    log->last_line = now;
    log->line_in_part = true;
    if (!log->quiet) tell_people(log, share, left);
    tell_file(log, share, left);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void tell_if_due(pa_log *log, double now)
{
    bool job = log->eta.n > 0;
    double wait = log->interval;
    if (job) wait = least(wait, fmax(worth_a_line, spacing * (now - log->opened)));
    bool due = now - log->last_line >= wait;
    if (job) due |= !log->line_in_part && now - log->eta.since >= worth_a_line;
    if (due) tell(log, now);
}

void pa_log_progress(pa_log *log, const char *step, int64_t done, int64_t total)
{
    if (!log || total <= 0) return;
    double now = pa_log_clock();
    pthread_mutex_lock(&log->mutex);
    if (pa_eta_enter(&log->eta, step, now)) log->line_in_part = false;
    follow_step(log, step, done, total, now);
    pa_eta_count(&log->eta, (double)done / (double)total);
    tell_if_due(log, now);
    pthread_mutex_unlock(&log->mutex);
}

/* ---- the job as a whole ---- */

static void *beat_on(void *of)
{
    pa_log *log = of;
    pthread_mutex_lock(&log->mutex);
    while (!log->ends) {
        struct timespec at = {0};
        clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_nsec += (long)(beat * 1e9);
        if (at.tv_nsec >= 1000000000) {
            at.tv_nsec -= 1000000000;
            at.tv_sec++;
        }
        pthread_cond_timedwait(&log->wake, &log->mutex, &at);
        if (!log->ends && log->eta.n_begun > 0) tell_if_due(log, pa_log_clock());
    }
    pthread_mutex_unlock(&log->mutex);
    return NULL;
}

/* Signals are for the thread that works. Without a pulse lines come where work is counted. */
static void start_pulse(pa_log *log)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    log->has_pulse = pthread_create(&log->pulse, NULL, beat_on, log) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void pa_log_open_progress(pa_log *log)
{
    pthread_condattr_t monotonic;
    log->opened = log->last_line = pa_log_clock();
    pa_eta_begin(&log->eta, log->opened);
    pthread_mutex_init(&log->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&log->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void pa_log_close_progress(pa_log *log)
{
    pthread_mutex_lock(&log->mutex);
    log->ends = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->mutex);
    if (log->has_pulse) pthread_join(log->pulse, NULL);
    pthread_cond_destroy(&log->wake);
    pthread_mutex_destroy(&log->mutex);
}

void pa_log_foresee(pa_log *log, size_t n, const pa_eta_part parts[])
{
    if (!log) return;
    pthread_mutex_lock(&log->mutex);
    pa_eta_foresee(&log->eta, n, parts);
    pthread_mutex_unlock(&log->mutex);
    if (!log->has_pulse) start_pulse(log);
}

void pa_log_part(pa_log *log, const char *name)
{
    if (!log) return;
    double now = pa_log_clock();
    pthread_mutex_lock(&log->mutex);
    if (pa_eta_enter(&log->eta, name, now)) {
        log->line_in_part = false;
        begin_step(&log->step, name, 0, now);
    }
    pthread_mutex_unlock(&log->mutex);
}
