/* Cells of text as a table for people: columns as wide as their widest cell, counted in
 * characters. Local. */
#ifndef PARAUDIT_BASE_GRID_H
#define PARAUDIT_BASE_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "paraudit/base/array.h"

/* Set n_columns, and bit k of `right` where column k ends at its right edge; the rest starts
 * as zeros. */
typedef struct {
    size_t n_columns; /* up to 64 */
    uint64_t right;
    size_t n_cells;
    pa_buffer text; /* of the cells, each ended by a zero byte */
} pa_grid;

/* The next cell, row by row. */
pa_status pa_grid_add(pa_grid *grid, const char *cell, pa_error *err);
/* Appends the rows, `indent` before each and two blanks between columns. */
pa_status pa_grid_print(const pa_grid *grid, const char *indent, pa_buffer *text, pa_error *err);
void pa_grid_free(pa_grid *grid);

#endif
