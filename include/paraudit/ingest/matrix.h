/* A numeric matrix in a plain CSV file, read by all ranks together.
 *
 * The file is cut among the ranks at multiples of `block`; a rank holds the rows
 * that begin in its part, so rows stay in the order of the file. */
#ifndef PARAUDIT_INGEST_MATRIX_H
#define PARAUDIT_INGEST_MATRIX_H

#include "paraudit/comm/comm.h"
#include "paraudit/csv/matrix_csv.h"

typedef struct {
    int64_t block; /* 1 or more */
    size_t read;   /* bytes read at a time, 1 or more */
} pa_matrix_io;

typedef struct {
    pa_matrix_header header; /* equal on all ranks */
    pa_matrix_rows rows;     /* those held here */
    int64_t first_row;       /* among all, from 0 */
    int64_t n_global;
    int64_t n_frauds; /* rows with label 1, of all ranks */
} pa_matrix;

/* PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY, and PA_E_DATA as in io/matrix_csv.h or
 * for a file without a row; of several errors that in the smallest line, so the
 * message does not depend on the number of ranks. path is borrowed by the
 * header. On failure there is nothing to free. Collective. */
pa_status pa_matrix_read(pa_comm *comm, const char *path, const pa_matrix_names *names,
                         const pa_matrix_io *io, pa_matrix *matrix, pa_error *err);
void pa_matrix_free(pa_matrix *matrix); /* local */

#endif
