/* Simulated ranks take as long as the work that they do, not as long as that takes on the machine
 * that simulates them, which changes from run to run. Work is counted in blocks: pieces of code
 * without a branch, each of which the compiler lets call the function below. A block of each stage
 * takes so many nanoseconds as the file says that the environment names; 1 without a file. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "simulated.h"
#include "task_queue.h"

/* SimGrid's, of headers that are not there where this file is only looked at. */
void smpi_execute_flops_benched(double flops);
int smpi_clock_gettime(clockid_t which, struct timespec *now);
void pa_simulated_work(void);

/* Less than this, in nanoseconds, waits for what follows: the simulator does about as much for a
 * short piece of work as for a long one. */
static const double too_short = 200;

/* Each simulated rank has its own copy of the program and of these. */
static uint64_t blocks, told;
static double rate = 1, owed;

__attribute__((visibility("hidden"))) void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

static void collect(void)
{
    owed += rate * (double)(blocks - told);
    told = blocks;
}

/* Where the simulated host has a speed of 1 Gf a flop is a nanosecond; elsewhere more or less. */
void pa_simulated_work(void)
{
    collect();
    if (owed < too_short) return;
    double now = owed;
    owed = 0;
    smpi_execute_flops_benched(now);
}

/* The file: a stage, its rate and what else a line; `other` stands for all that it does not name.
 */
static double rate_of(const char *stage)
{
    const char *path = getenv("PARAUDIT_BLOCK_RATES");
    FILE *file = path ? fopen(path, "r") : NULL;
    char name[32];
    double found = 1, one;
    bool is_it = false;
    while (file && !is_it && fscanf(file, "%31s %lf%*[^\n]", name, &one) == 2) {
        is_it = strcmp(name, stage) == 0;
        if (is_it || strcmp(name, "other") == 0) found = one;
    }
    if (file) fclose(file);
    return found;
}

/* ---- what the linker puts before functions of the program and of the C library ---- */

void __real_pa_phase_begin(pa_comm *comm, void *timing, const char *name);
void __wrap_pa_phase_begin(pa_comm *comm, void *timing, const char *name);
bool __real_pa_task_queue_take(pa_task_queue *queue, size_t *key);
bool __wrap_pa_task_queue_take(pa_task_queue *queue, size_t *key);
int __real_clock_gettime(clockid_t which, struct timespec *now);
int __wrap_clock_gettime(clockid_t which, struct timespec *now);
int __wrap_getrusage(int who, struct rusage *use);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *),
                          void *argument);

void __wrap_pa_phase_begin(pa_comm *comm, void *timing, const char *name)
{
    collect();
    rate = rate_of(name);
    __real_pa_phase_begin(comm, timing, name);
}

/* Ranks of a node take tasks without a call of MPI: whoever comes first in simulated time is to
 * have the next. */
bool __wrap_pa_task_queue_take(pa_task_queue *queue, size_t *key)
{
    pa_simulated_work();
    return __real_pa_task_queue_take(queue, key);
}

int __wrap_clock_gettime(clockid_t which, struct timespec *now)
{
    if (which == CLOCK_REALTIME) return __real_clock_gettime(which, now);
    pa_simulated_work();
    return smpi_clock_gettime(which, now);
}

/* All ranks are one process, which none of them wants to know anything of. */
int __wrap_getrusage(int who, struct rusage *use)
{
    struct timespec now;
    (void)who;
    __wrap_clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    *use = (struct rusage){.ru_utime = {now.tv_sec, now.tv_nsec / 1000}};
    return 0;
}

/* A thread would be of no simulated rank, and what it does be counted now and then. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*work)(void *),
                          void *argument)
{
    (void)thread, (void)how, (void)work, (void)argument;
    return EAGAIN;
}
