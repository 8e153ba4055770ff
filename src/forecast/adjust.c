#include "paraudit/forecast/adjust.h"

#include <math.h>

#include "paraudit/base/math.h"

bool pa_adjust_can_be_logs(size_t n, const double y[])
{
    for (size_t t = 0; t < n; t++)
        if (!(y[t] > 0)) return false;
    return true;
}

/* So that values are of about size 1; no digit is lost. */
static double scale_of(size_t n, const double y[])
{
    double most = 0, sum = 0;
    int exponent;
    for (size_t t = 0; t < n; t++) most = fabs(y[t]) > most ? fabs(y[t]) : most;
    if (most == 0) return 1;
    for (size_t t = 0; t < n; t++) sum += fabs(y[t]) / most;
    (void)frexp(most * (sum / (double)n), &exponent);
    return ldexp(1, exponent < -1000 ? 1000 : -exponent);
}

/* to: the series in logarithms, in which factors are addends. */
static void find_season(size_t n, int32_t season, double to[], pa_adjustment *a, double work[])
{
    a->season = pa_season_can_be_seen(n, season) ? season : 1;
    a->index[0] = 0;
    if (a->season > 1) pa_season_index(n, to, season, a->index, work);
}

void pa_adjust(size_t n, const double y[], int32_t season, bool logs, double to[], pa_adjustment *a,
               double work[])
{
    a->logs = logs;
    a->factors = !logs && pa_season_can_be_seen(n, season) && pa_adjust_can_be_logs(n, y);
    a->scale = scale_of(n, y);
    a->jacobian = 0;
    for (size_t t = 0; t < n; t++)
        to[t] = logs || a->factors ? pa_ln(y[t] * a->scale) : y[t] * a->scale;
    find_season(n, season, to, a, work);
    for (size_t t = 0; t < n; t++) {
        double index = a->index[t % (size_t)a->season];
        if (logs) a->jacobian += 2 * to[t];
        if (a->factors) a->jacobian += 2 * index;
        to[t] = a->factors ? y[t] * a->scale / pa_exp(index) : to[t] - index;
    }
}

double pa_adjust_back(const pa_adjustment *a, size_t t, double v)
{
    double index = a->index[t % (size_t)a->season];
    if (a->factors) return v * pa_exp(index) / a->scale;
    return a->logs ? pa_exp(v + index) / a->scale : (v + index) / a->scale;
}
