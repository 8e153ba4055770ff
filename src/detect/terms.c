#include "paraudit/detect/terms.h"

#include <math.h>
#include <stdbool.h>

#include "paraudit/base/math.h"

/* Deviations that count of a value, and spreads. */
static const double MOST_FAR = 16, MOST_SPREADS = 1e30;

typedef struct {
    size_t n;
    const float *value;
    const int64_t *below, *up_to;
    int64_t rows;
} column;

/* How many rows a knot stands for. */
static double weight_of(const column *c, size_t k)
{
    double weight = (double)(c->up_to[k] - c->below[k]);
    if (k > 0) weight += (double)(c->below[k] - c->up_to[k - 1]) / 2;
    if (k + 1 < c->n) weight += (double)(c->below[k + 1] - c->up_to[k]) / 2;
    return weight;
}

typedef struct {
    double mean, deviation;
} scale;

/* Of n values with a stride; infinite ones are left out. */
static scale scale_of(const column *c, size_t stride, const double value[])
{
    double weights = 0, sum = 0, squares = 0;
    for (size_t k = 0; k < c->n; k++) {
        if (!isfinite(value[k * stride])) continue;
        weights += weight_of(c, k);
        sum += weight_of(c, k) * value[k * stride];
    }
    double mean = weights > 0 ? sum / weights : 0;
    for (size_t k = 0; k < c->n; k++) {
        if (!isfinite(value[k * stride])) continue;
        double off = value[k * stride] - mean;
        squares += weight_of(c, k) * off * off;
    }
    return (scale){mean, weights > 0 ? sqrt(squares / weights) : 0};
}

/* The smallest knot that `share` of the rows do not exceed. */
static double quantile(const column *c, double share)
{
    size_t k = 0;
    while (k + 1 < c->n && (double)c->up_to[k] < share * (double)c->rows) k++;
    return (double)c->value[k];
}

static double within(double v, double most)
{
    return v > most ? most : v < -most ? -most : v;
}

static void put_far(const column *c, double term[])
{
    for (size_t k = 0; k < c->n; k++) term[k * PA_TERMS] = (double)c->value[k];
    scale s = scale_of(c, PA_TERMS, term);
    for (size_t k = 0; k < c->n; k++) {
        double off = term[k * PA_TERMS] - s.mean;
        term[k * PA_TERMS] = s.deviation > 0 ? within(off / s.deviation, MOST_FAR) : 0;
    }
}

static double spread_of(const column *c)
{
    double spread = (quantile(c, 0.75) - quantile(c, 0.25)) / 2;
    if (spread > 0 && isfinite(spread)) return spread;
    return 1;
}

static void put_logarithm(const column *c, double term[])
{
    double median = within(quantile(c, 0.5), MOST_SPREADS * MOST_SPREADS), spread = spread_of(c);
    for (size_t k = 0; k < c->n; k++) {
        double off = within(((double)c->value[k] - median) / spread, MOST_SPREADS);
        double size = pa_ln1p(fabs(off));
        term[k * PA_TERMS] = off < 0 ? -size : size;
    }
}

static void put_shares(const column *c, double term[])
{
    double rows = (double)c->rows;
    for (size_t k = 0; k < c->n; k++) {
        term[k * PA_TERMS] = -pa_ln((double)c->up_to[k] / rows);
        term[k * PA_TERMS + 1] = -pa_ln((double)(c->rows - c->below[k]) / rows);
    }
}

/* Mean 0, deviation 1. What varies by no more than rounding does not vary. */
static void standardise(const column *c, double term[])
{
    const double least = 1e-9;
    scale s = scale_of(c, PA_TERMS, term);
    bool varies = s.deviation > least * (1 + fabs(s.mean));
    for (size_t k = 0; k < c->n; k++)
        term[k * PA_TERMS] = varies ? (term[k * PA_TERMS] - s.mean) / s.deviation : 0;
}

void pa_terms_of(size_t n_knots, const float value[], const int64_t below[], const int64_t up_to[],
                 double term[])
{
    if (n_knots == 0) return;
    const column c = {n_knots, value, below, up_to, up_to[n_knots - 1]};
    put_far(&c, term);
    put_logarithm(&c, term + 1);
    put_shares(&c, term + 2);
    for (size_t i = 0; i < PA_TERMS; i++) standardise(&c, term + i);
}
