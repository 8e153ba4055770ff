/* What every source of this folder begins with where SimGrid runs the ranks. */
#ifndef PARAUDIT_SRC_COMM_SIMULATED_H
#define PARAUDIT_SRC_COMM_SIMULATED_H

#include <mpi.h>

/* Calls that take SimGrid's MPI the square of the ranks, in other words: sums of int64, in place.
 */
int pa_simulated_exscan(const void *in_place, void *v, int n, MPI_Datatype type, MPI_Op op,
                        MPI_Comm comm);
int pa_simulated_waitall(int n, MPI_Request requests[], MPI_Status statuses[]);
#define MPI_Exscan pa_simulated_exscan
#define MPI_Waitall pa_simulated_waitall

#ifdef PA_COUNTED
/* Lets the simulated time go on by the work that this rank has done since the last call. Before
 * whatever other ranks can see or wait for, and before the clock is read. */
void pa_simulated_work(void);

#undef clock_gettime /* the linker sees to it, in all folders */

#define MPI_Allgather(...) (pa_simulated_work(), MPI_Allgather(__VA_ARGS__))
#define MPI_Allgatherv(...) (pa_simulated_work(), MPI_Allgatherv(__VA_ARGS__))
#define MPI_Allreduce(...) (pa_simulated_work(), MPI_Allreduce(__VA_ARGS__))
#define MPI_Alltoall(...) (pa_simulated_work(), MPI_Alltoall(__VA_ARGS__))
#define MPI_Barrier(...) (pa_simulated_work(), MPI_Barrier(__VA_ARGS__))
#define MPI_Bcast(...) (pa_simulated_work(), MPI_Bcast(__VA_ARGS__))
#define MPI_Comm_dup(...) (pa_simulated_work(), MPI_Comm_dup(__VA_ARGS__))
#define MPI_Comm_split(...) (pa_simulated_work(), MPI_Comm_split(__VA_ARGS__))
#define MPI_Comm_split_type(...) (pa_simulated_work(), MPI_Comm_split_type(__VA_ARGS__))
#define MPI_Gatherv(...) (pa_simulated_work(), MPI_Gatherv(__VA_ARGS__))
#define MPI_Iallreduce(...) (pa_simulated_work(), MPI_Iallreduce(__VA_ARGS__))
#define MPI_Irecv(...) (pa_simulated_work(), MPI_Irecv(__VA_ARGS__))
#define MPI_Isend(...) (pa_simulated_work(), MPI_Isend(__VA_ARGS__))
#define MPI_Issend(...) (pa_simulated_work(), MPI_Issend(__VA_ARGS__))
#define MPI_Recv(...) (pa_simulated_work(), MPI_Recv(__VA_ARGS__))
#define MPI_Reduce(...) (pa_simulated_work(), MPI_Reduce(__VA_ARGS__))
#define MPI_Reduce_scatter(...) (pa_simulated_work(), MPI_Reduce_scatter(__VA_ARGS__))
#define MPI_Send(...) (pa_simulated_work(), MPI_Send(__VA_ARGS__))
#define MPI_Sendrecv(...) (pa_simulated_work(), MPI_Sendrecv(__VA_ARGS__))
#define MPI_Test(...) (pa_simulated_work(), MPI_Test(__VA_ARGS__))
#define MPI_Wait(...) (pa_simulated_work(), MPI_Wait(__VA_ARGS__))
#define MPI_Waitany(...) (pa_simulated_work(), MPI_Waitany(__VA_ARGS__))
#endif

#endif
