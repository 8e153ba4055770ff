/* The values of several sets, cut over the ranks in their order: all values of the first set, then
 * those of the second, and so on, in as many shares of about one size as there are ranks. */
#ifndef PARAUDIT_SRC_ORDER_SHARES_H
#define PARAUDIT_SRC_ORDER_SHARES_H

#include "paraudit/order/quantiles.h"

/* Between two shares, at a value. */
typedef struct {
    size_t set;
    uint32_t key;         /* of the value: pa_key_of_f32 */
    int64_t below, up_to; /* values of all ranks in the set that are smaller, at most as large */
} pa_cut;

/* What a rank has of one set: from the value at a cut on, up to the one at the next. */
typedef struct {
    size_t set;
    const pa_cut *low; /* cuts in this set; NULL: the set's own end */
    pa_cut *high;
} pa_unit;

typedef struct {
    size_t n_sets;
    const pa_quantile_set *set; /* borrowed */
    int64_t *total;             /* values of each set of which places are asked, over all ranks */
    pa_cut *cut;                /* ranks - 1, ascending: cut r ends the share of rank r */
    pa_unit *unit;              /* of all ranks; by rank, and so by set */
    size_t *first;              /* ranks + 1: where the units of each begin */
    int rank, n_ranks;
    /* What came: from each rank how many keys of each own unit, then the keys, unit by unit. */
    uint32_t *arrived;
    const uint32_t **count, **key; /* in there, of each rank; key: those of the next unit */
} pa_shares;

/* The sets, and the values of each, are borrowed. Collective; free it after a failure as well. */
pa_status pa_shares_make(pa_comm *comm, size_t n_sets, const pa_quantile_set set[], pa_shares *s,
                         pa_error *err);
void pa_shares_free(pa_shares *s); /* local; a zeroed one may be freed */

/* Places that a unit answers for: begin up to end - 1 in the order of its set. */
int64_t pa_unit_begin(const pa_unit *u);
int64_t pa_unit_end(const pa_shares *s, const pa_unit *u);

/* Keys that came for own unit number i, which are all but those of the value at its low cut. */
size_t pa_unit_keys(const pa_shares *s, size_t i);
/* The same, in any order. Of one unit after the other, each once. Local. */
void pa_take_keys(pa_shares *s, size_t i, uint32_t key[]);

#endif
