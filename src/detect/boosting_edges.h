/* Edges of bins over the values of all ranks. Collective. */
#ifndef PARAUDIT_DETECT_BOOSTING_EDGES_H
#define PARAUDIT_DETECT_BOOSTING_EDGES_H

#include "boosting_bins.h"
#include "paraudit/detect/points.h"

/* A column of at most max_bins values has one bin for each, others have max_bins at most, at
 * exact places of their order (pa_boosting_ordinals). An edge lies half-way between the values
 * beside it where these are known, else it is the lowest value above it. The same on all ranks,
 * for any cut of the points. *edges are freed by the caller, also after a failure. */
pa_status pa_boosting_find_edges(pa_comm *comm, const pa_points *points, size_t max_bins,
                                 pa_boosting_edges *edges, pa_error *err);

#endif
