/* What a rank must know of the rows before its own where a cut between ranks runs through a
 * merchant.
 *
 * A window's border lies some seconds before a row. While a rank walks along its own rows of the
 * merchant that began on an earlier rank, each border walks over rows of other ranks, as many as
 * come in as much time: only where a border walks must rows be seen one by one. Of those between
 * two such stretches it is enough to know how many there are and what they add up to. So a rank
 * holds rows in proportion to its own, however large the merchant and however many ranks:
 *
 *        - 30 days            - 7 days               first      last own row
 *    ----[........]-----------[........]-------------|..........|
 *          seen      stand-ins  seen      stand-ins      own
 *
 * Rows that are needed for themselves, wherever they stand, are seen as well: frauds, and late
 * labels that come in while the rank walks. */
#ifndef PARAUDIT_SRC_FEATURES_PAST_H
#define PARAUDIT_SRC_FEATURES_PAST_H

#include "paraudit/comm/view.h"
#include "paraudit/features/line.h"

typedef struct {
    int64_t reach;         /* no row as far back as this is looked at */
    size_t n_borders;      /* in seconds, the farthest first, none of them beyond the reach */
    const int64_t *border; /* a window holds the rows that are nearer than it */
    const int8_t *event;   /* of own rows, in view order, a pa_fraud_event each; NULL: no row is
                            * needed for itself */
    const int32_t *late;   /* seconds by which a label is known later than `delay` after its row;
                            * NULL: none is */
    int64_t delay;
} pa_past_needs;

typedef struct {
    pa_line line; /* what is seen of earlier ranks' rows, and then the own ones */
    uint64_t *at; /* its positions where there are earlier ones, else NULL */
    uint8_t *more;
    int64_t *n_lent;    /* rows of this rank that each of the others needs, P values */
    uint8_t *lent;      /* of each of these, what it stands for beside itself */
    uint32_t *lent_row; /* and its own row; those for rank 0 first */
} pa_past;

/* view: by position, as pa_line_place gives it, of the stride. Collective. */
pa_status pa_past_make(pa_comm *comm, const pa_view *view, uint64_t stride,
                       const pa_past_needs *needs, pa_past *past, pa_error *err);
void pa_past_free(pa_past *past); /* a zeroed one may be freed; local */

/* Puts what is seen of earlier ranks before the own rows of a column in view order, of which
 * *column may move; a stand-in has its own row's value. A value is an int8_t, or of so many int32_t
 * as its width has. Values travel in as few bytes as they take. Collective. */
pa_status pa_past_values(pa_comm *comm, const pa_past *past, size_t width, void **column,
                         pa_error *err);

/* The same where a stand-in has the sum of all it stands for. Values are at most
 * PA_AMOUNT_LIMIT. Collective. */
pa_status pa_past_sums(pa_comm *comm, const pa_past *past, int64_t **column, pa_error *err);

#endif
