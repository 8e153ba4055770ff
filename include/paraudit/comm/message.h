/* Bytes from one rank to another, where a collective would move too much: blocks
 * that lie over the cut between neighbours, say. What a rank sends another is one
 * stream, however many pieces it is made of, and travels in messages of PA_MESSAGE
 * bytes, the last one shorter: many small pieces cost no more than a large one. */
#ifndef PARAUDIT_COMM_MESSAGE_H
#define PARAUDIT_COMM_MESSAGE_H

#include "paraudit/comm/comm.h"

enum { PA_MESSAGE = 2 << 20 }; /* most bytes of one message */

/* What this rank has sent and may not have arrived yet. */
typedef struct pa_outbox pa_outbox;

/* Room for so many pieces, of so many bytes in all. Local. */
pa_status pa_outbox_new(pa_comm *comm, size_t pieces, size_t bytes, pa_outbox **box, pa_error *err);
/* The next n bytes of what goes to a rank. They are borrowed and stay as they are until
 * pa_outbox_wait. Of one rank all, then of the next: a rank that had its turn gets no more.
 * Local. */
void pa_outbox_add(pa_outbox *box, int to, const void *bytes, size_t n);
/* All that was added leaves. Does not wait. */
void pa_outbox_send(pa_outbox *box);
/* Until all has left, once it was sent. */
void pa_outbox_wait(pa_outbox *box);
void pa_outbox_free(pa_outbox *box); /* after pa_outbox_wait; NULL may be freed */

/* What other ranks send this one. */
typedef struct pa_inbox pa_inbox;

/* bytes: what comes from each rank, P values. Local. */
pa_status pa_inbox_new(pa_comm *comm, const size_t bytes[], pa_inbox **box, pa_error *err);
/* At most *n bytes that come next from a rank, more than none; *n: how many they are. They stay
 * until the next call for that rank. Waits. */
const void *pa_inbox_take(pa_inbox *box, int from, size_t *n);
void pa_inbox_free(pa_inbox *box); /* all has been taken; NULL may be freed */

/* One message of at most PA_MESSAGE bytes; may wait until it is received. */
void pa_send(pa_comm *comm, int to, const void *bytes, size_t n);
/* Waits for one message of n bytes. */
void pa_receive(pa_comm *comm, int from, void *bytes, size_t n);

#endif
