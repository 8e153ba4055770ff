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
 * labels that come in while the rank walks.
 *
 * The shorter a rank's part is beside the windows, the more ranks look at the same rows. A row is
 * told once to each machine, whose ranks share what they were told and read of it what they need:
 * blocks of rows that no rank of the machine sees one by one are sums there, and the others can be
 * passed over. */
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

/* Own rows side by side of which a machine is told. */
typedef struct {
    uint32_t row; /* the first */
    uint16_t n;
    bool told; /* one by one */
} pa_past_block;

typedef enum { PA_PAST_NOTHING, PA_PAST_ROWS, PA_PAST_TOGETHER } pa_past_use;

/* A block of which this rank's machine was told. */
typedef struct {
    uint16_t n;
    uint8_t told, use; /* use: a pa_past_use, what this rank takes of it */
} pa_past_met;

typedef struct {
    pa_line line; /* what is seen of earlier ranks' rows, and then the own ones */
    uint64_t *at; /* its positions where there are earlier ones, else NULL */
    uint8_t *more;
    int n_nodes;
    int64_t *n_lent;     /* blocks of which each machine is told, n_nodes values */
    pa_past_block *lent; /* these, those for machine 0 first */
    pa_past_met *met;
    size_t n_met;
} pa_past;

/* view: by position, as pa_line_place gives it, of the stride. Collective. */
pa_status pa_past_make(pa_comm *comm, const pa_view *view, uint64_t stride,
                       const pa_past_needs *needs, pa_past *past, pa_error *err);
void pa_past_free(pa_past *past); /* a zeroed one may be freed; local */

enum { PA_PAST_WIDEST = sizeof(int64_t) };

/* Puts what is seen of earlier ranks before the own rows of a column in view order, of which
 * *column may move; all bytes of a stand-in's value are those of `none`, 0 or -1. A value is an
 * int8_t, or of so many int32_t as its width has, at most PA_PAST_WIDEST. Values travel in as few
 * bytes as they take. Collective. */
pa_status pa_past_values(pa_comm *comm, const pa_past *past, size_t width, int none, void **column,
                         pa_error *err);

/* The same where a stand-in has the sum of all it stands for. Values are at most
 * PA_AMOUNT_LIMIT. Collective. */
pa_status pa_past_sums(pa_comm *comm, const pa_past *past, int64_t **column, pa_error *err);

#endif
