/* What the files of this folder share and nobody else sees: MPI itself. */
#ifndef PARAUDIT_SRC_COMM_MPI_H
#define PARAUDIT_SRC_COMM_MPI_H

#include <mpi.h>

#include "paraudit/comm/comm.h"

struct pa_comm {
    MPI_Comm mpi; /* a duplicate of MPI_COMM_WORLD: libraries cannot take our messages */
    int rank;
    int size;
    size_t piece;
    pa_comm_use use;
    double started; /* by pa_clock, before MPI_Init */
    MPI_Datatype i128;
    MPI_Op i128_sum;
    struct pa_nodes *nodes; /* NULL until they are asked for */
    struct pa_slot
        *slots; /* of all ranks: room for what gathers begin with; NULL before the first */
    struct pa_tell *tells; /* room for what routes begin with; NULL before the first */
    bool apart;            /* between pa_apart and pa_rejoin */
    MPI_Request turn;      /* the round of the time being; MPI_REQUEST_NULL: none */
    int64_t said[2], heard[2];
    bool owes;           /* a word to the next round */
    double spoke, pause; /* when this rank last had one, and how long it lets pass then */
};

/* What a rank says of itself where all must go on or leave together: as pa_agree does, or beside
 * other numbers that all hear of, which spares the agreement. */
typedef struct {
    int64_t failed, signal;
} pa_word;

pa_word pa_word_of(pa_status st);            /* local */
void pa_word_add(pa_word *all, pa_word one); /* local */
/* all: the words of all ranks, added; st: what this rank's word was of. Collective. */
pa_status pa_word_settle(pa_comm *comm, pa_word all, pa_status st, pa_error *err);

/* When a rank began to communicate, by both clocks. */
typedef struct {
    double wall, cpu;
} pa_talk;

pa_talk pa_talk_begin(void);
void pa_talk_end(pa_comm *comm, pa_talk start);

/* Elements of `width` bytes that one call may carry: at least one, at most a
 * piece, and few enough for MPI's int counts even when they are summed as
 * bytes. */
static inline size_t pa_piece_of(const pa_comm *comm, size_t width)
{
    size_t most = (size_t)1 << 30;
    size_t bytes = comm->piece < most ? comm->piece : most;
    return bytes > width ? bytes / width : 1;
}

static inline size_t pa_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
