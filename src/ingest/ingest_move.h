/* Columns of rows on their way to the owners of accounts, and there into their
 * order. */
#ifndef PARAUDIT_SRC_INGEST_INGEST_MOVE_H
#define PARAUDIT_SRC_INGEST_INGEST_MOVE_H

#include "ingest_parts.h"
#include "paraudit/comm/route.h"

/* Memory of columns that have moved takes the next ones, by the width of their values:
 * new pages cost more time than the values that are put there. */
enum { WIDEST_SPARE = 8 };

/* Columns that wait for others to travel with; so many bytes a row are not worth waiting. */
enum { MOST_WAITING = 8, ENOUGH_WAITING = 48 };

typedef struct {
    pa_comm *comm;
    pa_route *route; /* NULL: of a single rank */
    size_t n_read;   /* rows that were read here */
    size_t n;        /* rows that belong here */
    uint32_t *order; /* of what arrives */
    char *ids;       /* text ids, id_width bytes each, padded with zero bytes; NULL: numbers */
    size_t id_width;
    void *spare[WIDEST_SPARE + 1];
    pa_column_move waiting[MOST_WAITING];
    void *from[MOST_WAITING]; /* the memory of each that waits */
    size_t n_waiting, n_placed, width_waiting;
    pa_status failed; /* here, since columns last travelled */
} pa_mover;

void pa_mover_free(pa_mover *m);

/* Memory for a column of the rows here, with any values, and where it is left. Local. */
void *pa_mover_take(pa_mover *m, size_t width, pa_error *err);
void pa_mover_leave(pa_mover *m, size_t width, void *data);

/* n columns that order rows come here, in the order of arrival. column: the addresses of their
 * memory, which is replaced. Collective. */
pa_status pa_mover_send_keys(pa_mover *m, size_t n, const size_t width[], void *const column[],
                             pa_error *err);

/* The order of what has arrived, of the keys in `rows`; the route is told. Local. */
pa_status pa_mover_find_order(pa_mover *m, const pa_csv_batch *rows, const pa_partition *accounts,
                              pa_error *err);

/* A new column of the table, with any values. Local. */
pa_status pa_mover_add_column(pa_mover *m, pa_table *t, const pa_column_spec *spec, void **data,
                              pa_error *err);

/* Puts what pa_mover_send_keys brought here into the table, in order; or a column that
 * was read here and orders nothing, whose values may come with those of later ones, with
 * pa_mover_flush at last. column: of the address of its memory, NULL then. Collective. */
pa_status pa_mover_place_key(pa_mover *m, pa_table *t, const pa_column_spec *spec, void *column,
                             pa_error *err);
pa_status pa_mover_place(pa_mover *m, pa_table *t, const pa_column_spec *spec, void *column,
                         pa_error *err);
pa_status pa_mover_flush(pa_mover *m, pa_error *err);

#endif
