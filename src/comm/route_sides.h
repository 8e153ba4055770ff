/* A route as the view builds it: from sides that are already known. */
#ifndef PARAUDIT_SRC_COMM_ROUTE_SIDES_H
#define PARAUDIT_SRC_COMM_ROUTE_SIDES_H

#include "paraudit/comm/route.h"
#include "transfer.h"

/* here: a row of the owner's for each slot; there: a place for each arrival. */
struct pa_route {
    pa_side here;
    pa_side there;
    size_t n_sent;
    size_t n_received;
};

/* Orders hold 32-bit numbers: a quarter of the memory of a column of ids. */
pa_status pa_check_rows(size_t n, pa_error *err);

/* An empty route, both sides zeroed. Local. */
pa_status pa_route_new(const pa_comm *comm, pa_route **route, pa_error *err);

/* Fills the rest from here.n. st: whether this rank has that, as in pa_agree. Collective. */
pa_status pa_route_meet(pa_comm *comm, pa_status st, pa_route *route, pa_error *err);

#endif
