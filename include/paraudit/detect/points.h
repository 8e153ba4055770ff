/* Rows of numbers as a detector sees them: some columns of chosen rows, read as
 * float32. A window on a table or on a matrix; a tile at a time is copied. */
#ifndef PARAUDIT_DETECT_POINTS_H
#define PARAUDIT_DETECT_POINTS_H

#include "paraudit/stage/fitting.h"

/* The ordinal of a row among the chosen ones of all ranks, in canonical order,
 * is `before` + its place here. */
typedef struct {
    size_t n_columns;
    const pa_column *const *column; /* borrowed; numbers of any type */
    const pa_row_set *rows;         /* borrowed; NULL: the first n rows of the columns */
    int64_t n, before, n_global;    /* rows here, on lower ranks, on all ranks */
} pa_points;

/* The rows of a set. Local. */
pa_points pa_points_of(const pa_row_set *rows, size_t n_columns, const pa_column *const column[]);

/* n rows that a rank holds whole. Collective. */
pa_points pa_all_points(pa_comm *comm, size_t n, size_t n_columns, const pa_column *const column[]);

/* The next rows, `room` at most, from row *cursor on; moves the cursor. Returns
 * how many, 0 at the end. */
size_t pa_next_points(const pa_points *points, size_t *cursor, size_t room, size_t row[]);

/* The values of one column in n rows. */
void pa_point_values(const pa_points *points, size_t column, size_t n, const size_t row[],
                     float value[]);

enum { PA_TILE_ROWS = 1024 };

/* Up to PA_TILE_ROWS rows with all their columns: what is copied does not grow
 * with the table. */
typedef struct {
    const pa_points *points; /* borrowed */
    float *values;           /* n_columns x PA_TILE_ROWS */
    const float **column;    /* the same as pointers */
    size_t n, cursor;
    size_t row[PA_TILE_ROWS];
} pa_tile;

pa_status pa_tile_open(pa_tile *tile, const pa_points *points, pa_error *err);
void pa_tile_free(pa_tile *tile); /* a zeroed one may be freed */

/* Takes the rows that come next; false at the end. */
bool pa_tile_next(pa_tile *tile);

/* Takes these n rows, PA_TILE_ROWS at most. */
void pa_tile_take(pa_tile *tile, size_t n, const size_t row[]);

#endif
