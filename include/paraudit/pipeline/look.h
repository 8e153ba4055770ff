/* A job before it is run: its inputs by their first and last rows, its time plan, and what it
 * will need. */
#ifndef PARAUDIT_PIPELINE_LOOK_H
#define PARAUDIT_PIPELINE_LOOK_H

#include "paraudit/ingest/look.h"
#include "paraudit/pipeline/job.h"

/* What an audit of so many rows needs, from the columns that it keeps of each:
 *
 *     columns = rows x the bytes of a row in all columns of transactions
 *     memory  = 1.15 x columns, over all ranks, and `rank_bytes` on each
 *     disk    = columns + PA_MODEL_BYTES
 *
 * Measured peaks are 1.04 to 1.11 times the columns (README, how fast, how large). Not
 * counted are the tables of accounts and merchants, which are small beside their
 * transactions. Checkpoints hold every column once, and a model under way up to three times,
 * beside the result. */
typedef struct {
    double rows, columns, memory, disk, disk_most; /* bytes, rows apart */
    int64_t row_bytes;
    size_t n_columns;
} pa_needs;

enum { PA_RANK_BYTES = 64 << 20, PA_MODEL_BYTES = 8 << 20 };

/* The job is open, with a log of NULL. look, needs and plan (lines for people): what was found
 * until an error came, which is the one of pa_job_ingest and of the planning behind it, as far
 * as the rows that were looked at show it. Both texts are the caller's. One rank alone. */
pa_status pa_job_look(pa_job *job, size_t bytes, pa_look *look, pa_buffer *plan, pa_needs *needs);

#endif
