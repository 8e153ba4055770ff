/* How well one score separates frauds from the rest: areas under two curves,
 * exact over all rows of all ranks, ties included. */
#ifndef PARAUDIT_EVALUATE_AREAS_H
#define PARAUDIT_EVALUATE_AREAS_H

#include "paraudit/comm/comm.h"

typedef struct {
    double auroc;             /* NaN without both classes */
    double average_precision; /* NaN without a fraud */
} pa_areas;

/* score: n values, the larger the odder; fraud: n values 0 or 1. Equal on all
 * ranks and for any cut of the rows. Collective. */
pa_status pa_find_areas(pa_comm *comm, size_t n, const float score[], const uint8_t fraud[],
                        pa_areas *areas, pa_error *err);

#endif
