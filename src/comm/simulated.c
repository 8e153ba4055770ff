/* Where SimGrid's MPI sends a message from each rank to each, as many as its logarithm; where it
 * looks through all requests for each of them, one after the other. */
#include <stdint.h>
#include <string.h>

#include "comm_mpi.h"
#include "paraudit/base/array.h"
#include "simulated.h"

enum { TAG = 7704 };

/* Recursive doubling: after each step a rank knows the sum of a block of twice as many ranks. */
static void scan(int64_t v[], int64_t block[], int64_t other[], int n, MPI_Comm comm)
{
    int rank, size;
    size_t bytes = (size_t)n * sizeof *v;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    memcpy(block, v, bytes);
    memset(v, 0, bytes);
    for (int step = 1; step < size; step *= 2) {
        int partner = rank ^ step;
        if (partner >= size) continue;
        MPI_Sendrecv(block, n, MPI_INT64_T, partner, TAG, other, n, MPI_INT64_T, partner, TAG, comm,
                     MPI_STATUS_IGNORE);
        for (int i = 0; i < n; i++) {
            block[i] += other[i];
            if (partner < rank) v[i] += other[i];
        }
    }
}

int pa_simulated_exscan(const void *in_place, void *v, int n, MPI_Datatype type, MPI_Op op,
                        MPI_Comm comm)
{
    int64_t *room = NULL;
    PA_ASSERT(in_place == MPI_IN_PLACE && type == MPI_INT64_T && op == MPI_SUM);
    if (PA_NEW(room, 2 * (size_t)n, NULL) != PA_OK) MPI_Abort(comm, PA_E_MEMORY);
    scan(v, room, room + n, n, comm);
    pa_free(room);
    return MPI_SUCCESS;
}

int pa_simulated_waitall(int n, MPI_Request requests[], MPI_Status statuses[])
{
    PA_ASSERT(statuses == MPI_STATUSES_IGNORE);
    for (int i = 0; i < n; i++) MPI_Wait(requests + i, MPI_STATUS_IGNORE);
    return MPI_SUCCESS;
}
