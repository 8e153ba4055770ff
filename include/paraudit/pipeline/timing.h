/* Where the time and the memory went: per phase, over ranks. */
#ifndef PARAUDIT_PIPELINE_TIMING_H
#define PARAUDIT_PIPELINE_TIMING_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/array.h"
#include "paraudit/comm/comm.h"

enum { PA_MAX_PHASES = 32 };

/* One phase on this rank, in seconds. Waiting for others at the end of the
 * phase belongs to the communication, not to the work. */
typedef struct {
    char name[32];
    double wall;                 /* from the common start to the common end */
    double comm;                 /* of that in communication, waiting included */
    double cpu_user, cpu_system; /* on the processor, whoever else uses the machine */
    double cpu_work;             /* of both together, outside communication */
    int64_t bytes;               /* handed over for other ranks; these and the next: comm.h */
    int64_t messages;
    int64_t calls; /* collective ones */
    int64_t peak;  /* resident memory at its highest, bytes, all of the process */
    int64_t held;  /* ... at its end */
} pa_phase;

typedef struct {
    pa_phase phase[PA_MAX_PHASES];
    size_t n;
    double start;      /* of the phase that runs */
    pa_phase at_start; /* what the process had used then */
    int64_t peak;      /* the highest before it */
} pa_timing;

/* A phase summed up over ranks; work = wall - comm. */
typedef struct {
    double wall, work_min, work_avg, work_max, comm_avg;
    int64_t slowest; /* rank with the most work */
} pa_phase_summary;

void pa_phase_begin(pa_comm *comm, pa_timing *timing, const char *name); /* local */
/* Ends the phase that was begun last. Collective: all ranks meet here, so that
 * a rank's waiting is seen as such. */
void pa_phase_end(pa_comm *comm, pa_timing *timing);

/* Takes seconds off the phase that ended last and makes them a phase of their
 * own, behind it. Local. */
void pa_phase_split(pa_timing *timing, const char *name, double wall, double comm);

/* summary: timing->n values. Collective. */
void pa_timing_reduce(pa_comm *comm, const pa_timing *timing, pa_phase_summary summary[]);

/* phases: on rank 0 timing->n values of rank 0, then those of rank 1 ..., freed by pa_free;
 * NULL elsewhere. Collective. */
pa_status pa_timing_gather(pa_comm *comm, const pa_timing *timing, pa_phase **phases,
                           pa_error *err);

/* Peak resident memory of this process in bytes (VmHWM), 0 where unknown: since it began, or
 * since the phase that runs began, where the system lets a process forget. Local. */
int64_t pa_peak_memory(void);
/* The same over all phases, and before, between and behind them. Local. */
int64_t pa_timing_peak(const pa_timing *timing);

/* The end-of-run table for people. rows: of the book, for rows/s. */
pa_status pa_timing_print(const pa_timing *timing, const pa_phase_summary summary[], int64_t rows,
                          pa_buffer *text, pa_error *err);

#endif
