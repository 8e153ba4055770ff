/* What the files of a matrix's header share. */
#ifndef PARAUDIT_CSV_MATRIX_PARTS_H
#define PARAUDIT_CSV_MATRIX_PARTS_H

#include "paraudit/csv/matrix_csv.h"

/* Fills n_fields, name, kind and text; on failure the caller frees the header. Columns
 * without a name are PA_CELL_NAMELESS, the others PA_CELL_FEATURE. no_header: the record is
 * a row, and columns are called by their places. */
pa_status pa_matrix_split_names(const char *record, size_t n, bool no_header,
                                pa_matrix_header *header, pa_error *err);

/* PA_E_DATA where the names are a row. Sets is_counted. */
pa_status pa_matrix_check_names(pa_matrix_header *header, int64_t line, pa_error *err);

#endif
