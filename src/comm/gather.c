/* What all ranks have, in one place: for what is small. */
#include <string.h>

#include "comm_mpi.h"
#include "paraudit/base/array.h"

enum { EVERYWHERE = -1, SLOT = 488 };

/* What each rank sends first. Where all blocks fit in there, nothing else is sent. */
struct pa_slot {
    int64_t bytes; /* of its block */
    pa_word word;  /* whether it has room for blocks of all ranks that do */
    char block[SLOT];
};

/* A gather in rounds of `slice` bytes a rank. Where this rank is a receiver,
 * `round` holds the slices of one round and `all` what is gathered. */
typedef struct {
    int receiver; /* a rank, or EVERYWHERE */
    size_t slice;
    int64_t *start; /* size + 1: where each rank's block begins in `all` */
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
    pa_free(g->start);
    pa_free(g->count);
    pa_free(g->displacement);
    pa_free(g->round);
}

static pa_status make_slots(pa_comm *comm, pa_error *err)
{
    if (comm->slots) return PA_OK;
    return pa_agree(comm, PA_NEW(comm->slots, (size_t)comm->size, err), err);
}

/* Sends the slot; returns the size of the largest block. *word: of this rank, then of all. */
static size_t exchange_slots(pa_comm *comm, const void *block, size_t bytes, pa_word *word)
{
    struct pa_slot mine = {.bytes = (int64_t)bytes, .word = *word};
    int64_t most = 0;
    if (bytes > 0 && bytes <= SLOT) memcpy(mine.block, block, bytes);
    pa_talk start = pa_talk_begin();
    MPI_Allgather(&mine, sizeof mine, MPI_BYTE, comm->slots, sizeof mine, MPI_BYTE, comm->mpi);
    comm->use.calls++;
    pa_talk_end(comm, start);
    if (comm->size > 1) comm->use.bytes += (int64_t)sizeof mine;
    for (int r = 0; r < comm->size; r++) {
        pa_word_add(word, comm->slots[r].word);
        if (comm->slots[r].bytes > most) most = comm->slots[r].bytes;
    }
    return (size_t)most;
}

/* What small blocks of all ranks need. */
static pa_status small_room(const pa_comm *comm, gathering *g, pa_error *err)
{
    size_t n = (size_t)comm->size;
    PA_TRY(PA_NEW(g->start, n + 1, err));
    return receives(comm, g) ? PA_NEW(g->all, n * SLOT, err) : PA_OK;
}

/* ... and larger ones instead. */
static pa_status large_room(const pa_comm *comm, gathering *g, pa_error *err)
{
    size_t n = (size_t)comm->size;
    pa_free(g->all);
    g->all = NULL;
    if (receives(comm, g)) PA_TRY(PA_NEW(g->all, (size_t)g->start[n], err));
    PA_TRY(PA_NEW(g->count, n, err));
    PA_TRY(PA_NEW(g->displacement, n, err));
    return receives(comm, g) ? PA_NEW(g->round, g->slice * n, err) : PA_OK;
}

static void set_starts(const pa_comm *comm, gathering *g)
{
    for (int r = 0; r < comm->size; r++) g->start[r + 1] = g->start[r] + comm->slots[r].bytes;
}

/* All blocks are in the slots. */
static void empty_slots(const pa_comm *comm, const gathering *g)
{
    for (int r = 0; r < comm->size && receives(comm, g); r++) {
        const struct pa_slot *slot = comm->slots + r;
        if (slot->bytes > 0) memcpy(g->all + g->start[r], slot->block, (size_t)slot->bytes);
    }
}

/* What each rank sends once `done` bytes of every block have gone. */
static void set_counts(const pa_comm *comm, gathering *g, size_t done)
{
    int at = 0;
    for (int r = 0; r < comm->size; r++) {
        size_t bytes = (size_t)comm->slots[r].bytes;
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

static void gather_blocks(pa_comm *comm, gathering *g, const void *block, size_t bytes, size_t most)
{
    pa_talk start = pa_talk_begin();
    if (comm->size > 1) comm->use.bytes += (int64_t)bytes;
    for (size_t done = 0; done < most; done += g->slice) gather_round(comm, g, block, done);
    pa_talk_end(comm, start);
}

static pa_status gather(pa_comm *comm, pa_status st, int receiver, const void *block, size_t bytes,
                        void **all, size_t *n_all, pa_error *err)
{
    gathering g = {.receiver = receiver};
    *all = NULL;
    *n_all = 0;
    PA_TRY(make_slots(comm, err));
    if (st == PA_OK) st = small_room(comm, &g, err);
    pa_word word = pa_word_of(st);
    size_t most = exchange_slots(comm, block, st == PA_OK ? bytes : 0, &word);
    PA_GOTO(pa_word_settle(comm, word, st, err));
    set_starts(comm, &g);
    if (most <= SLOT) {
        empty_slots(comm, &g);
    } else {
        g.slice = pa_least(pa_piece_of(comm, (size_t)comm->size), most);
        PA_GOTO(pa_agree(comm, large_room(comm, &g, err), err));
        gather_blocks(comm, &g, block, bytes, most);
    }
    *all = g.all;
    *n_all = g.all ? (size_t)g.start[comm->size] : 0;
    g.all = NULL;
out:
    pa_free(g.all);
    free_gathering(&g);
    return st;
}

pa_status pa_gather_all_if(pa_comm *comm, pa_status st, const void *block, size_t bytes, void **all,
                           size_t *n_all, pa_error *err)
{
    return gather(comm, st, EVERYWHERE, block, bytes, all, n_all, err);
}

pa_status pa_gather_root_if(pa_comm *comm, pa_status st, const void *block, size_t bytes,
                            void **all, size_t *n_all, pa_error *err)
{
    return gather(comm, st, 0, block, bytes, all, n_all, err);
}

pa_status pa_gather_all(pa_comm *comm, const void *block, size_t bytes, void **all, size_t *n_all,
                        pa_error *err)
{
    return gather(comm, PA_OK, EVERYWHERE, block, bytes, all, n_all, err);
}

pa_status pa_gather_root(pa_comm *comm, const void *block, size_t bytes, void **all, size_t *n_all,
                         pa_error *err)
{
    return gather(comm, PA_OK, 0, block, bytes, all, n_all, err);
}
