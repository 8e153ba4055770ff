#include "paraudit/comm/message.h"

#include "comm_mpi.h"
#include "paraudit/base/array.h"

enum { TAG = 7701 };

struct pa_outbox {
    pa_comm *comm;
    MPI_Request *request; /* a message each */
    size_t n, room;
};

static size_t messages_of(size_t bytes)
{
    return bytes / PA_MESSAGE + (bytes % PA_MESSAGE != 0);
}

pa_status pa_outbox_new(pa_comm *comm, size_t n, pa_outbox **box, pa_error *err)
{
    PA_TRY(PA_NEW(*box, 1, err));
    (*box)->comm = comm;
    (*box)->room = messages_of(n);
    return PA_NEW((*box)->request, (*box)->room, err);
}

void pa_outbox_send(pa_outbox *box, int to, const void *bytes, size_t n)
{
    const char *text = bytes;
    bool leaves = to != box->comm->rank;
    if (leaves) box->comm->use.bytes += (int64_t)n;
    for (size_t at = 0; at < n; at += PA_MESSAGE) {
        PA_ASSERT(box->n < box->room);
        MPI_Isend(text + at, (int)pa_least(n - at, PA_MESSAGE), MPI_BYTE, to, TAG, box->comm->mpi,
                  box->request + box->n++);
        box->comm->use.messages += leaves;
    }
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
    if (box) pa_free(box->request);
    pa_free(box);
}

void pa_receive(pa_comm *comm, int from, void *bytes, size_t n)
{
    pa_talk start = pa_talk_begin();
    MPI_Recv(bytes, (int)n, MPI_BYTE, from, TAG, comm->mpi, MPI_STATUS_IGNORE);
    pa_talk_end(comm, start);
}
