#include "paraudit/forecast/low_share.h"

#include <math.h>

#include "paraudit/base/math.h"

static const double LOWEST = -8, BINS_PER_SCALE = 8;
static const double LEAST = .001; /* share: so low an amount may be */

/* The place of a residual among the edges, 0 .. PA_LOW_SHARE_BINS. */
static double place_of(double residual)
{
    return fmax(0, fmin(PA_LOW_SHARE_BINS, (residual - LOWEST) * BINS_PER_SCALE));
}

void pa_low_share_count(size_t n, const double residual[], int64_t count[PA_LOW_SHARE_EDGES])
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(residual[i])) count[(int)place_of(residual[i])]++;
}

void pa_low_share_set(const int64_t count[PA_LOW_SHARE_EDGES], double edge[PA_LOW_SHARE_EDGES])
{
    const double normal = 100, SQRT_HALF = 0.70710678118654752440;
    int64_t all = 0, below = 0;
    for (int k = 0; k < PA_LOW_SHARE_EDGES; k++) all += count[k];
    for (int k = 0; k < PA_LOW_SHARE_EDGES; k++) {
        double z = LOWEST + k / BINS_PER_SCALE;
        double rows = (double)below + normal * pa_erfc(-SQRT_HALF * z) / 2;
        edge[k] = rows / ((double)all + normal);
        below += count[k];
    }
}

double pa_low_share(const double edge[PA_LOW_SHARE_EDGES], double residual)
{
    double place = place_of(residual);
    int k = (int)fmin(place, PA_LOW_SHARE_BINS - 1);
    double share = edge[k] + (place - k) * (edge[k + 1] - edge[k]);
    return fmax(LEAST, fmin(1, share));
}
