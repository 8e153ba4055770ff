/* The features of a matrix as the columns of points, and what is to be said of them. */
#ifndef PARAUDIT_COMMANDS_DETECT_COLUMNS_H
#define PARAUDIT_COMMANDS_DETECT_COLUMNS_H

#include "paraudit/ingest/matrix.h"
#include "paraudit/table/table.h"

typedef struct {
    size_t n;
    pa_column *column;
    const char **name;
    const pa_column **order; /* in the order of the matrix that is fitted on */
} pa_matrix_columns;

/* Borrows the matrix. columns: zeros; to be freed also on failure. Local. */
pa_status pa_columns_list(const pa_matrix *matrix, pa_matrix_columns *columns, pa_error *err);
void pa_columns_free(pa_matrix_columns *columns);

/* Puts the columns of the matrix in the order of those that are fitted on. PA_E_DATA where
 * their names are not the same, each there once. train, path: of the two, for messages. Local. */
pa_status pa_columns_match(const pa_matrix_columns *fitted, const char *train,
                           pa_matrix_columns *columns, const char *path, pa_error *err);

/* On standard output: what was left out. Local. */
void pa_columns_print_notes(const pa_matrix *matrix);

#endif
