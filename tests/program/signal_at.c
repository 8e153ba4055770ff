/* To be preloaded: raises the signal PARAUDIT_TEST_SIGNAL on rank PARAUDIT_TEST_SIGNAL_RANK
 * before its PARAUDIT_TEST_SIGNAL_AT-th call by which ranks hear of one another or write a
 * file. Signalled at each of them in turn, a job has been asked to stop wherever it can be.
 * Without that number the rank says, at its end, how many calls there were. */
#define _GNU_SOURCE
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static long calls;

static long number(const char *name)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

static int is_here(void)
{
    int rank = -1, begun = 0;
    PMPI_Initialized(&begun);
    if (begun) PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank == number("PARAUDIT_TEST_SIGNAL_RANK");
}

static void count(void)
{
    calls++;
    if (calls == number("PARAUDIT_TEST_SIGNAL_AT") && is_here())
        raise((int)number("PARAUDIT_TEST_SIGNAL"));
}

int MPI_Allreduce(const void *from, void *to, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm)
{
    count();
    return PMPI_Allreduce(from, to, n, type, op, comm);
}

int MPI_Test(MPI_Request *request, int *done, MPI_Status *status)
{
    count();
    return PMPI_Test(request, done, status);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    count();
    return syscall(SYS_pwrite64, fd, bytes, n, at);
}

int MPI_Finalize(void)
{
    if (!getenv("PARAUDIT_TEST_SIGNAL_AT") && is_here()) fprintf(stderr, "calls %ld\n", calls);
    return PMPI_Finalize();
}
