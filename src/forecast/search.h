/* The least of a function of a few numbers from 0 to 1, in every lane by itself. */
#ifndef PARAUDIT_FORECAST_SEARCH_H
#define PARAUDIT_FORECAST_SEARCH_H

#include "paraudit/forecast/batch.h"

enum { PA_SEARCH_MOST = 3 };

/* Puts what the function is at u into value; infinity where it is not defined. */
typedef void pa_lane_function(void *job, const pa_lanes u[], pa_lanes value);

typedef struct {
    size_t n; /* numbers: 1 to PA_SEARCH_MOST */
    size_t n_starts;
    const double (*start)[PA_SEARCH_MOST]; /* tried first: the best of them is gone on from */
    double first_step, last_step;          /* along each number, halved until it is the last */
    pa_lane_function *function;
    void *job;
} pa_lane_search;

/* A compass search (T. Kolda, R. Lewis, V. Torczon, SIAM Review 45, 2003): deterministic, and
 * the same in each lane whatever is in the others. Local. */
void pa_lane_minimise(const pa_lane_search *search, pa_lanes u[], pa_lanes value);

#endif
