#include "paraudit/forecast/lowness.h"

#include <math.h>

#include "paraudit/base/math.h"

static const double LOWEST = -8, BINS_PER_SCALE = 8;
static const double LEAST = .001; /* share: so low an amount may be */

/* The place of a residual among the edges, 0 .. PA_LOWNESS_BINS. */
static double place_of(double residual)
{
    return fmax(0, fmin(PA_LOWNESS_BINS, (residual - LOWEST) * BINS_PER_SCALE));
}

void pa_lowness_count(size_t n, const double residual[], int64_t count[PA_LOWNESS_EDGES])
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(residual[i])) count[(int)place_of(residual[i])]++;
}

void pa_lowness_set(const int64_t count[PA_LOWNESS_EDGES], double edge[PA_LOWNESS_EDGES])
{
    const double normal = 100, SQRT_HALF = 0.70710678118654752440;
    int64_t all = 0, below = 0;
    for (int k = 0; k < PA_LOWNESS_EDGES; k++) all += count[k];
    for (int k = 0; k < PA_LOWNESS_EDGES; k++) {
        double z = LOWEST + k / BINS_PER_SCALE;
        double rows = (double)below + normal * pa_erfc(-SQRT_HALF * z) / 2;
        edge[k] = rows / ((double)all + normal);
        below += count[k];
    }
}

double pa_lowness(const double edge[PA_LOWNESS_EDGES], double residual)
{
    double place = place_of(residual);
    int k = (int)fmin(place, PA_LOWNESS_BINS - 1);
    double share = edge[k] + (place - k) * (edge[k + 1] - edge[k]);
    return -pa_ln(fmax(LEAST, fmin(1, share)));
}
