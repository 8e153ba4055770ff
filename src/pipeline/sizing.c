#include "paraudit/pipeline/sizing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "paraudit/result/writing.h"

static double most(double a, double b)
{
    return a > b ? a : b;
}

/* ---- growth ---- */

/* The most that is known: vectors of merchants, while more rows bring more of them. Two short runs
 * may show more by chance. */
static const double most_rise = 0.2;

pa_growth pa_growth_through(double n1, double v1, double n2, double v2)
{
    v1 = most(v1, 0);
    v2 = most(v2, 0);
    if (n1 <= 0 || n2 <= n1) return (pa_growth){.each = n2 > 0 ? v2 / n2 : 0};
    double each = (v2 - v1) / (n2 - n1);
    if (each <= 0) return (pa_growth){.fixed = most(v1, v2)};
    double grown = 1 - v1 / n1 * n2 / v2;
    if (grown <= 0) return (pa_growth){.fixed = v1 - each * n1, .each = each};
    return (pa_growth){.each = v2 / n2, .of = n2, .rise = fmin(grown / log2(n2 / n1), most_rise)};
}

double pa_growth_among(const pa_growth *g, double n, double all)
{
    double grown = g->rise > 0 && g->of > 0 && all > 0 ? 1 + g->rise * log2(all / g->of) : 1;
    return g->fixed + g->each * n * most(grown, 0);
}

double pa_growth_at(const pa_growth *g, double n)
{
    return pa_growth_among(g, n, n);
}

void pa_sizing_fit(const pa_measured *smaller, const pa_measured *larger, pa_sizing *s)
{
    s->n = larger->n;
    s->held_rows = larger->rows;
    s->other = pa_growth_through(smaller->rows, smaller->other, larger->rows, larger->other);
    s->other.rise = 0;
    for (size_t i = 0; i < s->n; i++) {
        const pa_measured_stage *a = smaller->stage + i, *b = larger->stage + i;
        pa_sized_stage *to = s->stage + i;
        snprintf(to->name, sizeof to->name, "%s", b->name);
        to->seconds = pa_growth_through(smaller->rows, a->seconds, larger->rows, b->seconds);
        to->top = pa_growth_through(smaller->rows, a->top, larger->rows, b->top);
        to->top.rise = 0; /* nothing that is held grows faster than the rows */
        to->row_bytes = b->row_bytes;
        to->held = most(b->held, 0);
    }
}

double pa_sizing_seconds(const pa_sizing *s, const char *stage)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->stage[i].name, stage) == 0)
            return pa_growth_at(&s->stage[i].seconds, s->rows);
    return 0;
}

/* ---- a job ---- */

static double held_at(const pa_sizing *s, size_t stage)
{
    return s->held_rows > 0 ? s->stage[stage].held * sqrt(s->rows / s->held_rows) : 0;
}

/* Columns of all rows, as the last stage leaves them. */
static double column_bytes(const pa_sizing *s)
{
    return s->n > 0 ? s->rows * s->stage[s->n - 1].row_bytes : 0;
}

static double disk_seconds(const pa_sizing *s, double bytes)
{
    return s->disk_speed > 0 ? bytes / s->disk_speed : 0;
}

/* Rank 0 writes small datasets of all ranks, some of them at a time, and holds these as they came,
 * in their places and on their way: what a job of one rank does not show. */
static double gathered(const pa_sizing *s, int64_t ranks)
{
    enum { TIMES = 4 };
    if (ranks == 1 || s->unwritten) return 0;
    return TIMES * fmin(PA_GATHERED_BYTES, column_bytes(s) + pa_growth_at(&s->other, s->rows));
}

void pa_sizing_at(const pa_sizing *s, int64_t ranks, pa_job_need *need)
{
    /* An account is not cut (pa_cut_shards): the run that it begins may leave as much room in the
     * one before it, which all runs make up for. */
    double most = fmax(s->largest_account, (1 + s->largest_account) / (double)ranks);
    double share = ranks == 1 ? 1 : fmin(1, most);
    double n = s->rows * share;
    double process = s->process + (ranks > 1 ? s->exchange : 0);
    *need = (pa_job_need){.rows = n};
    for (size_t i = 0; i < s->n; i++) {
        const pa_sized_stage *stage = s->stage + i;
        pa_stage_need *to = need->stage + i;
        to->seconds = pa_growth_among(&stage->seconds, n, s->rows);
        to->memory = process + n * stage->row_bytes + held_at(s, i) + pa_growth_at(&stage->top, n);
        if (i + 1 == s->n) to->memory += gathered(s, ranks);
        need->seconds += to->seconds;
        if (to->memory > need->memory) {
            need->memory = to->memory;
            need->worst = i;
        }
    }
    need->checkpoint = column_bytes(s) + pa_growth_at(&s->other, s->rows);
    need->result = s->unwritten ? 0 : need->checkpoint;
    need->disk = disk_seconds(s, need->result);
    need->seconds += need->disk;
    need->checkpoint_seconds = disk_seconds(s, need->checkpoint);
    if (s->n > 0) need->checkpoint_seconds += need->stage[s->n - 1].seconds;
}

int64_t pa_sizing_most_ranks(const pa_sizing *s)
{
    if (s->largest_account <= 1e-18) return INT64_MAX;
    double bound = floor(1 / s->largest_account);
    return bound < 1 ? 1 : (int64_t)bound;
}

/* ---- for the queue ---- */

static int64_t up_to(double value, int64_t step)
{
    return (int64_t)ceil(value / (double)step) * step;
}

pa_queue_line pa_queue_line_of(const pa_job_need *need, int64_t ranks, double node)
{
    enum { MIB_STEP = 64, LEAST_MINUTES = 2, SIGNAL_STEP = 10, SIGNAL_MOST = 65530 };
    pa_queue_line q = {.ranks = ranks};
    q.mib = up_to(PA_MEMORY_MARGIN * need->memory / 1048576, MIB_STEP);
    q.signal = up_to(need->checkpoint_seconds + PA_SIGNAL_COARSE, SIGNAL_STEP);
    if (q.signal > SIGNAL_MOST) q.signal = SIGNAL_MOST;
    q.minutes = up_to((PA_TIME_MARGIN * need->seconds + (double)q.signal) / 60, 1);
    if (q.minutes < LEAST_MINUTES) q.minutes = LEAST_MINUTES;
    if (node <= 0) return q;
    double fit = floor(node / 1048576 / (double)q.mib);
    q.per_node = fit < 1 ? -1 : fit > (double)ranks ? ranks : (int64_t)fit;
    return q;
}
