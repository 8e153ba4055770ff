/* Redistribution is one verb: rows go to the rank that the caller names, and
 * answers come back in the order of asking.
 *
 * A route is made once from the owner of every row; then any number of columns
 * travel along it, in either direction, in bounded pieces. */
#ifndef PARAUDIT_COMM_ROUTE_H
#define PARAUDIT_COMM_ROUTE_H

#include "paraudit/comm/comm.h"

typedef struct pa_route pa_route;

/* owner: the rank of each of n rows, borrowed for the call. PA_E_USAGE where
 * 2^32 rows or more leave or meet on one rank. Takes 4 bytes a row, and none
 * where the owners ascend already. */
pa_status pa_route_make(pa_comm *comm, size_t n, const int32_t owner[], pa_route **route,
                        pa_error *err);

/* The same, where this rank knows the owners: st is what came of finding them. As in pa_agree, if
 * any rank has failed all leave with its error. Spares the agreement before. */
pa_status pa_route_make_if(pa_comm *comm, pa_status st, size_t n, const int32_t owner[],
                           pa_route **route, pa_error *err);

void pa_route_free(pa_route *route); /* local */

size_t pa_route_received(const pa_route *route); /* local: rows that arrive here */

/* Moves a column of `width` bytes a value. rows: n values in row order;
 * arrived: pa_route_received values, by source rank, then in the source's row
 * order. Both are the caller's. */
pa_status pa_route_send(pa_comm *comm, const pa_route *route, size_t width, const void *rows,
                        void *arrived, pa_error *err);

/* Several columns in the same messages: one route costs the same for all of them together. */
typedef struct {
    size_t width;
    const void *source; /* what is sent: `rows` above, or `answers` below */
    void *target;
} pa_column_move;

pa_status pa_route_send_all(pa_comm *comm, const pa_route *route, size_t n,
                            const pa_column_move columns[], pa_error *err);

/* From now on what arrives is put in an order: value i of `arrived` is the one that was
 * value order[i]. Answers go back from there. order: of pa_route_received rows, each once,
 * borrowed; takes 4 bytes a row. Once a route. Local; PA_E_MEMORY changes nothing. */
pa_status pa_route_arrange(pa_route *route, const uint32_t order[], pa_error *err);

/* The other way: answers in the order of arrival come back in row order. */
pa_status pa_route_return(pa_comm *comm, const pa_route *route, size_t width, const void *answers,
                          void *rows, pa_error *err);
pa_status pa_route_return_all(pa_comm *comm, const pa_route *route, size_t n,
                              const pa_column_move columns[], pa_error *err);

/* The same, where this rank has its columns: st is what came of making room for them. As in
 * pa_agree, if any rank has failed all leave with its error, and nothing has moved. Spares the
 * agreement before. */
pa_status pa_route_send_if(pa_comm *comm, pa_status st, const pa_route *route, size_t n,
                           const pa_column_move columns[], pa_error *err);
pa_status pa_route_return_if(pa_comm *comm, pa_status st, const pa_route *route, size_t n,
                             const pa_column_move columns[], pa_error *err);

/* Elements of `width` bytes that each rank has for others: n[r] of them go to rank r, those for
 * rank 0 first. *arrived is the caller's: what came, by source rank; *n_arrived: how many.
 * PA_E_USAGE from 2^32 elements on. Collective. */
pa_status pa_exchange(pa_comm *comm, size_t width, const void *elements, const int64_t n[],
                      void **arrived, size_t *n_arrived, pa_error *err);

/* The same of bytes. */
pa_status pa_exchange_bytes(pa_comm *comm, const void *bytes, const int64_t n[], void **arrived,
                            size_t *n_arrived, pa_error *err);

#endif
