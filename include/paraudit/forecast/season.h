/* The season of a series by classical decomposition (S. Makridakis, S. Wheelwright, R. Hyndman,
 * Forecasting, 3rd edition, 1998, 3/4), as far as it is there: what indices would differ by
 * chance alone is taken from them (D. Miller, D. Williams, Shrinkage estimators of time series
 * seasonal factors, Int. J. Forecasting 19, 2003), so that no test says whether there is one. */
#ifndef PARAUDIT_FORECAST_SEASON_H
#define PARAUDIT_FORECAST_SEASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paraudit/base/status.h"

enum { PA_SEASON_MOST = 366 };

/* Two seasons and a half, fewer values tell nothing; false of a season below 2 too. */
bool pa_season_can_be_seen(size_t n, int32_t season);

/* The addend of each place in the season, value t having place t mod season; their mean is 0.
 * n: enough (see above); index: season values of the caller's; work: n values of the caller's. */
void pa_season_index(size_t n, const double y[], int32_t season, double index[], double work[]);

#endif
