#include "paraudit/comm/comm.h"

#include <time.h>

#include "comm_mpi.h"
#include "paraudit/comm/handle.h"

int pa_comm_rank(const pa_comm *comm)
{
    return comm->rank;
}

int pa_comm_size(const pa_comm *comm)
{
    return comm->size;
}

MPI_Comm pa_comm_handle(const pa_comm *comm)
{
    return comm->mpi;
}

void pa_comm_set_piece(pa_comm *comm, size_t bytes)
{
    PA_ASSERT(bytes > 0);
    comm->piece = bytes;
}

size_t pa_comm_piece(const pa_comm *comm)
{
    return comm->piece;
}

double pa_comm_seconds(const pa_comm *comm)
{
    return comm->seconds;
}

int64_t pa_comm_bytes(const pa_comm *comm)
{
    return comm->bytes;
}

double pa_comm_age(const pa_comm *comm)
{
    return pa_clock() - comm->started;
}

double pa_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pa_barrier(pa_comm *comm)
{
    double start = pa_clock();
    MPI_Barrier(comm->mpi);
    comm->seconds += pa_clock() - start;
}

void pa_broadcast(pa_comm *comm, void *data, size_t bytes, int root)
{
    if (comm->size == 1) return;
    double start = pa_clock();
    size_t most = pa_piece_of(comm, 1);
    if (comm->rank == root) comm->bytes += (int64_t)bytes;
    for (size_t done = 0; done < bytes;) {
        size_t n = pa_least(bytes - done, most);
        MPI_Bcast((char *)data + done, (int)n, MPI_BYTE, root, comm->mpi);
        done += n;
    }
    comm->seconds += pa_clock() - start;
}
