#include "paraudit/recommend/mixture.h"

#include <math.h>

static const double units = 1 << 30, kept = .99;

void pa_mixture_start(size_t levels, size_t parts, double weight[])
{
    for (size_t i = 0; i < levels * parts; i++) weight[i] = 1 / (double)parts;
}

double pa_mixture_of(size_t parts, const float part[], const double weight[], int *most)
{
    double sum = 0, largest = -1;
    for (size_t k = 0; k < parts; k++) {
        double p = weight[k] * (double)part[k];
        sum += p;
        if (p > largest) {
            largest = p;
            *most = (int)k;
        }
    }
    return sum;
}

double pa_mixture_next(size_t parts, const float part[], const double weight[], pa_mixture_own *own,
                       int *most)
{
    double mixed[PA_MIXTURE_PARTS];
    for (size_t k = 0; k < parts; k++)
        mixed[k] = (PA_MIXTURE_OWN * weight[k] + own->part[k]) / (PA_MIXTURE_OWN + own->rows);
    double all = pa_mixture_of(parts, part, mixed, most);
    if (!(all > 0)) return all;
    for (size_t k = 0; k < parts; k++)
        own->part[k] = own->part[k] * kept + mixed[k] * (double)part[k] / all;
    own->rows = own->rows * kept + 1;
    return all;
}

void pa_mixture_add(size_t n, size_t parts, const float part[], const int8_t level[],
                    const double weight[], int64_t sum[])
{
    for (size_t i = 0; i < n; i++) {
        int most;
        if (level[i] < 0) continue;
        const float *p = part + i * parts;
        const double *w = weight + (size_t)level[i] * parts;
        double all = pa_mixture_of(parts, p, w, &most);
        if (!(all > 0)) continue;
        int64_t *to = sum + (size_t)level[i] * parts;
        for (size_t k = 0; k < parts; k++)
            to[k] += (int64_t)floor(w[k] * (double)p[k] / all * units + .5);
    }
}

void pa_mixture_step(size_t levels, size_t parts, const int64_t sum[], double weight[])
{
    double of_all[PA_MIXTURE_PARTS] = {0}, all = 0;
    for (size_t l = 0; l < levels; l++)
        for (size_t k = 0; k < parts; k++) of_all[k] += (double)sum[l * parts + k];
    for (size_t k = 0; k < parts; k++) all += of_all[k];
    if (!(all > 0)) return;
    for (size_t l = 0; l < levels; l++) {
        double rows = 0, prior = PA_MIXTURE_PRIOR * units;
        for (size_t k = 0; k < parts; k++) rows += (double)sum[l * parts + k];
        for (size_t k = 0; k < parts; k++)
            weight[l * parts + k] =
                ((double)sum[l * parts + k] + prior * (of_all[k] / all)) / (rows + prior);
    }
}

void pa_mixture_follow(size_t levels, size_t parts, const int64_t more[], int64_t sum[],
                       double weight[])
{
    double rows = 0;
    for (size_t i = 0; i < levels * parts; i++) rows += (double)sum[i] / units;
    for (size_t i = 0; i < levels * parts; i++)
        sum[i] = (rows > PA_MIXTURE_KEPT ? sum[i] / 2 : sum[i]) + more[i];
    pa_mixture_step(levels, parts, sum, weight);
}
