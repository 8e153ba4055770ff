/* Exact places among the rows of all ranks: of a row in the whole audit, and of
 * an item in its day. Collective; no per-row array comes to one rank: rows travel
 * to a sorted view once, and their places come back. */
#ifndef PARAUDIT_ORDER_RANKS_H
#define PARAUDIT_ORDER_RANKS_H

#include "paraudit/comm/view.h"

enum { PA_ITEM_KINDS = 2, PA_ORDERED_COLUMNS = PA_VIEW_COLUMNS - 1 };

/* The order: the largest margin first, ties to the smaller tx and then to the row that
 * stands first in the table. n local rows; chosen ones have a margin (no NaN), the others
 * are left out. */
typedef struct {
    size_t n;
    const double *margin;
    const int64_t *tx, *time;
    const uint8_t *chosen;
    const uint8_t *item[PA_ITEM_KINDS]; /* which of the rows are items of a kind; NULL: no
                                         * places among them are wanted */
} pa_row_order;

/* n values each, 0 for rows that are not chosen. */
typedef struct {
    int64_t *rank;                  /* from 1; NULL: not wanted */
    int64_t *before[PA_ITEM_KINDS]; /* items of that kind and of the row's day (UTC), on any
                                     * rank, that come before the row; where item is there */
} pa_row_places;

/* column: n_columns (PA_ORDERED_COLUMNS at most) of n values, of which those of chosen rows come
 * along. view: gets the order itself (key: ~pa_key_of_f64 of the margin), and is freed by the
 * caller; NULL, without columns: not wanted. */
pa_status pa_order_rows(pa_comm *comm, const pa_row_order *in, const pa_row_places *places,
                        size_t n_columns, pa_view_column column[], pa_view *view, pa_error *err);

#endif
