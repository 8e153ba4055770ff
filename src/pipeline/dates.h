/* Where the bulk of a book's dates lies; private to the pipeline. */
#ifndef PARAUDIT_PIPELINE_DATES_H
#define PARAUDIT_PIPELINE_DATES_H

#include "paraudit/comm/comm.h"

/* Without the few rows that lie far outside. With `few` = n / 200, but at least the
 * smaller of 10 and n / 20, the middle of the book is what lies from the time at place
 * `few` (from 0, in order of time) to that at place n - 1 - few. A row is far outside
 * where it lies beyond the middle by more than the middle's own length and more than 28
 * days: a typing error, or a date that stands for none, of which a book has few. */
typedef struct {
    int64_t first_time, last_time; /* of the rows that are not far outside */
    int64_t n_before, n_after;     /* of those that are */
} pa_date_bulk;

/* time: n values here, at least one over all ranks; first_time, last_time: of all of
 * them. Exact, the same for any number of ranks. Collective. */
pa_date_bulk pa_find_bulk(pa_comm *comm, size_t n, const int64_t time[], int64_t first_time,
                          int64_t last_time);

/* Rows of the median week from `from` on, up to the week that holds until - 1; the lower
 * of the two in the middle. PA_E_MEMORY. Collective. */
pa_status pa_median_week(pa_comm *comm, size_t n, const int64_t time[], int64_t from, int64_t until,
                         int64_t *rows, pa_error *err);

#endif
