/* MPI_Exscan of ranks that SimGrid simulates: sums of int64, in place. */
#ifndef PARAUDIT_SRC_COMM_SIMULATED_H
#define PARAUDIT_SRC_COMM_SIMULATED_H

#include <mpi.h>

int pa_simulated_exscan(const void *in_place, void *v, int n, MPI_Datatype type, MPI_Op op,
                        MPI_Comm comm);

#endif
