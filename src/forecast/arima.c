#include "paraudit/forecast/arima.h"

#include <math.h>
#include <string.h>

#include "paraudit/base/math.h"

/* ---- differences ---- */

/* The test's statistic of stationarity around a level. */
static double kpss(size_t n, const double y[])
{
    size_t lags = (size_t)(3 * sqrt((double)n) / 13);
    double mean = 0, partial = 0, sums = 0, variance = 0;
    for (size_t t = 0; t < n; t++) mean += y[t] / (double)n;
    for (size_t t = 0; t < n; t++) {
        partial += y[t] - mean;
        sums += partial * partial;
    }
    for (size_t lag = 0; lag <= lags; lag++) {
        double c = 0, weight = lag == 0 ? 1 : 2 * (1 - (double)lag / (double)(lags + 1));
        for (size_t t = lag; t < n; t++) c += (y[t] - mean) * (y[t - lag] - mean);
        variance += weight * c;
    }
    return variance > 0 ? sums / ((double)n * variance) : 0;
}

static void difference(size_t n, double y[])
{
    for (size_t t = 0; t + 1 < n; t++) y[t] = y[t + 1] - y[t];
}

int pa_arima_differences(size_t n, const double y[], size_t stride, double work[])
{
    /* At 5 % for the first, at 1 % for the second: a trend that wanders runs far away. */
    static const double beyond[PA_ARIMA_DIFFERENCES] = {.463, .739};
    int d = 0;
    for (size_t t = 0; t < n; t++) work[t] = y[t * stride];
    while (d < PA_ARIMA_DIFFERENCES && n > 4 && kpss(n, work) > beyond[d]) {
        difference(n--, work);
        d++;
    }
    return d;
}

/* ---- the grid ---- */

enum {
    ORDERS = (PA_ARMA_AR + 1) * (PA_ARMA_MA + 1),
    CANDIDATES = 2 * ORDERS /* with a mean, then without */
};

typedef struct {
    pa_forecast_batch batch; /* differenced */
    pa_arima_fitted *fitted;
    pa_arma_fitted candidate[CANDIDATES];
    bool is_fitted[CANDIDATES]; /* in all lanes, as soon as one asks for it */
} grid;

static void difference_lane(const pa_forecast_batch *b, int k, double work[], double one[],
                            pa_arima_fitted *f, int32_t *n)
{
    const double *y = b->y + k;
    f->d = pa_arima_differences((size_t)b->n[k], y, PA_FORECAST_LANES, one);
    *n = b->n[k] > f->d ? b->n[k] - f->d : 0;
    for (int32_t t = 0; t < b->n_most; t++) {
        double v = t < b->n[k] ? y[(size_t)t * PA_FORECAST_LANES] : 0;
        work[(size_t)t * PA_FORECAST_LANES + (size_t)k] = t < *n ? one[t] : 0;
        if (t + 1 == b->n[k]) f->level[0] = v;
        if (t + 1 == b->n[k] && t > 0) f->level[1] = v - y[(size_t)(t - 1) * PA_FORECAST_LANES];
    }
}

static const pa_arma_fitted *candidate_of(grid *g, bool with_mean, int p, int q)
{
    int i = (with_mean ? 0 : ORDERS) + p * (PA_ARMA_MA + 1) + q;
    pa_arma_fitted *c = g->candidate + i;
    if (g->is_fitted[i]) return c;
    c->mean = with_mean;
    c->p = p;
    c->q = q;
    pa_arma_fit(&g->batch, c);
    g->is_fitted[i] = true;
    return c;
}

/* ---- the choice ---- */

/* Do both sides have nearly one root? By their resultant: the product of all differences of the
 * inverse roots, those of phi's side z^p - phi1 z^(p-1) - ..., and z + theta1 or
 * z^2 + theta1 z + theta2. */
static bool nearly_cancels(const double phi[], int p, const double theta[], int q)
{
    const double near = .02;
    double a = 0, b = 1, sum = q > 0 ? -theta[0] : 0, product = q > 1 ? theta[1] : 0;
    if (p == 0 || q == 0) return false;
    /* phi's side is a z + b, divided by theta's with remainder. */
    for (int i = 0; i < p; i++) {
        double next = a * sum + b;
        b = -phi[i] - a * product;
        a = next;
    }
    /* Of one root z it is a z + b; of two the product of both. */
    double value = q == 1 ? a * sum + b : a * a * product + a * b * sum + b * b;
    return fabs(value) < near;
}

