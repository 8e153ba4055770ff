/* What all ranks need and none changes lies once on a node, not once a rank.
 *
 * For what is large and replicated by design: trees, vectors, rules. The memory
 * is the system's shared memory (/dev/shm), or where that is too small a file in
 * $TMPDIR (else /tmp), taken in full when the array is made, so that a node without
 * room is an error that all ranks hear of (PA_E_MEMORY) and not a fault at a later
 * touch. MPI's own shared windows promise neither.
 *
 * An array is made whole by one call and is read-only from then on: a write ends
 * the process. It belongs to who made it and lives until each rank has freed its
 * own; freeing needs no other rank, and the ranks may have stopped before. */
#ifndef PARAUDIT_COMM_NODE_ARRAY_H
#define PARAUDIT_COMM_NODE_ARRAY_H

#include "paraudit/comm/comm.h"

/* Any number of bytes; those of another rank stand at another address. */
typedef struct {
    const void *data; /* never NULL in an array that was made, of 0 bytes too */
    size_t bytes;
} pa_node_array;

/* What `root` has: data and bytes count there alone and are borrowed for the call. */
pa_status pa_node_array_broadcast(pa_comm *comm, const void *data, size_t bytes, int root,
                                  pa_node_array *array, pa_error *err);

/* The blocks of all ranks one after the other, rank 0 first: pa_gather_all for
 * what is large. No rank holds more than its own block beside the array. */
pa_status pa_node_array_gather(pa_comm *comm, const void *block, size_t bytes, pa_node_array *array,
                               pa_error *err);

/* The machine of each rank, numbered from 0 by their lowest ranks (pa_comm_nodes says how many
 * there are): P values, comm's. Collective. */
pa_status pa_node_of_ranks(pa_comm *comm, const int **node, pa_error *err);

/* Bytes that each rank has for whole machines: n[k] of them go to machine k, those for machine 0
 * first, and lie there once however many ranks it has. The array differs from machine to machine:
 * what came to it, by source rank. PA_E_USAGE from 2^32 bytes on. Collective. */
pa_status pa_node_array_exchange(pa_comm *comm, const void *bytes, const int64_t n[],
                                 pa_node_array *array, pa_error *err);

void pa_node_array_free(pa_node_array *array); /* local; a zeroed array may be freed */

#endif
