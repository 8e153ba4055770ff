#include "paraudit/forecast/season.h"

bool pa_season_can_be_seen(size_t n, int32_t season)
{
    return season >= 2 && 2 * n >= 5 * (size_t)season;
}

/* A moving average over a season around t; of an even one with half of both ends. */
static double average_around(const double y[], size_t t, size_t m)
{
    size_t half = m / 2;
    double sum = 0;
    for (size_t i = t - half; i <= t + half; i++) sum += y[i];
    if (m % 2 == 0) sum -= (y[t - half] + y[t + half]) / 2;
    return sum / (double)m;
}

static void average_places(size_t begin, size_t end, const double apart[], size_t m, double index[])
{
    for (size_t k = 0; k < m; k++) {
        size_t first = begin + (k + m - begin % m) % m, n = 0;
        double sum = 0;
        for (size_t t = first; t < end; t += m, n++) sum += apart[t];
        index[k] = sum / (double)n;
    }
}

static void centre(size_t m, double index[])
{
    double sum = 0;
    for (size_t k = 0; k < m; k++) sum += index[k];
    for (size_t k = 0; k < m; k++) index[k] -= sum / (double)m;
}

/* By the variance of an index that is due to chance, out of all that they vary. */
static void shrink(size_t begin, size_t end, const double apart[], size_t m, double index[])
{
    double chance = 0, all = 0, n = (double)(end - begin);
    for (size_t t = begin; t < end; t++) {
        double rest = apart[t] - index[t % m];
        chance += rest * rest;
    }
    for (size_t k = 0; k < m; k++) all += index[k] * index[k];
    chance *= (double)m / n / (n > (double)m + 1 ? n - (double)m : 1);
    double kept = all > 0 ? 1 - (double)(m - 1) * chance / all : 0;
    for (size_t k = 0; k < m; k++) index[k] *= kept > 0 ? kept : 0;
}

void pa_season_index(size_t n, const double y[], int32_t season, double index[], double work[])
{
    size_t m = (size_t)season, begin = m / 2, end = n - m / 2;
    PA_ASSERT(pa_season_can_be_seen(n, season));
    for (size_t t = begin; t < end; t++) work[t] = y[t] - average_around(y, t, m);
    average_places(begin, end, work, m, index);
    centre(m, index);
    shrink(begin, end, work, m, index);
}
