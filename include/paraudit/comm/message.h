/* Bytes from one rank to another, where a collective would move too much: blocks
 * that lie over the cut between neighbours, say. All calls are local; what is
 * sent must be received, in the order of sending and cut alike. */
#ifndef PARAUDIT_COMM_MESSAGE_H
#define PARAUDIT_COMM_MESSAGE_H

#include "paraudit/comm/comm.h"

enum { PA_MESSAGE = 1 << 20 }; /* most bytes of one message */

/* What this rank has sent and may not have arrived yet. */
typedef struct pa_outbox pa_outbox;

/* Room for n bytes in all. */
pa_status pa_outbox_new(pa_comm *comm, size_t n, pa_outbox **box, pa_error *err);
/* Sends n bytes in messages of PA_MESSAGE bytes, the last one shorter. They are
 * borrowed and stay as they are until pa_outbox_wait. Does not wait. */
void pa_outbox_send(pa_outbox *box, int to, const void *bytes, size_t n);
/* Until all has left. */
void pa_outbox_wait(pa_outbox *box);
void pa_outbox_free(pa_outbox *box); /* after pa_outbox_wait; NULL may be freed */

/* Waits for one message of n bytes. */
void pa_receive(pa_comm *comm, int from, void *bytes, size_t n);

#endif
