/* The ingest in steps: of whole files (ingest.c), or of their first and last rows
 * (ingest_look.c).
 *
 *     pa_ingest_open  ->  pa_ingest_begin  ->  rows come into the parser, amounts are settled
 *                     ->  pa_ingest_sift  ->  pa_ingest_finish
 *
 * All are collective, pa_ingest_begin_again apart. */
#ifndef PARAUDIT_SRC_INGEST_INGEST_WORK_H
#define PARAUDIT_SRC_INGEST_INGEST_WORK_H

#include "ingest_parts.h"

/* What it works with, between the steps. A zeroed one may be freed. */
typedef struct {
    pa_inputs inputs;
    pa_piece *pieces; /* of this rank */
    size_t n_pieces;
    pa_text_start *start;
    char *room; /* for messages, where the text of a file is dealt */
    pa_first_pass pass;
    pa_csv_intake parser;
    pa_zone zone;             /* of the times, where they have one */
    pa_file_amounts *amounts; /* by file */
    int64_t *rows;            /* by file; of all ranks in the end, as the next */
    pa_reject_counts *rejected;
    pa_first_reject first;
    char (*file_digest)[65]; /* by file, on rank 0 */
    size_t read;             /* io.read_buffer */
    int64_t max_rejects;
    bool encoding_is_said;
    const char *part; /* of a file's rows, that was read: NULL: all */
} pa_ingest_work;
void pa_ingest_free_work(pa_ingest_work *w);

/* Tables without rows. */
void pa_ingest_init(pa_ingest *g);

/* The inputs. */
pa_status pa_ingest_open(pa_comm *comm, const pa_config *config, pa_log *log, pa_ingest_work *w,
                         pa_error *err);
/* Counts by file, and the parser. */
pa_status pa_ingest_begin(pa_comm *comm, const pa_config *config, pa_ingest_work *w, pa_error *err);
/* The same as before any row came. Local. */
pa_status pa_ingest_begin_again(const pa_config *config, pa_ingest_work *w, pa_error *err);
/* Takes out the rows whose ids were met before; counts. */
pa_status pa_ingest_sift(pa_comm *comm, pa_ingest_work *w, pa_ingest *g, pa_error *err);
/* Judges what was rejected, and makes the tables. */
pa_status pa_ingest_finish(pa_comm *comm, const pa_config *config, pa_log *log,
                           const char *rejects_csv, const pa_standing *standing, pa_ingest_work *w,
                           pa_ingest *g, pa_error *err);

#endif
