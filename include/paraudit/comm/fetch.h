/* Values of rows that lie on any rank. */
#ifndef PARAUDIT_COMM_FETCH_H
#define PARAUDIT_COMM_FETCH_H

#include "paraudit/comm/comm.h"

/* A column that is cut over the ranks in their order: here are the rows first_row ..
 * first_row + n_rows - 1, of `width` bytes each. */
typedef struct {
    int64_t first_row;
    size_t n_rows, width;
    const void *values;
} pa_spread_column;

/* out: the values of n rows by their global numbers, in the order of asking; zero bytes
 * for a negative number. PA_E_BUG for a row that is on no rank. Collective. */
pa_status pa_fetch_rows(pa_comm *comm, const pa_spread_column *column, size_t n,
                        const int64_t row[], void *out, pa_error *err);

enum { PA_FETCH_COLUMNS = 16 };

/* The same of several columns at once, PA_FETCH_COLUMNS at most: value i is row[i] of
 * column[of[i]], in `width` bytes of out, as many as the widest column has or more; what its column
 * lacks of them is zero. */
pa_status pa_fetch_from(pa_comm *comm, size_t n_columns, const pa_spread_column column[], size_t n,
                        const uint8_t of[], const int64_t row[], size_t width, void *out,
                        pa_error *err);

#endif
