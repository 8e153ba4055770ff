#include "nodes.h"

#include "paraudit/base/array.h"

static void number_nodes(const pa_comm *comm, pa_nodes *nodes)
{
    MPI_Comm_rank(nodes->node, &nodes->rank);
    MPI_Comm_size(nodes->node, &nodes->n_here);
    MPI_Comm_split(comm->mpi, nodes->rank == 0 ? 0 : MPI_UNDEFINED, comm->rank, &nodes->leaders);
    if (nodes->rank == 0) {
        MPI_Comm_size(nodes->leaders, &nodes->n);
        MPI_Comm_rank(nodes->leaders, &nodes->mine);
    }
    MPI_Bcast(&nodes->n, 1, MPI_INT, 0, nodes->node);
    MPI_Bcast(&nodes->mine, 1, MPI_INT, 0, nodes->node);
    MPI_Allgather(&nodes->mine, 1, MPI_INT, nodes->of_rank, 1, MPI_INT, comm->mpi);
}

static bool are_even(const pa_comm *comm, const pa_nodes *nodes)
{
    int *n = nodes->stretch;
    bool even = true;
    for (int k = 0; k < nodes->n; k++) n[k] = 0;
    for (int r = 0; r < comm->size; r++) n[nodes->of_rank[r]]++;
    for (int k = 0; k < nodes->n; k++) even = even && n[k] == n[0];
    return even;
}

static pa_status new_nodes(const pa_comm *comm, pa_nodes **nodes, pa_error *err)
{
    PA_TRY(PA_NEW(*nodes, 1, err));
    (*nodes)->node = (*nodes)->leaders = (*nodes)->across = MPI_COMM_NULL;
    PA_TRY(PA_NEW((*nodes)->of_rank, (size_t)comm->size, err));
    return PA_NEW((*nodes)->stretch, 3 * (size_t)comm->size, err);
}

/* number: of the ranks that are to be a node; MPI_UNDEFINED asks the machine. */
static pa_status split(pa_comm *comm, int number, pa_error *err)
{
    pa_nodes *nodes = NULL;
    pa_status st = pa_agree(comm, new_nodes(comm, &nodes, err), err);
    if (st != PA_OK) {
        pa_nodes_free(nodes);
        return st;
    }
    pa_talk start = pa_talk_begin();
    if (number == MPI_UNDEFINED) {
        MPI_Comm_split_type(comm->mpi, MPI_COMM_TYPE_SHARED, comm->rank, MPI_INFO_NULL,
                            &nodes->node);
    } else {
        MPI_Comm_split(comm->mpi, number, comm->rank, &nodes->node);
    }
    number_nodes(comm, nodes);
    if (are_even(comm, nodes)) MPI_Comm_split(comm->mpi, nodes->rank, nodes->mine, &nodes->across);
    pa_talk_end(comm, start);
    comm->nodes = nodes;
    return PA_OK;
}

pa_status pa_nodes_find(pa_comm *comm, const pa_nodes **nodes, pa_error *err)
{
    if (!comm->nodes) PA_TRY(split(comm, MPI_UNDEFINED, err));
    *nodes = comm->nodes;
    return PA_OK;
}

pa_status pa_comm_nodes(pa_comm *comm, int *n, pa_error *err)
{
    const pa_nodes *nodes = NULL;
    PA_TRY(pa_nodes_find(comm, &nodes, err));
    *n = nodes->n;
    return PA_OK;
}

int pa_nodes_leader(const pa_nodes *nodes, int node)
{
    int rank = 0;
    while (nodes->of_rank[rank] != node) rank++;
    return rank;
}

pa_status pa_nodes_pretend(pa_comm *comm, int number, pa_error *err)
{
    pa_nodes_free(comm->nodes);
    comm->nodes = NULL;
    return split(comm, number, err);
}

void pa_nodes_free(pa_nodes *nodes)
{
    if (!nodes) return;
    if (nodes->node != MPI_COMM_NULL) MPI_Comm_free(&nodes->node);
    if (nodes->leaders != MPI_COMM_NULL) MPI_Comm_free(&nodes->leaders);
    if (nodes->across != MPI_COMM_NULL) MPI_Comm_free(&nodes->across);
    pa_free(nodes->of_rank);
    pa_free(nodes->stretch);
    pa_free(nodes);
}