/* One lane's way through the grid. */
typedef struct {
    grid *g;
    int k;
    double *one;          /* room for the lane's values */
    pa_arima_fitted best; /* so far */
} walker;

static void put_candidate(const pa_arma_fitted *c, int k, pa_arima_fitted *f)
{
    f->p = c->p;
    f->q = c->q;
    f->with_mean = c->mean;
    f->mean = c->at[0][k];
    for (int i = 0; i < c->p; i++) f->phi[i] = c->at[1 + i][k];
    for (int j = 0; j < c->q; j++) f->theta[j] = c->at[1 + c->p + j][k];
}

/* No root near the circle, and none of one side near one of the other. */
static bool is_sound(const pa_arima_fitted *f)
{
    const double margin = .01;
    double turned[PA_ARMA_MA];
    for (int j = 0; j < f->q; j++) turned[j] = -f->theta[j];
    return pa_arma_is_stable(f->phi, f->p, margin) && pa_arma_is_stable(turned, f->q, margin) &&
           !nearly_cancels(f->phi, f->p, f->theta, f->q);
}

/* Of more values orders are told apart by the conditional sum of squares, as in R: what it leaves
 * out, the first values' likelihood, then hardly counts. */
enum { LONG = 150 };

/* loss: -2 ln of the likelihood, without what all models share. */
static double aicc_of(const walker *w, const pa_arima_fitted *f, double loss)
{
    int parameters = f->p + f->q + f->with_mean + 1;
    int left = w->g->batch.n[w->k] - parameters - 1;
    return left > 0 ? loss + 2 * parameters + 2.0 * parameters * (parameters + 1) / left : INFINITY;
}

static void rate_by_squares(const walker *w, double squares, pa_arima_fitted *f)
{
    double n = w->g->batch.n[w->k];
    f->aicc = aicc_of(w, f, n * pa_ln(fmax(squares / (n - f->p), 1e-30)));
}

/* By the exact likelihood. */
static void rate(const walker *w, pa_arima_fitted *f)
{
    const pa_forecast_batch *b = &w->g->batch;
    int32_t n = b->n[w->k];
    double variance;
    for (int32_t t = 0; t < n; t++)
        w->one[t] = b->y[(size_t)t * PA_FORECAST_LANES + (size_t)w->k] - f->mean;
    f->aicc = aicc_of(
        w, f, -2 * pa_arma_likelihood((size_t)n, w->one, f->p, f->phi, f->q, f->theta, &variance));
    f->variance = variance * n / (n - (f->p + f->q + f->with_mean));
}

/* Of a few values AICc would rather have none to estimate, and say that they lie around 0. */
enum { LEAST_AROUND_ZERO = 10 };

static bool may_have(const walker *w, bool with_mean)
{
    if (with_mean) return w->best.d < 2;
    return w->best.d > 0 || w->g->batch.n[w->k] >= LEAST_AROUND_ZERO;
}

/* Takes a candidate that is better than the best one; false where it is not, or there is none. */
static bool try_candidate(walker *w, bool with_mean, int p, int q)
{
    pa_arima_fitted trial = w->best;
    if (p < 0 || q < 0 || p > PA_ARMA_AR || q > PA_ARMA_MA) return false;
    if (!may_have(w, with_mean)) return false;
    const pa_arma_fitted *c = candidate_of(w->g, with_mean, p, q);
    if (!(c->squares[w->k] < INFINITY)) return false;
    put_candidate(c, w->k, &trial);
    if (!is_sound(&trial)) return false;
    if (w->g->batch.n[w->k] <= LONG)
        rate(w, &trial);
    else
        rate_by_squares(w, c->squares[w->k], &trial);
    if (!(trial.aicc < w->best.aicc)) return false;
    w->best = trial;
    return true;
}

