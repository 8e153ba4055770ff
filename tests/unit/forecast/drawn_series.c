#include "drawn_series.h"

#include <string.h>

#include "paraudit/base/draw.h"

void draw_series(int which, int32_t n, double y[])
{
    double level = 1, trend = .02 * pa_uniform(which, PA_DRAW_TEST, 0, 1) - .005;
    for (int32_t t = 0; t < n; t++) {
        level += trend + .1 * (pa_uniform(which, PA_DRAW_TEST, 1, t) - .5);
        y[t] = level + .2 * (pa_uniform(which, PA_DRAW_TEST, 2, t) - .5);
    }
}

void draw_batch(const int which[], const int32_t n[], drawn_batch *b)
{
    double y[DRAWN_MOST];
    int32_t length[PA_FORECAST_LANES];
    memset(b->y, 0, sizeof b->y);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        length[k] = which[k] < 0 ? 0 : n[k];
        if (which[k] >= 0) draw_series(which[k], n[k], y);
        for (int32_t t = 0; t < length[k]; t++)
            b->y[(size_t)t * PA_FORECAST_LANES + (size_t)k] = y[t];
    }
    b->batch.y = b->y;
    pa_forecast_batch_lengths(PA_FORECAST_LANES, length, &b->batch);
}

const pa_walks *walks_here(int i)
{
#ifdef __x86_64__
    if (i == 1 && __builtin_cpu_supports("avx2")) return &pa_walks_avx2;
#endif
    return i == 0 ? pa_walks_best() : NULL;
}
