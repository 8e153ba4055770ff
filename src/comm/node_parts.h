/* A node-shared array while it is filled: each rank writes what it has into the
 * memory of its own node, and the leaders bring it to the other nodes. */
#ifndef PARAUDIT_SRC_COMM_NODE_PARTS_H
#define PARAUDIT_SRC_COMM_NODE_PARTS_H

#include "paraudit/comm/node_array.h"

typedef struct {
    size_t at; /* in the array */
    size_t bytes;
    int64_t rank; /* who writes it */
} pa_node_part;

/* Memory of zeros on every node. Collective; on failure all ranks leave together. */
pa_status pa_node_memory_new(pa_comm *comm, size_t bytes, char **data, pa_error *err);

/* Once each rank has written its parts: makes all nodes' copies whole and
 * read-only, and an array of `data`. part: all of them, the same on all ranks; no
 * two overlap. Collective. */
void pa_node_memory_share(pa_comm *comm, char *data, size_t bytes, size_t n,
                          const pa_node_part part[], pa_node_array *array);

#endif
