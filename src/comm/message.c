#include "paraudit/comm/message.h"

#include <limits.h>

#include "comm_mpi.h"
#include "paraudit/base/array.h"

enum { TAG = 7701, NOBODY = -1 };

struct pa_outbox {
    pa_comm *comm;
    MPI_Request *request; /* a message each */
    size_t n, room;
    /* The message that is being filled, from pieces where they lie. */
    int to;
    size_t bytes, pieces, most_pieces;
    int *length;
    MPI_Aint *address;
};

static size_t messages_of(size_t bytes)
{
    return bytes / PA_MESSAGE + (bytes % PA_MESSAGE != 0);
}

static pa_status outbox_room(pa_outbox *box, size_t pieces, size_t bytes, pa_error *err)
{
    /* The last message to each rank may be shorter. */
    box->room = messages_of(bytes) + pa_least(pieces, (size_t)box->comm->size);
    box->most_pieces = pieces;
    PA_TRY(PA_NEW(box->request, box->room, err));
    PA_TRY(PA_NEW(box->length, pieces, err));
    return PA_NEW(box->address, pieces, err);
}

pa_status pa_outbox_new(pa_comm *comm, size_t pieces, size_t bytes, pa_outbox **box, pa_error *err)
{
    PA_ASSERT(pieces <= INT_MAX);
    PA_TRY(PA_NEW(*box, 1, err));
    (*box)->comm = comm;
    (*box)->to = NOBODY;
    pa_status st = outbox_room(*box, pieces, bytes, err);
    if (st == PA_OK) return PA_OK;
    pa_outbox_free(*box);
    *box = NULL;
    return st;
}

/* The message that is being filled leaves. */
static void leave(pa_outbox *box)
{
    if (box->pieces == 0) return;
    PA_ASSERT(box->n < box->room);
    pa_talk start = pa_talk_begin();
    MPI_Datatype where;
    MPI_Type_create_hindexed((int)box->pieces, box->length, box->address, MPI_BYTE, &where);
    MPI_Type_commit(&where);
    MPI_Isend(MPI_BOTTOM, 1, where, box->to, TAG, box->comm->mpi, box->request + box->n++);
    MPI_Type_free(&where);
    pa_talk_end(box->comm, start);
    if (box->to != box->comm->rank) {
        box->comm->use.bytes += (int64_t)box->bytes;
        box->comm->use.messages++;
    }
    box->bytes = 0;
    box->pieces = 0;
}

void pa_outbox_add(pa_outbox *box, int to, const void *bytes, size_t n)
{
    const char *text = bytes;
    if (to != box->to) leave(box);
    box->to = to;
    for (size_t at = 0, part; at < n; at += part) {
        part = pa_least(n - at, PA_MESSAGE - box->bytes);
        PA_ASSERT(box->pieces < box->most_pieces);
        box->length[box->pieces] = (int)part;
        MPI_Get_address(text + at, box->address + box->pieces++);
        box->bytes += part;
        if (box->bytes == PA_MESSAGE) leave(box);
    }
}

void pa_outbox_send(pa_outbox *box)
{
    leave(box);
    box->to = NOBODY;
}

void pa_outbox_wait(pa_outbox *box)
{
    pa_talk start = pa_talk_begin();
    MPI_Waitall((int)box->n, box->request, MPI_STATUSES_IGNORE);
    box->n = 0;
    pa_talk_end(box->comm, start);
}

void pa_outbox_free(pa_outbox *box)
{
    if (box) {
        pa_free(box->request);
        pa_free(box->length);
        pa_free(box->address);
    }
    pa_free(box);
}

/* Of one rank: what is still to come, and what of a message has not been taken. */
typedef struct {
    size_t coming, at, n;
    char *message;
} stream;

struct pa_inbox {
    pa_comm *comm;
    stream *from;
};

pa_status pa_inbox_new(pa_comm *comm, const size_t bytes[], pa_inbox **box, pa_error *err)
{
    PA_TRY(PA_NEW(*box, 1, err));
    (*box)->comm = comm;
    pa_status st = PA_NEW((*box)->from, (size_t)comm->size, err);
    for (int r = 0; r < comm->size && st == PA_OK; r++) {
        stream *s = (*box)->from + r;
        s->coming = bytes[r];
        if (bytes[r]) st = PA_NEW(s->message, pa_least(bytes[r], PA_MESSAGE), err);
    }
    if (st == PA_OK) return PA_OK;
    pa_inbox_free(*box);
    *box = NULL;
    return st;
}

static void receive(pa_comm *comm, int from, stream *s)
{
    pa_talk start = pa_talk_begin();
    s->at = 0;
    s->n = pa_least(s->coming, PA_MESSAGE);
    PA_ASSERT(s->n > 0);
    MPI_Recv(s->message, (int)s->n, MPI_BYTE, from, TAG, comm->mpi, MPI_STATUS_IGNORE);
    s->coming -= s->n;
    pa_talk_end(comm, start);
}

const void *pa_inbox_take(pa_inbox *box, int from, size_t *n)
{
    stream *s = box->from + from;
    if (s->at == s->n) receive(box->comm, from, s);
    *n = pa_least(*n, s->n - s->at);
    const char *bytes = s->message + s->at;
    s->at += *n;
    return bytes;
}

void pa_inbox_free(pa_inbox *box)
{
    for (int r = 0; box && box->from && r < box->comm->size; r++) pa_free(box->from[r].message);
    if (box) pa_free(box->from);
    pa_free(box);
}

void pa_send(pa_comm *comm, int to, const void *bytes, size_t n)
{
    pa_talk start = pa_talk_begin();
    PA_ASSERT(n <= PA_MESSAGE);
    MPI_Send(bytes, (int)n, MPI_BYTE, to, TAG, comm->mpi);
    comm->use.bytes += (int64_t)n;
    comm->use.messages++;
    pa_talk_end(comm, start);
}

void pa_receive(pa_comm *comm, int from, void *bytes, size_t n)
{
    pa_talk start = pa_talk_begin();
    MPI_Recv(bytes, (int)n, MPI_BYTE, from, TAG, comm->mpi, MPI_STATUS_IGNORE);
    pa_talk_end(comm, start);
}
