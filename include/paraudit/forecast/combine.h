/* Several forecasts made one, by how they did at earlier origins of the same or other series, and
 * intervals from how that did (G. Shafer, V. Vovk, A tutorial on conformal prediction, JMLR 9,
 * 2008). Errors count in units of what each series changes in a season. */
#ifndef PARAUDIT_FORECAST_COMBINE_H
#define PARAUDIT_FORECAST_COMBINE_H

#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

/* The unit: the mean of |y[t] - y[t - season]|, of neighbours where there is no season's worth;
 * 0 where nothing changes. */
double pa_change_of(size_t n, const double y[], int32_t season);

/* What was said at earlier origins. error: n_members x n_points, actual - said in units as above,
 * NaN where a member said nothing. ahead: of each point, 0 .. horizon - 1. on_trial: a member that
 * has to earn its place, or PA_COMBINE_MOST. */
typedef struct {
    size_t n_trials, n_members, n_points, horizon;
    const double *error;
    const int32_t *ahead;
    size_t on_trial;
} pa_trials;

enum { PA_COMBINE_MOST = 32 /* members */ };

/* Weights of the members, 0 or more, whose sum is 1: those of the least mean absolute error, as far
 * as trials are many enough to tell, and equal ones else; one member alone where it is clearly
 * better. A member on trial has none but where trials are many and the combination did worse
 * without it. PA_E_MEMORY. */
pa_status pa_combine_weights(const pa_trials *trials, double weight[], pa_error *err);

/* The mean of the middle half by weight of those that are not NaN; NaN where none of any weight is
 * there. */
double pa_combine(size_t n_members, const double weight[], const double said[], size_t stride);

/* How far they are from `middle`: the mean of |said - middle| by weight; NaN of fewer than
 * two. */
double pa_combine_disagreement(size_t n_members, const double weight[], const double said[],
                               double middle);

/* quantile: n_levels x horizon, in units as above: how far an interval of that level reaches from
 * the combination; it falls with no step ahead. NaN where trials are too few to tell.
 * PA_E_MEMORY. */
pa_status pa_combine_reach(const pa_trials *trials, const double weight[], size_t n_levels,
                           const double level[], double reach[], pa_error *err);

#endif
