#include "paraudit/pipeline/timing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* What the process has used so far. */
static pa_phase used(const pa_comm *comm)
{
    struct rusage cpu = {0};
    pa_comm_use use = pa_comm_used(comm);
    getrusage(RUSAGE_SELF, &cpu);
    double user = seconds_of(cpu.ru_utime), system = seconds_of(cpu.ru_stime);
    return (pa_phase){.comm = use.wall,
                      .cpu_user = user,
                      .cpu_system = system,
                      .cpu_work = user + system - use.cpu,
                      .bytes = use.bytes,
                      .messages = use.messages,
                      .calls = use.calls};
}

/* What the system says of this process, "VmHWM: 812 kB", in bytes; 0 where unknown. */
static int64_t memory_of(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    if (!file) return 0;
    char line[256];
    long long kib = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0 &&
            sscanf(line + strlen(name), ": %lld kB", &kib) == 1)
            break;
    }
    fclose(file);
    return (int64_t)kib * 1024;
}

int64_t pa_peak_memory(void)
{
    return memory_of("VmHWM");
}

/* From here on the peak is that of what follows; without the right to it, that of all. */
static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file) return;
    fputs("5", file);
    fclose(file);
}

int64_t pa_timing_peak(const pa_timing *timing)
{
    int64_t now = pa_peak_memory();
    return now > timing->peak ? now : timing->peak;
}

void pa_phase_begin(pa_comm *comm, pa_timing *timing, const char *name)
{
    PA_ASSERT(timing->n < PA_MAX_PHASES);
    pa_phase *phase = timing->phase + timing->n++;
    *phase = (pa_phase){0};
    snprintf(phase->name, sizeof phase->name, "%s", name);
    timing->peak = pa_timing_peak(timing);
    forget_peak();
    timing->start = pa_clock();
    timing->at_start = used(comm);
}

void pa_phase_end(pa_comm *comm, pa_timing *timing)
{
    pa_phase *phase = timing->phase + timing->n - 1;
    pa_barrier(comm);
    phase->wall = pa_clock() - timing->start;
    const pa_phase before = timing->at_start, now = used(comm);
    phase->comm = now.comm - before.comm;
    phase->cpu_user = now.cpu_user - before.cpu_user;
    phase->cpu_system = now.cpu_system - before.cpu_system;
    phase->cpu_work = fmax(now.cpu_work - before.cpu_work, 0);
    phase->bytes = now.bytes - before.bytes;
    phase->messages = now.messages - before.messages;
    phase->calls = now.calls - before.calls;
    phase->peak = pa_peak_memory();
    phase->held = memory_of("VmRSS");
}

void pa_phase_split(pa_timing *timing, const char *name, double wall, double comm)
{
    PA_ASSERT(timing->n > 0 && timing->n < PA_MAX_PHASES);
    pa_phase *whole = timing->phase + timing->n - 1, *part = timing->phase + timing->n++;
    *part = (pa_phase){.wall = wall, .comm = comm, .peak = whole->peak, .held = whole->held};
    snprintf(part->name, sizeof part->name, "%s", name);
    whole->wall -= wall;
    whole->comm -= comm;
}

void pa_timing_reduce(pa_comm *comm, const pa_timing *timing, pa_phase_summary summary[])
{
    size_t n = timing->n;
    double most[2 * PA_MAX_PHASES], least[PA_MAX_PHASES], sum[2 * PA_MAX_PHASES];
    int64_t slowest[PA_MAX_PHASES];
    for (size_t i = 0; i < n; i++) {
        const pa_phase *phase = timing->phase + i;
        double work = phase->wall - phase->comm;
        most[2 * i] = phase->wall;
        most[2 * i + 1] = least[i] = sum[2 * i] = work;
        sum[2 * i + 1] = phase->comm;
    }
    pa_max_f64(comm, most, 2 * n);
    pa_min_f64(comm, least, n);
    pa_sum_f64_inexact(comm, sum, 2 * n);
    for (size_t i = 0; i < n; i++) {
        double work = timing->phase[i].wall - timing->phase[i].comm;
        slowest[i] = work == most[2 * i + 1] ? pa_comm_rank(comm) : INT64_MAX;
    }
    pa_min_i64(comm, slowest, n);
    int n_ranks = pa_comm_size(comm);
    for (size_t i = 0; i < n; i++)
        summary[i] = (pa_phase_summary){.wall = most[2 * i],
                                        .work_min = least[i],
                                        .work_avg = sum[2 * i] / n_ranks,
                                        .work_max = most[2 * i + 1],
                                        .comm_avg = sum[2 * i + 1] / n_ranks,
                                        .slowest = slowest[i]};
}

pa_status pa_timing_gather(pa_comm *comm, const pa_timing *timing, pa_phase **phases, pa_error *err)
{
    void *all;
    size_t bytes;
    *phases = NULL;
    PA_TRY(
        pa_gather_root(comm, timing->phase, timing->n * sizeof *timing->phase, &all, &bytes, err));
    *phases = all;
    return PA_OK;
}

pa_status pa_timing_print(const pa_timing *timing, const pa_phase_summary summary[], int64_t rows,
                          pa_buffer *text, pa_error *err)
{
    double total = 0;
    for (size_t i = 0; i < timing->n; i++) total += summary[i].wall;
    PA_TRY(pa_buffer_printf(text, err,
                            "stage        |   wall s | work min |      avg |      max | slowest |"
                            "   comm s |  share |     rows/s\n"));
    for (size_t i = 0; i < timing->n; i++) {
        const pa_phase_summary *s = summary + i;
        PA_TRY(pa_buffer_printf(
            text, err, "%-12s | %8.3f | %8.3f | %8.3f | %8.3f | %7lld | %8.3f | %5.1f%% | %10.0f\n",
            timing->phase[i].name, s->wall, s->work_min, s->work_avg, s->work_max,
            (long long)s->slowest, s->comm_avg, total > 0 ? 100 * s->wall / total : 0.0,
            s->wall > 0 ? (double)rows / s->wall : 0.0));
    }
    return pa_buffer_printf(text, err, "%-12s | %8.3f\n", "total", total);
}
