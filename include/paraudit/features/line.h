/* Rows of many owners on one line of time.
 *
 * A window of an account or a merchant is an interval of time that must not
 * see the rows of another owner. So all rows are placed on one line, owner
 * after owner, with a gap as long as the longest window (the reach) between
 * two of them:
 *
 *     owner 0: |- - --  -|  reach  |owner 1: - - -|  reach  |owner 2 ...
 *     position = owner * stride + (time - first_time)
 *     stride   = (last_time - first_time) + reach
 *
 * A window is then a difference of positions; the kernels need not know owners,
 * and what stands before a rank (the halo) is cut by position alone. Rows are
 * in the order (owner, time, tx): of rows with equal positions the later one
 * sees the earlier one and not the other way round. */
#ifndef PARAUDIT_FEATURES_LINE_H
#define PARAUDIT_FEATURES_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* n_halo rows that are only looked at, then n rows whose columns are wanted.
 * The halo holds at least all rows nearer than the reach to the first of the n.
 * at: n_halo + n positions, ascending; borrowed. Input columns of the kernels
 * have n_halo + n values, outputs n.
 *
 * A row of the halo may stand for rows right before it as well, where no border
 * of a window comes to lie among them for any of the n rows, and none of them is
 * a fraud: more has n_halo values, how many these are. An amount is then the sum
 * of theirs and its own. */
typedef struct {
    size_t n_halo;
    size_t n;
    const uint64_t *at;
    const uint8_t *more; /* NULL: each row stands for itself alone */
} pa_line;

/* Rows that row i stands for beside itself. */
static inline size_t pa_line_more(const pa_line *line, size_t i)
{
    return i < line->n_halo && line->more ? line->more[i] : 0;
}

/* Times and reach in seconds, |time| at most PA_TIME_LIMIT, reach >= 0. Without
 * rows (first_time > last_time) the stride is the reach. PA_E_DATA where n_owners
 * strides do not fit into 63 bits; `what` names the owners in the message. */
pa_status pa_line_stride(int64_t first_time, int64_t last_time, int64_t reach, int64_t n_owners,
                         const char *what, uint64_t *stride, pa_error *err);

/* owner: codes from 0. at: n positions in the caller's memory. */
void pa_line_place(size_t n, const int32_t owner[], const int64_t time[], int64_t first_time,
                   uint64_t stride, uint64_t at[]);

/* What the kernels take: 34,000 years to both sides of 1970, and amounts of which
 * double precision holds every one. */
#define PA_TIME_LIMIT ((int64_t)1 << 40)
#define PA_AMOUNT_LIMIT ((int64_t)1 << 53)

/* The first row beyond either limit, as PA_E_DATA that names its transaction. */
pa_status pa_line_check(size_t n, const int64_t tx[], const int64_t time[],
                        const int64_t amount_minor[], pa_error *err);

#endif
