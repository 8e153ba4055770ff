/* Where the bulk of a book's dates lies; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_DATES_H
#define PARAUDIT_PIPELINE_DATES_H

#include "paraudit/comm/comm.h"

/* Where a book's dates begin and end, without the few rows that lie far outside: typing
 * errors, and dates that stand for none.
 *
 * `few` is a two-hundredth of the rows, but at least three, or a twentieth where that is
 * less. The middle of the book goes from the row at place `few` (from 0, in order of time)
 * to that at place n - 1 - few. Outwards from the middle, the bulk ends at the row behind
 * which an empty stretch follows that is longer than all that lies between that row and the
 * quartile on the other side (the row at place n / 4, or n - 1 - n / 4), and than 28 days: a
 * quartile, since more than `few` rows far outside on the other side would make any stretch
 * short. What is beyond is far outside: `few` rows a side at most. A book that grew from few
 * rows is bulk to its first one, since no stretch in it is as long as what follows. */
typedef struct {
    int64_t first_time, last_time; /* of the bulk */
    int64_t n_before, n_after;     /* rows far outside of it */
} pa_date_bulk;

/* time: n values here, at least one over all ranks; first_time, last_time: of all of
 * them. Exact, the same for any number of ranks. PA_E_MEMORY. Collective. */
pa_status pa_find_bulk(pa_comm *comm, size_t n, const int64_t time[], int64_t first_time,
                       int64_t last_time, pa_date_bulk *bulk, pa_error *err);

/* Rows of the median week, of those that have any, from `from` on up to the week that holds
 * until - 1; the lower of the two in the middle. No rows: 0. PA_E_MEMORY. Collective. */
pa_status pa_median_week(pa_comm *comm, size_t n, const int64_t time[], int64_t from, int64_t until,
                         int64_t *rows, pa_error *err);

#endif
