/* Starting and ending: what is made once, and the checks before any work. */
#include <stdlib.h>
#include <string.h>

#include "comm_mpi.h"
#include "nodes.h"
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
    c->turn = MPI_REQUEST_NULL;
}

/* There is one world in a process. It needs no memory that might not be had, before there are
 * other ranks to tell of it. */
static pa_comm world;

pa_status pa_comm_start(int *argc, char ***argv, pa_comm **comm, pa_error *err)
{
    /* MPI_Init sets variables of its own, so the launcher's are read before. */
    pa_launch launch = pa_launch_environment();
    pa_comm *c = &world;
    *c = (pa_comm){0};
    c->started = pa_clock();
    if (pa_launch_is_alone(&launch)) pa_launch_start_alone();
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
    pa_nodes_free(comm->nodes);
    pa_free(comm->slots);
    pa_free(comm->tells);
    MPI_Op_free(&comm->i128_sum);
    MPI_Type_free(&comm->i128);
    MPI_Comm_free(&comm->mpi);
    MPI_Finalize();
}

_Noreturn void pa_comm_abort(pa_comm *comm, int exit_code)
{
    if (comm) MPI_Abort(comm->mpi, exit_code);
    exit(exit_code);
}