/* From the best one to a better neighbour; false where there is none. */
static bool try_neighbours(walker *w)
{
    static const int8_t move[][2] = {{-1, 0},  {0, -1}, {1, 0},  {0, 1},
                                     {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
    const pa_arima_fitted from = w->best;
    for (size_t i = 0; i < sizeof move / sizeof *move; i++)
        if (try_candidate(w, from.with_mean, from.p + move[i][0], from.q + move[i][1])) return true;
    return try_candidate(w, !from.with_mean, from.p, from.q);
}

/* Step by step (R. Hyndman, Y. Khandakar, Automatic time series forecasting, J. Stat. Software 27,
 * 2008): large models that would be best by a little do not come in reach. */
static void choose(grid *g, int k, double one[])
{
    walker w = {g, k, one, g->fitted[k]};
    bool with_mean = w.best.d < 2;
    try_candidate(&w, with_mean, 2, 2);
    try_candidate(&w, with_mean, 0, 0);
    try_candidate(&w, with_mean, 1, 0);
    try_candidate(&w, with_mean, 0, 1);
    try_candidate(&w, false, 0, 0);
    while (w.best.aicc < INFINITY && try_neighbours(&w)) {
    }
    if (w.best.aicc < INFINITY && g->batch.n[k] > LONG) rate(&w, &w.best);
    g->fitted[k] = w.best;
}

/* ---- behind the end ---- */

static void find_ends(const grid *g, int k, pa_arima_fitted *f)
{
    memset(f->x, 0, sizeof f->x);
    memset(f->e, 0, sizeof f->e);
    for (int32_t t = 0; t < g->batch.n[k]; t++) {
        double x = g->batch.y[(size_t)t * PA_FORECAST_LANES + (size_t)k] - f->mean, e = x;
        for (int i = 0; i < f->p; i++) e -= f->phi[i] * f->x[i];
        for (int j = 0; j < f->q; j++) e -= f->theta[j] * f->e[j];
        if (t < f->p) e = 0;
        for (int i = PA_ARMA_AR - 1; i > 0; i--) f->x[i] = f->x[i - 1];
        for (int j = PA_ARMA_MA - 1; j > 0; j--) f->e[j] = f->e[j - 1];
        f->x[0] = x;
        f->e[0] = e;
    }
}

void pa_arima_fit(const pa_forecast_batch *batch, double work[], double one[],
                  pa_arima_fitted fitted[])
{
    grid g = {.fitted = fitted};
    int32_t n[PA_FORECAST_LANES];
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        fitted[k] = (pa_arima_fitted){.aicc = INFINITY};
        difference_lane(batch, k, work, one, fitted + k, n + k);
    }
    pa_forecast_batch_lengths(PA_FORECAST_LANES, n, &g.batch);
    g.batch.y = work;
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        choose(&g, k, one);
        find_ends(&g, k, fitted + k);
    }
}

enum { LAGS = PA_ARMA_AR + PA_ARIMA_DIFFERENCES };

/* How much an error weighs h steps on: the coefficients of theta / (phi (1 - B)^d). */
static double weight_of(const pa_arima_fitted *f, size_t h, const double phi[],
                        const double weight[])
{
    double sum = h == 0 ? 1 : h <= (size_t)f->q ? f->theta[h - 1] : 0;
    for (size_t i = 1; i <= h && i <= LAGS; i++) sum += phi[i - 1] * weight[(h - i) % LAGS];
    return sum;
}

/* phi (1 - B)^d as coefficients of lags; 0 behind the last. */
static void whole_phi(const pa_arima_fitted *f, double phi[LAGS])
{
    memset(phi, 0, LAGS * sizeof *phi);
    for (int i = 0; i < f->p; i++) phi[i] = f->phi[i];
    for (int d = 0; d < f->d; d++) {
        for (int i = f->p + d; i > 0; i--) phi[i] -= phi[i - 1];
        phi[0] += 1;
    }
}

void pa_arima_ahead(const pa_arima_fitted *fitted, size_t horizon, double mean[], double times[])
{
    pa_arima_fitted f = *fitted;
    double phi[LAGS], weight[LAGS] = {0};
    double sum = 0;
    whole_phi(&f, phi);
    for (size_t h = 0; h < horizon; h++) {
        double x = 0;
        for (int i = 0; i < f.p; i++) x += f.phi[i] * f.x[i];
        for (int j = 0; j < f.q; j++) x += f.theta[j] * f.e[j];
        for (int i = PA_ARMA_AR - 1; i > 0; i--) f.x[i] = f.x[i - 1];
        for (int j = PA_ARMA_MA - 1; j > 0; j--) f.e[j] = f.e[j - 1];
        f.x[0] = x;
        f.e[0] = 0;
        mean[h] = x + f.mean;
        for (int d = f.d - 1; d >= 0; d--) mean[h] = f.level[d] += mean[h];
        double w = weight_of(&f, h, phi, weight);
        weight[h % LAGS] = w;
        sum += w * w;
        times[h] = sum;
    }
}
