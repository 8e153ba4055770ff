/* A series as models take it: of about size 1, in logarithms or not, without its season. */
#ifndef PARAUDIT_FORECAST_ADJUST_H
#define PARAUDIT_FORECAST_ADJUST_H

#include "paraudit/forecast/season.h"

/* How it was adjusted; the way back. */
typedef struct {
    bool logs;
    bool factors; /* the season divides: by the exponential of its index */
    double scale; /* a power of 2 */
    int32_t season;
    double index[PA_SEASON_MOST];
    double jacobian; /* what is added to -2 ln likelihood to be that of the series as it was */
} pa_adjustment;

/* Whether logarithms may be taken: all values are above 0. */
bool pa_adjust_can_be_logs(size_t n, const double y[]);

/* to, work: n values of the caller's. Seasons are factors where all values are above 0, and
 * addends elsewhere and in logarithms. n: 1 or more. */
void pa_adjust(size_t n, const double y[], int32_t season, bool logs, double to[],
               pa_adjustment *adjustment, double work[]);

/* What a model says of value t (from 0), as the series would have it. */
double pa_adjust_back(const pa_adjustment *adjustment, size_t t, double v);

#endif
