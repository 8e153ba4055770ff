/* Exact places among the rows of all ranks: of a row in the whole audit, and of
 * an item in its day. Both are collective and bring no per-row array to one
 * rank: items travel to a sorted view and their places come back. */
#ifndef PARAUDIT_ORDER_RANKS_H
#define PARAUDIT_ORDER_RANKS_H

#include "paraudit/comm/view.h"

/* rank = 1 for the row of the largest margin, ties to the smaller tx and then to
 * the row that stands first in the table, over the rows that are chosen; 0 for
 * the others. All arrays have n local rows; chosen rows have a margin (no NaN).
 * view: gets the order itself, for further columns of the chosen rows (key:
 * ~pa_key_of_f64 of the margin), and is freed by the caller; NULL: not wanted. */
pa_status pa_rank_rows(pa_comm *comm, size_t n, const double margin[], const int64_t tx[],
                       const uint8_t chosen[], int64_t rank[], pa_view *view, pa_error *err);

/* For items with a day and a rank of their own (1 or more, distinct): how many
 * items of the same day, on any rank, come before each. */
pa_status pa_place_in_day(pa_comm *comm, size_t n, const int64_t day[], const int64_t rank[],
                          int64_t place[], pa_error *err);

#endif
