/* Calls that take SimGrid's MPI the square of the ranks, in other words. */
#ifndef PARAUDIT_SRC_COMM_SIMULATED_H
#define PARAUDIT_SRC_COMM_SIMULATED_H

#include <mpi.h>

/* Sums of int64, in place. */
int pa_simulated_exscan(const void *in_place, void *v, int n, MPI_Datatype type, MPI_Op op,
                        MPI_Comm comm);

int pa_simulated_waitall(int n, MPI_Request requests[], MPI_Status statuses[]);

#undef MPI_Exscan
#define MPI_Exscan pa_simulated_exscan
#undef MPI_Waitall
#define MPI_Waitall pa_simulated_waitall

#endif
