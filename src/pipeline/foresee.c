#include "foresee.h"

#include <stdio.h>
#include <string.h>

/* Nanoseconds of one core a row, measured as those of the stages are (stage/stage.h). */
static const pa_eta_part ingest_parts[] = {
    {"ingest: look", 5}, {"ingest: scan", 70}, {"ingest: parse", 250}, {"ingest: rows", 90}};
static const pa_eta_part write_parts[] = {
    {"write: digests", 270}, {"write: values", 350}, {"write: read back", 350}};

enum { N_INGEST = sizeof ingest_parts / sizeof *ingest_parts };
enum { N_WRITE = sizeof write_parts / sizeof *write_parts };

/* Of a stage that does not say. */
static const double some = 20;

static double cost_among(const pa_eta_part part[], size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(part[i].name, name) == 0) return part[i].cost;
    return 0;
}

double pa_foresee_cost(const char *part)
{
    return cost_among(ingest_parts, N_INGEST, part) + cost_among(write_parts, N_WRITE, part);
}

typedef struct {
    pa_eta_part part[PA_ETA_PARTS];
    char fit[PA_ETA_PARTS][PA_ETA_NAME]; /* names of fits */
    size_t n;
} parts;

static void add(parts *p, const char *name, double cost)
{
    if (p->n < PA_ETA_PARTS) p->part[p->n++] = (pa_eta_part){name, cost};
}

/* What a stage costs by the job's estimate beside `cost`, which is what it costs by the tables of
 * the program, in the same unit; 1 where it has none. */
static double by_estimate(const pa_job *job, const char *stage, double cost)
{
    const pa_sizing *s = job->foreseen;
    double seconds = s ? pa_sizing_seconds(s, stage) : 0;
    return seconds > 0 && cost > 0 ? 1e9 * seconds / s->rows / cost : 1;
}

static void add_all(parts *p, const pa_job *job, const char *stage, const pa_eta_part part[],
                    size_t n)
{
    double cost = 0;
    for (size_t i = 0; i < n; i++) cost += part[i].cost;
    double times = by_estimate(job, stage, cost);
    for (size_t i = 0; i < n; i++) add(p, part[i].name, times * part[i].cost);
}

static void name_of_fit(const pa_stage *stage, char name[PA_ETA_NAME])
{
    snprintf(name, PA_ETA_NAME, "%.*s: fit", PA_ETA_NAME - 6, stage->name);
}

static void add_stage(parts *p, const pa_job *job, const pa_stage *stage, bool with_fit)
{
    bool says = stage->cost.fit > 0 || stage->cost.apply > 0;
    double fit = says ? stage->cost.fit : some, apply = says ? stage->cost.apply : some;
    double times = by_estimate(job, stage->name, (stage->fit ? fit : 0) + apply);
    if (with_fit && stage->fit && p->n < PA_ETA_PARTS) {
        char *name = p->fit[p->n];
        name_of_fit(stage, name);
        add(p, name, times * fit);
    }
    add(p, stage->name, times * apply);
}

void pa_foresee_ingest(pa_job *job)
{
    parts p = {.n = 0};
    add_all(&p, job, "ingest", ingest_parts, N_INGEST);
    for (size_t i = 0; i < job->n_stages; i++) add_stage(&p, job, job->stages[i], true);
    add_all(&p, job, "write", write_parts, N_WRITE);
    pa_log_foresee(job->run.log, p.n, p.part);
    pa_log_part(job->run.log, ingest_parts[0].name);
}

void pa_foresee_stages(pa_job *job, bool with_fit)
{
    parts p = {.n = 0};
    for (size_t i = job->n_done; i < job->n_stages; i++) {
        bool fits = with_fit && !job->stores[i].complete;
        if (!job->schemas[i].aside) add_stage(&p, job, job->stages[i], fits);
    }
    add_all(&p, job, "write", write_parts, N_WRITE);
    pa_log_foresee(job->run.log, p.n, p.part);
}

void pa_foreseen_fit(pa_job *job, size_t i)
{
    char name[PA_ETA_NAME];
    name_of_fit(job->stages[i], name);
    pa_log_part(job->run.log, name);
}
