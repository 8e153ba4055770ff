/* Inside of the log: shared by its lines (log.c) and its progress (log_progress.c). */
#ifndef PARAUDIT_LOG_PARTS_H
#define PARAUDIT_LOG_PARTS_H

#include <pthread.h>
#include <stdio.h>

#include "paraudit/base/eta.h"
#include "paraudit/base/log.h"

/* What is known of the step that runs: of the job's part, or of itself alone. */
typedef struct {
    char name[64];
    double since;
    int64_t done, total, done_at_start;
} pa_log_step;

struct pa_log {
    pthread_mutex_t mutex; /* of all below: the pulse is a thread of its own */
    FILE *file;            /* NULL: none, or given up */
    bool quiet;
    double interval;  /* seconds between progress lines, at most */
    double opened;    /* monotonic clock, as are all below */
    double last_line; /* of progress */
    pa_log_step step;
    pa_eta eta;
    bool line_in_part; /* the running part has had its line */
    bool has_pulse, ends;
    pthread_t pulse;
    pthread_cond_t wake;
};

double pa_log_clock(void);

/* One line of the file; rest is changed. The mutex is held. */
void pa_log_write_line(pa_log *log, const char *event, char *rest);

void pa_log_open_progress(pa_log *log);
void pa_log_close_progress(pa_log *log); /* waits for the pulse */

#endif
