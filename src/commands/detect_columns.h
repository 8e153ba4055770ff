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
    double *offset;          /* in that order, too: what is taken from each number */
} pa_matrix_columns;

/* Borrows the matrix. columns: zeros; to be freed also on failure. Local. */
pa_status pa_columns_list(const pa_matrix *matrix, pa_matrix_columns *columns, pa_error *err);
void pa_columns_free(pa_matrix_columns *columns);

/* Puts the columns of the matrix in the order of those that are fitted on. PA_E_DATA where
 * their names are not the same, each there once. train, path: of the two, for messages. Local. */
pa_status pa_columns_match(const pa_matrix_columns *fitted, const char *train,
                           pa_matrix_columns *columns, const char *path, pa_error *err);

/* Takes from large numbers what they have in common (pa_matrix_offset_of), the same in
 * both matrices, which may be one. Collective. */
void pa_columns_shift(pa_comm *comm, pa_matrix *train, pa_matrix_columns *fitted, pa_matrix *matrix,
                      pa_matrix_columns *columns);

/* On standard output: what was left out or rounded, and what was shifted. Local. */
void pa_columns_print_notes(const pa_matrix *matrix, const pa_matrix_columns *columns);
void pa_columns_print_shifts(const pa_matrix_columns *columns);

#endif
