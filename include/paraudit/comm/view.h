/* A second order over all rows: sorted by (key, tie) and cut by row count.
 *
 * What is computed per merchant, or over the ranks of a score, needs the rows
 * of the whole book in another order. A view sends narrow columns there and
 * brings answers back in the order of asking. It is cut by row count, not by
 * key, so a merchant with a twentieth of the book does not sink one rank. */
#ifndef PARAUDIT_COMM_VIEW_H
#define PARAUDIT_COMM_VIEW_H

#include "paraudit/comm/route.h"

typedef struct {
    size_t n;         /* rows held here, in view order */
    int64_t first;    /* position of the first of them among all */
    int64_t n_global; /* rows over all ranks */
    uint64_t *key;    /* n values, ascending */
    int64_t *tie;     /* n values, ascending within a key */
    struct pa_view_plan *plan;
} pa_view;

/* key, tie: n local rows. Rows with equal pairs stand by rank and then as they
 * stood there: where the ranks hold a table in its order, in that order, however
 * many ranks there are. The cuts are exact: rank r holds the positions from
 * r * n_global / P on. PA_E_USAGE where 2^32 rows or more leave or meet on
 * one rank. */
pa_status pa_view_make(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                       pa_view *view, pa_error *err);
void pa_view_free(pa_view *view); /* local; a zeroed view may be freed */

/* A column that comes along as a view is made, in the same messages. */
typedef struct {
    size_t width;
    const void *rows; /* n values of `width` bytes */
    void *ordered;    /* out: view->n of them in view order, freed by the caller */
} pa_view_column;

/* pa_view_make, and n_columns, PA_VIEW_COLUMNS at most, in view order. On failure there are none.
 */
enum { PA_VIEW_COLUMNS = 8 };
pa_status pa_view_make_with(pa_comm *comm, size_t n, const uint64_t key[], const int64_t tie[],
                            size_t n_columns, pa_view_column columns[], pa_view *view,
                            pa_error *err);

/* A column of `width` bytes a value into view order, and back. */
pa_status pa_view_send(pa_comm *comm, const pa_view *view, size_t width, const void *rows,
                       void *ordered, pa_error *err);
pa_status pa_view_return(pa_comm *comm, const pa_view *view, size_t width, const void *ordered,
                         void *rows, pa_error *err);

/* Several columns in the same messages. */
pa_status pa_view_send_all(pa_comm *comm, const pa_view *view, size_t n,
                           const pa_column_move columns[], pa_error *err);
pa_status pa_view_return_all(pa_comm *comm, const pa_view *view, size_t n,
                             const pa_column_move columns[], pa_error *err);

/* The same, where this rank has its columns: st as in pa_route_send_if. */
pa_status pa_view_send_if(pa_comm *comm, pa_status st, const pa_view *view, size_t n,
                          const pa_column_move columns[], pa_error *err);
pa_status pa_view_return_if(pa_comm *comm, pa_status st, const pa_view *view, size_t n,
                            const pa_column_move columns[], pa_error *err);

#endif
