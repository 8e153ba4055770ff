/* What each rank has for the ranks of a machine together. */
#include "node_parts.h"
#include "nodes.h"
#include "route_sides.h"

pa_status pa_node_of_ranks(pa_comm *comm, const int **node, pa_error *err)
{
    const pa_nodes *nodes = NULL;
    PA_TRY(pa_nodes_find(comm, &nodes, err));
    *node = nodes->of_rank;
    return PA_OK;
}

/* To those who lead the machines. */
static pa_status make_route(pa_comm *comm, const pa_nodes *nodes, const int64_t n[],
                            pa_route **route, pa_error *err)
{
    pa_status st = pa_route_new(comm, route, err);
    for (int k = 0; st == PA_OK && k < nodes->n; k++)
        (*route)->here.n[pa_nodes_leader(nodes, k)] = n[k];
    return pa_route_meet(comm, st, *route, err);
}

/* How many bytes come to this rank's machine. */
static size_t bytes_here(pa_comm *comm, const pa_nodes *nodes, const pa_route *route)
{
    int64_t bytes = (int64_t)pa_route_received(route);
    pa_talk start = pa_talk_begin();
    MPI_Bcast(&bytes, 1, MPI_INT64_T, 0, nodes->node);
    comm->use.calls++;
    pa_talk_end(comm, start);
    return (size_t)bytes;
}

pa_status pa_node_array_exchange(pa_comm *comm, const void *bytes, const int64_t n[],
                                 pa_node_array *array, pa_error *err)
{
    const pa_nodes *nodes = NULL;
    pa_route *route = NULL;
    char *data = NULL;
    size_t n_here = 0;
    pa_status st;
    *array = (pa_node_array){0};
    PA_GOTO(pa_nodes_find(comm, &nodes, err));
    PA_GOTO(make_route(comm, nodes, n, &route, err));
    n_here = bytes_here(comm, nodes, route);
    PA_GOTO(pa_node_memory_new(comm, n_here, &data, err));
    st = pa_route_send(comm, route, 1, bytes, data, err);
    pa_node_memory_share(comm, data, n_here, 0, NULL, array);
    if (st != PA_OK) pa_node_array_free(array);
out:
    pa_route_free(route);
    return st;
}
