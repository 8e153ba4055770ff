/* What all ranks have, in one place: for what is small. */
#include <string.h>

#include "comm_mpi.h"
#include "paraudit/base/array.h"

enum { EVERYWHERE = -1 };

/* A gather in rounds of `slice` bytes a rank. Where this rank is a receiver,
 * `round` holds the slices of one round and `all` what is gathered. */
typedef struct {
    int receiver; /* a rank, or EVERYWHERE */
    size_t slice;
    int64_t *bytes; /* of each rank's block */
    int64_t *start; /* size + 1: where it begins in `all` */
    int *count;     /* of this round */
    int *displacement;
    char *round;
    char *all;
} gathering;

static bool receives(const pa_comm *comm, const gathering *g)
{
    return g->receiver == EVERYWHERE || g->receiver == comm->rank;
}

static void free_gathering(gathering *g)
{
    pa_free(g->bytes);
    pa_free(g->start);
    pa_free(g->count);
    pa_free(g->displacement);
    pa_free(g->round);
}

static pa_status new_counts(const pa_comm *comm, gathering *g, pa_error *err)
{
    size_t n = (size_t)comm->size;
    PA_TRY(PA_NEW(g->bytes, n, err));
    PA_TRY(PA_NEW(g->start, n + 1, err));
    PA_TRY(PA_NEW(g->count, n, err));
    return PA_NEW(g->displacement, n, err);
}

/* Learns the sizes of all blocks; returns the largest. */
static size_t learn_sizes(pa_comm *comm, gathering *g, size_t bytes)
{
    int64_t mine = (int64_t)bytes, most = 0;
    MPI_Allgather(&mine, 1, MPI_INT64_T, g->bytes, 1, MPI_INT64_T, comm->mpi);
    comm->use.calls++;
    for (int r = 0; r < comm->size; r++) {
        g->start[r + 1] = g->start[r] + g->bytes[r];
        if (g->bytes[r] > most) most = g->bytes[r];
    }
    return (size_t)most;
}

static pa_status new_room(const pa_comm *comm, gathering *g, pa_error *err)
{
    if (!receives(comm, g)) return PA_OK;
    PA_TRY(PA_NEW(g->all, (size_t)g->start[comm->size], err));
    return PA_NEW(g->round, g->slice * (size_t)comm->size, err);
}

/* What each rank sends once `done` bytes of every block have gone. */
static void set_counts(const pa_comm *comm, gathering *g, size_t done)
{
    int at = 0;
    for (int r = 0; r < comm->size; r++) {
        size_t bytes = (size_t)g->bytes[r];
        g->count[r] = bytes > done ? (int)pa_least(bytes - done, g->slice) : 0;
        g->displacement[r] = at;
        at += g->count[r];
    }
}

static void gather_round(pa_comm *comm, gathering *g, const void *block, size_t done)
{
    set_counts(comm, g, done);
    int mine = g->count[comm->rank];
    const char *from = mine ? (const char *)block + done : NULL;
    comm->use.calls++;
    if (g->receiver == EVERYWHERE) {
        MPI_Allgatherv(from, mine, MPI_BYTE, g->round, g->count, g->displacement, MPI_BYTE,
                       comm->mpi);
    } else {
        MPI_Gatherv(from, mine, MPI_BYTE, g->round, g->count, g->displacement, MPI_BYTE,
                    g->receiver, comm->mpi);
    }
    if (!receives(comm, g)) return;
    for (int r = 0; r < comm->size; r++) {
        if (g->count[r] == 0) continue;
        memcpy(g->all + g->start[r] + done, g->round + g->displacement[r], (size_t)g->count[r]);
    }
}

static pa_status gather(pa_comm *comm, int receiver, const void *block, size_t bytes, void **all,
                        size_t *n_all, pa_error *err)
{
    gathering g = {.receiver = receiver};
    *all = NULL;
    *n_all = 0;
    pa_status st = pa_agree(comm, new_counts(comm, &g, err), err);
    if (st != PA_OK) goto out;

    pa_talk start = pa_talk_begin();
    size_t most = learn_sizes(comm, &g, bytes);
    pa_talk_end(comm, start);
    g.slice = pa_least(pa_piece_of(comm, (size_t)comm->size), most ? most : 1);
    PA_GOTO(pa_agree(comm, new_room(comm, &g, err), err));

    start = pa_talk_begin();
    if (comm->size > 1) comm->use.bytes += (int64_t)bytes;
    for (size_t done = 0; done < most; done += g.slice) gather_round(comm, &g, block, done);
    pa_talk_end(comm, start);
    *all = g.all;
    *n_all = g.all ? (size_t)g.start[comm->size] : 0;
    g.all = NULL;
out:
    pa_free(g.all);
    free_gathering(&g);
    return st;
}

pa_status pa_gather_all(pa_comm *comm, const void *block, size_t bytes, void **all, size_t *n_all,
                        pa_error *err)
{
    return gather(comm, EVERYWHERE, block, bytes, all, n_all, err);
}

pa_status pa_gather_root(pa_comm *comm, const void *block, size_t bytes, void **all, size_t *n_all,
                         pa_error *err)
{
    return gather(comm, 0, block, bytes, all, n_all, err);
}
