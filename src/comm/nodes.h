/* Which ranks run on one machine and can share its memory. */
#ifndef PARAUDIT_SRC_COMM_NODES_H
#define PARAUDIT_SRC_COMM_NODES_H

#include "comm_mpi.h"

/* Nodes are numbered by their lowest ranks, who lead them. */
typedef struct pa_nodes {
    int n;
    int mine;
    int *of_rank;     /* the node of each rank */
    int rank;         /* in `node`; 0 leads */
    int n_here;       /* ranks of this node */
    MPI_Comm node;    /* the ranks of this node */
    MPI_Comm leaders; /* node i's is rank i; MPI_COMM_NULL elsewhere */
    MPI_Comm across;  /* those that have this rank's place on their nodes, node i's is rank i;
                         MPI_COMM_NULL where nodes have not all as many ranks */
    int *stretch;     /* room for three numbers a node, for who gathers what nodes have */
} pa_nodes;

/* Found by the first call and kept with the ranks. Collective. */
pa_status pa_nodes_find(pa_comm *comm, const pa_nodes **nodes, pa_error *err);

/* The rank that leads a node. Local. */
int pa_nodes_leader(const pa_nodes *nodes, int node);

/* For tests of several nodes on one machine: from now on the ranks that give
 * the same number are a node. Collective. */
pa_status pa_nodes_pretend(pa_comm *comm, int number, pa_error *err);

void pa_nodes_free(pa_nodes *nodes); /* collective; NULL may be freed */

#endif
