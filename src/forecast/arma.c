#include "paraudit/forecast/arma.h"

#include <math.h>
#include <string.h>

#include "walks.h"

/* ---- where parameters may be ---- */

bool pa_arma_is_stable(const double a[], int n, double margin)
{
    double c[PA_ARMA_AR];
    for (int i = 0; i < n; i++) c[i] = a[i];
    for (int i = 0, k = 0; i < n; i++) /* z becomes z / (1 - margin) */
        for (k = 0; k <= i; k++) c[i] /= 1 - margin;
    for (int m = n - 1; m >= 0; m--) { /* Levinson's recursion backwards */
        double last = c[m], down = 1 - last * last, before[PA_ARMA_AR];
        if (!(down > 0)) return false;
        memcpy(before, c, sizeof before);
        for (int i = 0; i < m; i++) c[i] = (before[i] + last * before[m - 1 - i]) / down;
    }
    return true;
}

/* Parameters of one lane. at: mean, phi, theta. */
static bool may_be(const pa_lanes at[], int p, int q, int k)
{
    const double margin = 1e-3;
    double phi[PA_ARMA_AR], theta[PA_ARMA_MA];
    for (int i = 0; i < p; i++) phi[i] = at[1 + i][k];
    for (int j = 0; j < q; j++) theta[j] = -at[1 + p + j][k];
    return pa_arma_is_stable(phi, p, margin) && pa_arma_is_stable(theta, q, margin);
}

/* ---- the first of the two starts ---- */

enum { LONG_AR = 10 };

/* In four sums, which a processor adds at once. */
static double dot(int32_t n, const double a[], const double b[])
{
    double sum[4] = {0};
    int32_t t = 0;
    for (; t + 4 <= n; t += 4)
        for (int i = 0; i < 4; i++) sum[i] += a[t + i] * b[t + i];
    for (; t < n; t++) sum[0] += a[t] * b[t];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* The coefficients of an autoregression of order m by Durbin and Levinson. */
static void long_ar(const double covariance[], int m, double a[])
{
    double error = covariance[0], before[LONG_AR];
    for (int i = 0; i < m; i++) {
        double sum = covariance[i + 1];
        for (int j = 0; j < i; j++) sum -= a[j] * covariance[i - j];
        double last = error > 0 ? sum / error : 0;
        memcpy(before, a, (size_t)i * sizeof *a);
        for (int j = 0; j < i; j++) a[j] = before[j] - last * before[i - 1 - j];
        a[i] = last;
        error *= 1 - last * last;
    }
}

static int long_order(int32_t n)
{
    return n / 4 < LONG_AR ? n / 4 : LONG_AR;
}

/* What a long autoregression does not expect. */
static void find_residuals(int32_t n, const double x[], double residual[])
{
    double covariance[LONG_AR + 1] = {0}, a[LONG_AR];
    int m = long_order(n);
    for (int lag = 0; lag <= m; lag++) covariance[lag] = dot(n - lag, x, x + lag);
    long_ar(covariance, m, a);
    memcpy(residual, x, (size_t)n * sizeof *x);
    for (int i = 0; i < m; i++)
        for (int32_t t = i + 1; t < n; t++) residual[t] -= a[i] * x[t - 1 - i];
}

void pa_arma_see(const pa_forecast_batch *b, int k, double work[], pa_arma_moments *s)
{
    enum { N = 1 + PA_ARMA_AR + PA_ARMA_MA };
    int32_t n = b->n[k], first = long_order(n) + PA_ARMA_MA;
    double *x = work, *residual = work + n, sum = 0;
    *s = (pa_arma_moments){0};
    if (n == 0) return;
    for (int32_t t = 0; t < n; t++) {
        x[t] = b->y[(size_t)t * PA_FORECAST_LANES + (size_t)k];
        sum += x[t];
    }
    s->mean = sum / n;
    for (int32_t t = 0; t < n; t++) x[t] -= s->mean;
    find_residuals(n, x, residual);
    if (first < PA_ARMA_AR) first = PA_ARMA_AR;
    for (int i = 0; i < N && first < n; i++)
        for (int j = 0; j <= i; j++) {
            const double *v = i <= PA_ARMA_AR ? x + first - i : residual + first - (i - PA_ARMA_AR);
            const double *u = j <= PA_ARMA_AR ? x + first - j : residual + first - (j - PA_ARMA_AR);
            s->moment[i][j] = dot(n - first, v, u);
        }
}

/* Cholesky's way without roots; a pivot that is nothing leaves its unknown at 0. */
static void solve_small(int m, double a[][PA_ARMA_MOST], double b[], double x[])
{
    double d[PA_ARMA_MOST] = {0};
    for (int i = 0; i < m; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = a[i][j];
            for (int l = 0; l < j; l++) sum -= a[i][l] * a[j][l] * d[l];
            if (j < i)
                a[i][j] = d[j] > 0 ? sum / d[j] : 0;
            else
                d[i] = sum > 1e-10 * a[i][i] ? sum : 0;
        }
        x[i] = b[i];
        for (int l = 0; l < i; l++) x[i] -= a[i][l] * x[l];
    }
    for (int i = 0; i < m; i++) x[i] = d[i] > 0 ? x[i] / d[i] : 0;
    for (int i = m - 1; i >= 0; i--)
        for (int l = i + 1; l < m; l++) x[i] -= a[l][i] * x[l];
}

