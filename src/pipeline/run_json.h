/* OUT/run.json: what belongs to the run and not to the result; private. */
#ifndef PARAUDIT_PIPELINE_RUN_JSON_H
#define PARAUDIT_PIPELINE_RUN_JSON_H

#include "contents.h"
#include "paraudit/pipeline/machine.h"

/* What the ranks measured, on rank 0. */
typedef struct {
    const pa_phase_summary *summary; /* a phase each */
    int64_t *memory;                 /* peak minus baseline, bytes, a rank each */
    char (*host)[64];                /* a rank each */
    char (*binding)[PA_BINDING_TEXT];
    pa_phase *phases;              /* of rank 0, then of rank 1 ... */
    double seconds;                /* from MPI_Init to the end of the write */
    int64_t column_bytes;          /* of all tables, all ranks */
    int64_t rows, largest_account; /* rows of the book, and of the account that has most */
    pa_job_need *foreseen;         /* by the job's estimate; NULL: there is none */
    double held;                   /* bytes of the rank that held most, the process included */
    double work;                   /* seconds of a core, of the busiest rank in each phase */
    bool whole;                    /* no part of the job was done before a restart */
} pa_run_facts;

/* How many ranks have as many rows each as the largest account, at least 1: more of them wait for
 * the one that has it. */
static inline int64_t pa_most_ranks(int64_t rows, int64_t largest_account)
{
    return rows / largest_account;
}

/* Rank 0 writes the file; local. */
pa_status pa_write_run_json(const pa_job *job, const pa_contents *contents,
                            const pa_run_facts *facts, const char *path, pa_error *err);

#endif
