#include "paraudit/comm/comm.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "comm_mpi.h"
#include "paraudit/base/array.h"
#include "paraudit/comm/launch.h"

static void abort_job(void)
{
    MPI_Abort(MPI_COMM_WORLD, PA_E_BUG);
}

/* MPI may hand over operands that are not aligned for 128 bits. The sum is
 * taken modulo 2^128: callers keep their range. */
static void add_i128(void *in, void *inout, int *n, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *n; i++) {
        pa_u128 a, b;
        memcpy(&a, (char *)in + (size_t)i * sizeof a, sizeof a);
        memcpy(&b, (char *)inout + (size_t)i * sizeof b, sizeof b);
        b += a;
        memcpy((char *)inout + (size_t)i * sizeof b, &b, sizeof b);
    }
}

static void open_world(pa_comm *c)
{
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_dup(MPI_COMM_WORLD, &c->mpi);
    MPI_Comm_rank(c->mpi, &c->rank);
    MPI_Comm_size(c->mpi, &c->size);
    MPI_Type_contiguous(sizeof(pa_i128), MPI_BYTE, &c->i128);
    MPI_Type_commit(&c->i128);
    MPI_Op_create(add_i128, 1, &c->i128_sum);
    c->piece = PA_PIECE_DEFAULT;
}

pa_status pa_comm_start(int *argc, char ***argv, pa_comm **comm, pa_error *err)
{
    /* MPI_Init sets variables of its own, so the launcher's are read before. */
    pa_launch launch = pa_launch_environment();
    pa_comm *c = calloc(1, sizeof *c);
    PA_ASSERT(c != NULL);
    c->started = pa_clock();
    MPI_Init(argc, argv);
    pa_on_assert(abort_job);
    open_world(c);
    *comm = c;

    char cpu[PA_CPU_TEXT];
    pa_cpu_text(cpu);
    PA_AGREE(c, pa_launch_check(&launch, c->size, err), err);
    return pa_all_alike(c, "processor", cpu, err);
}

void pa_comm_stop(pa_comm *comm)
{
    if (!comm) return;
    pa_on_assert(NULL);
    MPI_Op_free(&comm->i128_sum);
    MPI_Type_free(&comm->i128);
    MPI_Comm_free(&comm->mpi);
    MPI_Finalize();
    free(comm);
}

_Noreturn void pa_comm_abort(pa_comm *comm, int exit_code)
{
    if (comm) MPI_Abort(comm->mpi, exit_code);
    exit(exit_code);
}

int pa_comm_rank(const pa_comm *comm)
{
    return comm->rank;
}

int pa_comm_size(const pa_comm *comm)
{
    return comm->size;
}

void pa_comm_set_piece(pa_comm *comm, size_t bytes)
{
    PA_ASSERT(bytes > 0);
    comm->piece = bytes;
}

double pa_comm_seconds(const pa_comm *comm)
{
    return comm->seconds;
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
    for (size_t done = 0; done < bytes;) {
        size_t n = pa_least(bytes - done, most);
        MPI_Bcast((char *)data + done, (int)n, MPI_BYTE, root, comm->mpi);
        done += n;
    }
    comm->seconds += pa_clock() - start;
}

/* Keeps the candidates that hold the smallest value: a rank that is out of
 * the race offers the largest number. */
static bool still_smallest(pa_comm *comm, bool candidate, int64_t value)
{
    int64_t least = candidate ? value : INT64_MAX;
    pa_min_i64(comm, &least, 1);
    return candidate && value == least;
}

/* The rank whose error all will report. Errors without a place come after
 * those with one; the rank decides what is left. */
static int elect(pa_comm *comm, bool failed, const pa_error *err)
{
    int64_t file = err->file > 0 ? err->file : INT64_MAX - 1;
    int64_t line = err->file > 0 ? err->line : 0;
    bool in = still_smallest(comm, failed, file);
    in = still_smallest(comm, in, line);
    int64_t winner = in ? comm->rank : INT64_MAX;
    pa_min_i64(comm, &winner, 1);
    return (int)winner;
}

pa_status pa_agree(pa_comm *comm, pa_status st, pa_error *err)
{
    int64_t any_failed = st != PA_OK;
    pa_max_i64(comm, &any_failed, 1);
    if (!any_failed) return PA_OK;

    pa_error mine = {0};
    if (st != PA_OK && err) mine = *err;
    if (st != PA_OK) pa_fail(&mine, st, "failed with status %d and no message", (int)st);
    mine.status = st;
    pa_broadcast(comm, &mine, sizeof mine, elect(comm, st != PA_OK, &mine));
    if (err) *err = mine;
    return mine.status;
}

pa_status pa_all_alike(pa_comm *comm, const char *what, const char *text, pa_error *err)
{
    char first[PA_ALIKE_TEXT] = {0}, other[PA_ALIKE_TEXT] = {0};
    strncpy(other, text, sizeof other - 1);
    memcpy(first, other, sizeof first);
    pa_broadcast(comm, first, sizeof first, 0);

    int64_t unlike = memcmp(first, other, sizeof first) ? comm->rank : INT64_MAX;
    pa_min_i64(comm, &unlike, 1);
    if (unlike == INT64_MAX) return PA_OK;
    pa_broadcast(comm, other, sizeof other, (int)unlike);
    return pa_fail(err, PA_E_USAGE,
                   "rank 0 and rank %d differ in their %s (%s; %s): the last bits of the result "
                   "would depend on it. Run on nodes of one kind (sbatch --constraint=...)",
                   (int)unlike, what, first, other);
}
