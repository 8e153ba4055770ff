#include "paraudit/forecast/count_filter.h"

#include <math.h>
#include <stdbool.h>

#include "paraudit/base/math.h"
#include "walks.h"

static const double DEVIATIONS = 3;

pa_count_state pa_count_start(const pa_count_prior *p)
{
    return (pa_count_state){p->mean * p->strength, p->strength};
}

/* ---- from day to day ---- */

void pa_count_blur(const pa_count_prior *p, pa_count_state *s)
{
    double back = (1 - p->discount) * PA_COUNT_LEAN * p->strength;
    s->rows = p->discount * s->rows + back * p->mean;
    s->days = p->discount * s->days + back;
}

void pa_count_step(const pa_count_prior *p, double w, double count, pa_count_state *s)
{
    s->rows += pa_count_kept(s->rows, s->days, w, count);
    s->days += w;
    pa_count_blur(p, s);
}

void pa_count_skip(const pa_count_prior *p, double n_days, pa_count_state *s)
{
    double d = p->discount, left = pa_exp(n_days * pa_ln(d)),
           back = (1 - left) * PA_COUNT_LEAN * p->strength;
    s->rows = left * s->rows + back * p->mean;
    s->days = left * s->days + back + (d < 1 ? d * (1 - left) / (1 - d) : n_days);
}

void pa_count_filter(const pa_count_prior *p, const pa_forecast_batch *b, int32_t season,
                     const double factor[], const int32_t phase[PA_FORECAST_LANES], double work[],
                     pa_count_state state[PA_FORECAST_LANES])
{
    _Alignas(PA_FORECAST_ALIGN) pa_lanes rows, days;
    pa_count_state start = pa_count_start(p);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        rows[k] = start.rows;
        days[k] = start.days;
        for (int32_t t = 0; t < season; t++)
            work[(size_t)t * PA_FORECAST_LANES + (size_t)k] = factor[(phase[k] + t) % season];
    }
    const pa_count_walk_of of = {p, season, work};
    pa_walks_best()->count(b, &of, rows, days);
    for (int k = 0; k < PA_FORECAST_LANES; k++) state[k] = (pa_count_state){rows[k], days[k]};
}

/* ---- what a day says ---- */

double pa_count_innovation(const pa_count_prior *p, const pa_count_state *s, double w, double count)
{
    double mean = w * s->rows / s->days;
    double z = (count - mean) / sqrt(mean * (1 + w / (p->certainty * s->days)));
    return fmax(-DEVIATIONS, fmin(DEVIATIONS, z));
}

/* ln Gamma(x), x above 0: Stirling's series from 8 on. */
static double ln_gamma(double x)
{
    static const double HALF_LN_2PI = 0.91893853320467274178;
    double product = 1;
    for (; x < 8; x++) product *= x;
    double y = 1 / (x * x);
    double rest = (1. / 12 - y * (1. / 360 - y * (1. / 1260 - y * (1. / 1680)))) / x;
    return (x - .5) * pa_ln(x) - x + HALF_LN_2PI + rest - pa_ln(product);
}

double pa_count_ln_ways(double rows, int64_t n)
{
    double x = (double)n;
    return ln_gamma(rows + x) - ln_gamma(rows) - ln_gamma(x + 1);
}

double pa_count_log_likelihood(const pa_count_prior *p, const pa_count_state *s, double w,
                               int64_t count)
{
    double rows = p->certainty * s->rows, days = p->certainty * s->days;
    double none = -pa_ln1p(w / days);
    if (count == 0) return rows * none;
    return rows * none + (double)count * pa_ln(w / (days + w)) + pa_count_ln_ways(rows, count);
}

/* ---- a day so far ---- */

/* Where probabilities of less than this would have to be multiplied up. */
static const double LEAST_LOG = -600;

void pa_count_day_open(const pa_count_prior *p, const pa_count_state *s, double w,
                       pa_count_day *day)
{
    double days = p->certainty * s->days;
    *day = (pa_count_day){
        .mean = w * s->rows / s->days, .rows = p->certainty * s->rows, .q = w / (days + w)};
    day->log_pmf = -day->rows * pa_ln1p(w / days);
    day->pmf = pa_exp(day->log_pmf);
}

/* pmf(n + 1) / pmf(n) */
static double ratio(const pa_count_day *d, int64_t n)
{
    return (d->rows + (double)n) / (double)(n + 1) * d->q;
}

void pa_count_day_add(pa_count_day *d)
{
    double r = ratio(d, d->n++);
    d->below += d->pmf;
    if (d->log_pmf < LEAST_LOG) {
        d->log_pmf += pa_ln(r);
        d->pmf = pa_exp(d->log_pmf);
    } else {
        d->pmf *= r;
    }
}

/* Half the chance of n and those above, one by one while they weigh something; the rest as if the
 * ratio stayed as it is. */
static double sum_above(const pa_count_day *d)
{
    enum { MOST = 64 };
    double term = d->pmf, sum = term / 2, r = ratio(d, d->n);
    for (int64_t n = d->n; n < d->n + MOST && term > sum * 1e-9; n++) {
        term *= r;
        sum += term;
        r = ratio(d, n + 1);
    }
    return sum + (r < 1 ? term * r / (1 - r) : 0);
}

double pa_count_day_tail(const pa_count_day *d)
{
    const double exact = 1e-6, least = 1e-300;
    double tail = 1 - d->below - d->pmf / 2;
    if (tail < exact && d->n > 0) tail = sum_above(d);
    return tail > least ? tail : least;
}

/* Whether what the counts above n have is nothing beside a tail. */
static bool is_all_of(const pa_count_day *d, double tail)
{
    double r = ratio(d, d->n);
    if (r < d->q) r = d->q;
    return r < 1 && d->pmf * r < 1e-8 * tail * (1 - r);
}

/* The logarithm of one over a product of n such numbers has a gamma distribution: it is `sum` or
 * more where a Poisson variable of that mean is below n. */
double pa_count_day_product_tail(const pa_count_day *day, double product)
{
    const double least = 1e-300;
    pa_count_day d = *day;
    double sum = -pa_ln(product), poisson = product, below = 0, tail = 0;
    if (product >= 1) return 1;
    do {
        below += poisson;
        pa_count_day_add(&d);
        poisson *= sum / (double)d.n;
        tail += d.pmf * below;
        if (is_all_of(&d, tail)) return fmax(tail, least);
    } while ((double)d.n < sum || poisson > 1e-12);
    return tail + pa_count_day_tail(&d) - d.pmf / 2;
}

int64_t pa_count_quantile(const pa_count_prior *p, const pa_count_state *s, double w, double level)
{
    pa_count_day day;
    double most = 1e9;
    pa_count_day_open(p, s, w, &day);
    while (day.below + day.pmf < level && (double)day.n < most) pa_count_day_add(&day);
    return day.n;
}