/* Roots away from the circle: coefficient i times .95^(i + 1), as often as it takes. */
static void draw_in(int p, int q, int k, pa_lanes at[])
{
    const double shorter = .95;
    for (int trial = 0; !may_be((const pa_lanes *)at, p, q, k); trial++) {
        double power = trial < 100 ? shorter : 0;
        for (int i = 0; i < p; i++, power *= shorter) at[1 + i][k] *= power;
        power = trial < 100 ? shorter : 0;
        for (int j = 0; j < q; j++, power *= shorter) at[1 + p + j][k] *= power;
    }
}

static void set_start(const pa_arma_moments *s, int k, pa_arma_fitted *f)
{
    double a[PA_ARMA_MOST][PA_ARMA_MOST], b[PA_ARMA_MOST], x[PA_ARMA_MOST];
    int m = f->p + f->q;
    for (int i = 0; i < m; i++) {
        int row = i < f->p ? 1 + i : 1 + PA_ARMA_AR + i - f->p;
        b[i] = s->moment[row][0];
        for (int j = 0; j <= i; j++)
            a[i][j] = s->moment[row][j < f->p ? 1 + j : 1 + PA_ARMA_AR + j - f->p];
    }
    solve_small(m, a, b, x);
    f->at[0][k] = f->mean ? s->mean : 0;
    for (int i = 0; i < m; i++) f->at[1 + i][k] = x[i];
    draw_in(f->p, f->q, k, f->at);
}

/* ---- the way down ---- */

typedef struct {
    const pa_forecast_batch *batch;
    pa_arma_fitted *f;
    pa_arma_walk *walk;
    int m; /* parameters: 1 + p + q */
    pa_arma_sums now, trial;
    _Alignas(PA_FORECAST_ALIGN) pa_lanes held_back, to[PA_ARMA_MOST];
    bool done[PA_FORECAST_LANES];
} descent;

/* One step of each lane: (H + held_back diag H) step = -gradient. */
static void find_steps(descent *d)
{
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        double a[PA_ARMA_MOST][PA_ARMA_MOST], b[PA_ARMA_MOST], x[PA_ARMA_MOST];
        if (d->done[k]) continue;
        for (int i = 0; i < d->m; i++) {
            for (int j = 0; j <= i; j++) a[i][j] = d->now.hessian[i * (i + 1) / 2 + j][k];
            a[i][i] *= 1 + d->held_back[k];
            b[i] = -d->now.gradient[i][k];
        }
        solve_small(d->m, a, b, x);
        for (int i = 0; i < d->m; i++) d->to[i][k] = d->f->at[i][k] + x[i];
    }
}

