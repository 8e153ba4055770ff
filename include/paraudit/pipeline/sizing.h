/* How large a job will be, from two measured ones that are small. Pure functions.
 *
 * A stage costs an amount that does not hang on the rows, and so much a row: both follow from two
 * runs on samples of different sizes. Where a row of the larger one costs more than one of the
 * smaller, as of sorts and where there are more merchants to learn, it is taken to cost as much
 * more again whenever the rows of all ranks grow as many times. Memory is what lies in
 * columns, which is known, what models and tables of other things than transactions hold, which
 * are the same on each rank and grow more slowly than the rows, as their square root here, and
 * what a stage takes beside all of these for a while, its top. */
#ifndef PARAUDIT_PIPELINE_SIZING_H
#define PARAUDIT_PIPELINE_SIZING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PA_SIZED_MOST = 32, PA_SIZED_NAME = 32 };

/* fixed + each n, or each n (1 + rise log2(n / of)) where it grows. */
typedef struct {
    double fixed, each;
    double of, rise; /* rise 0: it does not grow */
} pa_growth;

/* Through (n1, v1) and (n2, v2), n1 < n2, all of the growth's members 0 or more; a row costs a
 * fifth more at the most where there are twice as many. */
pa_growth pa_growth_through(double n1, double v1, double n2, double v2);
double pa_growth_at(const pa_growth *g, double n);
/* Of n rows among `all`: a row costs what it does there. */
double pa_growth_among(const pa_growth *g, double n, double all);

/* A stage of a job, by name; ingest and the write are stages here, the first and the last. */
typedef struct {
    char name[PA_SIZED_NAME];
    double seconds;   /* of one core */
    double row_bytes; /* a row, in all columns that there are once it is over */
    double held;      /* bytes that it and those before it leave beside the columns */
    double top;       /* ... and at the worst moment beside both */
} pa_measured_stage;

typedef struct {
    double rows;  /* that the job kept */
    double other; /* bytes of its result that are not columns of transactions */
    size_t n;
    pa_measured_stage stage[PA_SIZED_MOST];
} pa_measured;

typedef struct {
    char name[PA_SIZED_NAME];
    pa_growth seconds, top; /* by rows */
    double row_bytes;
    double held; /* of a job with held_rows */
} pa_sized_stage;

/* A job that is to come. */
typedef struct {
    double rows;                              /* that it will keep */
    double largest_account, largest_merchant; /* shares of them */
    double process;                           /* bytes that a rank takes before it has any row */
    double exchange;   /* ... and for what ranks send each other, where there is more than one */
    pa_growth other;   /* by rows: bytes of the result that are not columns of transactions */
    bool unwritten;    /* there will be no result, checkpoints alone */
    double disk_speed; /* bytes a second that all ranks write together; 0: not known */
    double held_rows;
    size_t n;
    pa_sized_stage stage[PA_SIZED_MOST];
} pa_sizing;

/* Takes the stages of `larger`, by both; smaller: the same stages in the same order. */
void pa_sizing_fit(const pa_measured *smaller, const pa_measured *larger, pa_sizing *s);

/* Of one core for all rows; 0: no stage is called so. */
double pa_sizing_seconds(const pa_sizing *s, const char *stage);

/* What one rank of `ranks` has, that with the most rows. */
typedef struct {
    double seconds; /* of its core */
    double memory;  /* bytes, at the stage's worst moment */
} pa_stage_need;

typedef struct {
    double rows; /* of the rank with the most rows */
    pa_stage_need stage[PA_SIZED_MOST];
    double seconds;            /* of all stages, and of the disk */
    double disk;               /* of these, for the disk */
    double memory;             /* at the worst moment of all */
    size_t worst;              /* stage in which that is */
    double result;             /* bytes */
    double checkpoint;         /* bytes of one that saves all columns */
    double checkpoint_seconds; /* to write it */
} pa_job_need;

void pa_sizing_at(const pa_sizing *s, int64_t ranks, pa_job_need *need);

/* Beyond so many ranks the one with the largest account has more rows than its share, and a
 * further one gains nothing; an account is never split. INT64_MAX: there is no such bound. */
int64_t pa_sizing_most_ranks(const pa_sizing *s);

/* ---- for the queue ---- */

/* Memory is foretold within a quarter, time within a factor of two. */
#define PA_MEMORY_MARGIN 1.25
#define PA_TIME_MARGIN 2.0
/* Slurm may send a signal so much earlier than asked, and looks at limits as seldom. */
enum { PA_SIGNAL_COARSE = 60 };

typedef struct {
    int64_t ranks, per_node; /* per_node 0: no memory of a node was said; -1: a rank does not fit */
    int64_t mib;             /* a rank */
    int64_t minutes;
    int64_t signal; /* seconds before the limit, of which Slurm takes a count of 16 bits */
} pa_queue_line;

/* node: bytes of a node's memory; 0: not said. */
pa_queue_line pa_queue_line_of(const pa_job_need *need, int64_t ranks, double node);

#endif
