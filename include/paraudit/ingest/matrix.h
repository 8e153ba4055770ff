/* A numeric matrix in a CSV file, read by all ranks together (text/source.h): rows
 * stay in the order of the file. */
#ifndef PARAUDIT_INGEST_MATRIX_H
#define PARAUDIT_INGEST_MATRIX_H

#include "paraudit/csv/matrix_csv.h"
#include "paraudit/text/source.h"

/* Longest row in bytes, with its line end. */
#define PA_MATRIX_LONGEST ((size_t)16 << 20)

typedef struct {
    pa_matrix_header header; /* equal on all ranks */
    pa_matrix_rows rows;     /* those held here */
    int64_t first_row;       /* among all, from 0 */
    int64_t n_global;
    int64_t n_frauds; /* rows with label 1, of all ranks */

    /* Of each feature, over all ranks: pa_matrix_range. */
    double *low, *high;
    int64_t *n_rounded;
} pa_matrix;

/* PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY, and PA_E_DATA as in csv/matrix_csv.h,
 * for a file without a row, or a column without a name that is neither empty nor a count
 * of the rows; of several errors that in the smallest line, so the
 * message does not depend on the number of ranks. path is borrowed by the
 * header. On failure there is nothing to free. Collective. */
pa_status pa_matrix_read(pa_comm *comm, const char *path, const pa_matrix_names *names,
                         const pa_text_io *io, pa_matrix *matrix, pa_error *err);

/* Takes a whole number from a feature, as pa_matrix_rows_shift. Collective. */
void pa_matrix_shift(pa_comm *comm, pa_matrix *matrix, size_t column, double offset);

void pa_matrix_free(pa_matrix *matrix); /* local */

#endif