static void take_sums(descent *d, int k)
{
    d->now.squares[k] = d->trial.squares[k];
    for (int i = 0; i < d->m; i++) d->now.gradient[i][k] = d->trial.gradient[i][k];
    for (int i = 0; i < d->m * (d->m + 1) / 2; i++) d->now.hessian[i][k] = d->trial.hessian[i][k];
}

/* Goes there where it is lower. */
static void judge_step(descent *d, int k)
{
    const double enough = 1e-6, most_held_back = 1e4;
    double before = d->now.squares[k], after = d->trial.squares[k];
    bool better = after <= before && may_be((const pa_lanes *)d->to, d->f->p, d->f->q, k);
    if (!better) {
        d->held_back[k] *= 8;
        d->done[k] = d->held_back[k] > most_held_back;
        return;
    }
    for (int i = 0; i < d->m; i++) d->f->at[i][k] = d->to[i][k];
    take_sums(d, k);
    d->held_back[k] *= .2;
    d->done[k] = before - after <= enough * before;
}

static bool all_done(const descent *d)
{
    bool all = true;
    for (int k = 0; k < PA_FORECAST_LANES; k++) all = all && d->done[k];
    return all;
}

static bool is_enough(const pa_forecast_batch *b, const pa_arma_fitted *f, int k)
{
    return b->n[k] >= 2 * f->p + f->q + 2;
}

/* From the parameters that are there. */
static void go_down(const pa_forecast_batch *batch, pa_arma_fitted *f)
{
    enum { MOST_STEPS = 16 };
    descent d = {.batch = batch, .f = f, .walk = pa_walks_best()->arma, .m = 1 + f->p + f->q};
    const double with_mean = f->mean;
    d.walk(batch, f->p, f->q, with_mean, (const pa_lanes *)f->at, &d.now);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        d.held_back[k] = 1e-3;
        d.done[k] = !is_enough(batch, f, k);
        for (int i = 0; i < d.m; i++) d.to[i][k] = f->at[i][k];
    }
    for (int i = 0; i < MOST_STEPS && !all_done(&d); i++) {
        find_steps(&d);
        d.walk(batch, f->p, f->q, with_mean, (const pa_lanes *)d.to, &d.trial);
        for (int k = 0; k < PA_FORECAST_LANES; k++)
            if (!d.done[k]) judge_step(&d, k);
    }
    for (int k = 0; k < PA_FORECAST_LANES; k++)
        f->squares[k] = is_enough(batch, f, k) ? d.now.squares[k] : INFINITY;
}

/* A level that moves slowly behind noise: where sums of squares of counts are often least, with
 * a ridge between it and what Hannan and Rissanen's regression finds. */
static void set_second_start(const pa_arma_moments *s, int k, pa_arma_fitted *f)
{
    for (int i = 0; i < 1 + f->p + f->q; i++) f->at[i][k] = 0;
    f->at[0][k] = f->mean ? s->mean : 0;
    f->at[1][k] = .9;
    f->at[1 + f->p][k] = -.8;
}

void pa_arma_fit(const pa_forecast_batch *batch, const pa_arma_moments moments[], pa_arma_fitted *f)
{
    pa_arma_fitted other = {.p = f->p, .q = f->q, .mean = f->mean};
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_start(moments + k, k, f);
    go_down(batch, f);
    if (f->p == 0 || f->q == 0) return;
    for (int k = 0; k < PA_FORECAST_LANES; k++) set_second_start(moments + k, k, &other);
    go_down(batch, &other);
    for (int k = 0; k < PA_FORECAST_LANES; k++) {
        if (!(other.squares[k] < f->squares[k])) continue;
        f->squares[k] = other.squares[k];
        for (int i = 0; i < 1 + f->p + f->q; i++) f->at[i][k] = other.at[i][k];
    }
}
