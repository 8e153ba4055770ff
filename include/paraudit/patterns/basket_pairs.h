/* Baskets in a CSV file with a row for each item of a basket, plain, .gz or .zst, read by all
 * ranks together. The rows of a basket may stand anywhere in it. */
#ifndef PARAUDIT_PATTERNS_BASKET_PAIRS_H
#define PARAUDIT_PATTERNS_BASKET_PAIRS_H

#include "paraudit/comm/comm.h"
#include "paraudit/comm/dictionary.h"
#include "paraudit/patterns/baskets.h"
#include "paraudit/patterns/pair_rows.h"
#include "paraudit/text/source.h"

/* Names of the two columns, or their places from 1; borrowed. */
typedef struct {
    const char *basket, *item;
    bool no_header; /* the first line is a row */
} pa_pair_columns;

typedef struct {
    pa_baskets here; /* whole ones, of this rank: a hash of its name says whose a basket is */
    pa_names items;  /* of each code, in the order of their bytes: on every rank */
    int64_t n_global;
    int64_t n_repeated; /* items that were in their basket already, of all ranks; left out */
    int64_t n_fault[PA_PAIR_N], first_fault, n_cut; /* pair_rows.h, of all ranks */
    size_t *first;
    int32_t *item;
} pa_basket_pairs;

/* PA_E_NO_INPUT, PA_E_IO, PA_E_MEMORY; PA_E_DATA with file and line: no such column, a broken
 * row (csv/records.h), one with other fields than the header; without: no basket at all. On
 * failure there is nothing to free. Collective. */
pa_status pa_basket_pairs_read(pa_comm *comm, const char *path, const pa_pair_columns *columns,
                               const pa_text_io *io, pa_basket_pairs *pairs, pa_error *err);
void pa_basket_pairs_free(pa_basket_pairs *pairs); /* local */

#endif
