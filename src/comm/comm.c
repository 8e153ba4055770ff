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
    return comm->use.wall;
}

pa_comm_use pa_comm_used(const pa_comm *comm)
{
    return comm->use;
}

double pa_comm_age(const pa_comm *comm)
{
    return pa_clock() - comm->started;
}

static double read_clock(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double pa_clock(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

pa_talk pa_talk_begin(void)
{
    return (pa_talk){pa_clock(), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

void pa_talk_end(pa_comm *comm, pa_talk start)
{
    pa_talk now = pa_talk_begin();
    comm->use.wall += now.wall - start.wall;
    comm->use.cpu += now.cpu - start.cpu;
}

void pa_barrier(pa_comm *comm)
{
    pa_talk start = pa_talk_begin();
    MPI_Barrier(comm->mpi);
    comm->use.calls++;
    pa_talk_end(comm, start);
}

void pa_broadcast(pa_comm *comm, void *data, size_t bytes, int root)
{
    if (comm->size == 1) return;
    pa_talk start = pa_talk_begin();
    size_t most = pa_piece_of(comm, 1);
    if (comm->rank == root) comm->use.bytes += (int64_t)bytes;
    for (size_t done = 0; done < bytes;) {
        size_t n = pa_least(bytes - done, most);
        MPI_Bcast((char *)data + done, (int)n, MPI_BYTE, root, comm->mpi);
        comm->use.calls++;
        done += n;
    }
    pa_talk_end(comm, start);
}
